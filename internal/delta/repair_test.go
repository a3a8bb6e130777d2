package delta_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"leadlake/internal/delta"
)

// forgetful is an engine that once, after some times, cannot read a checkpoint.
type forgetful struct {
	lines

	after *int
}

func (f forgetful) ReadActions(ctx context.Context, names []string) iter.Seq2[delta.Action, error] {
	if *f.after--; *f.after == 0 {
		return func(yield func(delta.Action, error) bool) { yield(delta.Action{}, errors.New("out of memory")) }
	}
	return f.lines.ReadActions(ctx, names)
}

// TestRepairKeepsWhatTheLogBeginsWith verifies and repairs a table whose older
// commits are gone, while one reading of a checkpoint after the other fails:
// the table stays what it is.
func TestRepairKeepsWhatTheLogBeginsWith(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 6; n++ {
		table, engine := appended(t, 10)
		want := engine.rows(t, latest(t, table))
		later := func(p delta.Parquet) *delta.Table {
			return delta.Open(engine.bucket, folder, delta.Options{Parquet: p, Now: func() time.Time { return time.Now().Add(32 * 24 * time.Hour) }})
		}
		if _, err := later(engine).Maintain(t.Context()); err != nil { // a checkpoint of version 10, and nothing before it
			t.Fatal(err)
		}
		left := n
		table = later(forgetful{engine, &left})
		findings, err := table.Verify(t.Context(), func(string) {})
		if err == nil {
			err = table.Repair(t.Context(), findings)
		}
		at, broken := reopened(engine.bucket).Latest(t.Context())
		if broken != nil {
			t.Errorf("reading %d failed: after a repair of %+v (%v) the table cannot be read: %v", n, findings, err, broken)
			continue
		}
		if got := engine.rows(t, at); len(got) != len(want) {
			t.Errorf("reading %d failed: rows %q; want %q", n, got, want)
		}
	}
}
