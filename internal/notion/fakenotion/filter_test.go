package fakenotion_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake/internal/notion/fakenotion"
)

func TestFiltersOfTexts(t *testing.T) {
	w := newWorkspace(fakenotion.Options{})
	titles := []string{"Zoé", "zo", "", "Alma"}
	pages := []fakenotion.Page{}
	for _, title := range titles {
		pages = append(pages, fakenotion.Page{Created: w.now, Values: map[string]fakenotion.Value{"Nom": fakenotion.Runs{title[:len(title)/2], title[len(title)/2:]}}})
	}
	ids, err := w.leads.Add(pages...)
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string][]string{
		`{"property":"title","title":{"contains":"ZO"}}`:                                                                          {"Zoé", "zo"},
		`{"property":"Nom","title":{"does_not_contain":"zo"}}`:                                                                    {"", "Alma"},
		`{"and":[{"property":"title","title":{"contains":"z"}},{"property":"title","title":{"does_not_contain":"é"}}]}`:           {"zo"},
		`{"and":[{"and":[{"property":"title","title":{"contains":"a"}}]},{"property":"title","title":{"does_not_contain":"b"}}]}`: {"Alma"},
	} {
		_, answer := w.query(t, `{"filter":`+filter+`}`)
		got := []string{}
		for _, id := range idsOf(answer) {
			got = append(got, titles[slices.Index(ids, id)])
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s gives %q, want %q", filter, got, want)
		}
	}
	one := `{"property":"title","title":{"contains":"z"}}`
	for filter, says := range map[string]string{
		`{"and":[` + strings.Repeat(one+",", 100) + one + `]}`: "100 elements",
		`{"and":[{"and":[{"and":[` + one + `]}]}]}`:            "nested",
		`{"property":"Ville","title":{"contains":"z"}}`:        "Could not find property",
		`{"property":"Nom","rich_text":{"contains":"z"}}`:      "does not match filter",
		`{"property":"Nom","title":{"is_like":"z"}}`:           "is_like",
		`{"property":"Budget","number":{"equals":3}}`:          "not one that this workspace knows",
		`{"or":[]}`: "not one that this workspace knows",
		`3`:         "not one that this workspace knows",
	} {
		if status, answer := w.query(t, `{"filter":`+filter+`}`); status != http.StatusBadRequest || !strings.Contains(fmt.Sprint(answer["message"]), says) {
			t.Errorf("%.60s: got %d %v", filter, status, answer)
		}
	}
}

func TestAnIndexThatIsLate(t *testing.T) {
	w := newWorkspace(fakenotion.Options{Lag: 20 * time.Second})
	ids := w.fill(t, 3)
	if err := w.leads.Edit(ids[0], func(p *fakenotion.Page) { p.Values["Budget"] = 1.0 }); err != nil {
		t.Fatal(err)
	}
	since := `{"filter":{"timestamp":"last_edited_time","last_edited_time":{"on_or_after":"` + w.now.Truncate(time.Minute).Format(time.RFC3339) + `"}}}`
	for _, want := range []int{0, 1} {
		if _, answer := w.query(t, since); len(idsOf(answer)) != want {
			t.Errorf("got %d rows, want %d", len(idsOf(answer)), want)
		}
		if _, answer := w.query(t, "{}"); len(idsOf(answer)) != 3 {
			t.Errorf("without a filter: got %d rows", len(idsOf(answer)))
		}
		w.now = w.now.Add(20 * time.Second)
	}
	if _, page := w.ask(t, http.MethodGet, "/v1/pages/"+ids[0], ""); page["last_edited_time"] != "2026-11-20T09:30:00.000Z" {
		t.Errorf("the page itself shows %v", page["last_edited_time"])
	}
}

func TestACursorThatGetsOld(t *testing.T) {
	w := newWorkspace(fakenotion.Options{CursorLife: time.Minute})
	w.fill(t, 30)
	_, answer := w.query(t, `{"page_size":10}`)
	again := fmt.Sprintf(`{"page_size":10,"start_cursor":%q}`, answer["next_cursor"])
	w.now = w.now.Add(time.Minute)
	if status, _ := w.query(t, again); status != http.StatusOK {
		t.Errorf("after a minute: got %d", status)
	}
	w.now = w.now.Add(time.Second)
	if status, answer := w.query(t, again); status != http.StatusBadRequest || !strings.Contains(fmt.Sprint(answer["message"]), "start_cursor") {
		t.Errorf("after more: got %d %v", status, answer)
	}
}
