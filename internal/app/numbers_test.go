package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/notion/fakenotion"
)

// count is the test's own opinion of the numbers, straight from the pages: how
// often each event happened in each period, as name gives it.
func count(t *testing.T, w *workspace, zone, key string, name func(time.Time) string) []map[string]any {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]map[string]any{}
	for _, page := range w.leads.Pages() {
		for e, property := range properties() {
			date, ok := page.Values[property].(fakenotion.Date)
			if !ok || page.Trashed {
				continue
			}
			day, err := time.Parse("2006-01-02", date.Start)
			if err != nil {
				moment, err := time.Parse(time.RFC3339, date.Start)
				if err != nil {
					t.Fatal(err)
				}
				day = moment.In(location)
			}
			period := name(day)
			if rows[period] == nil {
				rows[period] = map[string]any{key: period}
				for other := range properties() {
					rows[period][string(other)] = 0.0
				}
			}
			n, _ := rows[period][string(e)].(float64)
			rows[period][string(e)] = n + 1
		}
	}
	list := []map[string]any{}
	for _, period := range slices.Sorted(maps.Keys(rows)) {
		list = append(list, rows[period])
	}
	return list
}

func weekOf(day time.Time) string {
	year, week := day.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

func monthOf(day time.Time) string { return day.Format("2006-01") }

// checkCounts compares what the API counts with what the pages say.
func checkCounts(t *testing.T, w *workspace, zone, url string) {
	t.Helper()
	for path, want := range map[string][]map[string]any{
		"count_date_by_week":  count(t, w, zone, "semaine", weekOf),
		"count_date_by_month": count(t, w, zone, "mois", monthOf),
	} {
		var got []map[string]any
		if err := json.Unmarshal(get(t, url+"/api/v1/transformation/"+path), &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s in %s gives\n%v\nand the pages say\n%v", path, zone, got, want)
		}
	}
}

// TestTheNumbersAreThoseOfThePages goes the whole way: Notion, sync, table,
// API.
func TestTheNumbersAreThoseOfThePages(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Paris", "America/Los_Angeles"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.fill(t, 250)
			for _, start := range []string{
				"2026-03-29", "2024-12-29", "2024-12-30", "2025-01-01", "2026-12-31", "2027-01-03", // days, at the edges of years
				"2026-07-14T23:30:00.000+02:00", "2026-07-15T00:30:00.000+02:00", // midnight in Paris
				"2026-07-14T23:30:00.000-07:00", "2026-07-15T00:30:00.000-07:00", // midnight in Los Angeles
				"2024-12-29T23:30:00.000Z", "2024-12-30T08:30:00.000Z", // a week of the next year begins, here or there
				"2026-12-31T23:30:00.000+00:00", "2027-01-01T07:59:00.000Z",
			} {
				w.add(t, map[leadlake.Event]string{leadlake.AppelBooke: start})
			}
			w.server.Script(fakenotion.Fault{On: fakenotion.Query, After: 1, Times: 2, Do: fakenotion.RepeatRow()})
			w.passAnHour()
			c := w.config(t, filepath.Join(t.TempDir(), "lake"), zone)
			run, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{})
			if err != nil || run.Inserted != 264 || run.Seen != 264 {
				t.Fatalf("sync: %+v, %v", run, err)
			}
			s := serve(t, c)
			checkCounts(t, w, zone, s.url)
		})
	}
}

// TestTwelveThousandLeads come in one scan, although Notion gives no more than
// ten thousand to a query.
func TestTwelveThousandLeads(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.fill(t, 12_000)
	w.passAnHour()
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	run, err := app.Sync(t.Context(), c, leadlake.Task{Mode: leadlake.Full}, app.Options{})
	if err != nil || run.Inserted != 12_000 || len(run.Warnings) > 0 {
		t.Fatalf("sync: %+v, %v", run, err)
	}
	checkCounts(t, w, "Europe/Paris", serve(t, c).url)
}

// TestAnEditIsSeen has a lead move on while the product runs.
func TestAnEditIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.fill(t, 150)
	w.passAnHour()
	s := serve(t, w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris"))
	s.wait(t, func(st status) bool { return st.Rows == 150 && st.State == "idle" })
	checkCounts(t, w, "Europe/Paris", s.url)

	before := s.status(t)
	id := w.leads.Pages()[7].ID
	if err := w.leads.Edit(id, func(p *fakenotion.Page) {
		p.Values[properties()[leadlake.AppelBooke]] = fakenotion.Date{Start: "2026-11-20"}
	}); err != nil {
		t.Fatal(err)
	}
	s.wait(t, func(st status) bool { return st.Version > before.Version && st.State == "idle" })
	checkCounts(t, w, "Europe/Paris", s.url)
	if now := s.status(t); now.Rows != 150 || now.Mode != leadlake.Incremental {
		t.Errorf("after the edit: %+v", now)
	}
}
