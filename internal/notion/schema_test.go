package notion_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// history is a schema as it is read again and again, each time by a process
// that knows nothing but what the last one was told.
type history struct {
	*fixture

	options notion.Options
	known   []leadlake.Property
	source  *notion.Source
}

func newHistory(t *testing.T, properties ...fakenotion.Property) *history {
	t.Helper()
	h := &history{fixture: newFixture(t, fakenotion.Options{}, properties...)}
	h.options = h.fixture.options()
	h.read(t)
	return h
}

// read reads the schema and returns how it has changed, in short.
func (h *history) read(t *testing.T) []string {
	t.Helper()
	s, err := notion.Open(t.Context(), h.server.Token(), h.db.ID(), h.options)
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.Schema(t.Context(), slices.Clone(h.known))
	if err != nil {
		t.Fatal(err)
	}
	changes := []string{}
	for _, d := range leadlake.Drifts(h.known, after, h.clock.Now()) {
		changes = append(changes, fmt.Sprintf("%s %s: %s → %s", d.Kind, d.Property.Column, d.Was, d.Is))
	}
	h.known, h.source = after, s
	return changes
}

// change alters the workspace, and fails where the next reading does not find
// exactly these changes.
func (h *history) change(t *testing.T, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	_ = h.clock.Sleep(t.Context(), time.Hour)
	if got := h.read(t); !slices.Equal(got, want) {
		t.Errorf("it changed by %q, want %q", got, want)
	}
	if got := h.read(t); len(got) > 0 {
		t.Errorf("read again, it changed by %q", got)
	}
}

func (h *history) column(label string) string {
	for _, p := range h.known {
		if p.Label == label && p.RemovedAt.IsZero() {
			return p.Column
		}
	}
	return "none"
}

func (h *history) lacks() string { return strings.Join(h.source.Lacks(), "\n") }

// only returns the one lead of the database.
func (h *history) only(t *testing.T) leadlake.Lead {
	t.Helper()
	return collect(t, h.source.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)[0]
}

// template is the schema of the template's events, with its fields and more.
func template(more ...fakenotion.Property) []fakenotion.Property {
	list := []fakenotion.Property{
		{Name: "Nom", Type: "title"},
		{Name: "Email pro", Type: "email"},
		{Name: "Téléphone", Type: "phone_number"},
		{Name: "État", Type: "status", Options: []string{"Contacté", "Perdu"}},
	}
	for _, name := range []string{"Date de prise de contact", "Date de réponse du prospect", "Date d'appel proposé", "Date d'appel booké", "Date de relance"} {
		list = append(list, fakenotion.Property{Name: name, Type: "date"})
	}
	return append(list, more...)
}

func TestARenameChangesALabelOnly(t *testing.T) {
	h := newHistory(t, template(fakenotion.Property{Name: "Ville", Type: "rich_text"})...)
	ds := h.db.Source()
	h.change(t, ds.Rename("Ville", "Commune"), "renamed ville: Ville → Commune")
	h.change(t, ds.Rename("Date de relance", "Rappel"), "renamed date_relance: Date de relance → Rappel")
	h.change(t, ds.Rename("Email pro", "Adresse"), "renamed email: Email pro → Adresse")
	ds.AddProperty(fakenotion.Property{Name: "Ville", Type: "number"})
	h.change(t, nil, "added "+h.columnAfter(t, "Ville")+":  → Ville")
	if c := h.column("Ville"); !strings.HasPrefix(c, "ville_") {
		t.Errorf("another property with the old name feeds %q", c)
	}
	ds.AddProperty(fakenotion.Property{Name: "Date de relance", Type: "date"})
	h.read(t)
	if got := h.column("Rappel"); got != "date_relance" {
		t.Errorf("the follow-ups come from the property that feeds %s", got)
	}
	if h.lacks() != "" {
		t.Errorf("the schema lacks %s", h.lacks())
	}
}

// columnAfter returns the column that a property is going to have.
func (h *history) columnAfter(t *testing.T, label string) string {
	t.Helper()
	known, err := h.source.Schema(t.Context(), slices.Clone(h.known))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range known {
		if p.Label == label && p.RemovedAt.IsZero() {
			return p.Column
		}
	}
	return ""
}

func TestAPropertyThatVanishesKeepsItsColumn(t *testing.T) {
	h := newHistory(t, template(fakenotion.Property{Name: "Ville", Type: "rich_text"})...)
	first := h.clock.Now()
	h.add(t, fakenotion.Page{Values: map[string]fakenotion.Value{"Ville": "Lyon", "Date de relance": fakenotion.Date{Start: "2026-03-02"}}})
	ds := h.db.Source()

	h.change(t, ds.Conceal("Ville", true), "removed ville: Ville → ")
	gone := h.clock.Now()
	i := slices.IndexFunc(h.known, func(p leadlake.Property) bool { return p.Column == "ville" })
	if p := h.known[i]; !p.RemovedAt.Equal(gone) || !p.FirstSeen.Equal(first) {
		t.Errorf("it is known from %v to %v, want %v to %v", p.FirstSeen, p.RemovedAt, first, gone)
	}
	if _, spoken := h.only(t).Values["ville"]; spoken || len(h.source.Columns()) != 0 {
		t.Error("a property that is gone is still spoken of: what is stored would change")
	}
	h.change(t, ds.Conceal("Ville", false), "returned ville:  → Ville")
	if h.only(t).Text("ville") != "Lyon" {
		t.Errorf("after it returned: %v", h.only(t).Values)
	}

	h.change(t, ds.Conceal("Date de relance", true), "removed date_relance: Date de relance → ")
	if !strings.Contains(h.lacks(), `"Date de relance", which fed date_relance`) {
		t.Errorf("the schema lacks %q", h.lacks())
	}
	ds.AddProperty(fakenotion.Property{Name: "Date de Relance", Type: "date"})
	h.read(t)
	if got := h.column("Date de Relance"); got == "date_relance" || !strings.Contains(h.lacks(), `date_relance: "Date de Relance"`) {
		t.Errorf("the one that took its name feeds %s, and the schema lacks %q", got, h.lacks())
	}
	h.change(t, ds.Conceal("Date de relance", false), "returned date_relance:  → Date de relance")

	h.change(t, ds.Conceal("Date de relance", true), "removed date_relance: Date de relance → ")
	h.options.Events = map[leadlake.Event]string{leadlake.Relance: "Date de Relance"}
	if h.read(t); h.column("Date de Relance") != "date_relance" || h.lacks() != "" {
		t.Errorf("told so by leadlake.yaml, it feeds %s, and the schema lacks %q", h.column("Date de Relance"), h.lacks())
	}
}

func TestAnotherTypeIsAnotherColumn(t *testing.T) {
	h := newHistory(t, template(fakenotion.Property{Name: "Budget", Type: "number"}, fakenotion.Property{Name: "Étape", Type: "select", Options: []string{"Chaud"}})...)
	h.add(t, fakenotion.Page{Values: map[string]fakenotion.Value{"Budget": 12.5, "Étape": "Chaud", "Date de relance": fakenotion.Date{Start: "2026-03-02"}}})
	ds := h.db.Source()
	none := func(fakenotion.Value) fakenotion.Value { return nil }
	text := func(v fakenotion.Value) fakenotion.Value { return fmt.Sprint(v) }
	h.change(t, ds.Retype("Budget", "rich_text", text), "type_changed budget__v2: number → rich_text")
	if lead := h.only(t); lead.Text("budget__v2") != "12.5" || lead.Values["budget"] != nil {
		t.Errorf("got %v", lead.Values)
	}
	number := func(fakenotion.Value) fakenotion.Value { return 12.5 }
	h.change(t, ds.Retype("Budget", "number", number), "type_changed budget: rich_text → number")
	h.change(t, ds.Retype("Budget", "checkbox", none), "type_changed budget__v3: number → checkbox")
	h.change(t, ds.Retype("Étape", "status", nil), "type_changed etape: select → status")
	if h.only(t).Text("etape") != "Chaud" {
		t.Errorf("got %v", h.only(t).Values)
	}

	h.change(t, ds.Retype("Date de relance", "rich_text", none), "type_changed date_relance__v2: date → rich_text")
	if !strings.Contains(h.lacks(), "date_relance") || !strings.Contains(h.lacks(), "rich_text") {
		t.Errorf("the schema lacks %q", h.lacks())
	}
	h.change(t, ds.Retype("Date de relance", "date", none), "type_changed date_relance: rich_text → date")
	h.change(t, ds.Retype("Email pro", "rich_text", nil), "type_changed email: email → rich_text")
}

func TestOptionsAreKnownByTheirIDs(t *testing.T) {
	h := newHistory(t, template(fakenotion.Property{Name: "Tags", Type: "multi_select", Options: []string{"a", "b"}})...)
	h.add(t, fakenotion.Page{Values: map[string]fakenotion.Value{"État": "Perdu", "Tags": []string{"a", "b"}}})
	ds := h.db.Source()
	h.change(t, ds.RenameOption("État", "Perdu", "Sans suite"), "option_renamed statut: Perdu → Sans suite")
	h.change(t, ds.RenameOption("Tags", "a", "c"), "option_renamed tags: a → c")
	if lead := h.only(t); lead.Text("statut") != "Sans suite" || !reflect.DeepEqual(lead.Values["tags"], []string{"c", "b"}) {
		t.Errorf("got %v", lead.Values)
	}
	h.change(t, ds.DeleteOption("Tags", "b"), "option_removed tags: b → ")
	if lead := h.only(t); !reflect.DeepEqual(lead.Values["tags"], []string{"c"}) {
		t.Errorf("got %v", lead.Values)
	}
}

func TestAPropertyThatWasRenamedToBeRecognised(t *testing.T) {
	properties := template(fakenotion.Property{Name: "Statut", Type: "status"})
	properties[3], properties[8].Name = fakenotion.Property{Name: "Avancement", Type: "rich_text"}, "Rappel"
	h := newHistory(t, properties...)
	if h.column("Rappel") != "rappel" || h.column("Statut") != "statut" || !strings.Contains(h.lacks(), `"Date de relance"`) {
		t.Fatalf("got %s and %s, lacking %q", h.column("Rappel"), h.column("Statut"), h.lacks())
	}
	if err := h.db.Source().Rename("Rappel", "Date de relance"); err != nil {
		t.Fatal(err)
	}
	if h.read(t); h.column("Date de relance") != "date_relance" || h.lacks() != "" {
		t.Errorf("it feeds %s, and the schema lacks %q", h.column("Date de relance"), h.lacks())
	}
}

func TestALeadlakeYAMLThatIsBehindARename(t *testing.T) {
	properties := template()
	properties[8].Name = "Rappel"
	f := newFixture(t, fakenotion.Options{}, properties...)
	h := &history{fixture: f, options: f.options()}
	h.options.Events = map[leadlake.Event]string{leadlake.Relance: "Rappel"}
	h.read(t)
	h.change(t, f.db.Source().Rename("Rappel", "Relances"), "renamed date_relance: Rappel → Relances")
	if !strings.Contains(h.lacks(), `date_relance to "Rappel"`) {
		t.Errorf("the schema lacks %q", h.lacks())
	}
}

func TestFiveHundredPropertiesWithNamesThatCollide(t *testing.T) {
	var more []fakenotion.Property
	for _, name := range []string{"id", "ID", "_history", "_state", "état!", "etat!", "ÉTAT!", "Nom ", "statut", "Date_relance", "🎯", "🎯🎯", "x__v2", "x v2"} {
		more = append(more, fakenotion.Property{Name: name, Type: "rich_text"})
	}
	for i := range 500 - len(more) {
		more = append(more, fakenotion.Property{Name: fmt.Sprintf("Champ n° %d", i), Type: "rich_text"})
	}
	h := newHistory(t, template(more...)...)
	columns := map[string]string{}
	for _, p := range h.known {
		columns[p.ID] = p.Column
	}
	seen := map[string]bool{}
	for _, c := range slices.Concat(leadlake.CoreColumns(), h.source.Columns()) {
		if seen[c.Name] || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("the column %q comes twice or is no name", c.Name)
		}
		seen[c.Name] = true
	}
	if n := len(h.source.Columns()); n != 500 {
		t.Errorf("got %d columns, want 500", n)
	}
	// Another process that knows nothing comes to the same names, and so does
	// one that knows them when their order by name has changed.
	h.known = nil
	h.read(t)
	for i, name := range []string{"id", "état!", "ÉTAT!"} {
		if err := h.db.Source().Rename(name, fmt.Sprintf("%c was renamed", 'z'-i)); err != nil {
			t.Fatal(err)
		}
	}
	h.read(t)
	for _, p := range h.known {
		if columns[p.ID] != p.Column {
			t.Errorf("%q feeds %s, and fed %s", p.Label, p.Column, columns[p.ID])
		}
	}
}

func TestDerived(t *testing.T) {
	h := newHistory(t, template()...)
	if h.source.Derived() {
		t.Error("no value changes without an edit")
	}
	h.db.Source().AddProperty(fakenotion.Property{Name: "Score", Type: "formula"})
	if h.read(t); !h.source.Derived() {
		t.Error("a formula changes without an edit")
	}
}

func TestLeadsBeforeTheSchema(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, fakenotion.Page{})
	s, err := notion.Open(t.Context(), f.server.Token(), f.db.ID(), f.options())
	if err != nil || s.Columns() != nil || s.Lacks() != nil || s.Derived() {
		t.Fatalf("got %v", err)
	}
	if _, err = failure(t, s.Scan(t.Context(), time.Time{})); leadlake.KindOf(err) != leadlake.Internal {
		t.Errorf("got %v", err)
	}
}
