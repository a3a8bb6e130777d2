package app_test

import (
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
	"time"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/blob/local"
	"leadlake/internal/lease"
	"leadlake/internal/notion/fakenotion"
)

// markers are a person's data and a secret. Nobody else has them.
func markers() []string {
	return []string{"Zoltánmarker", "marker7391@personne.test", "+33673910073", "ntn_geheim", "Rue-du-marqueur-12"}
}

// TestNobodyIsNamedElsewhere lets everything that can go wrong go wrong around
// a marked person: a schema that does not fit, values that cannot be read,
// errors of Notion that quote the request, requests that name the person in
// every part of them. Then it searches all that was written.
func TestNobodyIsNamedElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.fill(t, 30)
	marked := map[string]fakenotion.Value{
		"Nom": "Zoltánmarker", "Email pro": "marker7391@personne.test", "Téléphone": "+33673910073",
		"Ville": "Rue-du-marqueur-12", "Site": "https://Zoltánmarker.test",
	}
	w.leads.AddProperty(fakenotion.Property{Name: "Bizarre", Type: "hologram"})
	marked["Bizarre"] = fakenotion.Raw(`{"of":"Zoltánmarker"}`)
	w.leads.AddProperty(fakenotion.Property{Name: "Faux nombre", Type: "number"})
	marked["Faux nombre"] = fakenotion.Raw(`"marker7391@personne.test"`)
	marked[properties()[leadlake.Relance]] = fakenotion.Raw(`{"start":"Zoltánmarker"}`)
	ids, err := w.leads.Add(fakenotion.Page{Values: marked})
	if err != nil {
		t.Fatal(err)
	}
	w.passAnHour()
	lake := filepath.Join(t.TempDir(), "lake")
	c, to := telling(t, w.config(t, lake, "Europe/Paris"), "http/protobuf")
	s := serve(t, c)
	s.wait(t, func(st status) bool { return st.Rows == 31 })

	var said strings.Builder
	for _, e := range []fakenotion.Effect{
		fakenotion.Refused("body failed: Zoltánmarker, token ntn_geheim"), fakenotion.Restricted(), fakenotion.HTML(502), fakenotion.Cut(), fakenotion.Missing(),
	} {
		w.server.Script(fakenotion.Fault{On: fakenotion.Query, Do: e})
		_, err := app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Full}, app.Options{Report: func(run leadlake.Run) { fmt.Fprintf(&said, "%+v\n", run.Warnings) }})
		if err != nil {
			said.WriteString(leadlake.MessageOf(err) + "\n")
		}
		w.server.Clear()
	}
	if err := w.leads.Edit(ids[0], func(p *fakenotion.Page) { p.Trashed = true }); err != nil {
		t.Fatal(err)
	}
	run, err := app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Sweep}, app.Options{})
	if err != nil || run.Moves.Trashed != 1 {
		t.Fatalf("the sweep was %+v, %v", run, err)
	}
	for _, m := range markers() {
		for _, r := range []struct{ method, path, body string }{
			{http.MethodGet, "/api/v1/conversion?from=" + m, ""},
			{http.MethodGet, "/" + m + "/index.html", ""},
			{http.MethodPost, "/api/v1/ingestion/leads", `[{"id":"` + m + `","nom":"` + m + `","statut":"x","date_relance":"` + m + `"}]`},
			{http.MethodPost, "/api/v1/webhooks/notion", `{"id":"` + m + `","type":"` + m + `"}`},
			{m, "/api/v1/ingestion/status", ""},
		} {
			ask(t, r.method, s.url+r.path, r.body, m)
		}
	}
	for _, path := range []string{"/api/v1/ingestion/status", "/api/v1/ingestion/runs", "/api/v1/ingestion/schema", "/readyz"} {
		said.Write(get(t, s.url+path))
	}
	runs, err := app.Runs(t.Context(), c, 0)
	if err != nil || len(runs) < 3 {
		t.Fatalf("there are %d runs, %v", len(runs), err)
	}
	fmt.Fprintf(&said, "%+v", runs)
	said.Write(get(t, s.metricsURL(t)+"/metrics"))
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	said.WriteString(s.log.String())
	told := to.Text()
	if !strings.Contains(told, "sync failed") || !strings.Contains(told, "/api/v1/conversion") {
		t.Errorf("the collector was not told of what went wrong: %.1000s", told)
	}
	said.WriteString(told)
	search(t, "what was said", []byte(said.String()))
	searchFiles(t, lake)
}

// ask sends a request that carries a marker wherever one can be.
func ask(t *testing.T, method, url, body, marker string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, strings.NewReplacer("+", "%2B", "á", "%C3%A1").Replace(url), strings.NewReader(body))
	if err != nil {
		return // not a method that can be sent
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Request-Id", "id "+marker)
	r.Header.Set("User-Agent", marker)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
}

func search(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, m := range markers() {
		if at := bytes.Index(data, []byte(m)); at >= 0 {
			t.Errorf("%s names %q: …%s…", where, m, data[max(0, at-80):min(len(data), at+80)])
		}
	}
}

// searchFiles searches everything in a lake but the data files of the table of
// leads, where the person belongs.
func searchFiles(t *testing.T, lake string) {
	t.Helper()
	searched := 0
	err := filepath.WalkDir(lake, func(path string, entry fs.DirEntry, err error) error {
		relative, _ := filepath.Rel(lake, path)
		if err != nil || entry.IsDir() || filepath.Dir(relative) == "data_leads" && filepath.Ext(path) == ".parquet" {
			return err
		}
		data, err := os.ReadFile(path)
		searched++
		search(t, relative, data)
		search(t, "the name of "+relative, []byte(relative))
		return err
	})
	if err != nil || searched < 10 {
		t.Errorf("%d files were searched, %v", searched, err)
	}
}

// TestWhoHoldsTheLake has a sync begin while another process works, and then
// one after it was killed.
func TestWhoHoldsTheLake(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	disk, err := local.Open(c.Lake)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = disk.Close() }()
	folder := "_app/lease/" + strings.ReplaceAll("notion:"+w.leads.ID(), ":", "-")
	_, held, err := lease.Acquire(t.Context(), disk, folder, lease.Options{Renew: time.Second})
	if err != nil || held.Term() < 2 {
		t.Fatal(held, err)
	}
	var told string
	_, err = app.Sync(t.Context(), c, leadlake.Task{}, app.Options{Tell: func(sentence string) { told += sentence }})
	pid := fmt.Sprintf("process %d on ", os.Getpid())
	if message := leadlake.MessageOf(err); leadlake.KindOf(err) != leadlake.Conflict || !strings.Contains(message, pid) || !strings.Contains(told, pid) {
		t.Errorf("while it is held: %v; it told %q", err, told)
	}
	if err := held.Release(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{}); err != nil {
		t.Errorf("after it was given back: %v", err)
	}
}

// TestHeldDeletions has an integration lose half of the database, as it looks
// to a person: on the page, in the records, and to the key.
func TestHeldDeletions(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	for _, p := range w.leads.Pages()[:60] {
		if err := w.leads.Edit(p.ID, func(p *fakenotion.Page) { p.Trashed = true }); err != nil {
			t.Fatal(err)
		}
	}
	run, err := app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Sweep}, app.Options{})
	if err != nil || run.Held != 60 || run.Moves.Gone() != 0 {
		t.Fatalf("the sweep was %+v, %v", run, err)
	}
	s := serve(t, c)
	for range 2 { // what an earlier process has found, and this one
		answer := string(get(t, s.url+"/api/v1/ingestion/status"))
		if !strings.Contains(answer, `"held":{`) || !strings.Contains(answer, "--allow-mass-delete") {
			t.Errorf("the status is %s", answer)
		}
		s.wait(t, func(st status) bool { return st.State == "idle" && st.Mode != "" })
	}
	if run, err = app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Sweep, MassDelete: true}, app.Options{}); err != nil && errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for err != nil && leadlake.KindOf(err) == leadlake.Conflict { // the server was syncing just then
		run, err = app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Sweep, MassDelete: true}, app.Options{})
	}
	if err != nil || run.Moves.Trashed != 60 || run.Held != 0 {
		t.Errorf("with the key: %+v, %v", run, err)
	}
}
