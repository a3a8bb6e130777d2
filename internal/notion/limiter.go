package notion

import (
	"context"
	"sync"
	"time"
)

// limiter lets rate requests pass in any 60 s, whichever way Notion lays its
// windows, and holds everybody back when Notion asks for a pause.
type limiter struct {
	rate  int
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu     sync.Mutex
	sent   []time.Time // the last requests, oldest first, at most rate
	paused time.Time   // nothing passes before
	waited time.Duration
}

// wait returns when the next request may be sent, and counts it.
func (l *limiter) wait(ctx context.Context) error {
	for {
		d := l.take()
		if d <= 0 {
			return ctx.Err()
		}
		if err := l.sleep(ctx, d); err != nil {
			return err
		}
		l.mu.Lock()
		l.waited += d
		l.mu.Unlock()
	}
}

// take counts a request and returns 0, or says how long none may be sent.
func (l *limiter) take() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	free := l.paused
	if len(l.sent) == l.rate {
		if next := l.sent[0].Add(time.Minute); next.After(free) {
			free = next
		}
	}
	if d := free.Sub(now); d > 0 {
		return d
	}
	if len(l.sent) == l.rate {
		l.sent = l.sent[1:]
	}
	l.sent = append(l.sent, now)
	return 0
}

// pause holds everybody back for d from now.
func (l *limiter) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := l.now().Add(d); until.After(l.paused) {
		l.paused = until
	}
}

func (l *limiter) waitedFor() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waited
}
