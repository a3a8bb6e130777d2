package cli

import (
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

	mu    sync.Mutex
	last  time.Time // when something was printed
	drawn bool      // whether the line on the terminal is ours
}

func newProgress(w World) *progress {
	return &progress{out: w.Stderr, terminal: w.Terminal, last: time.Now()}
}

// report hears every step of a run.
func (p *progress) report(run leadlake.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	every := 10 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	ended := !run.FinishedAt.IsZero()
	if !ended && time.Since(p.last) < every {
		return
	}
	if ended && run.Err == nil && run.Inserted+run.Updated == 0 && !p.drawn {
		return // nothing happened, and nobody was told of it
	}
	p.last = time.Now()
	line := describe(run)
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	fmt.Fprint(p.out, "\r\x1b[K"+line)
	p.drawn = !ended
	if ended {
		fmt.Fprintln(p.out)
	}
}

func describe(run leadlake.Run) string {
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
	switch {
	case run.Err != nil:
		state = "sync failed"
		if why := leadlake.MessageOf(run.Err); why != "" {
			state += ": " + why
		}
	case !run.FinishedAt.IsZero():
		state = fmt.Sprintf("synced, version %d", run.Version)
	}
	return state + " · " + strings.Join(parts, " · ")
}
