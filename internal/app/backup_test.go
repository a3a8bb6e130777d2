package app_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
	"leadlake/internal/notion/fakenotion"
)

// restoredFrom backs the lake up and returns the configuration of one that is
// restored from that.
func restoredFrom(t *testing.T, c config.Config) config.Config {
	t.Helper()
	place := filepath.Join(t.TempDir(), "copies")
	if _, err := app.Backup(t.Context(), c, place, app.Options{}, app.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	c.Lake = filepath.Join(t.TempDir(), "restored")
	if _, err := app.Restore(t.Context(), c, place, app.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestARestoredLakeRemembersRequests sends a request again that the lake knew
// when it was backed up.
func TestARestoredLakeRemembersRequests(t *testing.T) {
	w := newWorkspace(t)
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	w.fill(t, 20)
	w.passAnHour()
	syncOnce(t, c)
	c.NotionToken, c.DatabaseID = "", ""
	const body = `[{"id":"api-1","nom":"Zoé","statut":"Nouveau","date_prise_contact":"2026-01-05"}]`
	s := serve(t, c)
	status, first := post(t, s.url, "once", body)
	if status != http.StatusOK {
		t.Fatalf("the first request gets %d %s", status, first)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	c = restoredFrom(t, c)
	s = serve(t, c)
	if status, again := post(t, s.url, "once", body); status != http.StatusOK || again != first {
		t.Errorf("the request gets %d %s again, it got %s", status, again, first)
	}
	if status, other := post(t, s.url, "once", strings.Replace(body, "Zoé", "Yves", 1)); status != http.StatusUnprocessableEntity {
		t.Errorf("the key with another body gets %d %s", status, other)
	}
	if rows := info(t, table(t, c, c.Lake)).Rows; rows == nil || *rows != 21 {
		t.Errorf("the lake holds %v leads", rows)
	}
}

func post(t *testing.T, url, key, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/ingestion/leads", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// TestARestoredLakeSyncsOn goes on where the backup was: what was edited and
// deleted in Notion since arrives, nothing is doubled, and a lease that was
// held at the time keeps nobody waiting.
func TestARestoredLakeSyncsOn(t *testing.T) {
	w := newWorkspace(t)
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	w.fill(t, 60)
	for range 5 { // terms of the lease, of which old ones are cleaned up
		w.passAnHour()
		syncOnce(t, c)
	}
	holdLease(t, c.Lake)
	place := filepath.Join(t.TempDir(), "copies")
	if _, err := app.Backup(t.Context(), c, place, app.Options{}, app.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	w.passAnHour()
	pages := w.leads.Pages()
	if err := w.leads.Edit(pages[3].ID, func(p *fakenotion.Page) { p.Values["Ville"] = "Lyon" }); err != nil {
		t.Fatal(err)
	}
	if err := w.leads.Edit(pages[4].ID, func(p *fakenotion.Page) { p.Trashed = true }); err != nil {
		t.Fatal(err)
	}
	w.fill(t, 5)
	w.passAnHour()
	c.Lake = filepath.Join(t.TempDir(), "restored")
	if _, err := app.Restore(t.Context(), c, place, app.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	run, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{Tell: func(sentence string) { t.Error(sentence) }})
	if err != nil || run.Mode != leadlake.Incremental || run.Inserted != 5 || run.Updated != 1 {
		t.Fatalf("the sync says %+v, %v", run, err)
	}
	w.passAnHour()
	run, err = app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Sweep}, app.Options{})
	if err != nil || run.Moves.Trashed != 1 || run.Balance == nil || run.Balance.Stored != 64 {
		t.Errorf("the sweep says %+v, %v", run, err)
	}
	run, err = app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Verify, Sample: 100}, app.Options{})
	if err != nil || run.Different > 0 {
		t.Errorf("the verification says %+v, %v", run, err)
	}
	runs, err := app.Runs(t.Context(), c, 0)
	if err != nil || len(runs) < 6 {
		t.Errorf("the journal has %d runs, %v", len(runs), err)
	}
}

// holdLease makes the newest term of the lease one that somebody holds, on a
// machine of which nothing is known.
func holdLease(t *testing.T, lake string) {
	t.Helper()
	terms, err := filepath.Glob(filepath.Join(lake, "_app", "lease", "*", "*.json"))
	if err != nil || len(terms) == 0 {
		t.Fatalf("the lake has the terms %v, %v", terms, err)
	}
	held := `{"host":"elsewhere","pid":1,"since":"2026-11-20T09:00:00Z","token":"x","beat":3}`
	if err := os.WriteFile(terms[len(terms)-1], []byte(held), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestABackupIsAsPrivateAsTheLake lets nobody but this user in.
func TestABackupIsAsPrivateAsTheLake(t *testing.T) {
	w := newWorkspace(t)
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	w.fill(t, 5)
	w.passAnHour()
	syncOnce(t, c)
	place := filepath.Join(t.TempDir(), "copies")
	if _, err := app.Backup(t.Context(), c, place, app.Options{}, app.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(place, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %s", path, info.Mode())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestVersionsKeepTheirTimes asks the place and a restored lake for the leads as
// they were at a time: for that the files of the log say when they came.
func TestVersionsKeepTheirTimes(t *testing.T) {
	w := newWorkspace(t)
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	for range 3 {
		w.fill(t, 10)
		w.passAnHour()
		syncOnce(t, c)
	}
	commits, err := filepath.Glob(filepath.Join(c.Lake, "data_leads", "_delta_log", "*.json"))
	if err != nil || len(commits) < 3 {
		t.Fatalf("the lake has the commits %v, %v", commits, err)
	}
	first := time.Now().Add(-500 * time.Hour)
	for i, commit := range commits {
		if err := os.Chtimes(commit, time.Time{}, first.Add(time.Duration(i)*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	place := filepath.Join(t.TempDir(), "copies")
	if _, err := app.Backup(t.Context(), c, place, app.Options{}, app.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	restored := c
	restored.Lake = filepath.Join(t.TempDir(), "restored")
	if _, err := app.Restore(t.Context(), restored, place, app.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	for i := range commits {
		moment := app.Moment{AsOf: first.Add(time.Duration(i)*24*time.Hour + time.Hour)}
		for _, dir := range []string{c.Lake, place, restored.Lake} {
			if info, err := table(t, c, dir).Info(t.Context(), moment); err != nil || info.Version != int64(i) {
				t.Errorf("an hour after version %d %s is at version %d, %v", i, dir, info.Version, err)
			}
		}
	}
}
