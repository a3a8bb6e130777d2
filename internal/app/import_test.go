package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
)

func importFile(t *testing.T, c config.Config, path string, o app.ImportOptions) app.Imported {
	t.Helper()
	done, err := app.Import(t.Context(), c, path, app.Options{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// manyRows is a CSV file of n leads.
func manyRows(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("id;nom;date_relance\n")
	for i := range n {
		fmt.Fprintf(&b, "%d;Nom %d;2025-01-%02d\n", i, i, 1+i%28)
	}
	return writeFile(t, "many.csv", b.String())
}

func TestAnImportLivesBesideNotion(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	file := writeFile(t, "Salon été.csv", "Nom,Email,Date de relance,Budget\nZoé,z@x.test,2025-01-31,12\n")
	done := importFile(t, c, file, app.ImportOptions{})
	if !done.Done || done.Source != "import:salon_ete" || done.Tally.Inserted != 1 {
		t.Errorf("got %+v", done)
	}
	w.fill(t, 3)
	w.passAnHour()
	for _, task := range []leadlake.Task{{}, {Mode: leadlake.Full}} {
		if _, err := app.Sync(t.Context(), c, task, app.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	again := importFile(t, c, file, app.ImportOptions{})
	if again.Commits != 0 || again.Tally.Unchanged != 1 {
		t.Errorf("after syncs, the import is not what it was: %+v", again.Tally)
	}
	s := serve(t, c)
	s.wait(t, func(st status) bool { return st.Rows == 124 && st.State == "idle" })
}

func TestALongFileIsStoredInPartsThatGoOn(t *testing.T) {
	t.Parallel()
	c := config.Config{Lake: filepath.Join(t.TempDir(), "lake")}
	file := manyRows(t, 20_001)
	if done := importFile(t, c, file, app.ImportOptions{DryRun: true}); done.Done || done.Tally.Inserted != 20_001 {
		t.Errorf("a dry run: got %+v", done.Tally)
	}
	if _, err := os.Stat(c.Lake); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a dry run made the lake: %v", err)
	}
	if done := importFile(t, c, file, app.ImportOptions{}); !done.Done || done.Commits != 2 || done.Tally.Inserted != 20_001 {
		t.Errorf("got %+v in %d commits", done.Tally, done.Commits)
	}
	if done := importFile(t, c, file, app.ImportOptions{}); done.Commits != 0 || done.Tally.Unchanged != 20_001 || done.Tally.Version != 1 {
		t.Errorf("again: got %+v in %d commits", done.Tally, done.Commits)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := app.Import(ctx, c, file, app.Options{}, app.ImportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: got %v", err)
	}
}

func TestAnExcelWorkbookBecomesLeads(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" r:id="r"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r" Target="worksheets/a.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/worksheets/a.xml": `<worksheet><sheetData><row r="1"><c t="str"><v>Name</v></c><c t="str"><v>Follow-up date</v></c></row>` +
			`<row r="2"><c t="str"><v>Zoé</v></c><c s="1"><v>45688</v></c></row></sheetData></worksheet>`,
	} {
		part, err := z.Create(name)
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	c := config.Config{Lake: filepath.Join(t.TempDir(), "lake")}
	if done := importFile(t, c, writeFile(t, "a.xlsx", b.String()), app.ImportOptions{}); done.Tally.Inserted != 1 {
		t.Errorf("got %+v", done)
	}
	c.Addr = "127.0.0.1:0"
	s := serve(t, c)
	if counts := string(get(t, s.url+"/api/v1/transformation/count_date_by_week")); !strings.Contains(counts, `"semaine":"2025-W05"`) || !strings.Contains(counts, `"date_relance":1`) {
		t.Errorf("got %s", counts)
	}
}

// TestAKeyedRequestSurvivesARestart sends a request again to another process
// on the same lake, as a client does that never got the answer.
func TestAKeyedRequestSurvivesARestart(t *testing.T) {
	t.Parallel()
	c := config.Config{Lake: filepath.Join(t.TempDir(), "lake"), Addr: "127.0.0.1:0"}
	importFile(t, c, writeFile(t, "a.csv", "id;nom;date_relance\n1;Zoé;2025-01-31\n"), app.ImportOptions{})
	const body = `[{"id":"lead-1","nom":"Zoé","statut":"x","score":3}]`
	first := serve(t, c)
	answer := keyed(t, first.url, "k-1", body, http.StatusOK)
	keyed(t, first.url, "k-2", `[{"id":"lead-1","nom":"Zoé","statut":"y"}]`, http.StatusOK)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	second := serve(t, c)
	if again := keyed(t, second.url, "k-1", body, http.StatusOK); again != answer || !strings.Contains(answer, `"inserted":1,`) {
		t.Errorf("got %s, then %s", answer, again)
	}
	keyed(t, second.url, "k-1", body+" ", http.StatusUnprocessableEntity)
	foreign := keyed(t, second.url, "k-3", `[{"id":"lead-1","nom":"Zoé","statut":"y"},{"id":"import:a:1","nom":"x","statut":"y"}]`, http.StatusConflict)
	if !strings.Contains(foreign, `"location":"body[1].id"`) {
		t.Errorf("got %s", foreign)
	}
	if st := second.status(t); st.Version != 2 || st.Rows != 2 {
		t.Errorf("the table is %+v", st)
	}
}

// keyed posts leads under a key and returns the answer.
func keyed(t *testing.T, url, key, body string, want int) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/ingestion/leads", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil || resp.StatusCode != want {
		t.Errorf("%s got %d %s (%v), want %d", key, resp.StatusCode, answer.String(), err, want)
	}
	return answer.String()
}
