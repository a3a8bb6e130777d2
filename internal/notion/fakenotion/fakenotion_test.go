package fakenotion_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

type workspace struct {
	now    time.Time
	server *fakenotion.Server
	db     *fakenotion.Database
	leads  *fakenotion.DataSource
}

func newWorkspace(o fakenotion.Options) *workspace {
	w := &workspace{now: time.Date(2026, 11, 20, 9, 30, 20, 0, time.UTC)}
	o.Now = func() time.Time { return w.now }
	w.server = fakenotion.New(o)
	w.db = w.server.AddDatabase("Prospection",
		fakenotion.Property{Name: "Nom", Type: "title"},
		fakenotion.Property{Name: "Budget", Type: "number"},
		fakenotion.Property{Name: "État", Type: "status", Options: []string{"Contacté"}},
		fakenotion.Property{Name: "Date de relance", Type: "date"},
		fakenotion.Property{Name: "Devis", Type: "files"},
		fakenotion.Property{Name: "Clients", Type: "relation"},
	)
	w.leads = w.db.Source()
	return w
}

// ask sends a request as a well-behaved client does, and returns the answer.
func (w *workspace) ask(t *testing.T, method, path, body string, headers ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+w.server.Token())
	r.Header.Set("Notion-Version", "2026-03-11")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, r)
	resp := rec.Result()
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%s %s answers %q: %v", method, path, raw, err)
	}
	return resp.StatusCode, answer
}

func (w *workspace) query(t *testing.T, body string) (int, map[string]any) {
	t.Helper()
	return w.ask(t, http.MethodPost, "/v1/data_sources/"+w.leads.ID()+"/query", body)
}

// fill adds n pages, one a minute.
func (w *workspace) fill(tb testing.TB, n int) []string {
	tb.Helper()
	pages := make([]fakenotion.Page, 0, n)
	for i := range n {
		pages = append(pages, fakenotion.Page{Created: w.now.Add(time.Duration(i-n) * time.Minute)})
	}
	ids, err := w.leads.Add(pages...)
	if err != nil {
		tb.Fatal(err)
	}
	return ids
}

func idsOf(answer map[string]any) []string {
	ids := []string{}
	results, _ := answer["results"].([]any)
	for _, row := range results {
		page, _ := row.(map[string]any)
		ids = append(ids, fmt.Sprint(page["id"]))
	}
	return ids
}

func TestRefusals(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	other := w.server.AddDatabase("Privé")
	other.Hide()
	query := "/v1/data_sources/" + w.leads.ID() + "/query"
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code, says         string
	}{
		"no version":       {"GET", "/v1/databases/" + w.db.ID(), "", []string{"Notion-Version", ""}, 400, "missing_version", "Notion-Version"},
		"unknown version":  {"GET", "/v1/databases/" + w.db.ID(), "", []string{"Notion-Version", "2021-05-13"}, 400, "validation_error", "2021-05-13"},
		"no token":         {"GET", "/v1/databases/" + w.db.ID(), "", []string{"Authorization", ""}, 401, "unauthorized", "Bearer"},
		"wrong token":      {"GET", "/v1/databases/" + w.db.ID(), "", []string{"Authorization", "Bearer x"}, 401, "unauthorized", "API token is invalid."},
		"unknown address":  {"GET", "/v1/tables", "", nil, 400, "invalid_request_url", "Invalid request URL."},
		"no id":            {"GET", "/v1/databases/x", "", nil, 400, "validation_error", "valid uuid"},
		"not there":        {"GET", "/v1/pages/" + w.db.ID(), "", nil, 404, "object_not_found", "Could not find page"},
		"not shared":       {"GET", "/v1/databases/" + other.ID(), "", nil, 404, "object_not_found", "shared with your integration"},
		"source as base":   {"GET", "/v1/databases/" + w.leads.ID(), "", nil, 404, "object_not_found", "Could not find database"},
		"no JSON":          {"POST", query, "{", nil, 400, "invalid_json", "JSON"},
		"in_trash":         {"POST", query, `{"in_trash":false}`, nil, 400, "validation_error", "body.in_trash should be not present, instead was `false`"},
		"101 rows":         {"POST", query, `{"page_size":101}`, nil, 400, "validation_error", "body.page_size should be ≤ `100`, instead was `101`"},
		"made-up cursor":   {"POST", query, `{"start_cursor":"x"}`, nil, 400, "validation_error", "The start_cursor provided is invalid: x"},
		"unknown sort":     {"POST", query, `{"sorts":[{"property":"x","direction":"ascending"}]}`, nil, 400, "validation_error", "Could not find sort property"},
		"filter of no day": {"POST", query, `{"filter":{"timestamp":"created_time","created_time":{"before":"x"}}}`, nil, 400, "validation_error", "ISO 8601"},
		"unknown property": {"POST", "/v1/pages", `{"parent":{"data_source_id":"` + w.leads.ID() + `"},"properties":{"x":{}}}`, nil, 400, "validation_error", "x is not a property"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := w.ask(t, c.method, c.path, c.body, c.headers...)
			if status != c.status || answer["object"] != "error" || answer["code"] != c.code || !strings.Contains(fmt.Sprint(answer["message"]), c.says) || answer["request_id"] == "" {
				t.Errorf("got %d %v", status, answer)
			}
		})
	}
}

func TestQueryFiltersAndSorts(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	ids := w.fill(t, 30)
	if err := w.leads.Edit(ids[3], func(*fakenotion.Page) {}); err != nil {
		t.Fatal(err)
	}
	minute := func(i int) string {
		return w.now.Add(time.Duration(i-30) * time.Minute).Truncate(time.Minute).Format(time.RFC3339)
	}
	reversed := []string{ids[29], ids[28], ids[27]}
	for body, want := range map[string][]string{
		`{"page_size":3,"sorts":[{"timestamp":"created_time","direction":"ascending"}]}`:                                                                             ids[:3],
		`{"page_size":3,"sorts":[{"timestamp":"created_time","direction":"descending"}]}`:                                                                            reversed,
		`{"page_size":1,"sorts":[{"timestamp":"last_edited_time","direction":"descending"}]}`:                                                                        {ids[3]},
		`{"sorts":[{"timestamp":"created_time","direction":"ascending"}],"filter":{"timestamp":"created_time","created_time":{"on_or_after":"` + minute(27) + `"}}}`: ids[27:],
		`{"sorts":[{"timestamp":"created_time","direction":"ascending"}],"filter":{"and":[{"timestamp":"created_time","created_time":{"on_or_after":"` + minute(5) +
			`"}},{"timestamp":"created_time","created_time":{"before":"` + minute(7) + `"}}]}}`: ids[5:7],
		`{"filter":{"timestamp":"last_edited_time","last_edited_time":{"after":"` + minute(29) + `"}}}`: {ids[3]},
	} {
		if _, answer := w.query(t, body); !reflect.DeepEqual(idsOf(answer), want) {
			t.Errorf("%s gives %d rows %v, want %v", body, len(idsOf(answer)), idsOf(answer), want)
		}
	}
}

func TestPagingDownAndUp(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	w.fill(t, 250)
	for _, direction := range []string{"ascending", "descending"} {
		seen := map[string]bool{}
		cursor := ""
		for range 3 {
			_, answer := w.query(t, `{"sorts":[{"timestamp":"created_time","direction":"`+direction+`"}]`+cursor+`}`)
			for _, id := range idsOf(answer) {
				seen[id] = true
			}
			cursor = fmt.Sprintf(`,"start_cursor":%q`, answer["next_cursor"])
		}
		if len(seen) != 250 {
			t.Errorf("%s: three answers hold %d of 250 pages", direction, len(seen))
		}
	}
}

func TestACursorBelongsToItsQuery(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	w.fill(t, 30)
	_, answer := w.query(t, `{"page_size":10,"sorts":[{"timestamp":"created_time","direction":"ascending"}]}`)
	body := fmt.Sprintf(`{"sorts":[{"timestamp":"last_edited_time","direction":"ascending"}],"start_cursor":%q}`, answer["next_cursor"])
	if status, answer := w.query(t, body); status != 400 || !strings.Contains(fmt.Sprint(answer["message"]), "start_cursor") {
		t.Errorf("got %d %v", status, answer)
	}
}

func TestTheCapOfAQuery(t *testing.T) {
	w := newWorkspace(fakenotion.Options{Cap: 150})
	w.fill(t, 151)
	_, answer := w.query(t, `{}`)
	_, answer = w.query(t, fmt.Sprintf(`{"start_cursor":%q}`, answer["next_cursor"]))
	status, _ := answer["request_status"].(map[string]any)
	if len(idsOf(answer)) != 50 || answer["has_more"] != false || status["type"] != "incomplete" {
		t.Errorf("got %d rows, has_more %v, status %v", len(idsOf(answer)), answer["has_more"], status)
	}
}

func TestTheWindowOfTheRateLimit(t *testing.T) {
	w := newWorkspace(fakenotion.Options{Rate: 2})
	path := "/v1/databases/" + w.db.ID()
	ask := func() (int, map[string]any) { return w.ask(t, http.MethodGet, path, "") }
	ask()
	w.now = w.now.Add(20 * time.Second)
	ask()
	status, answer := ask()
	wait, _ := answer["additional_data"].(map[string]any)
	if status != 429 || wait["retry_after"] != "40" || wait["rate_limit_reason"] != "public_api_request_rate_limit" {
		t.Errorf("got %d %v, want 429 for 40 s", status, answer)
	}
	w.now = w.now.Add(40 * time.Second)
	if status, answer = ask(); status != 200 {
		t.Errorf("in the next window: got %d %v", status, answer)
	}
}

func TestPagesAreWrittenAsInTheAPI(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	status, created := w.ask(t, http.MethodPost, "/v1/pages", `{"parent":{"type":"data_source_id","data_source_id":"`+w.leads.ID()+`"},
		"properties":{"Nom":{"title":[{"text":{"content":"Zoé"}}]},"État":{"status":{"name":"Contacté"}}}}`)
	if status != 200 || created["created_time"] != "2026-11-20T09:30:00.000Z" {
		t.Fatalf("got %d %v", status, created)
	}
	id := fmt.Sprint(created["id"])
	w.now = w.now.Add(5 * time.Minute)
	status, patched := w.ask(t, http.MethodPatch, "/v1/pages/"+id, `{"properties":{"Date de relance":{"date":{"start":"2026-11-20"}},"État":{"status":null}}}`)
	if status != 200 || patched["last_edited_time"] != "2026-11-20T09:35:00.000Z" {
		t.Errorf("got %d %v", status, patched)
	}
	page, err := w.leads.Page(id)
	want := map[string]fakenotion.Value{"Nom": "Zoé", "Date de relance": fakenotion.Date{Start: "2026-11-20"}}
	if err != nil || !reflect.DeepEqual(page.Values, want) {
		t.Errorf("got %v, %v", page.Values, err)
	}
	if _, err := w.leads.Add(fakenotion.Page{Values: map[string]fakenotion.Value{"Budget": "beaucoup"}}); leadlake.KindOf(err) != leadlake.Invalid {
		t.Errorf("a text in a number: got %v", err)
	}

	_, _ = w.ask(t, http.MethodPatch, "/v1/pages/"+id, `{"in_trash":true}`)
	if _, answer := w.query(t, "{}"); len(idsOf(answer)) != 0 {
		t.Error("a page in the trash is listed")
	}
	if _, answer := w.ask(t, http.MethodGet, "/v1/pages/"+id, ""); answer["in_trash"] != true {
		t.Errorf("a page in the trash reads %v", answer)
	}
}

func TestSignedAddressesChangeAtEveryReading(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	ids, err := w.leads.Add(fakenotion.Page{Values: map[string]fakenotion.Value{"Devis": []string{"devis.pdf"}}})
	if err != nil {
		t.Fatal(err)
	}
	_, one := w.ask(t, http.MethodGet, "/v1/pages/"+ids[0], "")
	_, two := w.ask(t, http.MethodGet, "/v1/pages/"+ids[0], "")
	if reflect.DeepEqual(one, two) {
		t.Error("two readings are equal")
	}
}

func TestOnlyTheWantedProperties(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	w.fill(t, 1)
	_, answer := w.ask(t, http.MethodPost, "/v1/data_sources/"+w.leads.ID()+"/query?filter_properties[]=title&filter_properties[]=Budget", "{}")
	text, err := json.Marshal(answer)
	if err != nil || !strings.Contains(string(text), `"Nom"`) || !strings.Contains(string(text), `"Budget"`) || strings.Contains(string(text), `"Devis"`) {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestScript(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	w.server.Script(
		fakenotion.Fault{On: fakenotion.Query, After: 1, Times: 2, Do: fakenotion.Unavailable()},
		fakenotion.Fault{On: fakenotion.GetPage, Times: -1, Do: fakenotion.Unavailable()},
	)
	got := []int{}
	for range 5 {
		status, _ := w.query(t, "{}")
		got = append(got, status)
	}
	if want := []int{200, 503, 503, 200, 200}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func BenchmarkQueryOf250000(b *testing.B) {
	w := newWorkspace(fakenotion.Options{Rate: -1})
	ids := w.fill(b, 250_000)
	from := w.now.Add(-1000 * time.Minute).Format(time.RFC3339)
	body := `{"sorts":[{"timestamp":"last_edited_time","direction":"ascending"}],"filter":{"timestamp":"last_edited_time","last_edited_time":{"on_or_after":"` + from + `"}}}`
	for i := 0; b.Loop(); i++ {
		if err := w.leads.Edit(ids[i%len(ids)], func(*fakenotion.Page) {}); err != nil {
			b.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/v1/data_sources/"+w.leads.ID()+"/query", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+w.server.Token())
		r.Header.Set("Notion-Version", "2026-03-11")
		rec := httptest.NewRecorder()
		if w.server.ServeHTTP(rec, r); rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}
