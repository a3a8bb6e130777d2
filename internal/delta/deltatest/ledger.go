package deltatest

import (
	"errors"
	"fmt"
	"sync"

	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// Ledger keeps what clients have tried, what they were told of it, and what
// they saw. The zero Ledger is empty and ready; many clients may share one.
type Ledger struct {
	// Options says how tables in a bucket are opened; nil for the zero Options.
	Options func(blob.Bucket) delta.Options

	mu       sync.Mutex
	attempts map[string]*attempt
	seen     map[*delta.Snapshot]bool
	acked    int64
	wrong    []error
}

// attempt is one Commit.
type attempt struct {
	blind   bool // reads nothing and is of no application
	base    int64
	effect  func(Rows)
	outcome Outcome // Unknown until the client is told
	version int64   // where it is Done, or of the winner
}

func (l *Ledger) open(bucket blob.Bucket) *delta.Table {
	if l.Options == nil {
		return delta.Open(bucket, Folder, delta.Options{})
	}
	return delta.Open(bucket, Folder, l.Options(bucket))
}

func (l *Ledger) begin(id string, blind bool, base int64, effect func(Rows)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.attempts == nil {
		l.attempts = map[string]*attempt{}
	}
	l.attempts[id] = &attempt{blind: blind, base: base, effect: effect, outcome: Unknown}
}

func (l *Ledger) end(id string, outcome Outcome, version int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempts[id].outcome, l.attempts[id].version = outcome, version
	if outcome == Done {
		l.acked = max(l.acked, version)
	}
}

// Newest returns the newest version that somebody was told to have made.
func (l *Ledger) Newest() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

func (l *Ledger) saw(s *delta.Snapshot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[*delta.Snapshot]bool{}
	}
	l.seen[s] = true
}

// Forget drops what clients saw. They may have seen what nobody was told is
// durable, and the power failed since.
func (l *Ledger) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.seen)
}

// Violation notes what must not be, for the audit to report.
func (l *Ledger) Violation(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, fmt.Errorf(format, args...))
}

// Tally counts the attempts by how they ended.
func (l *Ledger) Tally() (done, failed, unknown int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.attempts {
		switch a.outcome {
		case Done, Nothing:
			done++
		case Failed:
			failed++
		case Unknown:
			unknown++
		}
	}
	return done, failed, unknown
}

func (l *Ledger) violations() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.wrong...)
}
