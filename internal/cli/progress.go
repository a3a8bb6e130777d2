package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"leadlake"
)

// progress tells how a sync goes: one line that is drawn over on a terminal,
// a line every ten seconds elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	endings  bool // whether it also tells how a sync ended

	mu    sync.Mutex
	last  time.Time // when something was printed
	drawn bool      // whether the line on the terminal is ours
}

func newProgress(w World, endings bool) *progress {
	return &progress{out: w.Stderr, terminal: w.Terminal, endings: endings, last: time.Now()}
}

// report hears every step of a run.
func (p *progress) report(run leadlake.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !run.FinishedAt.IsZero() {
		p.end(run)
		return
	}
	every := 10 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if time.Since(p.last) < every {
		return
	}
	p.last = time.Now()
	if !p.terminal {
		fmt.Fprintln(p.out, describe(run))
		return
	}
	fmt.Fprint(p.out, "\r\x1b[K"+describe(run))
	p.drawn = true
}

func (p *progress) end(run leadlake.Run) {
	quiet := run.Err == nil && run.Inserted+run.Updated == 0 && !p.drawn // nothing happened, and nobody was told of it
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.drawn = false
	}
	if p.endings && !quiet && !errors.Is(run.Err, context.Canceled) {
		fmt.Fprintln(p.out, describe(run))
	}
}

func describe(run leadlake.Run) string {
	if run.Err != nil {
		return "The sync failed and will be tried again. " + sentence(run.Err)
	}
	parts := []string{fmt.Sprintf("%d leads read", run.Seen)}
	if changed := run.Inserted + run.Updated; changed > 0 {
		parts = append(parts, fmt.Sprintf("%d new, %d changed", run.Inserted, run.Updated))
	}
	parts = append(parts, fmt.Sprintf("%d requests", run.Requests))
	if run.Waited >= time.Second {
		parts = append(parts, "waited "+run.Waited.Round(time.Second).String())
	}
	if run.Remaining >= time.Second {
		parts = append(parts, "about "+run.Remaining.Round(time.Second).String()+" left")
	}
	state := "syncing"
	if !run.FinishedAt.IsZero() {
		state = fmt.Sprintf("synced, version %d", run.Version)
	}
	return state + " · " + strings.Join(parts, " · ")
}
