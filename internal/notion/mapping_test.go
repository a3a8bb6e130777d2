package notion_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// columnsOf returns which column each property of a database feeds, by writing
// its name into it.
func columnsOf(t *testing.T, f *fixture) map[string]string {
	t.Helper()
	s := f.open(t, f.options())
	columns := map[string]string{}
	for _, lead := range collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime) {
		for column, v := range lead.Values {
			if name, ok := v.(string); ok && strings.HasPrefix(name, "in ") {
				columns[strings.TrimPrefix(name, "in ")] = column
			}
		}
	}
	return columns
}

func texts(t *testing.T, kinds map[string]string) *fixture {
	t.Helper()
	properties := []fakenotion.Property{{Name: "Date de relance", Type: "date"}}
	values := map[string]fakenotion.Value{}
	for name, kind := range kinds {
		properties = append(properties, fakenotion.Property{Name: name, Type: kind})
		values[name] = "in " + name
	}
	f := newFixture(t, fakenotion.Options{}, properties...)
	f.add(t, fakenotion.Page{Values: values})
	return f
}

func TestCoreColumnsAreRecognised(t *testing.T) {
	for name, c := range map[string]struct {
		kinds map[string]string
		want  map[string]string
	}{
		"template": {
			map[string]string{"Nom du projet": "title", "Nom": "rich_text", "Prenom": "rich_text", "Email pro": "email", "Téléphone": "phone_number", "État": "status"},
			map[string]string{"Nom du projet": "nom_du_projet", "Nom": "nom", "Prenom": "prenom", "Email pro": "email", "Téléphone": "telephone", "État": "statut"},
		},
		"accents and case": {
			map[string]string{"NOM": "title", "EMAIL PRO": "rich_text", "Te\u0301le\u0301phone": "rich_text", "etat": "select"},
			map[string]string{"NOM": "nom", "EMAIL PRO": "email", "Téléphone": "telephone", "etat": "statut"},
		},
		"by type": {
			map[string]string{"Prospect": "title", "Courriel": "email", "Portable": "phone_number", "Avancement": "status"},
			map[string]string{"Prospect": "nom", "Courriel": "email", "Portable": "telephone", "Avancement": "statut"},
		},
		"second choices": {
			map[string]string{"Société": "title", "Email": "email", "Email pro": "email", "Status": "select", "Statut": "select"},
			map[string]string{"Société": "nom", "Email": "email_~", "Email pro": "email", "Status": "status", "Statut": "statut"},
		},
		"slugs": {
			map[string]string{
				"Nom": "title", "Chiffre d’affaire (k€)": "rich_text", "Œuvre": "rich_text", "🎯": "rich_text", "id": "rich_text",
				"_state": "rich_text", "Ville ": "rich_text", "ville!": "rich_text", "2024": "rich_text", "date_prise_contact": "rich_text",
			},
			map[string]string{
				"Nom": "nom", "Chiffre d’affaire (k€)": "chiffre_d_affaire_k", "Œuvre": "oeuvre", "🎯": "p_~", "id": "id_~",
				"_state": "state", "Ville ": "ville", "ville!": "ville_~", "2024": "2024", "date_prise_contact": "date_prise_contact_~",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := columnsOf(t, texts(t, c.kinds))
			for property, want := range c.want {
				stem, suffixed := strings.CutSuffix(want, "~")
				if got[property] != want && (!suffixed || !strings.HasPrefix(got[property], stem) || len(got[property]) != len(stem)+8) {
					t.Errorf("%q feeds %q, want %q", property, got[property], want)
				}
			}
		})
	}
}

func TestEventsAreRecognised(t *testing.T) {
	names := map[string]leadlake.Event{
		"DATE DE PRISE DE CONTACT":          leadlake.PriseContact,
		"Date de re\u0301ponse du prospect": leadlake.ReponseProspect,
		"Date d’appel propose":              leadlake.AppelPropose,
		"Date d'appel\u00a0booké ":          leadlake.AppelBooke,
		"date_relance":                      leadlake.Relance,
	}
	properties := []fakenotion.Property{{Name: "Nom", Type: "title"}}
	values := map[string]fakenotion.Value{}
	want := map[leadlake.Event]leadlake.Date{}
	for name, e := range names {
		day := leadlake.NewDate(2026, 3, 1+len(values))
		properties = append(properties, fakenotion.Property{Name: name, Type: "date"})
		values[name], want[e] = fakenotion.Date{Start: day.String()}, day
	}
	f := newFixture(t, fakenotion.Options{}, properties...)
	f.add(t, fakenotion.Page{Values: values})
	s := f.open(t, f.options())
	lead := collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)[0]
	for e, day := range want {
		if got, ok := lead.Day(e); !ok || got != day {
			t.Errorf("%s: got %v, want %v", e, got, day)
		}
	}
	if len(s.Columns()) != 0 || len(s.Warnings()) != 0 {
		t.Errorf("got the attributes %v and the warnings %q, want none", s.Columns(), s.Warnings())
	}
}

func TestEventsByConfiguration(t *testing.T) {
	f := newFixture(t, fakenotion.Options{},
		fakenotion.Property{Name: "Name", Type: "title"},
		fakenotion.Property{Name: "First touch", Type: "date"},
		fakenotion.Property{Name: "Réponse calculée", Type: "formula", ID: "%3Aabc"},
		fakenotion.Property{Name: "Date de relance", Type: "date"},
		fakenotion.Property{Name: "Rappel", Type: "date"},
		fakenotion.Property{Name: "Contact", Type: "rich_text"},
	)
	f.add(t, fakenotion.Page{Values: map[string]fakenotion.Value{
		"First touch":      fakenotion.Date{Start: "2026-03-02"},
		"Réponse calculée": fakenotion.Raw(`{"type":"date","date":{"start":"2026-03-03"}}`),
		"Date de relance":  fakenotion.Date{Start: "2026-03-04"},
		"Rappel":           fakenotion.Date{Start: "2026-03-05"},
		"Contact":          "Léa",
	}})
	o := f.options()
	o.Events = map[leadlake.Event]string{leadlake.PriseContact: "first touch", leadlake.ReponseProspect: "%3Aabc", leadlake.Relance: "Rappel"}
	o.Fields = map[string]string{"nom": "Contact"}
	s := f.open(t, o)
	lead := collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)[0]
	want := map[string]leadlake.Value{
		"date_prise_contact": leadlake.NewDate(2026, 3, 2), string(leadlake.ReponseProspect): leadlake.NewDate(2026, 3, 3),
		"date_relance": leadlake.NewDate(2026, 3, 5), "nom": "Léa",
	}
	for column, v := range want {
		if lead.Values[column] != v {
			t.Errorf("%s: got %v, want %v", column, lead.Values[column], v)
		}
	}
	if other := lead.Values["date_de_relance"]; other != leadlake.NewDate(2026, 3, 4) {
		t.Errorf("the property that the configuration passed over became %v", other)
	}
	lines := warnings(s)
	for _, missing := range []string{"date_appel_propose", "date_appel_booke"} {
		if _, known := lead.Values[missing]; known || !strings.Contains(lines, missing) || !strings.Contains(lines, "leadlake.yaml") {
			t.Errorf("%s is fed by nothing, and the warnings are %q", missing, lines)
		}
	}
}

func TestMappingsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*notion.Options)
		says   []string
	}{
		"nothing recognised": {func(*notion.Options) {}, []string{"None of the five", `"Signature"`, `"Rappel"`, "leadlake.yaml", "date_prise_contact"}},
		"unknown property": {func(o *notion.Options) {
			o.Events = map[leadlake.Event]string{leadlake.Relance: "Relance"}
		}, []string{"date_relance", `"Relance"`, `"Rappel"`}},
		"not a date": {func(o *notion.Options) {
			o.Events = map[leadlake.Event]string{leadlake.Relance: "Nom"}
		}, []string{"date_relance", `"Nom"`}},
		"unknown event": {func(o *notion.Options) {
			o.Events = map[leadlake.Event]string{"date_signature": "Signature"}
		}, []string{"date_signature"}},
		"unknown field": {func(o *notion.Options) {
			o.Events = map[leadlake.Event]string{leadlake.Relance: "Rappel"}
			o.Fields = map[string]string{"prenom": "Nom"}
		}, []string{"prenom"}},
		"field without property": {func(o *notion.Options) {
			o.Events = map[leadlake.Event]string{leadlake.Relance: "Rappel"}
			o.Fields = map[string]string{"statut": "Étape"}
		}, []string{"statut", "Étape"}},
		"one property twice": {func(o *notion.Options) {
			o.Events = map[leadlake.Event]string{leadlake.Relance: "Rappel"}
			o.Fields = map[string]string{"statut": "Rappel"}
		}, []string{"statut", "date_relance"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{},
				fakenotion.Property{Name: "Nom", Type: "title"},
				fakenotion.Property{Name: "Signature", Type: "date"},
				fakenotion.Property{Name: "Rappel", Type: "date"})
			o := f.options()
			c.change(&o)
			s, err := notion.Open(t.Context(), f.server.Token(), f.db.ID(), o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Schema(t.Context(), nil)
			if leadlake.KindOf(err) != leadlake.Invalid {
				t.Errorf("got %v", err)
			}
			for _, want := range c.says {
				if !strings.Contains(leadlake.MessageOf(err), want) {
					t.Errorf("%q does not say %q", leadlake.MessageOf(err), want)
				}
			}
		})
	}
}

func TestSchemaKeepsColumns(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, append(small(),
		fakenotion.Property{Name: "Ville", Type: "rich_text"},
		fakenotion.Property{Name: "Action", Type: "button"})...)
	ds := f.db.Source()
	f.add(t, fakenotion.Page{Values: map[string]fakenotion.Value{
		"Ville": "Lyon", "Date de prise de contact": fakenotion.Date{Start: "2026-03-02"},
	}})
	s := f.open(t, f.options())
	known, err := s.Schema(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"Ville": "Commune", "Date de prise de contact": "Premier message"} {
		if err := ds.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	ds.AddProperty(fakenotion.Property{Name: "Ville", Type: "number"})
	if known, err = s.Schema(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	columns := s.Columns()
	if len(columns) != 2 || columns[0] != (leadlake.Column{Name: "ville", Type: leadlake.Text, Label: "Commune"}) || columns[1].Type != leadlake.Number {
		t.Errorf("got %+v", columns)
	}
	lead := collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)[0]
	if day, _ := lead.Day(leadlake.PriseContact); lead.Text("ville") != "Lyon" || day != leadlake.NewDate(2026, 3, 2) {
		t.Errorf("got %v", lead.Values)
	}
	f.db.Hide()
	if _, err := s.Schema(t.Context(), known); leadlake.KindOf(err) != leadlake.NotFound {
		t.Errorf("no longer shared: got %v", err)
	}
	if !reflect.DeepEqual(s.Columns(), columns) {
		t.Error("a Schema that fails changed the columns")
	}
}
