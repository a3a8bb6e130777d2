package leadtable_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/blob/faulty"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// failingDisk is a disk whose calls fail by a plan.
type failingDisk struct {
	*faulty.Bucket
	disk *local.Bucket
}

func (f failingDisk) Path(name string) string { return f.disk.Path(name) }
func (f failingDisk) Scratch() string         { return f.disk.Scratch() }

// TestEveryCallFails has, in each kind of Upsert, each call of the disk fail in
// each way. A new process then finds the table as it was before or as it is
// after, cursor included, and the same batch once more makes it what it is
// after.
func TestEveryCallFails(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	moves := func(b leadlake.Batch) leadlake.Batch {
		b.Cursor = &leadlake.Cursor{Watermark: at}
		return b
	}
	wider := batch(lead("a", "budget", 1.5))
	wider.Columns = []leadlake.Column{{Name: "budget", Type: leadlake.Number}}
	empty, full := t.TempDir(), t.TempDir()
	open(t, full).upsert(t, batch(lead("a", "nom", "x"), lead("b", "nom", "y")))
	for name, c := range map[string]upsertCase{
		"the first":           {empty, moves(batch(lead("a", "nom", "x"))), map[string][]any{"a": {"x"}}},
		"insert and update":   {full, moves(batch(lead("a", "nom", "z"), lead("c", "nom", "w"))), map[string][]any{"a": {"z"}, "b": {"y"}, "c": {"w"}}},
		"a new column":        {full, moves(wider), map[string][]any{"a": {"x"}, "b": {"y"}}},
		"the cursor alone":    {full, moves(batch()), map[string][]any{"a": {"x"}, "b": {"y"}}},
		"nothing that is new": {full, batch(lead("a", "nom", "x")), map[string][]any{"a": {"x"}, "b": {"y"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := look(t, open(t, c.lake))
			for _, fault := range []faulty.Fault{faulty.Before, faulty.Refused, faulty.After, faulty.Late, faulty.Taken, faulty.Cut, faulty.CancelledAfter} {
				n := 1
				for c.failNth(t, before, n, fault) {
					n++
				}
			}
		})
	}
}

// upsertCase is an Upsert on a copy of a lake.
type upsertCase struct {
	lake  string
	batch leadlake.Batch
	after map[string][]any // the names, by id
}

// failNth reports whether there was an nth call.
func (c upsertCase) failNth(t *testing.T, before state, n int, fault faulty.Fault) bool {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(c.lake)); err != nil {
		t.Fatal(err)
	}
	failed, err := c.upsert(t, dir, n, fault)
	f := open(t, dir)
	found := look(t, f)
	where := fmt.Sprintf("call %d with fault %d (%v)", n, fault, err)
	isAfter := found.version > before.version
	switch {
	case isAfter:
		equal(t, where+": rows", found.rows, c.after)
		equal(t, where+": cursor", found.cursor, *c.batch.Cursor)
	default:
		equal(t, where+": rows", found.rows, before.rows)
		equal(t, where+": cursor", found.cursor, before.cursor)
	}
	changes := c.batch.Cursor != nil
	if err == nil && isAfter != changes || errors.Is(err, delta.ErrNotCommitted) && isAfter {
		t.Errorf("%s: the upsert is in the table: %v", where, isAfter)
	}
	f.upsert(t, c.batch)
	equal(t, where+": once more", f.rows(t, "nom"), c.after)
	return failed
}

// upsert runs the batch as one process does, with its nth call failing.
func (c upsertCase) upsert(t *testing.T, dir string, n int, fault faulty.Fault) (failed bool, err error) {
	t.Helper()
	disk, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = disk.Close() }()
	bucket := faulty.New(disk, faulty.Nth(n, fault), faulty.Options{})
	f := failingDisk{bucket, disk}
	engine, err := duck.Open(t.Context(), f, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }()
	ctx, cancel := faulty.Cancellable(context.WithoutCancel(t.Context()))
	defer cancel()
	table, err := leadtable.Open(ctx, delta.Open(f, leadtable.Folder, delta.Options{}), engine, leadtable.Options{})
	if err == nil {
		_, err = table.Upsert(ctx, c.batch)
	}
	bucket.Heal(t.Context())
	return bucket.Calls() >= n, err
}

// state is what a new process sees of a lake.
type state struct {
	version int64
	rows    map[string][]any
	cursor  leadlake.Cursor
}

func look(t *testing.T, f *fixture) state {
	t.Helper()
	snap, err := f.table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := f.table.Cursor(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	s := state{version: snap.Version, cursor: cursor, rows: map[string][]any{}}
	if snap.Version >= 0 {
		s.rows = f.rows(t, "nom")
	}
	return s
}
