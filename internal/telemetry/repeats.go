package telemetry

import (
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	// repeatWindow is how long the same line is said only once.
	repeatWindow = time.Minute
	// mostRemembered bounds how many lines are remembered.
	mostRemembered = 256
)

// repeats says the same trouble once in a while, and counts it in between.
type repeats struct {
	mu    sync.Mutex
	lines map[string]*repeated
}

type repeated struct {
	since  time.Time
	unsaid int
}

// take reports whether a line may be said at its time, and how often it was
// not said since it last was. Lines that tell of no trouble may always be said.
func (r *repeats) take(rec slog.Record, name string) (say bool, unsaid int) {
	key, trouble := keyOf(rec, name)
	if !trouble {
		return true, 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if seen, ok := r.lines[key]; ok {
		if age := rec.Time.Sub(seen.since); age >= 0 && age < repeatWindow {
			seen.unsaid++
			return false, 0
		}
		unsaid = seen.unsaid
		seen.since, seen.unsaid = rec.Time, 0
		return true, unsaid
	}
	if r.lines == nil || len(r.lines) >= mostRemembered {
		r.lines = map[string]*repeated{}
	}
	r.lines[key] = &repeated{since: rec.Time}
	return true, 0
}

// keyOf returns what makes two lines the same, and whether they tell of
// trouble.
func keyOf(rec slog.Record, name string) (key string, trouble bool) {
	trouble = rec.Level >= slog.LevelWarn
	parts := []string{name, rec.Level.String(), rec.Message}
	rec.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" {
			trouble = true
			parts = append(parts, a.Value.Resolve().String())
		}
		return true
	})
	return strings.Join(parts, "\x00"), trouble
}
