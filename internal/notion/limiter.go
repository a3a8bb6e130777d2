package notion

import (
	"context"
	"slices"
	"sync"
	"time"

	"leadlake"
)

// LimiterOptions are what a Limiter can be told. The zero value works.
type LimiterOptions struct {
	Rate  int                                        // requests in any 60 s; default 180
	Now   func() time.Time                           // default time.Now
	Sleep func(context.Context, time.Duration) error // default waits; returns early, with an error, when the context ends
}

// Limiter lets so many requests pass in any 60 s, whichever way Notion lays its
// windows, and holds everybody back when Notion asks for a pause. After a pause
// it lets fewer pass, and slowly more again. One Limiter is for all Sources of
// a token; it is safe for concurrent use.
type Limiter struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu      sync.Mutex
	rate    int
	sent    []time.Time // the requests of the last 60 s, oldest first
	allowed int         // in any 60 s at the moment; at most rate
	changed time.Time   // when allowed became what it is
	paused  time.Time   // nothing passes before
}

// NewLimiter returns a limiter.
func NewLimiter(o LimiterOptions) *Limiter {
	if o.Rate <= 0 {
		o.Rate = 180
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return &Limiter{rate: o.Rate, now: o.Now, sleep: o.Sleep, allowed: o.Rate}
}

// SetRate lets another number of requests pass in any 60 s from now on.
func (l *Limiter) SetRate(rate int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate, l.allowed = rate, rate
}

// wait returns when the next request may be sent, and counts it. It returns how
// long that took. A pause that ends after ctx does is an error at once.
func (l *Limiter) wait(ctx context.Context) (waited time.Duration, err error) {
	for {
		d, pause := l.take()
		if d <= 0 {
			return waited, ctx.Err()
		}
		if pause && outlasts(ctx, d) {
			return waited, tooLong(l.now(), d)
		}
		if err := l.sleep(ctx, d); err != nil {
			return waited, err
		}
		waited += d
	}
}

// outlasts reports whether d from now is after the deadline of ctx.
func outlasts(ctx context.Context, d time.Duration) bool {
	deadline, limited := ctx.Deadline()
	return limited && d > time.Until(deadline)
}

func tooLong(now time.Time, d time.Duration) error {
	return leadlake.Errorf(leadlake.Unavailable, "Notion asks for a pause of %s, which is more than this run has left: try again after %s",
		d.Round(time.Second), now.Add(d).UTC().Format("2006-01-02 15:04 UTC"))
}

// take counts a request and returns 0, or says how long none may be sent, and
// whether because Notion has asked for a pause.
func (l *Limiter) take() (d time.Duration, pause bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if d = l.paused.Sub(now); d > 0 {
		return d, true
	}
	l.climb(now)
	l.sent = slices.DeleteFunc(l.sent, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if n := len(l.sent); n >= l.allowed {
		return l.sent[n-l.allowed].Add(time.Minute).Sub(now), false
	}
	l.sent = append(l.sent, now)
	return 0, false
}

// pause holds everybody back for d from now. From the first pause of several
// that overlap, a quarter fewer requests pass.
func (l *Limiter) pause(d time.Duration) {
	const least = 10 // of a hundred
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if !now.Before(l.paused) {
		l.climb(now)
		l.allowed = max(1, l.rate*least/100, l.allowed*3/4)
		l.changed = now
	}
	if until := now.Add(d); until.After(l.paused) {
		l.paused = until
	}
}

// climb lets a twentieth more pass for every minute since the last change.
func (l *Limiter) climb(now time.Time) {
	minutes := int(now.Sub(l.changed) / time.Minute)
	if l.allowed < l.rate && minutes > 0 {
		l.allowed = min(l.rate, l.allowed+minutes*max(1, l.rate/20))
		l.changed = now
	}
}

// pausedUntil returns when the pause ends that Notion has asked for; the zero
// time where there is none.
func (l *Limiter) pausedUntil() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now().Before(l.paused) {
		return l.paused
	}
	return time.Time{}
}
