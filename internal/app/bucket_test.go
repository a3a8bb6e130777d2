package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
)

// cloud is a Google Cloud Storage with a bucket, "team", that writes down what
// it is asked. The environment leads to it while the test runs.
type cloud struct {
	mu      sync.Mutex
	asked   []string
	refuses bool // everything
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true})
	if err != nil {
		t.Fatal(err)
	}
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "team"})
	c := &cloud{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.asked = append(c.asked, r.Method+" "+r.URL.Path)
		refuses := c.refuses
		c.mu.Unlock()
		if refuses {
			http.Error(w, `{"error":{"code":403,"errors":[{"reason":"forbidden"}]}}`, http.StatusForbidden)
			return
		}
		server.HTTPHandler().ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	t.Setenv("STORAGE_EMULATOR_HOST", web.URL)
	return c
}

// refuse has the cloud refuse everything, or no longer.
func (c *cloud) refuse(everything bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuses = everything
}

// since returns what was asked after the first n requests.
func (c *cloud) since(n int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked[n:])
}

// inBucket returns the configuration of a machine with a lake in the cloud.
func (w *workspace) inBucket(t *testing.T, prefix string) config.Config {
	t.Helper()
	c := w.config(t, "gs://team/"+prefix, "Europe/Paris")
	c.Cache = filepath.Join(t.TempDir(), "cache")
	return c
}

func syncOnce(t *testing.T, c config.Config) {
	t.Helper()
	if _, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{}); err != nil {
		t.Fatal(err)
	}
}

// table is the table of leads at a place; it is closed when the test ends.
func table(t *testing.T, c config.Config, place string) *app.Table {
	t.Helper()
	table, err := app.OpenTable(t.Context(), c, place, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	})
	return table
}

func info(t *testing.T, table *app.Table) app.TableInfo {
	t.Helper()
	info, err := table.Info(t.Context(), app.Moment{})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// printed is the rows of a table in the order of their texts: which file comes
// first is nobody's business.
func printed(t *testing.T, table *app.Table, m app.Moment) string {
	t.Helper()
	var out bytes.Buffer
	if err := table.Print(t.Context(), m, nil, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(out.String(), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// TestALakeInABucket syncs one Notion into a bucket and into a folder, and
// asks both the same.
func TestALakeInABucket(t *testing.T) {
	newCloud(t)
	w := newWorkspace(t)
	far, near := w.inBucket(t, "lake"), w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	for range 3 {
		w.passAnHour()
		w.fill(t, 60)
		w.passAnHour()
		syncOnce(t, far)
		syncOnce(t, near)
	}
	inBucket, inFolder := table(t, far, far.Lake+"/data_leads/"), table(t, near, near.Lake)
	newest := info(t, inBucket)
	if newest.Rows == nil || *newest.Rows != 180 {
		t.Errorf("info says %+v", newest)
	}
	for version := range newest.Version + 1 {
		m := app.Moment{Version: &version}
		got, want := printed(t, inBucket, m), printed(t, inFolder, m)
		if got != want || len(got) < 1000 {
			t.Errorf("version %d of the bucket is\n%.500s\nand that of the folder\n%.500s", version, got, want)
		}
	}
	checkCounts(t, w, "Europe/Paris", serve(t, far).url)
}

// TestWarmQuestionsLoadNothing asks many questions: all that goes over the
// network is whether there is a newer version.
func TestWarmQuestionsLoadNothing(t *testing.T) {
	cloud := newCloud(t)
	w := newWorkspace(t)
	c := w.inBucket(t, "lake")
	w.fill(t, 120)
	w.passAnHour()
	syncOnce(t, c)
	c.NotionToken, c.DatabaseID = "", "" // the lake as it is
	s := serve(t, c)
	checkCounts(t, w, "Europe/Paris", s.url)
	next := info(t, table(t, c, c.Lake)).Version + 1
	before := len(cloud.since(0))
	const questions = 10
	for i := range questions {
		get(t, fmt.Sprintf("%s/api/v1/conversion?from=2025-01-%02d&to=2026-11-20", s.url, i+1))
	}
	asked := cloud.since(before)
	for _, request := range asked {
		if !strings.HasSuffix(request, fmt.Sprintf("/_delta_log/%020d.json", next)) {
			t.Errorf("a question led to %s", request)
		}
	}
	if len(asked) == 0 || len(asked) > 3*questions {
		t.Errorf("%d questions led to %d requests", questions, len(asked))
	}

	for _, file := range cloud.since(0) { // what this machine wrote it did not load either
		if strings.HasPrefix(file, "GET ") && strings.HasSuffix(file, ".snappy.parquet") {
			t.Errorf("it loaded %s, which it has written itself", file)
		}
	}
	c.Cache = filepath.Join(t.TempDir(), "cache") // another machine loads each file once
	before = len(cloud.since(0))
	s = serve(t, c)
	for range 3 {
		checkCounts(t, w, "Europe/Paris", s.url)
	}
	loaded := map[string]int{}
	for _, file := range cloud.since(before) {
		if strings.HasSuffix(file, ".snappy.parquet") {
			loaded[file]++
		}
	}
	for file, times := range loaded {
		if times != 1 {
			t.Errorf("another machine asked %d times for %s", times, file)
		}
	}
	if len(loaded) == 0 {
		t.Error("another machine loaded nothing")
	}
}

// TestTwoMachinesSyncAtOnce has two machines copy one Notion into one bucket
// while it changes.
func TestTwoMachinesSyncAtOnce(t *testing.T) {
	newCloud(t)
	w := newWorkspace(t)
	machines := []config.Config{w.inBucket(t, "lake"), w.inBucket(t, "lake")}
	for round := range 4 {
		w.passAnHour()
		w.fill(t, 40)
		w.passAnHour()
		var group sync.WaitGroup
		for _, c := range machines {
			group.Go(func() {
				mode := leadlake.Mode("")
				if round%2 == 1 {
					mode = leadlake.Full
				}
				if _, err := app.Sync(t.Context(), c, leadlake.Task{Mode: mode}, app.Options{}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	rows := strings.Count(printed(t, table(t, machines[0], machines[0].Lake), app.Moment{}), "\n") - 1 // the heading
	if rows != 160 {
		t.Errorf("the table has %d rows of 160 leads", rows)
	}
	checkCounts(t, w, "Europe/Paris", serve(t, machines[1]).url)
}

func TestADemoInABucket(t *testing.T) {
	newCloud(t)
	w := newWorkspace(t)
	c := w.inBucket(t, "demo")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	shown := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- app.ServeDemo(ctx, c, app.Options{Ready: func(url string, _ app.Serving) { shown <- url }})
	}()
	s := &served{url: <-shown, log: &writing{}}
	s.wait(t, func(st status) bool { return st.Rows > 0 })
	stop()
	http.DefaultClient.CloseIdleConnections()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	_, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{})
	if leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), "Choose another prefix") {
		t.Errorf("a sync of own leads into the demo's bucket: %v; want it refused", err)
	}
}

func TestWhatIsWrongWithABucket(t *testing.T) {
	newCloud(t)
	w := newWorkspace(t)
	w.fill(t, 5)
	w.passAnHour()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	syncOnce(t, w.inBucket(t, "holiday/photos")) // which puts something that is no lake into holiday/
	for _, tt := range []struct {
		lake, cache, want string
	}{
		{"gs://nobody/lake", "", "There is no bucket for gs://nobody/lake."},
		{"gs://team/holiday", "", `The folder gs://team/holiday holds "photos" and no lake.`},
		{"gs://team/holiday/photos/data_leads", "", `The folder gs://team/holiday/photos/data_leads holds "_delta_log" and no lake.`},
		{"gs://team/lake", file, "where the files of a bucket are kept, cannot be written."},
	} {
		c := w.config(t, tt.lake, "Europe/Paris")
		if c.Cache = tt.cache; tt.cache == "" {
			c.Cache = t.TempDir()
		}
		_, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{})
		if !strings.Contains(leadlake.MessageOf(err), tt.want) {
			t.Errorf("%s: %v; want %q", tt.lake, err, tt.want)
		}
	}
}
