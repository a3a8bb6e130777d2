package app_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
	"leadlake/internal/notion/fakenotion"
)

func TestMain(m *testing.M) {
	// A case of TestTheLakeFollows takes a second; where nobody says how many, 20.
	if checks := flag.Lookup("rapid.checks"); !slices.ContainsFunc(os.Args, func(arg string) bool { return strings.Contains(arg, "rapid.checks") }) {
		_ = checks.Value.Set("20") // a number: it cannot fail
	}
	_ = os.Setenv("NO_PROXY", "*") // what these tests ask is on this machine; it cannot fail
	// A library of the tests' Google Cloud Storage starts it when it is loaded.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// served is a running product.
type served struct {
	url  string
	log  *writing
	stop func() error // ends it, and says how it ended
}

// writing is a log that can be read while it is written.
type writing struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *writing) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *writing) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// serve runs the product until the test ends or stop is called.
func serve(t *testing.T, c config.Config) *served {
	t.Helper()
	return serveWith(t, c, app.Options{})
}

// serveWith is serve with other options than none.
func serveWith(t *testing.T, c config.Config, o app.Options) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &served{log: &writing{}}
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		o.Log = slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Ready = func(url string, _ app.Serving) { ready <- url }
		ended <- app.Serve(ctx, c, o)
	}()
	s.stop = sync.OnceValue(func() error {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		return <-ended
	})
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	select {
	case s.url = <-ready:
	case err := <-ended:
		t.Fatalf("it did not start: %v", err)
	}
	return s
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d %s, %v", url, resp.StatusCode, body, err)
	}
	return body
}

// status is what the API says of the ingestion.
type status struct {
	State     string
	Mode      leadlake.Mode
	Version   int64
	Rows      int64
	LastError *struct{ Message string } `json:"last_error"`
	Freshness float64                   `json:"freshness_seconds"`
}

func (s *served) status(t *testing.T) (st status) {
	t.Helper()
	if err := json.Unmarshal(get(t, s.url+"/api/v1/ingestion/status"), &st); err != nil {
		t.Fatal(err)
	}
	return st
}

func (s *served) wait(t *testing.T, until func(status) bool) status {
	t.Helper()
	for range 1200 {
		if st := s.status(t); until(st) {
			return st
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("after 30 s the status is %+v; the log says\n%s", s.status(t), s.log)
	return status{}
}

// synced returns the configuration of a lake that holds the leads of w.
func synced(t *testing.T, w *workspace) config.Config {
	t.Helper()
	w.fill(t, 120)
	w.passAnHour()
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	if _, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheNumbersComeBeforeTheSync(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	w.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.Hang()})
	s := serve(t, c)
	checkCounts(t, w, "Europe/Paris", s.url)
	st := s.wait(t, func(st status) bool { return st.State == "running" })
	if st.Rows != 120 || st.LastError != nil {
		t.Errorf("while the sync waits for Notion: %+v", st)
	}
	begun := time.Now()
	if err := s.stop(); err != nil || time.Since(begun) > 5*time.Second {
		t.Errorf("it ended after %s with %v", time.Since(begun), err)
	}
}

func TestNotionIsDown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	c.NotionURL = "http://127.0.0.1:1" // nobody listens there
	s := serve(t, c)
	st := s.wait(t, func(st status) bool { return st.LastError != nil })
	if !strings.HasPrefix(st.LastError.Message, "Notion cannot be reached at 127.0.0.1:") || st.Rows != 120 {
		t.Errorf("the status is %+v", st)
	}
	checkCounts(t, w, "Europe/Paris", s.url)
	if page := get(t, s.url+"/"); !strings.Contains(string(page), "<html") {
		t.Errorf("the page is %.200s", page)
	}
}

func TestTheTokenIsNoLongerGood(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	c.NotionToken = "ntn_old"
	s := serve(t, c)
	st := s.wait(t, func(st status) bool { return st.LastError != nil })
	if !strings.HasPrefix(st.LastError.Message, "Notion does not accept the token") {
		t.Errorf("the status is %+v", st)
	}
	checkCounts(t, w, "Europe/Paris", s.url)

	c.Lake = filepath.Join(t.TempDir(), "new")
	err := app.Serve(t.Context(), c, app.Options{})
	if leadlake.KindOf(err) != leadlake.Denied {
		t.Errorf("with nothing to show, it ended with %v", err)
	}
	if _, err := os.Stat(filepath.Join(c.Lake, "data_leads")); err == nil {
		t.Error("it made a table")
	}
}

// TestAnotherDatabase has somebody change DATABASE_ID and keep the lake: two
// databases counted as one would be wrong numbers that nobody notices.
func TestAnotherDatabase(t *testing.T) {
	t.Parallel()
	w, other := newWorkspace(t), newWorkspace(t)
	other.fill(t, 1)
	c := synced(t, w)
	d := other.config(t, c.Lake, "Europe/Paris")
	if d.DatabaseID == c.DatabaseID {
		d.DatabaseID = other.server.AddDatabase("Autre", fakenotion.Property{Name: "Nom", Type: "title"}, fakenotion.Property{Name: "Date de relance", Type: "date"}).ID()
	}
	_, err := app.Sync(t.Context(), d, leadlake.Task{}, app.Options{})
	if leadlake.KindOf(err) != leadlake.Conflict || !strings.Contains(leadlake.MessageOf(err), "another Notion database") {
		t.Errorf("the sync ended with %v; want it refused", err)
	}
	s := serve(t, d)
	s.wait(t, func(st status) bool { return st.LastError != nil })
	checkCounts(t, w, "Europe/Paris", s.url)
}

// TestStoppedInASync ends the product in the middle of its first sync, and
// starts it again.
func TestStoppedInASync(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.fill(t, 2600)
	w.passAnHour()
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	s := serve(t, c)
	s.wait(t, func(st status) bool { return st.Rows > 0 })
	begun := time.Now()
	if err := s.stop(); err != nil || time.Since(begun) > 10*time.Second {
		t.Errorf("it ended after %s with %v", time.Since(begun), err)
	}
	s = serve(t, c)
	s.wait(t, func(st status) bool { return st.Rows == 2600 && st.State == "idle" })
	checkCounts(t, w, "Europe/Paris", s.url)
}
