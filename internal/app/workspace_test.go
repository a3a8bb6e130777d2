package app_test

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/notion/fakenotion"
)

// workspace is a Notion with one database of leads, and a clock that the test
// sets.
type workspace struct {
	server *fakenotion.Server
	base   *fakenotion.Database
	leads  *fakenotion.DataSource
	url    string

	mu  sync.Mutex
	now time.Time
}

// properties are the events in the French template's words.
func properties() map[leadlake.Event]string {
	return map[leadlake.Event]string{
		leadlake.PriseContact:    "Date de prise de contact",
		leadlake.ReponseProspect: "Date de réponse du prospect",
		leadlake.AppelPropose:    "Date d'appel proposé",
		leadlake.AppelBooke:      "Date d'appel booké",
		leadlake.Relance:         "Date de relance",
	}
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	w.server = fakenotion.New(fakenotion.Options{Token: "ntn_geheim", Rate: -1, Now: w.clock})
	schema := []fakenotion.Property{
		{Name: "Nom", Type: "title"},
		{Name: "Email pro", Type: "email"},
		{Name: "Téléphone", Type: "phone_number"},
		{Name: "État", Type: "status"},
		{Name: "Ville", Type: "rich_text"},
		{Name: "Site", Type: "url"},
	}
	for _, e := range leadlake.Events() {
		schema = append(schema, fakenotion.Property{Name: properties()[e], Type: "date"})
	}
	w.base = w.server.AddDatabase("Prospection", schema...)
	w.leads = w.base.Source()
	web := httptest.NewServer(w.server)
	t.Cleanup(web.Close)
	w.url = web.URL
	return w
}

func (w *workspace) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *workspace) passAnHour() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Hour)
}

// config returns what a team with this Notion has configured.
func (w *workspace) config(t *testing.T, lake, zone string) config.Config {
	t.Helper()
	c, err := config.Load(config.Sources{Environ: []string{
		"NOTION_TOKEN=" + w.server.Token(), "DATABASE_ID=" + w.base.ID(), "LEADLAKE_NOTION_URL=" + w.url,
		"LEADLAKE_LAKE=" + lake, "LEADLAKE_TIMEZONE=" + zone, "LEADLAKE_ADDR=127.0.0.1:0", "LEADLAKE_NOTION_RATE=10000",
		"LEADLAKE_SYNC_EVERY=200ms",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// add adds a lead with these dates.
func (w *workspace) add(t *testing.T, dates map[leadlake.Event]string) {
	t.Helper()
	if _, err := w.leads.Add(fakenotion.Page{Values: valuesOf("Zoé", dates)}); err != nil {
		t.Fatal(err)
	}
}

// fill adds n leads, met over the last two years, one every minute, with dates
// in all the ways that Notion writes them.
func (w *workspace) fill(t *testing.T, n int) {
	t.Helper()
	now := w.clock()
	pages := make([]fakenotion.Page, 0, n)
	for i := range n {
		dates := map[leadlake.Event]string{}
		for j, e := range leadlake.Events() {
			if i%(j+1) == 0 {
				dates[e] = notation(now.Add(-time.Duration(i*7919%(730*24*60))*time.Minute).AddDate(0, 0, j), i+j)
			}
		}
		pages = append(pages, fakenotion.Page{
			Created: now.Add(time.Duration(i-n) * time.Minute), Archived: i%50 == 0, Values: valuesOf(fmt.Sprintf("Lead %d", i), dates),
		})
	}
	if _, err := w.leads.Add(pages...); err != nil {
		t.Fatal(err)
	}
}

// notation writes a moment as a day, or with the offset of one place or another.
func notation(at time.Time, i int) string {
	switch i % 4 {
	case 0:
		return at.In(time.FixedZone("", -8*60*60)).Format("2006-01-02T15:04:05.000-07:00")
	case 1:
		return at.Format("2006-01-02T15:04:05.000Z07:00")
	case 2:
		return at.In(time.FixedZone("", 9*60*60)).Format("2006-01-02T15:04:05.000-07:00")
	}
	return at.Format(time.DateOnly)
}

func valuesOf(name string, dates map[leadlake.Event]string) map[string]fakenotion.Value {
	values := map[string]fakenotion.Value{"Nom": name}
	for e, start := range dates {
		values[properties()[e]] = fakenotion.Date{Start: start}
	}
	return values
}
