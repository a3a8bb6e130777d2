package notion_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// readOne opens a database that has the property "Champ" of a type beside those
// of the core columns, with one page that holds value in it, and returns the
// lead.
func readOne(t *testing.T, kind string, value fakenotion.Value, zone *time.Location) (leadlake.Lead, *notion.Source) {
	t.Helper()
	schema := []fakenotion.Property{
		{Name: "Champ", Type: kind},
		{Name: "Nom", Type: "rich_text"},
		{Name: "Email", Type: "email"},
		{Name: "Téléphone", Type: "rich_text"},
		{Name: "Statut", Type: "select"},
		{Name: "Date de prise de contact", Type: "date"},
	}
	f := newFixture(t, fakenotion.Options{}, schema...)
	f.add(t, fakenotion.Page{Values: map[string]fakenotion.Value{"Champ": value}})
	o := f.options()
	o.Zone = zone
	s := f.open(t, o)
	return collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)[0], s
}

func TestValues(t *testing.T) {
	sixty := []string{}
	for i := range 60 {
		sixty = append(sixty, fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
	}
	raw := func(s string) fakenotion.Value { return fakenotion.Raw(s) }
	day := leadlake.NewDate
	for _, c := range []struct {
		kind  string
		value fakenotion.Value
		want  leadlake.Value
	}{
		{"title", nil, nil},
		{"title", raw("null"), nil},
		{"title", "Étienne Noël", "Étienne Noël"},
		{"title", "E\u0301tienne", "Étienne"},
		{"rich_text", nil, nil},
		{"rich_text", fakenotion.Runs{"Bon\u00a0", "jour 🎉", "\nsuite"}, "Bon\u00a0jour 🎉\nsuite"},
		{"rich_text", strings.Repeat("à", 10_000), strings.Repeat("à", 10_000)},
		{"number", nil, nil},
		{"number", 0, 0.0},
		{"number", 0.1, 0.1},
		{"number", raw("12345678901234"), 12345678901234.0},
		{"select", nil, nil},
		{"select", "Île-de-France", "Île-de-France"},
		{"status", "En cours", "En cours"},
		{"multi_select", nil, nil},
		{"multi_select", []string{"b", "a"}, []string{"b", "a"}},
		{"date", nil, nil},
		{"date", fakenotion.Date{Start: "2026-02-28", End: "2026-03-02"}, day(2026, 2, 28)},
		{"date", raw(`{"start":null,"end":null}`), nil},
		{"people", nil, nil},
		{"people", []string{"00000000-0000-4000-8000-0000000000aa"}, []string{"00000000-0000-4000-8000-0000000000aa"}},
		{"files", nil, nil},
		{"files", []string{"devis.pdf"}, []string{"devis.pdf"}},
		{"files", []string{"https://example.com/a.pdf?X-Amz-Signature=1"}, []string{"https://example.com/a.pdf"}},
		{"checkbox", nil, false},
		{"checkbox", true, true},
		{"url", nil, nil},
		{"url", "https://exemple.fr/?a=b", "https://exemple.fr/?a=b"},
		{"email", "a@exemple.fr", "a@exemple.fr"},
		{"phone_number", "01 99 00 12 34", "01 99 00 12 34"},
		{"formula", nil, nil},
		{"formula", raw(`{"type":"string","string":"chaud"}`), "chaud"},
		{"formula", raw(`{"type":"number","number":1e3}`), "1000"},
		{"formula", raw(`{"type":"number","number":0.25}`), "0.25"},
		{"formula", raw(`{"type":"boolean","boolean":false}`), "false"},
		{"formula", raw(`{"type":"date","date":{"start":"2026-02-28"}}`), "2026-02-28"},
		{"formula", raw(`{"type":"date","date":null}`), nil},
		{"relation", nil, nil},
		{"relation", sixty[:25], sixty[:25]},
		{"relation", sixty, sixty},
		{"rollup", nil, nil},
		{"rollup", raw(`{"type":"number","number":7,"function":"sum"}`), "7"},
		{"rollup", raw(`{"type":"date","date":{"start":"2026-02-28"},"function":"latest_date"}`), "2026-02-28"},
		{"rollup", raw(`{"type":"array","array":[],"function":"show_original"}`), nil},
		{
			"rollup", raw(`{"type":"array","array":[{"type":"title","title":[{"plain_text":"Acmé"}]},{"type":"number","number":null},{"type":"number","number":3},{"type":"select","select":{"name":"x"}}],"function":"show_original"}`),
			"Acmé, 3, x",
		},
		{"created_time", raw(`"2026-02-27T23:30:00.000Z"`), day(2026, 2, 28)},
		{"last_edited_time", raw(`"2025-10-05T10:54:59.296+00:00"`), day(2025, 10, 5)},
		{"created_by", raw(`{"object":"user","id":"u"}`), "u"},
		{"last_edited_by", raw(`{"object":"user","id":"u","name":"Nom"}`), "u"},
		{"unique_id", raw(`{"number":12,"prefix":"PRE"}`), "PRE-12"},
		{"unique_id", raw(`{"number":12,"prefix":null}`), "12"},
		{"unique_id", raw(`{"number":null,"prefix":null}`), nil},
		{"verification", nil, nil},
		{"verification", raw(`{"state":"verified","date":null}`), "verified"},
		{"place", raw(`{"lat":48.85,"lon":2.35,"name":"Bureau","address":"1 rue de la Paix, Paris"}`), "1 rue de la Paix, Paris"},
		{"place", raw(`{"lat":48.85,"lon":2.35}`), "48.85, 2.35"},
		{"hologram", nil, nil},
		{"hologram", raw(`{"depth": 3}`), `{"depth":3}`},
	} {
		t.Run(c.kind, func(t *testing.T) {
			lead, s := readOne(t, c.kind, c.value, nil)
			got, known := lead.Values["champ"]
			if !known || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v: got %#v (known: %t), want %#v", c.value, got, known, c.want)
			}
			columns := s.Columns()
			if len(columns) != 1 || columns[0].Name != "champ" || columns[0].Label != "Champ" || !holds(columns[0].Type, got) {
				t.Errorf("%v: got %#v in the columns %+v", c.value, got, columns)
			}
			if warned := strings.Contains(warnings(s), `"Champ"`); warned != (c.kind == "hologram" && c.value != nil) {
				t.Errorf("%v: the warnings are %q", c.value, s.Warnings())
			}
		})
	}
}

func holds(typ leadlake.Type, v leadlake.Value) bool {
	zero := map[leadlake.Type]any{
		leadlake.Text: "", leadlake.Number: 0.0, leadlake.Flag: false, leadlake.Day: leadlake.Date(0), leadlake.List: []string{},
	}[typ]
	return v == nil || reflect.TypeOf(v) == reflect.TypeOf(zero)
}

func TestUnreadableValuesAreUnknownAndCounted(t *testing.T) {
	for _, c := range []struct {
		kind string
		raw  fakenotion.Raw
	}{
		{"number", `"douze"`},
		{"number", `1e999`},
		{"date", `{"start":"2026-02-30"}`},
		{"date", `{"start":"demain"}`},
		{"checkbox", `"oui"`},
		{"title", `{"plain_text":"x"}`},
		{"multi_select", `{"name":"x"}`},
		{"select", `["x"]`},
		{"formula", `{"type":"unsupported"}`},
		{"rollup", `{"type":"incomplete","function":"sum"}`},
		{"formula", `[]`},
		{"rollup", `{"type":"array","array":[{"type":3}]}`},
	} {
		t.Run(c.kind, func(t *testing.T) {
			lead, s := readOne(t, c.kind, c.raw, nil)
			if v, known := lead.Values["champ"]; known {
				t.Errorf("%s became %#v", c.raw, v)
			}
			if _, known := lead.Values[leadlake.ColumnURL]; !known {
				t.Error("the rest of the lead is lost")
			}
			if lines := warnings(s); !strings.Contains(lines, `"Champ"`) {
				t.Errorf("%s: the warnings are %q", c.raw, lines)
			}
		})
	}
}

func TestDaysNearMidnight(t *testing.T) {
	for _, c := range []struct {
		date           fakenotion.Date
		paris, angeles string
	}{
		{fakenotion.Date{Start: "2026-03-29"}, "2026-03-29", "2026-03-29"},
		{fakenotion.Date{Start: "2026-03-29", TimeZone: "Asia/Tokyo"}, "2026-03-29", "2026-03-29"},
		{fakenotion.Date{Start: "2026-11-15T23:30:00.000+01:00"}, "2026-11-15", "2026-11-15"},
		{fakenotion.Date{Start: "2026-11-15T23:30:00.000Z"}, "2026-11-16", "2026-11-15"},
		{fakenotion.Date{Start: "2026-11-16T00:30:00.000+01:00"}, "2026-11-16", "2026-11-15"},
		{fakenotion.Date{Start: "2026-11-15T23:59:00.000-08:00"}, "2026-11-16", "2026-11-15"},
		{fakenotion.Date{Start: "2026-12-31T23:30:00.000Z"}, "2027-01-01", "2026-12-31"},
		{fakenotion.Date{Start: "2026-10-25T00:30:00.000+02:00"}, "2026-10-25", "2026-10-24"},
		{fakenotion.Date{Start: "2026-11-15T23:30:00"}, "2026-11-15", "2026-11-15"},
		{fakenotion.Date{Start: "2026-11-15T23:30:00.000", TimeZone: "America/Los_Angeles"}, "2026-11-16", "2026-11-15"},
		{fakenotion.Date{Start: "2026-11-15T00:30:00", TimeZone: "Europe/Paris"}, "2026-11-15", "2026-11-14"},
	} {
		for zone, want := range map[string]string{"Europe/Paris": c.paris, "America/Los_Angeles": c.angeles} {
			location, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			lead, _ := readOne(t, "date", c.date, location)
			if got := fmt.Sprint(lead.Values["champ"]); got != want {
				t.Errorf("%+v in %s: got %s, want %s", c.date, zone, got, want)
			}
		}
	}
}

func TestLead(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	created := time.Date(2026, 3, 2, 8, 15, 40, 0, time.UTC)
	ids := f.add(t, fakenotion.Page{Created: created, Values: map[string]fakenotion.Value{
		"Nom": "Zoé", "Date de prise de contact": fakenotion.Date{Start: "2026-03-02"},
	}})
	s := f.open(t, f.options())
	want := map[string]leadlake.Value{
		"nom": "Zoé", "date_prise_contact": leadlake.NewDate(2026, 3, 2), "_state": "active",
		"_created_time": created.Truncate(time.Minute), "_last_edited_time": created.Truncate(time.Minute),
		"_url": "https://app.notion.com/p/" + strings.ReplaceAll(ids[0], "-", ""),
	}
	lead, err := s.Lead(t.Context(), strings.ToUpper(strings.ReplaceAll(ids[0], "-", "")))
	if err != nil || lead.ID != ids[0] || !reflect.DeepEqual(lead.Values, want) {
		t.Errorf("got %v, %v\nwant %v", lead, err, want)
	}

	if err = f.db.Source().Edit(ids[0], func(p *fakenotion.Page) { p.Trashed = true }); err != nil {
		t.Fatal(err)
	}
	if lead, err = s.Lead(t.Context(), ids[0]); err != nil || lead.Text(leadlake.ColumnState) != string(leadlake.Trashed) {
		t.Errorf("in the trash: got %v, %v", lead, err)
	}
	f.db.Source().Remove(ids[0])
	if _, err = s.Lead(t.Context(), ids[0]); leadlake.KindOf(err) != leadlake.NotFound {
		t.Errorf("gone: got %v", err)
	}
	if _, err = s.Lead(t.Context(), "../databases"); leadlake.KindOf(err) != leadlake.Invalid {
		t.Errorf("no id: got %v", err)
	}

	elsewhere, err := f.db.AddSource("Clients", small()...).Add(fakenotion.Page{})
	if err != nil {
		t.Fatal(err)
	}
	lead, err = s.Lead(t.Context(), elsewhere[0])
	if _, known := lead.Values["nom"]; err != nil || known || lead.Text(leadlake.ColumnState) != string(leadlake.Moved) {
		t.Errorf("moved: got %v, %v", lead, err)
	}
}
