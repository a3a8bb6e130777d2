package leadtable_test

import (
	"errors"
	"os"
	"reflect"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/blob/faulty"
	"leadlake/internal/delta"
	"leadlake/internal/leadtable"
)

func requested(key, body string, leads ...leadlake.Lead) leadlake.Batch {
	b := batch(leads...)
	b.Request = &leadlake.Request{Key: key, Body: body}
	return b
}

func TestARequestIsStoredOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := open(t, dir)
	first := requested("k1", "b1", lead("a", "nom", "Zoé"), lead("b"))
	want := leadlake.Tally{Version: 0, Inserted: 2}
	equal(t, "first", f.upsert(t, first), want)
	equal(t, "again", f.upsert(t, first), want)
	f.upsert(t, batch(lead("a", "nom", "Zoë")))
	equal(t, "after others have changed the lead", f.upsert(t, first), want)
	equal(t, "in another process", open(t, dir).upsert(t, first), want)
	equal(t, "rows", f.rows(t, "nom"), map[string][]any{"a": {"Zoë"}, "b": {nil}})

	equal(t, "another key", f.upsert(t, requested("k2", "b1", lead("a", "nom", "Zoé"), lead("b"))),
		leadlake.Tally{Version: 2, Updated: 1, Unchanged: 1})
	nothing := requested("k3", "b3", lead("a", "nom", "Zoé"))
	equal(t, "a request that changes nothing", f.upsert(t, nothing), leadlake.Tally{Version: 3, Unchanged: 1})
	f.upsert(t, batch(lead("a", "nom", "Zoo")))
	equal(t, "and changes nothing later", f.upsert(t, nothing), leadlake.Tally{Version: 3, Unchanged: 1})
	equal(t, "rows", f.rows(t, "nom"), map[string][]any{"a": {"Zoo"}, "b": {nil}})

	_, err := f.table.Upsert(t.Context(), requested("k1", "b2", lead("c")))
	if leadlake.KindOf(err) != leadlake.Invalid {
		t.Errorf("another body: got %v", err)
	}
	sources, err := f.table.Sources(t.Context())
	if err != nil || len(sources) != 0 {
		t.Errorf("requests count as the sources %q (%v)", sources, err)
	}
}

func TestARequestThatFailedMayBeSentAgain(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	if _, err := f.table.Upsert(t.Context(), requested("k", "b", lead(""))); err == nil {
		t.Fatal("a lead without an id was stored")
	}
	equal(t, "mended", f.upsert(t, requested("k", "b2", lead("a"))), leadlake.Tally{Version: 0, Inserted: 1})
}

func TestOneKeyInSeveralProcessesCommitsOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir).upsert(t, batch(lead("a", "nom", "0")))
	for round, leads := range [][]leadlake.Lead{{lead("a", "nom", "1"), lead("b")}, {lead("a", "nom", "1")}} { // the second changes nothing
		processes := []*fixture{open(t, dir), open(t, dir), open(t, dir)}
		tallies := make([]leadlake.Tally, len(processes))
		var group sync.WaitGroup
		for i, p := range processes {
			group.Go(func() {
				tally, err := p.table.Upsert(t.Context(), requested([]string{"x", "y"}[round], "b", leads...))
				if err != nil {
					t.Error(err)
				}
				tallies[i] = tally
			})
		}
		group.Wait()
		for _, tally := range tallies {
			if !reflect.DeepEqual(tally, tallies[0]) || tally.Version != int64(round+1) {
				t.Errorf("round %d: got %+v", round, tallies)
			}
		}
		if snap, err := processes[0].table.Latest(t.Context()); err != nil || snap.Version != int64(round+1) {
			t.Errorf("round %d: the table is at version %d (%v)", round, snap.Version, err)
		}
	}
}

func TestAKeyIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	now := time.Now()
	clock := func() time.Time { return now }
	reopen := func() *leadtable.Table {
		table, err := leadtable.Open(t.Context(), delta.Open(f.disk, leadtable.Folder, delta.Options{Now: clock}), f.engine, leadtable.Options{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	kept, b := reopen(), requested("k", "b", lead("a"))
	for _, step := range []struct {
		table *leadtable.Table
		after time.Duration
		want  leadlake.Tally
	}{
		{kept, 0, leadlake.Tally{Version: 0, Inserted: 1}},
		{kept, 24 * time.Hour, leadlake.Tally{Version: 0, Inserted: 1}},
		{reopen(), 0, leadlake.Tally{Version: 0, Inserted: 1}},
		{kept, 2 * time.Hour, leadlake.Tally{Version: 1, Unchanged: 1}},
		{reopen(), 26 * time.Hour, leadlake.Tally{Version: 2, Unchanged: 1}},
	} {
		now = now.Add(step.after)
		tally, err := step.table.Upsert(t.Context(), b)
		if err != nil || !reflect.DeepEqual(tally, step.want) {
			t.Errorf("got %+v (%v), want %+v", tally, err, step.want)
		}
	}
}

func TestALeadHasOneSource(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	f.upsert(t, leadlake.Batch{Source: "notion", Leads: []leadlake.Lead{lead("n1", "nom", "x"), lead("n2")}})
	before := f.rows(t, "nom", "_source")
	for _, dry := range []bool{true, false} {
		b := batch(lead("a"), lead("n1", "nom", "y"), lead("b"), lead("n2"))
		b.DryRun = dry
		_, err := f.table.Upsert(t.Context(), b)
		places, ok := errors.AsType[leadlake.ForeignError](err)
		if leadlake.KindOf(err) != leadlake.Conflict || !ok || !reflect.DeepEqual(places, leadlake.ForeignError{1, 3}) {
			t.Errorf("got %v", err)
		}
	}
	equal(t, "rows", f.rows(t, "nom", "_source"), before)

	f.upsert(t, batch(lead("a", "nom", "api")))
	taking := leadlake.Batch{Source: "notion", Leads: []leadlake.Lead{lead("a", "nom", "api"), lead("n1", "nom", "x")}, TakesOver: true}
	equal(t, "taking over", f.upsert(t, taking), leadlake.Tally{Version: 2, Updated: 1, Unchanged: 1})
	equal(t, "taking over again", f.upsert(t, taking), leadlake.Tally{Version: 2, Unchanged: 2})
	equal(t, "rows", f.rows(t, "nom", "_source"), map[string][]any{"n1": {"x", "notion"}, "n2": {nil, "notion"}, "a": {"api", "notion"}})
}

// TestARequestIsStoredOnceWhateverFails has each call of the disk fail in each
// way while a request is stored. Sent again, to a new process, it has been
// stored once, and its answer is the only one.
func TestARequestIsStoredOnceWhateverFails(t *testing.T) {
	t.Parallel()
	lake := t.TempDir()
	open(t, lake).upsert(t, requested("earlier", "b", lead("a", "nom", "x"), lead("b", "nom", "y")))
	for name, c := range map[string]struct {
		batch leadlake.Batch
		want  leadlake.Tally
	}{
		"a change":  {requested("k", "b", lead("a", "nom", "z"), lead("b"), lead("c")), leadlake.Tally{Version: 1, Inserted: 1, Updated: 1, Unchanged: 1}},
		"no change": {requested("k", "b", lead("a", "nom", "x")), leadlake.Tally{Version: 1, Unchanged: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range []faulty.Fault{faulty.Before, faulty.Refused, faulty.After, faulty.Late, faulty.Taken, faulty.Cut, faulty.CancelledAfter} {
				for n, more := 1, true; more; n++ {
					dir := t.TempDir()
					if err := os.CopyFS(dir, os.DirFS(lake)); err != nil {
						t.Fatal(err)
					}
					more, _ = upsertCase{batch: c.batch}.upsert(t, dir, n, fault)
					f := open(t, dir)
					tally, err := f.table.Upsert(t.Context(), c.batch)
					snap, errLatest := f.table.Latest(t.Context())
					if err != nil || errLatest != nil || !reflect.DeepEqual(tally, c.want) || snap.Version != 1 {
						t.Errorf("call %d with fault %d: got %+v (%v), version %d (%v)", n, fault, tally, err, snap.Version, errLatest)
					}
				}
			}
		})
	}
}
