package cli_test

import (
	"fmt"
	"sync"
	"time"

	"leadlake/internal/notion/fakenotion"
)

// workspace is a Notion with one database of leads in the French template's
// words. Its clock moves only when told: ten minutes with every change.
type workspace struct {
	server   *fakenotion.Server
	database *fakenotion.Database
	leads    *fakenotion.DataSource
	ids      []string // of the leads, oldest first
	edits    int
	budgets  map[string]float64 // what edits have set, by id

	mu  sync.Mutex
	now time.Time
}

func newWorkspace() *workspace {
	w := &workspace{now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), budgets: map[string]float64{}}
	w.server = fakenotion.New(fakenotion.Options{Token: "ntn_geheim", Rate: -1, Now: w.clock})
	w.database = w.server.AddDatabase("Prospection", schema()...)
	w.leads = w.database.Source()
	return w
}

func schema() []fakenotion.Property {
	return []fakenotion.Property{
		{Name: "Nom", Type: "title"},
		{Name: "Email pro", Type: "email"},
		{Name: "Téléphone", Type: "phone_number"},
		{Name: "État", Type: "status", Options: []string{"À contacter", "Contacté"}},
		{Name: "Date de prise de contact", Type: "date"},
		{Name: "Date de réponse du prospect", Type: "date"},
		{Name: "Date d'appel proposé", Type: "date"},
		{Name: "Date d'appel booké", Type: "date"},
		{Name: "Date de relance", Type: "date"},
		{Name: "Budget", Type: "number"},
	}
}

func (w *workspace) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *workspace) tick() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(10 * time.Minute)
	return w.now
}

// fill adds n leads that were created over the ten minutes before now.
func (w *workspace) fill(n int) error {
	now := w.tick()
	pages := make([]fakenotion.Page, 0, n)
	for i := range n {
		number := len(w.ids) + i
		day := now.AddDate(0, 0, -number%200).Format(time.DateOnly)
		pages = append(pages, fakenotion.Page{
			Created: now.Add(time.Duration(i-n) * 10 * time.Minute / time.Duration(n)),
			Values: map[string]fakenotion.Value{
				"Nom":                      fmt.Sprintf("Zoé Personne-%d", number),
				"Email pro":                fmt.Sprintf("zoe%d@personne.test", number),
				"Téléphone":                fmt.Sprintf("+33 6 39 98 %02d %02d", number/100%100, number%100),
				"État":                     "À contacter",
				"Date de prise de contact": fakenotion.Date{Start: day},
			},
		})
	}
	ids, err := w.leads.Add(pages...)
	w.ids = append(w.ids, ids...)
	return err
}

// edit lets something happen to the leads ids: each gets another budget and a
// follow-up.
func (w *workspace) edit(ids ...string) error {
	now := w.tick()
	for _, id := range ids {
		w.edits++
		if err := w.leads.Edit(id, func(p *fakenotion.Page) {
			p.Values["Budget"] = float64(w.edits)
			w.budgets[id] = float64(w.edits)
			p.Values["Date de relance"] = fakenotion.Date{Start: now.AddDate(0, 0, w.edits%30).Format(time.DateOnly)}
		}); err != nil {
			return err
		}
	}
	return nil
}

// adopted adds the leads of the tables in testdata/adopt: all but the last one,
// which is not in Notion any more; the first one was edited since. One more is
// in no table.
func (w *workspace) adopted() error {
	now := w.tick()
	pages := make([]fakenotion.Page, 0, 11)
	for i := range 11 {
		values := map[string]fakenotion.Value{"Nom": fmt.Sprintf("Personne %d", i), "Budget": float64(1000 * i)}
		for j, label := range []string{"Date de prise de contact", "Date de réponse du prospect", "Date d'appel proposé", "Date d'appel booké", "Date de relance"} {
			if i%(j+1) == 0 {
				values[label] = fakenotion.Date{Start: time.Date(2025, 1, 6+9*i+2*j, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}
			}
		}
		pages = append(pages, fakenotion.Page{ID: fmt.Sprintf("f47ac10b-58cc-4372-a567-0e02b2c3d4%02d", i), Created: now.Add(time.Duration(i-60) * time.Minute), Values: values})
	}
	ids, err := w.leads.Add(pages...)
	if err != nil {
		return err
	}
	w.ids = append(w.ids, ids...)
	if err := w.edit(ids[0]); err != nil {
		return err
	}
	return w.fill(1)
}
