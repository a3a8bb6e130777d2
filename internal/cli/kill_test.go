package cli_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake/internal/leadtable"
	"leadlake/internal/notion/fakenotion"
)

var (
	seed  = flag.Uint64("seed", 0, "of TestKilledAtAnyMoment; 0 takes a new one")
	kills = flag.Int("kills", 30, "how often TestKilledAtAnyMoment kills")
)

// TestKilledAtAnyMoment kills a process that syncs, again and again, at moments that
// nobody chose, while the leads in Notion change and Notion misbehaves. The lake
// must end up as one that was synced once and left in peace.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	const leads = 6000
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("again with: go test ./internal/cli -run %s -seed %d", t.Name(), *seed)
	random := rand.New(rand.NewPCG(*seed, 0))

	w := newWorkspace()
	p := newProgram(t, w)
	must(t, w.fill(leads))
	lake := filepath.Join(t.TempDir(), "lake")
	killed, ended := 0, 0
	patience := 800 * time.Millisecond // so that about as many are killed as end by themselves
	for killed < *kills {
		if ended > 5**kills {
			t.Fatalf("of %d syncs only %d were still running when they were to be killed", ended+killed, killed)
		}
		if random.IntN(2) == 0 {
			must(t, w.edit(some(random, w.ids, 150)...), w.fill(20))
		}
		if random.IntN(2) == 0 {
			w.misbehave(random)
		}
		var how []string
		if mode := random.IntN(8); mode < 2 {
			how = append(how, []string{"--full", "--sweep"}[mode])
		}
		if killedWithin(t, time.Duration(random.Int64N(int64(patience))), p.sync(lake, how...)) {
			killed++
			patience += patience / 10
		} else {
			ended++
			patience -= patience / 10
			if !slices.Contains(how, "--sweep") { // which reads no values
				p.checkUpToDate(t, lake)
			}
		}
	}
	w.server.Clear()
	left := checkScratch(t, lake, 4**kills)
	p.finish(t, lake)

	peaceful := filepath.Join(t.TempDir(), "lake")
	p.finish(t, peaceful)
	got, versions := rowsOf(t, lake)
	want, _ := rowsOf(t, peaceful)
	t.Logf("%d syncs were killed and %d ended by themselves; they made %d versions of %d leads, and left %d files in scratch", killed, ended, versions, len(want), left)
	compare(t, w, got, want)
	checkScratch(t, lake, 0)
}

// misbehave has Notion do, some time in the next sync, what it does now and
// then and a sync gets over.
func (w *workspace) misbehave(random *rand.Rand) {
	effects := []fakenotion.Effect{
		fakenotion.DeadCursor(), fakenotion.ShortPage(7), fakenotion.EmptyPage(), fakenotion.RepeatRow(), fakenotion.RepeatCursor(),
		fakenotion.LoseCursor(), fakenotion.DataSourceAmongRows(), fakenotion.Cut(), fakenotion.Unavailable(), fakenotion.Overloaded(0),
		fakenotion.HTML(http.StatusBadGateway),
	}
	w.server.Script(fakenotion.Fault{
		On: fakenotion.Query, After: random.IntN(30), Times: 1 + random.IntN(2), Do: effects[random.IntN(len(effects))],
	})
}

// compare reports where got differs from want, and whether those are the
// leads that the workspace has.
func compare(t *testing.T, w *workspace, got, want [][]any) {
	t.Helper()
	if len(got) != len(w.ids) || len(want) != len(w.ids) {
		t.Fatalf("the lake has %d leads and the one in peace %d, Notion has %d", len(got), len(want), len(w.ids))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("the leads differ, the first of them\nis        %v\nshould be %v", got[i], want[i])
		}
	}
}

// killedWithin runs sync and reports whether it had to be killed once the time
// was over. One that ends by itself must end well.
func killedWithin(t *testing.T, moment time.Duration, sync *exec.Cmd) bool {
	t.Helper()
	var said strings.Builder
	sync.Stderr = &said
	must(t, sync.Start())
	kill := time.AfterFunc(moment, func() { _ = sync.Process.Kill() }) // it may have ended
	defer kill.Stop()
	err := sync.Wait()
	if err != nil && sync.ProcessState.ExitCode() != -1 {
		t.Fatalf("a sync failed: %v\n%s", err, said.String())
	}
	return err != nil
}

// program is the real one, following a workspace.
type program struct {
	binary, url string
	workspace   *workspace
}

// newProgram builds the program. The scripts run this test binary in its
// place; what is killed or squeezed should be what people run, and without the
// race detector be as fast.
func newProgram(t *testing.T, w *workspace) program {
	t.Helper()
	return program{binary: build(t), url: listenTo(t, w), workspace: w}
}

func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "leadlake")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", binary, "leadlake/cmd/leadlake").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// listenTo returns the address of a workspace.
func listenTo(t *testing.T, w *workspace) string {
	t.Helper()
	web := httptest.NewServer(w.server)
	t.Cleanup(web.Close)
	return web.URL
}

func (p program) sync(lake string, how ...string) *exec.Cmd {
	sync := exec.Command(p.binary, append([]string{"sync"}, how...)...)
	sync.Dir = filepath.Dir(lake)
	sync.Env = append(os.Environ(), "NOTION_TOKEN="+p.workspace.server.Token(), "DATABASE_ID="+p.workspace.database.ID(),
		"LEADLAKE_NOTION_URL="+p.url, "LEADLAKE_NOTION_RATE=10000", "LEADLAKE_LAKE="+lake)
	return sync
}

// finish lets a sync come to its end.
func (p program) finish(t *testing.T, lake string) {
	t.Helper()
	if said, err := p.sync(lake).CombinedOutput(); err != nil {
		t.Fatalf("a sync failed: %v\n%s", err, said)
	}
}

// checkUpToDate compares the edits that the newest version has with those that
// were made: a sync that ended well has read all of them.
func (p program) checkUpToDate(t *testing.T, lake string) {
	t.Helper()
	out, err := exec.Command(p.binary, "lake", "cat", filepath.Join(lake, leadtable.Folder)).Output()
	must(t, err)
	_, rows, _ := bytes.Cut(out, []byte("\n")) // the first line names the columns
	for line := range bytes.Lines(rows) {
		var lead struct {
			ID     string  `json:"id"`
			Budget float64 `json:"budget,string"`
		}
		must(t, json.Unmarshal(line, &lead))
		if want := p.workspace.budgets[lead.ID]; lead.Budget != want {
			t.Fatalf("a sync ended well and the lead %s has edit %v, not %v\n%s", lead.ID, lead.Budget, want, p.runs(lake))
		}
	}
}

// runs returns what the syncs of a lake say of themselves.
func (p program) runs(lake string) string {
	show := exec.Command(p.binary, "runs", "--lake", lake)
	said, _ := show.CombinedOutput() // for people who look for the reason of a failure
	return string(said)
}

// checkScratch fails if more than most files lie about for longer than a sync,
// a day later, takes to clear them. It makes those that there are a day old,
// and returns how many they are.
func checkScratch(t *testing.T, lake string, most int) int {
	t.Helper()
	var left []string
	scratch := filepath.Join(lake, ".tmp")
	must(t, filepath.WalkDir(scratch, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != scratch {
			left = append(left, path)
		}
		return err
	}))
	if len(left) > most {
		t.Errorf("%d files are left in scratch, want at most %d: %s", len(left), most, strings.Join(left, " "))
	}
	for _, path := range left {
		must(t, os.Chtimes(path, time.Time{}, time.Now().Add(-25*time.Hour)))
	}
	return len(left)
}

func some(random *rand.Rand, ids []string, n int) []string {
	chosen := make([]string, 0, n)
	for _, i := range random.Perm(len(ids))[:n] {
		chosen = append(chosen, ids[i])
	}
	return chosen
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
