package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
	"leadlake/internal/notion/fakenotion"
)

// reloads is a folder with the configuration of a product that is served, and
// what came of its changes.
type reloads struct {
	*served

	dir  string
	look chan os.Signal

	mu       sync.Mutex
	outcomes []error
	stages   []app.Stage
	current  config.Config
}

// serveFrom serves the lake of w with the configuration of a folder, into which
// more is written once it was read.
func serveFrom(t *testing.T, w *workspace, files, more map[string]string) *reloads {
	t.Helper()
	r := &reloads{dir: t.TempDir(), look: make(chan os.Signal, 1)}
	for name, content := range files {
		r.write(t, name, content)
	}
	lake := synced(t, w).Lake
	sources := config.Sources{
		Dir: os.DirFS(r.dir),
		Environ: []string{
			"DATABASE_ID=" + w.base.ID(), "LEADLAKE_NOTION_URL=" + w.url, "LEADLAKE_LAKE=" + lake, "LEADLAKE_ADDR=127.0.0.1:0",
			"LEADLAKE_NOTION_RATE=10000", "NOTION_TOKEN_FILE=" + filepath.Join(r.dir, "token"),
		},
	}
	c, err := config.Load(sources)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range more {
		r.write(t, name, content)
	}
	r.served = serveWith(t, c, app.Options{
		Sources: &sources, Reload: r.look,
		Stage: func(s app.Stage) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.stages = append(r.stages, s)
		},
		Reloaded: func(c config.Config, err error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.outcomes, r.current = append(r.outcomes, err), c
		},
	})
	return r
}

func (r *reloads) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// change writes a file, asks for a look, and returns what came of it.
func (r *reloads) change(t *testing.T, name, content string) (config.Config, error) {
	t.Helper()
	r.mu.Lock()
	before := len(r.outcomes)
	r.mu.Unlock()
	r.write(t, name, content)
	r.look <- syscall.SIGHUP
	return r.outcome(t, before)
}

// outcome waits for what came of a change, after so many others.
func (r *reloads) outcome(t *testing.T, others int) (config.Config, error) {
	t.Helper()
	for range 1200 {
		r.mu.Lock()
		outcomes, c := r.outcomes, r.current
		r.mu.Unlock()
		if len(outcomes) > others {
			return c, outcomes[others]
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("nothing came of a change; the log says\n%s", r.log)
	return config.Config{}, nil
}

// TestATokenIsRotated gives the integration another token while the product
// runs: the next sync has it, at once.
func TestATokenIsRotated(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	r := serveFrom(t, w, map[string]string{"token": w.server.Token() + "\n", "leadlake.yaml": "sync_every: 10h\n"}, nil)
	r.waitHealth(t, well)
	w.server.SetToken("ntn_neu")
	st := r.wait(t, func(st status) bool {
		if st.State == "idle" && st.LastError == nil { // the sync at the start may have had what it needs
			r.sync(t)
		}
		return st.LastError != nil
	})
	if !strings.HasPrefix(st.LastError.Message, "Notion does not accept the token") {
		t.Errorf("with the old token it says %q", st.LastError.Message)
	}
	if _, err := r.change(t, "token", "ntn_neu\n"); err != nil {
		t.Fatal(err)
	}
	r.wait(t, func(st status) bool { return st.LastError == nil && st.State == "idle" }) // without being asked
	r.waitHealth(t, well)
	if strings.Contains(r.log.String(), "ntn_") {
		t.Error("the log holds a token")
	}
}

// TestAChangeIsTakenWholeOrNotAtAll changes what can change while the product
// runs, together with what cannot, and with what makes no sense.
func TestAChangeIsTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	before := "sync_every: 10h\n"
	r := serveFrom(t, w, map[string]string{"token": w.server.Token(), "leadlake.yaml": before}, nil)
	r.waitHealth(t, well)
	for _, tt := range []struct {
		yaml, want string
	}{
		{"sync_every: 7m\ncache_mb: 512\ntimezone: UTC\n", "because LEADLAKE_CACHE_MB, LEADLAKE_TIMEZONE cannot change while Leadlake runs: restart it, or undo the change."},
		{"sync_every: 7m\nnotion_rate: many\n", `the former one still holds. LEADLAKE_NOTION_RATE (leadlake.yaml): "many" is not a number`},
		{"sync_every: [7m\n", "the former one still holds. leadlake.yaml is not valid YAML, line 1"},
	} {
		c, err := r.change(t, "leadlake.yaml", tt.yaml)
		if !strings.Contains(leadlake.MessageOf(err), tt.want) || c.SyncEvery != 10*time.Hour {
			t.Errorf("%q: got %v, and syncs every %s", tt.yaml, err, c.SyncEvery)
		}
		if h := r.health(t); !h.degraded(tt.want) {
			t.Errorf("%q: it is %+v", tt.yaml, h)
		}
	}
	if c, err := r.change(t, "leadlake.yaml", before); err != nil || c.SyncEvery != 10*time.Hour {
		t.Errorf("undone: %v", err)
	}
	r.waitHealth(t, well)
	if c, err := r.change(t, "leadlake.yaml", "sync_every: 7m\n"); err != nil || c.SyncEvery != 7*time.Minute {
		t.Errorf("a change that can be taken: %v, every %s", err, c.SyncEvery)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(r.stages[:3], []app.Stage{app.Running, app.Reloading, app.Running}) {
		t.Errorf("the stages were %v", r.stages)
	}
}

// TestAChangeWhileItStarts changes the configuration when it was read and
// nobody follows it yet.
func TestAChangeWhileItStarts(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	r := serveFrom(t, w, map[string]string{"token": w.server.Token(), "leadlake.yaml": "sync_every: 10h\n"}, map[string]string{"leadlake.yaml": "sync_every: 7m\n"})
	if c, err := r.outcome(t, 0); err != nil || c.SyncEvery != 7*time.Minute {
		t.Errorf("the change was taken with %v, and it syncs every %s", err, c.SyncEvery)
	}
}

// TestAMappingChanges lets another property feed an event while the product
// runs.
func TestAMappingChanges(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.leads.AddProperty(fakenotion.Property{Name: "Rappel", Type: "date"})
	if _, err := w.leads.Add(fakenotion.Page{Values: map[string]fakenotion.Value{"Nom": "Zoé", "Rappel": fakenotion.Date{Start: "2030-03-04"}}}); err != nil {
		t.Fatal(err)
	}
	r := serveFrom(t, w, map[string]string{"token": w.server.Token(), "leadlake.yaml": "sync_every: 200ms\n"}, nil)
	r.waitHealth(t, well)
	if _, err := r.change(t, "leadlake.yaml", "sync_every: 200ms\nevents: {date_relance: Rappel}\n"); err != nil {
		t.Fatal(err)
	}
	w.passAnHour()
	if _, err := w.leads.Add(fakenotion.Page{Values: map[string]fakenotion.Value{
		"Nom": "Zoé", "Rappel": fakenotion.Date{Start: "2031-03-04"}, properties()[leadlake.Relance]: fakenotion.Date{Start: "2032-03-04"},
	}}); err != nil {
		t.Fatal(err)
	}
	r.wait(t, func(st status) bool { // the sync that went on when it changed still read by the old one
		weeks := string(get(t, r.url+"/api/v1/transformation/count_date_by_week"))
		return st.Rows == 122 && strings.Contains(weeks, `"2030-W10"`) && strings.Contains(weeks, `"2031-W10"`) && !strings.Contains(weeks, `"2032-W10"`)
	})
}
