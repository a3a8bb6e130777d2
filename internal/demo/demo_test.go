package demo_test

import (
	"context"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/demo"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

func saturdayMorning() time.Time {
	return time.Date(2026, 11, 21, 9, 17, 0, 0, time.UTC)
}

func newWorkspace(now time.Time) *demo.Workspace {
	return demo.New(demo.Options{Seed: 1, Now: func() time.Time { return now }})
}

// read syncs the whole workspace through its API, as the product does.
func read(t *testing.T, w *demo.Workspace, now time.Time) ([]leadlake.Lead, *notion.Source) {
	t.Helper()
	web := httptest.NewServer(w.Handler())
	defer web.Close()
	s, err := notion.Open(t.Context(), w.Token(), w.DatabaseID(), notion.Options{BaseURL: web.URL, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.Schema(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var leads []leadlake.Lead
	for lead, err := range s.Scan(t.Context(), time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		leads = append(leads, lead)
	}
	return leads, s
}

func TestADemoAsItIsRead(t *testing.T) {
	now := saturdayMorning()
	leads, s := read(t, newWorkspace(now), now)
	t.Run("template", func(t *testing.T) { checkTemplate(t, leads, s) })
	t.Run("plausible", func(t *testing.T) { checkLeads(t, leads, now) })
	t.Run("rhythm", func(t *testing.T) { checkRhythm(t, leads) })
}

// checkTemplate checks that the template is recognised, and filled.
func checkTemplate(t *testing.T, leads []leadlake.Lead, s *notion.Source) {
	t.Helper()
	if len(leads) != 3000 || s.ID() != demo.SourceID || len(s.Warnings()) != 0 {
		t.Errorf("got %d leads of %s with the warnings %q", len(leads), s.ID(), s.Warnings())
	}
	if n := len(s.Columns()); n != 31-9 {
		t.Errorf("got %d attributes, want the template's 31 properties without the 9 core ones", n)
	}
	filled := map[string]int{}
	for _, lead := range leads {
		for column, v := range lead.Values {
			if v != nil {
				filled[column]++
			}
		}
	}
	// Values do not repeat the id, and whoever stores a lead adds the rest.
	elsewhere := []string{leadlake.ColumnID, leadlake.ColumnSource, leadlake.ColumnStateAt, leadlake.ColumnHistory}
	for _, c := range append(s.Columns(), leadlake.CoreColumns()...) {
		if filled[c.Name] == 0 && !slices.Contains(elsewhere, c.Name) {
			t.Errorf("%s is never filled", c.Name)
		}
	}
}

func TestLeadsArePlausibleAtAnyTime(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC),
		time.Date(2028, 2, 29, 22, 59, 59, 0, time.UTC),
	} {
		leads, _ := read(t, demo.New(demo.Options{Leads: 400, Now: func() time.Time { return now }}), now)
		checkLeads(t, leads, now)
	}
}

func checkLeads(t *testing.T, leads []leadlake.Lead, now time.Time) {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	today := leadlake.DateOf(now.In(paris))
	for _, lead := range leads {
		created, edited := lead.Time(leadlake.ColumnCreatedTime), lead.Time(leadlake.ColumnLastEditedTime)
		if created.After(now) || edited.After(now) || edited.Before(created) {
			t.Errorf("created %v, edited %v, now %v", created, edited, now)
		}
		last := leadlake.DateOf(created.In(paris))
		if last < today.AddDays(-7*80) {
			t.Errorf("created %v, which is more than 18 months ago", created)
		}
		for i, stage := range leadlake.Stages() {
			day, happened := lead.Day(stage.Event())
			if !happened {
				continue
			}
			if day < last || day > today {
				t.Errorf("%s on %v, after %v, today is %v", stage, day, last, today)
			}
			if i > 0 {
				if _, before := lead.Day(leadlake.Stages()[i-1].Event()); !before {
					t.Errorf("%s without the stage before", stage)
				}
			}
			last = day
		}
		contact, contacted := lead.Day(leadlake.PriseContact)
		if chased, happened := lead.Day(leadlake.Relance); happened && (!contacted || chased < contact || chased > today) {
			t.Errorf("chased on %v, contacted on %v, today is %v", chased, contact, today)
		}
	}
}

func TestNobodyCanBeReached(t *testing.T) {
	email := regexp.MustCompile(`@[a-z0-9-]+\.(exemple\.fr|example\.com)$`) //nolint:misspell // French
	phone := regexp.MustCompile(`^(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d$`)
	site := regexp.MustCompile(`^https://[a-z0-9.-]+\.example(/|$)`)
	for _, p := range newWorkspace(saturdayMorning()).Pages() {
		for name, pattern := range map[string]*regexp.Regexp{"Email pro": email, "Téléphone": phone, "URL du site internet": site, "Url Linkedin": site} {
			if v, ok := p.Values[name].(string); ok && !pattern.MatchString(v) {
				t.Errorf("%s: %q", name, v)
			}
		}
	}
}

// checkRhythm checks that the leads are those of a team that has weekends,
// holidays and objectives that it meets now and then.
func checkRhythm(t *testing.T, leads []leadlake.Lead) {
	t.Helper()
	contacts, weekdays := map[leadlake.Period]int{}, map[time.Weekday]int{}
	counts := map[leadlake.Event]int{}
	for _, lead := range leads {
		for _, e := range leadlake.Events() {
			if day, ok := lead.Day(e); ok {
				counts[e]++
				weekdays[day.Weekday()]++
				if e == leadlake.PriseContact {
					contacts[leadlake.PeriodOf(leadlake.ByWeek, day)]++
				}
			}
		}
	}
	met, usual := 0, 0
	for _, n := range contacts {
		if n >= 34 && n <= 62 {
			usual++
		}
		if n >= 50 {
			met++
		}
	}
	if usual < 40 || met < 4 || met > 30 {
		t.Errorf("%d weeks are usual and %d meet the objective: %v", usual, met, contacts)
	}
	august := contacts[leadlake.PeriodOf(leadlake.ByWeek, leadlake.NewDate(2026, 8, 12))]
	christmas := contacts[leadlake.PeriodOf(leadlake.ByWeek, leadlake.NewDate(2025, 12, 24))]
	if august >= 30 || christmas >= 20 || len(contacts) > 78 {
		t.Errorf("%d contacts in August, %d at Christmas, in %d weeks", august, christmas, len(contacts))
	}
	if weekend := weekdays[time.Saturday] + weekdays[time.Sunday]; weekend == 0 || weekend > weekdays[time.Monday]/3 {
		t.Errorf("%d events at weekends, %d on Mondays", weekend, weekdays[time.Monday])
	}
	for _, c := range leadlake.DefaultConversions() {
		if ratio := float64(counts[c.To.Event()]) / float64(counts[c.From.Event()]); ratio < c.Target-0.2 || ratio > c.Target+0.15 {
			t.Errorf("%s → %s is %.2f, far from the target %.2f", c.From, c.To, ratio, c.Target)
		}
	}
}

func TestDatesComeInEveryForm(t *testing.T) {
	forms := map[string]int{}
	var text strings.Builder
	for _, p := range newWorkspace(saturdayMorning()).Pages() {
		for _, v := range p.Values {
			switch v := v.(type) {
			case fakenotion.Date:
				if len(v.Start) > len(time.DateOnly) {
					forms[v.Start[len(v.Start)-6:]]++
				} else {
					forms["day"]++
				}
			case string:
				text.WriteString(v)
			}
		}
	}
	if forms["+01:00"] == 0 || forms["+02:00"] == 0 || forms["-05:00"] == 0 || forms["day"] < 3*(forms["+01:00"]+forms["+02:00"]+forms["-05:00"]) {
		t.Errorf("got %v", forms)
	}
	for _, want := range []string{"é", "e\u0301", "\u00a0", "🚀", "’", "œ"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("nothing has %q in it", want)
		}
	}
}

func TestSameSeedSameWorkspace(t *testing.T) {
	now := saturdayMorning()
	one, two := newWorkspace(now), newWorkspace(now)
	for range 50 {
		for _, w := range []*demo.Workspace{one, two} {
			if _, err := w.Step(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !reflect.DeepEqual(one.Pages(), two.Pages()) {
		t.Error("two workspaces of one seed differ")
	}
	other := demo.New(demo.Options{Seed: 2, Now: func() time.Time { return now }})
	if reflect.DeepEqual(newWorkspace(now).Pages(), other.Pages()) {
		t.Error("two seeds give the same workspace")
	}
}

func TestStep(t *testing.T) {
	now := saturdayMorning()
	w := demo.New(demo.Options{Leads: 700, Now: func() time.Time { return now }})
	before := counts(w)
	happened := map[leadlake.Event]int{}
	for range 400 {
		now = now.Add(7 * time.Minute) // over midnight and into the next days
		e, err := w.Step()
		if err != nil {
			t.Fatal(err)
		}
		happened[e]++
	}
	after := counts(w)
	for _, e := range leadlake.Events() {
		if happened[e] < 20 || after[e]-before[e] != happened[e] {
			t.Errorf("%s happened %d times, and there are %d more", e, happened[e], after[e]-before[e])
		}
	}
	leads, _ := read(t, w, now)
	checkLeads(t, leads, now)
}

func counts(w *demo.Workspace) map[leadlake.Event]int {
	names := map[string]leadlake.Event{
		"Date de prise de contact": leadlake.PriseContact, "Date de réponse du prospect": leadlake.ReponseProspect,
		"Date d'appel proposé": leadlake.AppelPropose, "Date d'appel booké": leadlake.AppelBooke, "Date de relance": leadlake.Relance,
	}
	n := map[leadlake.Event]int{}
	for _, p := range w.Pages() {
		for name, e := range names {
			if p.Values[name] != nil {
				n[e]++
			}
		}
	}
	return n
}

func TestLive(t *testing.T) {
	w := demo.New(demo.Options{Leads: 50, Every: time.Millisecond})
	before := w.Pages()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Live(ctx) }()
	for reflect.DeepEqual(before, w.Pages()) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAnyNumberOfLeads(t *testing.T) {
	for _, n := range []int{1, 2, 17, 500} {
		if got := len(demo.New(demo.Options{Leads: n}).Pages()); got != n {
			t.Errorf("asked for %d leads, got %d", n, got)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		demo.New(demo.Options{})
	}
}
