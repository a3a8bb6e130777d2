package notion_test

import (
	"context"
	"iter"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// clock is a time that passes only when somebody sleeps.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 11, 20, 9, 30, 20, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept += d
	return ctx.Err()
}

func (c *clock) Slept() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slept
}

// fixture is a workspace with one database, its API over HTTP, and a clock
// that all of them share.
type fixture struct {
	clock  *clock
	server *fakenotion.Server
	db     *fakenotion.Database
	url    string
}

func newFixture(t *testing.T, o fakenotion.Options, properties ...fakenotion.Property) *fixture {
	t.Helper()
	return newFixtureAt(t, newClock(), o, properties...)
}

func newFixtureAt(t *testing.T, c *clock, o fakenotion.Options, properties ...fakenotion.Property) *fixture {
	t.Helper()
	f := &fixture{clock: c}
	o.Now = f.clock.Now
	f.server = fakenotion.New(o)
	f.db = f.server.AddDatabase("Prospection", properties...)
	web := httptest.NewServer(f.server)
	t.Cleanup(web.Close)
	f.url = web.URL
	return f
}

func (f *fixture) options() notion.Options {
	return notion.Options{BaseURL: f.url, Now: f.clock.Now, Sleep: f.clock.Sleep}
}

func (f *fixture) open(t *testing.T, o notion.Options) *notion.Source {
	t.Helper()
	s, err := notion.Open(t.Context(), f.server.Token(), f.db.ID(), o)
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	if _, err = s.Schema(t.Context(), nil); err != nil {
		t.Fatalf("reading the schema: %v", err)
	}
	return s
}

// warnings returns the warnings of a source, a line each.
func warnings(s *notion.Source) string {
	lines := []string{}
	for _, w := range s.Warnings() {
		lines = append(lines, w.String())
	}
	return strings.Join(lines, "\n")
}

func (f *fixture) add(t *testing.T, pages ...fakenotion.Page) []string {
	t.Helper()
	ids, err := f.db.Source().Add(pages...)
	if err != nil {
		t.Fatalf("adding pages: %v", err)
	}
	return ids
}

// small is a schema that opens: a title and one event.
func small() []fakenotion.Property {
	return []fakenotion.Property{
		{Name: "Nom", Type: "title"},
		{Name: "Date de prise de contact", Type: "date"},
	}
}

// crowd returns n pages, perMinute of them created in each minute.
func crowd(n, perMinute int) []fakenotion.Page {
	first := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	pages := make([]fakenotion.Page, 0, n)
	for i := range n {
		pages = append(pages, fakenotion.Page{Created: first.Add(time.Duration(i/perMinute) * time.Minute)})
	}
	return pages
}

// collect reads leads to the end, and fails unless each is given once and none
// comes before one that is older.
func collect(t *testing.T, leads iter.Seq2[leadlake.Lead, error], by string) []leadlake.Lead {
	t.Helper()
	var list []leadlake.Lead
	seen := map[string]bool{}
	for lead, err := range leads {
		if err != nil {
			t.Fatalf("after %d leads: %v", len(list), err)
		}
		if seen[lead.ID] {
			t.Fatalf("the lead %s came twice", lead.ID)
		}
		seen[lead.ID] = true
		if n := len(list); n > 0 && lead.Time(by).Before(list[n-1].Time(by)) {
			t.Fatalf("lead %d is older than the one before", n)
		}
		list = append(list, lead)
	}
	return list
}

// failure reads leads until they end with an error.
func failure(t *testing.T, leads iter.Seq2[leadlake.Lead, error]) (given int, err error) {
	t.Helper()
	for _, err := range leads {
		if err != nil {
			return given, err
		}
		given++
	}
	t.Fatalf("the list ended after %d leads and without the error", given)
	return 0, nil
}
