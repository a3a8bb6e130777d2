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

func TestInspect(t *testing.T) {
	f := newFixture(t, fakenotion.Options{},
		fakenotion.Property{Name: "Société", Type: "title"},
		fakenotion.Property{Name: "Courriel", Type: "rich_text"},
		fakenotion.Property{Name: "Étape", Type: "select"},
		fakenotion.Property{Name: "Premier contact", Type: "date"},
		fakenotion.Property{Name: "Contact", Type: "date"},
		fakenotion.Property{Name: "RDV pris le", Type: "date"},
		fakenotion.Property{Name: "Follow-up", Type: "checkbox"}, // cannot hold a day
		fakenotion.Property{Name: "Date de réponse", Type: "formula"},
		fakenotion.Property{Name: "Date de naissance", Type: "date"},
	)
	f.add(t, crowd(1010, 10)...)
	ours := newClock()
	ours.now = ours.now.Add(7 * time.Minute) // this machine is ahead
	s, err := notion.Open(t.Context(), f.server.Token(), f.db.ID(), notion.Options{BaseURL: f.url, Now: ours.Now, Sleep: ours.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.Inspect(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []notion.Core{
		{Column: "date_prise_contact", Suggested: "Premier contact"},
		{Column: "date_reponse_prospect", Suggested: "Date de réponse"},
		{Column: "date_appel_propose"},
		{Column: "date_appel_booke", Suggested: "RDV pris le"},
		{Column: "date_relance"},
		{Column: "nom", Property: "Société"},
		{Column: "email", Suggested: "Courriel"},
		{Column: "telephone"},
		{Column: "statut", Suggested: "Étape"},
	}
	if !reflect.DeepEqual(in.Cores, want) {
		t.Errorf("got %+v\nwant %+v", in.Cores, want)
	}
	if in.Wrong == nil || !strings.Contains(leadlake.MessageOf(in.Wrong), "None of the five") {
		t.Errorf("what is wrong: %v", in.Wrong)
	}
	if in.Name != "Prospection" || len(in.Properties) != 9 || in.Rows != 1000 || !in.MoreRows || !in.Archived || in.Skew != 7*time.Minute {
		t.Errorf("got %+v", in)
	}
}

func TestInspectWhatIsSetUp(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, template()...)
	ids := f.add(t, crowd(3, 3)...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, After: 1, Do: fakenotion.Refused("body failed validation: body.is_archived should be not present, instead was `true`.")})
	s, err := notion.Open(t.Context(), f.server.Token(), ids[0], f.options())
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.Inspect(t.Context(), nil)
	if err != nil || in.Wrong != nil || len(in.Lacks) != 0 || in.Rows != 3 || in.MoreRows || in.Archived || !in.ViaRow {
		t.Errorf("got %+v, %v", in, err)
	}
	for _, c := range in.Cores {
		if c.Property == "" || c.Suggested != "" {
			t.Errorf("%s is fed by %q, suggested %q", c.Column, c.Property, c.Suggested)
		}
	}
	f.db.Trash()
	if _, err = s.Inspect(t.Context(), nil); leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), "trash") {
		t.Errorf("in the trash: %v", err)
	}
}
