package cli_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
)

// TestBackupDrill makes backups of a lake that a team works on: syncs go on
// meanwhile, and most backups are killed. Then the lake is lost. What is
// restored elsewhere must be sound, be the version that the backup says, row by
// row, and end up as the team's Notion when it syncs again.
func TestBackupDrill(t *testing.T) {
	t.Parallel()
	binary := build(t)
	for _, where := range []string{"folder", "bucket"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace()
			p := program{binary: binary, url: listenTo(t, w), workspace: w}
			d := drill{t: t, program: p, dir: t.TempDir(), place: "copies"}
			if where == "bucket" {
				d.inBucket()
			}
			d.run()
		})
	}
}

type drill struct {
	t       *testing.T
	program program
	dir     string
	place   string
	environ []string
}

func (d *drill) inBucket() {
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http"})
	must(d.t, err)
	d.t.Cleanup(server.Stop)
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "team"})
	d.place = "gs://team/copies"
	d.environ = []string{"STORAGE_EMULATOR_HOST=" + server.URL(), "LEADLAKE_CACHE=" + filepath.Join(d.dir, "cache")}
}

// command is one of the program, for the lake in a folder of the drill's.
func (d *drill) command(lake string, words ...string) *exec.Cmd {
	cmd := d.program.sync(filepath.Join(d.dir, lake))
	cmd.Args = append([]string{d.program.binary}, words...)
	cmd.Env = append(cmd.Env, d.environ...)
	return cmd
}

// says runs a command that must work, and returns what it says.
func (d *drill) says(lake string, words ...string) []byte {
	d.t.Helper()
	said, err := d.command(lake, words...).Output()
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // os/exec returns it as it is
		d.t.Fatalf("leadlake %v: %v\n%s", words, err, exit.Stderr)
	}
	must(d.t, err)
	return said
}

// work edits leads and syncs them until it is told to stop.
func (d *drill) work(random *rand.Rand) (stop func()) {
	ended, end := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			default:
			}
			w := d.program.workspace
			if w.edit(some(random, w.ids, 40)...) != nil || w.fill(10) != nil || d.command("lake", "sync").Run() != nil {
				d.t.Error("the team cannot work")
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(end); <-ended })
}

func (d *drill) run() {
	const kills = 6
	random := rand.New(rand.NewPCG(1, 2))
	must(d.t, d.program.workspace.fill(1500))
	d.says("lake", "sync")
	d.says("lake", "backup", d.place)
	stop := d.work(rand.New(rand.NewPCG(3, 4)))
	defer stop()
	killed := 0
	for killed < kills {
		if killedWithin(d.t, time.Duration(random.Int64N(int64(250*time.Millisecond))), d.command("lake", "backup", d.place)) {
			killed++
		}
		d.says("lake", "backup", "verify", d.place)
	}
	var made struct {
		Name   string
		Tables []struct {
			Folder  string
			Version int64
			Rows    int64
		}
	}
	must(d.t, json.Unmarshal(d.says("lake", "backup", d.place, "-o", "json"), &made))
	stop()
	d.says("lake", "sync")

	for range kills / 2 { // a restore that is killed leaves a whole lake, or none
		new := filepath.Join(d.dir, "new")
		killedWithin(d.t, time.Duration(random.Int64N(int64(400*time.Millisecond))), d.command("new", "restore", d.place))
		if _, err := os.Stat(new); err == nil {
			d.says("new", "lake", "verify")
			must(d.t, os.RemoveAll(new))
		}
	}
	d.says("new", "restore", d.place, "--backup", made.Name)
	for _, table := range made.Tables {
		d.says("new", "lake", "verify", filepath.Join("new", table.Folder))
		var info struct{ Version, Rows int64 }
		must(d.t, json.Unmarshal(d.says("new", "lake", "info", filepath.Join("new", table.Folder), "-o", "json"), &info))
		if info.Version != table.Version || info.Rows != table.Rows {
			d.t.Errorf("%s is at version %d with %d rows, the backup says %d with %d", table.Folder, info.Version, info.Rows, table.Version, table.Rows)
		}
		if table.Folder == "data_leads" {
			d.sameAs(table.Version)
		}
	}
	want, _ := rowsOf(d.t, filepath.Join(d.dir, "lake"))
	must(d.t, os.RemoveAll(filepath.Join(d.dir, "lake")))
	d.says("new", "sync")
	got, _ := rowsOf(d.t, filepath.Join(d.dir, "new"))
	compare(d.t, d.program.workspace, got, want)
}

// sameAs compares the restored leads with those that the lake had.
func (d *drill) sameAs(version int64) {
	d.t.Helper()
	rows := func(lake string) []string {
		lines := strings.Split(string(d.says(lake, "lake", "cat", lake, "--version", strconv.FormatInt(version, 10))), "\n")
		slices.Sort(lines)
		return lines
	}
	if was, is := rows("lake"), rows("new"); len(was) < 1500 || !slices.Equal(was, is) {
		d.t.Errorf("version %d has %d rows that were restored, of %d, or others", version, len(is), len(was))
	}
}
