// Package notion reads leads from a Notion database: it knows the API, its
// limits and its property types, and turns each page into a leadlake.Lead.
//
// A listing either comes to its end or fails: whatever goes wrong on the way,
// it never ends early and looks complete.
package notion

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"leadlake"
)

// Options configure a Source. The zero value works.
type Options struct {
	BaseURL string         // default https://api.notion.com
	Rate    int            // requests in any 60 s; default 180
	Limiter *Limiter       // of the token, where several Sources share it; it has its own Rate; default a new one
	Zone    *time.Location // whose calendar an event's day is of; default Europe/Paris
	// Events names the property (by its name or id) that holds the date of an
	// event, where it is not called as in the template.
	Events map[leadlake.Event]string
	// Fields does the same for the columns nom, email, telephone and statut.
	Fields map[string]string

	HTTP  *http.Client                               // default: gives up after 75 s, follows no redirect
	Log   *slog.Logger                               // default discards
	Now   func() time.Time                           // default time.Now
	Sleep func(context.Context, time.Duration) error // default waits; returns early, with an error, when the context ends
}

// Source is one data source in Notion, opened for reading. It is safe for
// concurrent use.
type Source struct {
	client   *client
	options  Options
	id       string // of the data source
	database string // id of the database around it; "" where unknown
	viaRow   bool   // found by the address of one of its rows
	name     atomic.Pointer[string]
	mapping  atomic.Pointer[mapping]
	oddities oddities
}

// Stats is what a Source has asked of Notion since Open.
type Stats struct {
	Requests int           // sent, retries included
	Retries  int           // requests that were sent again
	Waited   time.Duration // pauses that Notion's limits asked for
	// PausedUntil is when a pause ends that Notion has asked for; zero while
	// there is none.
	PausedUntil time.Time
	RequestIDs  []string // Notion's ids of the last requests that failed, the newest last
}

// Open finds the database; Schema has to be called before leads are read.
// database is the id or the address of a database, of a data source, or of a row
// in one. Errors are leadlake.Errors that say what to do.
func Open(ctx context.Context, token, database string, o Options) (*Source, error) {
	o = o.withDefaults()
	id, err := parseID(database)
	if err != nil {
		return nil, err
	}
	c, err := newClient(token, o)
	if err != nil {
		return nil, err
	}
	s := &Source{client: c, options: o}
	if err = s.resolve(ctx, id); err != nil {
		return nil, err
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.BaseURL == "" {
		o.BaseURL = "https://api.notion.com"
	}
	if o.Zone == nil {
		o.Zone = paris()
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{
			Timeout:       75 * time.Second, // Notion itself gives up after 60
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Limiter == nil {
		o.Limiter = NewLimiter(LimiterOptions{Rate: o.Rate, Now: o.Now, Sleep: o.Sleep})
	}
	return o
}

// paris returns the default zone; UTC on a machine without a zone database.
func paris() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// ID returns "notion:" and the id of the data source.
func (s *Source) ID() string { return "notion:" + s.id }

// Name returns the title of the database.
func (s *Source) Name() string { return *s.name.Load() }

// Scan yields every lead created at or after from, archived ones too, each once,
// or again where it shows with a later edit,
// and by ascending created time. The zero time asks for all. A lead that is
// edited or created during the scan may come in either state, or not at all if
// its place was passed: Changed since the scan's start has it.
func (s *Source) Scan(ctx context.Context, from time.Time) iter.Seq2[leadlake.Lead, error] {
	return s.walk(ctx, byCreated, from)
}

// Changed yields every lead edited at or after since, archived ones too, by
// ascending time of the edit, and each edit of a lead once. Notion rounds
// edits down to the minute: ask again from a minute that was not over.
func (s *Source) Changed(ctx context.Context, since time.Time) iter.Seq2[leadlake.Lead, error] {
	return s.walk(ctx, byEdited, since)
}

// Lead reads one page, whether it is listed or not. A page that has moved out
// of the data source has nothing but its system columns, and the state Moved.
func (s *Source) Lead(ctx context.Context, id string) (leadlake.Lead, error) {
	id, err := parseID(id)
	if err != nil {
		return leadlake.Lead{}, leadlake.Errorf(leadlake.Invalid, "This is not the id of a page in Notion: 32 digits and letters a to f")
	}
	p, err := s.page(ctx, id)
	if err != nil {
		return leadlake.Lead{}, err
	}
	return s.lead(ctx, p)
}

// Now returns the time by Notion's clock, to the second; by this machine's
// before Notion's first answer.
func (s *Source) Now() time.Time { return s.client.clock() }

// Stats returns what was asked of Notion so far.
func (s *Source) Stats() Stats { return s.client.stats() }

// Warnings returns what could not be read as it should since Open: what the
// schema lacks, then each kind of unreadable value with how often it came. It
// holds names of properties and ids of pages, and no value.
func (s *Source) Warnings() []leadlake.Warning {
	var list []leadlake.Warning
	for _, lack := range s.Lacks() {
		list = append(list, leadlake.Warning{Text: lack})
	}
	return append(list, s.oddities.list()...)
}
