package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/notion/fakenotion"
)

// personal are marks that stand for a person's data; they go in with every
// value that can hold one.
func personal() []string {
	return []string{"Marque-Nom", "marque.mail", "+33 6 00 marque", "marque-ville", "marque-site", "marque-budget", "marque-api"}
}

// TestPersonalDataAndSecretsStayWhereTheyBelong sends marked values and the
// token through everything, and looks for them in all that is written or
// answered.
func TestPersonalDataAndSecretsStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.leads.AddProperty(fakenotion.Property{Name: "Budget", Type: "number"})
	id := w.addPerson(t)
	w.passAnHour()
	c, to := telling(t, w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris"), "grpc")
	c.OTel["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=geheim-header"
	s := serve(t, c)
	s.wait(t, func(st status) bool { return st.Rows == 1 && st.State == "idle" })

	if err := w.leads.Edit(id, func(p *fakenotion.Page) { p.Values["Nom"] = "Marque-Nom deux" }); err != nil {
		t.Fatal(err)
	}
	s.wait(t, func(st status) bool { return st.Version >= 2 && st.State == "idle" })
	w.server.Script(
		fakenotion.Fault{On: fakenotion.Query, Do: fakenotion.Unavailable()},
		fakenotion.Fault{On: fakenotion.GetDataSource, After: 1, Times: -1, Do: fakenotion.Refused("a token " + w.server.Token() + " in words")},
	)
	s.wait(t, func(st status) bool { return st.LastError != nil })
	w.server.Clear()
	answers := everyAnswer(t, s.url)
	send(t, s.url, `[{"id":"lead-1","nom":"Marque-Nom","statut":"x","email":"marque.mail@marque.test","telephone":"marque-api"}]`, http.StatusOK)
	send(t, s.url, `[{"id":"lead-1","nom":"Marque-Nom","statut":"x","date_relance":"marque-api"}]`, http.StatusUnprocessableEntity)
	send(t, s.url, `[{"id":"lead-1","nom":"Marque-Nom"`, http.StatusBadRequest)
	metrics := string(get(t, s.metricsURL(t)+"/metrics"))
	if err := s.stop(); err != nil {
		t.Error(err)
	}

	written := lakeWithoutData(t, c.Lake)
	written["log"], written["metrics"], written["telemetry"] = s.log.String(), metrics, to.Text()
	if len(to.Spans()) < 20 || len(to.Lines()) < 20 || len(to.Points()) < 20 {
		t.Errorf("only %d spans, %d lines and %d metrics were told", len(to.Spans()), len(to.Lines()), len(to.Points()))
	}
	for _, part := range app.Bundle(t.Context(), c, nil, app.Options{}) {
		written["bundle: "+part.Name] = string(part.Content)
	}
	for _, where := range []map[string]string{written, answers} {
		for name, text := range where {
			for _, mark := range personal() {
				if i := strings.Index(text, mark); i >= 0 {
					t.Errorf("%s holds %q: …%s…", name, mark, text[max(0, i-100):min(len(text), i+100)])
				}
			}
		}
	}
	maps.Copy(written, answers)
	maps.Copy(written, everything(t, c.Lake))
	for name, text := range written {
		if strings.Contains(text, w.server.Token()) || strings.Contains(text, "geheim-header") {
			t.Errorf("%s holds the token", name)
		}
	}
	if log := written["log"]; !strings.Contains(log, "sync done") || !strings.Contains(log, "sync failed") || !strings.Contains(log, "status=422") {
		t.Errorf("the log does not tell of what happened:\n%s", log)
	}
}

func (w *workspace) addPerson(t *testing.T) string {
	t.Helper()
	ids, err := w.leads.Add(fakenotion.Page{Values: map[string]fakenotion.Value{
		"Nom": "Marque-Nom", "Email pro": "marque.mail@marque.test", "Téléphone": "+33 6 00 marque",
		"Ville": "marque-ville", "Site": "https://marque-site.test", "Budget": fakenotion.Raw(`"marque-budget"`),
		properties()[leadlake.Relance]: fakenotion.Date{Start: "2026-11-20"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}

// everyAnswer returns what the API and the pages answer to a GET, by path.
func everyAnswer(t *testing.T, url string) map[string]string {
	t.Helper()
	var document struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(get(t, url+"/openapi.json"), &document); err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{}
	for path, operations := range document.Paths {
		if operations["get"] != nil {
			answers[path] = string(get(t, url+path))
		}
	}
	if len(answers) < 6 {
		t.Errorf("there are only %d paths to read", len(answers))
	}
	for _, path := range []string{"/", "/fr/", "/docs", "/redoc", "/openapi.json"} {
		answers[path] = string(get(t, url+path))
	}
	for _, path := range []string{"/api/v1/conversion?from=marque-api", "/api/v1/leads/marque-api", "/marque-api"} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close() // it may repeat what it was asked; the log must not
	}
	return answers
}

func send(t *testing.T, url, body string, want int) {
	t.Helper()
	resp, err := http.Post(url+"/api/v1/ingestion/leads", "application/json", bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if answer, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != want {
		t.Errorf("%s is answered with %d %s, %v", body, resp.StatusCode, answer, err)
	}
}

// lakeWithoutData returns the files of the lake but for those that hold leads.
func lakeWithoutData(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := everything(t, dir)
	for name := range files {
		if strings.HasSuffix(name, ".parquet") {
			delete(files, name)
		}
	}
	if len(files) < 3 {
		t.Errorf("the lake has only the files %v", files)
	}
	return files
}

func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}
