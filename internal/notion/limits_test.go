package notion_test

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// diary is a transport that notes when each request is sent.
type diary struct {
	now func() time.Time

	mu    sync.Mutex
	times []time.Time
}

func (d *diary) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	d.times = append(d.times, d.now())
	d.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// busiest returns the most requests that were sent in any minute that begins
// with one of them, of those from the given time on.
func (d *diary) busiest(from time.Time) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	times := slices.DeleteFunc(slices.Clone(d.times), func(t time.Time) bool { return t.Before(from) })
	most := 0
	for i, first := range times {
		n := 0
		for _, t := range times[i:] {
			if t.Sub(first) < time.Minute {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestTheRateGoesDownAfterARefusalAndUpAgain(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Rate: -1}, small()...)
	f.add(t, crowd(8000, 10)...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, Do: fakenotion.RateLimited(time.Second)})
	book := &diary{now: f.clock.Now}
	o := f.options()
	o.Rate, o.HTTP = 20, &http.Client{Transport: book}
	s := f.open(t, o)
	start := f.clock.Now()
	collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)
	if n := book.busiest(start); n < 16 || n > 19 { // 15 at first, one more every minute, 82 requests in all
		t.Errorf("%d requests were sent in one minute, want fewer than 20 after a refusal", n)
	}
	_ = f.clock.Sleep(t.Context(), 10*time.Minute)
	later := f.clock.Now()
	collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)
	if n := book.busiest(later); n != 20 {
		t.Errorf("%d requests were sent in one minute, want 20 again after a while", n)
	}
}

func TestOneLimiterForAllSources(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Rate: 10}, small()...)
	f.add(t, crowd(900, 10)...)
	o := f.options()
	o.Limiter = notion.NewLimiter(notion.LimiterOptions{Rate: 10, Now: f.clock.Now, Sleep: f.clock.Sleep})
	one, two := f.open(t, o), f.open(t, o)
	collect(t, one.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)
	collect(t, two.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)
	if a, b := one.Stats(), two.Stats(); a.Retries+b.Retries != 0 || a.Waited+b.Waited != f.clock.Slept() || b.Waited == 0 {
		t.Errorf("got %+v and %+v after sleeping %v, want no refusal, and waits that add up", a, b, f.clock.Slept())
	}
}

func TestAPauseIsVisibleAndHasNoLimit(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(5, 5)...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, Do: fakenotion.RateLimited(30 * time.Hour)})
	var s *notion.Source
	var seen []time.Time
	o := f.options()
	o.Sleep = func(ctx context.Context, d time.Duration) error {
		seen = append(seen, s.Stats().PausedUntil)
		return f.clock.Sleep(ctx, d)
	}
	s = f.open(t, o)
	until := f.clock.Now().Add(30 * time.Hour)
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 5 {
		t.Errorf("got %d leads, want 5", n)
	}
	if !reflect.DeepEqual(seen, []time.Time{until}) {
		t.Errorf("while waiting, the pause was shown to end at %v, want %v", seen, until)
	}
	if stats := s.Stats(); !stats.PausedUntil.IsZero() || stats.Waited != 30*time.Hour {
		t.Errorf("afterwards: %+v", stats)
	}
}

func TestAPauseBeyondTheDeadlineIsAnErrorAtOnce(t *testing.T) {
	for name, effect := range map[string]fakenotion.Effect{
		"429": fakenotion.RateLimited(2 * time.Hour),
		"529": fakenotion.Overloaded(2 * time.Hour),
		"503": fakenotion.UnavailableFor(2 * time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{}, small()...)
			s := f.open(t, f.options())
			f.server.Script(fakenotion.Fault{On: fakenotion.Query, Times: -1, Do: effect})
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			_, err := failure(t, s.Scan(ctx, time.Time{}))
			if leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), "2h0m0s") || f.clock.Slept() != 0 {
				t.Errorf("after %v: %v", f.clock.Slept(), err)
			}
			if got := s.Stats().RequestIDs; !reflect.DeepEqual(got, []string{fakenotion.FaultRequestID}) {
				t.Errorf("the requests that failed are %q", got)
			}
		})
	}
}
