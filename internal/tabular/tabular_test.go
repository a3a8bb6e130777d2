package tabular_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/tabular"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func openCSV(t *testing.T, content string) *tabular.Sheet {
	t.Helper()
	s, err := tabular.OpenCSV(write(t, "x.csv", content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// analyse makes a plan of the sheet for the source "s".
func analyse(t *testing.T, s *tabular.Sheet, c tabular.Choices) *tabular.Plan {
	t.Helper()
	c.Source = "s"
	p, err := tabular.Analyse(t.Context(), s, c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func leads(t *testing.T, p *tabular.Plan) []leadlake.Lead {
	t.Helper()
	var all []leadlake.Lead
	for lead, err := range p.Yield(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, lead)
	}
	return all
}

// column reads a sheet of one column beside a key, and returns what the
// column becomes.
func column(t *testing.T, header string, cells []string, c tabular.Choices) (m tabular.Mapping, values []leadlake.Value, problems []tabular.Problem) {
	t.Helper()
	var content strings.Builder
	fmt.Fprintf(&content, "id;%s\n", header)
	for i, cell := range cells {
		fmt.Fprintf(&content, "%d;\"%s\"\n", i, strings.ReplaceAll(cell, `"`, `""`))
	}
	p := analyse(t, openCSV(t, content.String()), c)
	m = p.Columns[1]
	if p.Unreadable == 0 {
		for _, lead := range leads(t, p) {
			values = append(values, lead.Values[m.Column])
		}
	}
	return m, values, p.Problems
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestTypesOfAttributes(t *testing.T) {
	t.Parallel()
	type values = []leadlake.Value
	day := leadlake.NewDate(2025, time.January, 31)
	for name, tt := range map[string]struct {
		cells []string
		typed leadlake.Type
		want  values
	}{
		"decimal comma":          {[]string{"1,5", "-2", "1 234,25", "12\u202f000"}, leadlake.Number, values{1.5, -2., 1234.25, 12000.}},
		"decimal point":          {[]string{"1.5", "0", "1,234.25"}, leadlake.Number, values{1.5, 0., 1234.25}},
		"points of thousands":    {[]string{"1.234,5", "2,5"}, leadlake.Number, values{1234.5, 2.5}},
		"a point is decimal":     {[]string{"1.234", "0.5"}, leadlake.Number, values{1.234, .5}},
		"neither":                {[]string{"1,5", "1.5"}, leadlake.Text, values{"1,5", "1.5"}},
		"phone numbers":          {[]string{"0612345678", "0700000000"}, leadlake.Text, values{"0612345678", "0700000000"}},
		"with a plus":            {[]string{"+33612345678"}, leadlake.Text, values{"+33612345678"}},
		"long numbers":           {[]string{"12345678901234567"}, leadlake.Text, values{"12345678901234567"}},
		"wrong thousands":        {[]string{"12 34"}, leadlake.Text, values{"12 34"}},
		"exponents":              {[]string{"1e5"}, leadlake.Text, values{"1e5"}},
		"flags":                  {[]string{"Oui", "non", "VRAI", "false"}, leadlake.Flag, values{true, false, true, false}},
		"days":                   {[]string{"31/01/2025", "2025-01-31", "31 janvier 2025", "", "January 31, 2025"}, leadlake.Day, values{day, day, day, nil, day}},
		"numbers are no days":    {[]string{"45688"}, leadlake.Number, values{45688.}},
		"a formula is text":      {[]string{"=1+1", "@SUM(A1)"}, leadlake.Text, values{"=1+1", "@SUM(A1)"}},
		"text keeps its lines":   {[]string{"  a\nb\u00a0", "e\u0301"}, leadlake.Text, values{"a\nb", "é"}},
		"blank is null":          {[]string{" \u00a0", "x"}, leadlake.Text, values{nil, "x"}},
		"one of another kind":    {[]string{"1", "2", "trois"}, leadlake.Text, values{"1", "2", "trois"}},
		"no day of the calendar": {[]string{"30/02/2025"}, leadlake.Text, values{"30/02/2025"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, got, problems := column(t, "Mesure n°1", tt.cells, tabular.Choices{})
			equal(t, "type", m.Type, tt.typed)
			equal(t, "column", m.Column, "mesure_n_1")
			equal(t, "values", got, tt.want)
			equal(t, "problems", len(problems), 0)
		})
	}
}

func TestNumbersInAFileWithCommas(t *testing.T) {
	t.Parallel()
	p := analyse(t, openCSV(t, "id,x\n1,\"1,234\"\n2,\"5,678\"\n"), tabular.Choices{})
	equal(t, "values", leads(t, p)[0].Values["x"], leadlake.Value(1234.))
}

func TestDays(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for cell, want := range map[string]string{
		"2025-01-31":                "2025-01-31",
		"2025/01/31":                "2025-01-31",
		"31/01/2025":                "2025-01-31",
		"1.2.2025":                  "2025-02-01",
		"31-01-25":                  "2025-01-31",
		"31/01/69":                  "1969-01-31",
		"31/01/2025 23:59":          "2025-01-31",
		"31/01/2025 à 23:59:59":     "2025-01-31",
		"31/01/2025, 11:59 PM":      "2025-01-31",
		"2025-01-31T23:30:00Z":      "2025-02-01",
		"2025-01-31T23:30:00+01:00": "2025-01-31",
		"2025-01-31 23:30:00":       "2025-01-31",
		"2025-01-31T23:30":          "2025-01-31",
		"vendredi 31 janvier 2025":  "2025-01-31",
		"1er févr. 2025":            "2025-02-01",
		"31-janv-2025":              "2025-01-31",
		"15 AOÛT 2025 14:30":        "2025-08-15",
		"January 31, 2025 2:30 PM (GMT+1) → February 2, 2025": "2025-01-31",
		"3rd March 2025": "2025-03-03",
		"45688":          "2025-01-31",
		"02/13/2025":     "no date if the day comes first: if the month does in this file, add --date-order mdy",
		"30/02/2025":     "the calendar has no such day",
		"31/01/1850":     "the year must lie between 1900 and 2200",
		"demain":         "not a date",
		"12":             "not a date",
		"01/2025":        "not a date",
		"31/01-2025":     "not a date",
		"31/01/2025 25h": "not a date",
		"31/01/02025":    "not a date",
	} {
		m, got, problems := column(t, "date_relance", []string{cell}, tabular.Choices{Zone: paris})
		switch {
		case m.Column != "date_relance" || m.Type != leadlake.Day:
			t.Errorf("%q: the column is %+v", cell, m)
		case len(problems) > 0:
			if problem := problems[0]; !strings.HasPrefix(problem.Message, want) || problem.Row != 2 || problem.Column != "date_relance" || problem.Value != cell {
				t.Errorf("%q: got %+v, want %s", cell, problem, want)
			}
		case fmt.Sprint(got[0]) != want:
			t.Errorf("%q: got %v, want %s", cell, got[0], want)
		}
	}
	_, got, _ := column(t, "date_relance", []string{"02/13/2025", "3/2/25"}, tabular.Choices{Order: tabular.MonthFirst})
	equal(t, "months first", fmt.Sprint(got), "[2025-02-13 2025-03-02]")
	_, _, problems := column(t, "date_relance", []string{"31/01/2025"}, tabular.Choices{Order: tabular.MonthFirst})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "add --date-order dmy") {
		t.Errorf("got %v", problems)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	s := openCSV(t, strings.Join([]string{
		"Ref;NOM;Prénom;Courriel;E-mail;Tél.;STATUS;Contacté le;Réponse;Call booked;Dernière relance;Ville;ville;;_state;Vide;Notes;Relances",
		"r1;Durand;Zoé;a@x.fr;b@x.fr;06;Chaud;31/01/2025;peut-être;01/02/2025;45688;Lyon;69;x;active;;secret;3",
	}, "\n"))
	p := analyse(t, s, tabular.Choices{ID: "réf", Map: map[string]string{"Notes": "", "relances": "nombre"}, Known: []leadlake.Column{{Name: "ville", Type: leadlake.Text, Label: "Ville (Notion)"}}})
	got := map[string]string{}
	for _, m := range p.Columns {
		got[m.Header] = strings.TrimSpace(fmt.Sprintf("%s %s %s", m.Column, m.Type, m.Note))
	}
	want := map[string]string{
		"Ref": "ref string", "NOM": "nom string", "Prénom": "prenom string", "E-mail": "email string", "Tél.": "telephone string", "STATUS": "statut string",
		"Courriel": "courriel string", "Contacté le": "date_prise_contact date", "Réponse": "reponse string it may be date_reponse_prospect, but does not hold days only",
		"Call booked": "date_appel_booke date", "Dernière relance": "derniere_relance double it may be date_relance, but does not hold days only",
		"Ville": "ville string", "": "left out: it has no name", "_state": "left out: Leadlake fills it itself", "Vide": "left out: it is empty",
		"Notes": "left out, as you say", "Relances": "nombre double",
	}
	for header, w := range want {
		if got[header] != w {
			t.Errorf("%q: got %q, want %q", header, got[header], w)
		}
	}
	if c := p.Columns[12]; !strings.HasPrefix(c.Column, "ville_") || c.Type != leadlake.Number {
		t.Errorf("the second of two that are called ville: got %+v", c)
	}
	lead := leads(t, p)[0]
	equal(t, "id", lead.ID, "s:r1")
	if text := fmt.Sprint(lead.Values); strings.Contains(text, "secret") || strings.Contains(text, "active") {
		t.Errorf("a column that is left out is in %s", text)
	}
	var described []string
	for _, c := range p.Described() {
		described = append(described, c.Name+"="+c.Label)
	}
	equal(t, "described", strings.Join(slices.DeleteFunc(described, func(d string) bool { return strings.HasPrefix(d, "ville_") }), " "),
		"courriel=Courriel derniere_relance=Dernière relance nombre=Relances prenom=Prénom ref=Ref reponse=Réponse ville=Ville (Notion)")
}

func TestChoicesThatCannotBe(t *testing.T) {
	t.Parallel()
	const content = "nom;email;x\nA;a@x.fr;1\n"
	for want, c := range map[string]tabular.Choices{
		`no column "y". It has "nom", "email", "x"`: {Map: map[string]string{"y": "ville"}},
		`The file has no column "clé"`:              {ID: "clé"},
		"is no name of a column":                    {Map: map[string]string{"x": "Ville de résidence"}},
		`"_state" is no name`:                       {Map: map[string]string{"x": "_state"}},
		"said with --id":                            {Map: map[string]string{"x": "id"}},
		"Two columns of the file are to feed ville": {Map: map[string]string{"x": "ville", "nom": "ville"}},
	} {
		_, err := tabular.Analyse(t.Context(), openCSV(t, content), c)
		if leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), want) {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	_, err := tabular.Analyse(t.Context(), openCSV(t, "ville;budget\nLyon;1\n"), tabular.Choices{})
	if !strings.Contains(leadlake.MessageOf(err), "--id COLUMN") {
		t.Errorf("no key: got %v", err)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	ids := func(content string, c tabular.Choices) []string {
		var all []string
		for _, lead := range leads(t, analyse(t, openCSV(t, content), c)) {
			all = append(all, lead.ID)
		}
		return all
	}
	equal(t, "a column called id", ids("Nom;ID\nA;x 1\nB;007\n", tabular.Choices{}), []string{"s:x 1", "s:007"})
	mail := ids("nom;email;tel\nA;Zoe@X.fr;1\nB;;06 12\nB;;0613\n", tabular.Choices{})
	again := ids("tel;ville;nom;email\n2;Lyon;Autre;zoe@x.FR\n06-12;;b;\n06.13;;B;\n", tabular.Choices{})
	equal(t, "by e-mail, then by name and phone, however they are written", again, mail)
	personal := ids("Mail;x\nzoe@x.fr;1\n", tabular.Choices{ID: "Mail"})
	for _, id := range slices.Concat(mail, personal, ids("réf;x\nzoe@x.fr;1\n", tabular.Choices{ID: "réf"}), ids("Nom;x\nZoé Durand;1\n", tabular.Choices{ID: "Nom"})) {
		if strings.ContainsAny(id, "@ é") || strings.Contains(strings.ToLower(id), "zo") {
			t.Errorf("personal data in the id %s", id)
		}
	}

	p := analyse(t, openCSV(t, "id;nom\n1;A\n;B\n2;C\n1;D\n1;E\n"), tabular.Choices{})
	equal(t, "rows without a key", p.Problems, []tabular.Problem{{Row: 3, Column: "id", Message: "empty, so that the row cannot be told from others"}})
	equal(t, "rows that are replaced", p.Twice, []tabular.Twice{{Row: 2, By: 5}, {Row: 5, By: 6}})
	p = analyse(t, openCSV(t, "id;nom\n1;A\n2;C\n1;D\n"), tabular.Choices{})
	equal(t, "leads", p.Leads, 2)
	equal(t, "the later row counts", leads(t, p)[1].Values["nom"], leadlake.Value("D"))
	p = analyse(t, openCSV(t, "nom;email;ville\nA;;x\n;;y\n"), tabular.Choices{})
	equal(t, "nothing to know it by", len(p.Problems), 1)
}

func TestWhatTheTableHasDecidesTheType(t *testing.T) {
	t.Parallel()
	known := []leadlake.Column{{Name: "code", Type: leadlake.Text}, {Name: "budget", Type: leadlake.Number, Label: "Budget"}, {Name: "jour", Type: leadlake.Day}}
	p := analyse(t, openCSV(t, "id;Code;BUDGET;jour\n1;75001;beaucoup;\n"), tabular.Choices{Known: known})
	types := map[string]leadlake.Type{}
	for _, m := range p.Columns[1:] {
		types[m.Column] = m.Type
		equal(t, m.Column+" is new", m.New, false)
	}
	equal(t, "types", types, map[string]leadlake.Type{"code": leadlake.Text, "budget": leadlake.Text, "jour": leadlake.Day})
	if p.Columns[1].Note != "" || !strings.Contains(p.Columns[2].Note, "another type") {
		t.Errorf("got the notes %+v", p.Columns)
	}
	equal(t, "values", maps.Equal(leads(t, p)[0].Values, map[string]leadlake.Value{"code": "75001", "budget": "beaucoup", "jour": nil}), true)
}

func TestTheListOfProblemsEnds(t *testing.T) {
	t.Parallel()
	p := analyse(t, openCSV(t, "id;date_relance\n"+strings.Repeat("1;x\n", 30)), tabular.Choices{})
	if p.Unreadable != 30 || len(p.Problems) != 20 || p.Replaced != 29 || len(p.Twice) != 20 {
		t.Errorf("got %d of %d problems, %d of %d duplicates", len(p.Problems), p.Unreadable, len(p.Twice), p.Replaced)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	p := analyse(t, openCSV(t, "id;ville\n1;x\n"), tabular.Choices{})
	if text := strings.Join(p.Warnings, " "); !strings.Contains(text, "No column feeds an event") || !strings.Contains(text, "No column feeds the name") {
		t.Errorf("got %q", p.Warnings)
	}
}
