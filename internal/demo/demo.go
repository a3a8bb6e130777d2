// Package demo is a workspace of made-up leads in a Notion that lives in
// memory, and the life that goes on in it: what a small French team does who
// write to some forty companies a week.
//
// Nobody in it exists. E-mail addresses and web sites are in domains that
// nobody can own, telephone numbers in the ranges kept for fiction.
package demo

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

// SourceID is what a notion.Source calls the demo, whatever its Options.
const SourceID = "notion:" + sourceID

// DatabaseID is the id of the demo's database in every Workspace.
const DatabaseID = "dec0de00-0000-4000-8000-000000000001"

const sourceID = "dec0de00-0000-4000-8000-000000000002"

// Options configure a Workspace. The zero value works.
type Options struct {
	Seed  uint64           // the same seed at the same time is the same workspace
	Leads int              // default 3000
	Every time.Duration    // between two things that happen in Live; default 4 s
	Zone  *time.Location   // where the team lives; default Europe/Paris
	Now   func() time.Time // default time.Now
	Log   *slog.Logger     // default discards
}

// Workspace is a Notion workspace with one database of leads. It is safe for
// concurrent use.
type Workspace struct {
	o      Options
	server *fakenotion.Server
	leads  *fakenotion.DataSource

	mu     sync.Mutex
	random *rand.Rand
	words  words
	ids    []string // of the pages, oldest first
}

// New returns a workspace whose leads were met over the last 18 months.
func New(o Options) *Workspace {
	if o.Leads <= 0 {
		o.Leads = 3000
	}
	if o.Every <= 0 {
		o.Every = 4 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
		if paris, err := time.LoadLocation("Europe/Paris"); err == nil {
			o.Zone = paris
		}
	}
	w := &Workspace{
		o:      o,
		server: fakenotion.New(fakenotion.Options{Token: "ntn_demo", Seed: o.Seed, Now: o.Now}),
		random: rand.New(rand.NewPCG(o.Seed, 2)), //nolint:gosec // leads that repeat with the seed are the point
		words:  vocabulary(),
	}
	w.leads = w.server.AddDatabaseAs(DatabaseID, sourceID, "Prospection (démo)", template(w.words)...).Source()
	ids, err := w.leads.Add(w.history()...)
	if err != nil {
		panic("the demo's leads do not fit its own template: " + err.Error()) // a test builds it
	}
	w.ids = ids
	return w
}

// Handler returns the workspace's Notion API.
func (w *Workspace) Handler() http.Handler { return w.server }

// Token returns the token that the API lets in.
func (w *Workspace) Token() string { return w.server.Token() }

// DatabaseID returns the id of the database of leads.
func (w *Workspace) DatabaseID() string { return DatabaseID }

// Pages returns a copy of every page, oldest first.
func (w *Workspace) Pages() []fakenotion.Page { return w.leads.Pages() }

// calming is after how many things that happened in Live the next one takes
// twice as long to come, three times after twice as many, and so on: a demo
// that is left alone for a day still shows a plausible week.
const calming = 50

// Live lets something happen to a lead every few seconds, until ctx ends.
func (w *Workspace) Live(ctx context.Context) error {
	for n := 0; ; n++ {
		pause := w.o.Every + w.o.Every*time.Duration(n)/calming
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
			happened, err := w.Step()
			if err != nil {
				return err
			}
			w.o.Log.DebugContext(ctx, "demo lead moved on", "event", string(happened))
		}
	}
}

// now returns the time as the team's clock shows it.
func (w *Workspace) now() time.Time { return w.o.Now().In(w.o.Zone) }

func (w *Workspace) today() leadlake.Date { return leadlake.DateOf(w.now()) }
