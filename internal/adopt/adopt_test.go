package adopt_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/adopt"
	"leadlake/internal/delta"
)

func column(name, kind string) delta.Column {
	c := delta.Column{Name: name, Physical: name, Type: delta.DataType{Name: kind}}
	if kind == "array" {
		c.Type.Element = &delta.DataType{Name: "string"}
	}
	return c
}

// rowsOf yields rows as an engine does.
func rowsOf(rows ...[]any) adopt.Rows {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// TestDays says on which day a value lands: what was stored as midnight UTC
// throughout is a day, whatever the zone; other instants have theirs in it.
func TestDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, zone string
		values     []string
		want       []string
		warns      bool
	}{
		{"timestamp", "Europe/Paris", []string{"2025-01-06T00:00:00Z", "2025-07-06T00:00:00Z"}, []string{"2025-01-06", "2025-07-06"}, false},
		{"timestamp", "America/New_York", []string{"2025-01-06T00:00:00Z", "2025-07-06T00:00:00Z"}, []string{"2025-01-06", "2025-07-06"}, false},
		{"timestamp", "Asia/Tokyo", []string{"2025-01-06T00:00:00Z"}, []string{"2025-01-06"}, false},
		{"timestamp", "Europe/Paris", []string{"2025-01-05T23:30:00Z", "2025-07-05T22:30:00Z", "2025-07-05T21:30:00Z"}, []string{"2025-01-06", "2025-07-06", "2025-07-05"}, false},
		{"timestamp", "Europe/Paris", []string{"2025-01-05T23:00:00Z", "2025-07-05T22:00:00Z"}, []string{"2025-01-06", "2025-07-06"}, false}, // midnight in Paris
		{"timestamp", "Europe/Paris", []string{"2025-01-06T00:00:00Z", "2025-01-06T23:30:00Z"}, []string{"2025-01-06", "2025-01-07"}, false},
		{"timestamp", "America/New_York", []string{"2025-01-06T00:00:00Z", "2025-01-06T12:00:00Z"}, []string{"2025-01-05", "2025-01-06"}, true},
		{"timestamp_ntz", "Asia/Tokyo", []string{"2025-01-06T23:59:59Z"}, []string{"2025-01-06"}, false},
		{"timestamp_ntz", "America/New_York", []string{"2025-01-06T00:00:01Z"}, []string{"2025-01-06"}, false},
		{"date", "America/New_York", []string{"2025-01-06T00:00:00Z"}, []string{"2025-01-06"}, false},
	} {
		t.Run(fmt.Sprint(c.kind, c.zone, c.values), func(t *testing.T) {
			t.Parallel()
			var rows [][]any
			for i, v := range c.values {
				rows = append(rows, []any{fmt.Sprint("id", i), at(t, v)})
			}
			p, err := adopt.Analyse([]delta.Column{column("id", "string"), column("Date de relance", c.kind)}, rowsOf(rows...), adopt.Choices{Zone: zone(t, c.zone)})
			if err != nil {
				t.Fatal(err)
			}
			i, days := 0, map[string]int64{}
			for lead, err := range p.Leads(rowsOf(rows...), time.Now()) {
				if day, ok := lead.Day(leadlake.Relance); err != nil || !ok || day.String() != c.want[i] {
					t.Errorf("%s becomes %v, want %s", c.values[i], lead.Values[string(leadlake.Relance)], c.want[i])
				}
				days[c.want[i]]++
				i++
			}
			for _, e := range p.Events {
				if e.Event != leadlake.Relance {
					continue
				}
				for day, n := range e.Days {
					if days[day.String()] != n || e.Leads != int64(len(c.values)) {
						t.Errorf("it counts %d on %s, want %d", n, day, days[day.String()])
					}
				}
			}
			if (len(p.Warnings) > 0) != c.warns {
				t.Errorf("it warns %q", p.Warnings)
			}
		})
	}
}

// TestValues says what values of every type become, and columns are called.
func TestValues(t *testing.T) {
	t.Parallel()
	columns := []delta.Column{
		column("page_id", "string"), column("Date_Relance", "date"), column("Téléphone", "long"), column("Montant (k€)", "decimal"), column("Score", "double"),
		column("Étiquettes", "array"), column("Actif ?", "boolean"), column("Vide", "string"), column("Créé le", "timestamp"), column("détail", "struct"),
		column("montant k", "integer"), column("🎯", "string"),
	}
	row := []any{
		"F47AC10B58CC4372A5670E02B2C3D401", at(t, "2025-01-06T00:00:00Z"), int64(33639980000), "12.50", math.NaN(),
		[]any{"a", nil, "b"},
		true, nil, at(t, "2025-01-05T23:30:00Z"),
		[]any{"x"},
		int64(3), "cible",
	}
	c := adopt.Choices{Zone: zone(t, "Europe/Paris"), Map: map[string]string{"page_id": "id"}, Text: func(delta.DataType, any) string { return `{"a":"x"}` }}
	p, err := adopt.Analyse(columns, rowsOf(row), c)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]leadlake.Value{
		"_source": "adopted", "_state": "active", "date_relance": leadlake.NewDate(2025, 1, 6), "telephone": "33639980000", "montant_k": 12.5,
		"actif": true, "cree_le": leadlake.NewDate(2025, 1, 6), "detail": `{"a":"x"}`,
	}
	for lead, err := range p.Leads(rowsOf(row), time.Now()) {
		if err != nil {
			t.Fatal(err)
		}
		if lead.ID != "f47ac10b-58cc-4372-a567-0e02b2c3d401" {
			t.Errorf("the id is %q", lead.ID)
		}
		for name, value := range want {
			if !leadlake.SameValue(lead.Values[name], value) {
				t.Errorf("%s is %#v, want %#v", name, lead.Values[name], value)
			}
		}
		if list, ok := lead.Values["etiquettes"].([]string); !ok || len(list) != 2 {
			t.Errorf("a list becomes %#v", lead.Values["etiquettes"])
		}
	}
	fed := map[string]bool{}
	for _, c := range p.Columns {
		if fed[c.Feeds] && c.Feeds != "" {
			t.Errorf("two columns feed %s", c.Feeds)
		}
		fed[c.Feeds] = true
		if empty := c.Name == "Vide" || c.Name == "Score"; empty != (c.Feeds == "") {
			t.Errorf("column %q feeds %q: %s", c.Name, c.Feeds, c.Note)
		}
	}
	for _, c := range p.Described() {
		if c.Label == "" && c.Name != strings.ToLower(c.Name) || c.Type == "" || c.Name == "telephone" {
			t.Errorf("it describes %+v", c)
		}
	}
}

func TestTablesThatAreRefused(t *testing.T) {
	t.Parallel()
	day := time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC)
	relance := column("date_relance", "timestamp")
	for says, c := range map[string]struct {
		columns []delta.Column
		rows    [][]any
		mapping map[string]string
	}{
		"no column called id":                   {[]delta.Column{relance}, nil, nil},
		"Rows without an id: 2":                 {[]delta.Column{column("id", "string"), relance}, [][]any{{nil, day}, {" ", day}}, nil},
		"another row has, too: 1":               {[]delta.Column{column("id", "string"), relance}, [][]any{{"f47ac10b58cc4372a5670e02b2c3d401", day}, {"F47AC10B-58cc-4372-a567-0e02b2c3d401", day}}, nil},
		"of type long and not text":             {[]delta.Column{column("id", "long"), relance}, nil, nil},
		"are of type string, not dates":         {[]delta.Column{column("id", "string"), column("date_relance", "string")}, [][]any{{"a", "06/01/2025"}}, nil},
		"no column for any of the five events":  {[]delta.Column{column("id", "string"), column("signé le", "date")}, [][]any{{"a", day}}, nil},
		"outside the years 1 to 9999":           {[]delta.Column{column("id", "string"), relance}, [][]any{{"a", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}}, nil},
		"no column \"Autre\"":                   {[]delta.Column{column("id", "string"), relance}, nil, map[string]string{"Autre": "nom"}},
		"is no name of a column":                {[]delta.Column{column("id", "string"), relance}, nil, map[string]string{"id": "_state"}},
		"Two columns of the table are to feed ": {[]delta.Column{column("id", "string"), relance, column("x", "date")}, nil, map[string]string{"date_relance": "date_appel_booke", "x": "date_appel_booke"}},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			_, err := adopt.Analyse(c.columns, rowsOf(c.rows...), adopt.Choices{Zone: time.UTC, Map: c.mapping})
			if leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), says) {
				t.Errorf("it says %v", err)
			}
		})
	}
	broken := errors.New("broken")
	_, err := adopt.Analyse([]delta.Column{column("id", "string"), relance}, func(yield func([]any, error) bool) { yield(nil, broken) }, adopt.Choices{Zone: time.UTC})
	if !errors.Is(err, broken) {
		t.Errorf("a row that cannot be read says %v", err)
	}
}
