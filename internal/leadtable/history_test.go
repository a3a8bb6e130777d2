package leadtable_test

import (
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/delta"
	"leadlake/internal/leadtable"
)

func day(d int) leadlake.Date { return leadlake.NewDate(2026, time.January, d) }

// TestChangesOfDatesAreKept also reads them as they were, in an older version.
func TestChangesOfDatesAreKept(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	seen := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)
	steps := []leadlake.Value{nil, day(1), day(1), day(8), nil, day(9)}
	for i, value := range steps {
		b := batch(lead("a", "date_relance", value, "_last_edited_time", seen.AddDate(0, 0, i)), lead("b", "nom", strconv.Itoa(i)))
		b.SeenAt = seen.AddDate(0, 0, i).Add(time.Minute)
		f.upsert(t, b)
	}
	one := func(i int, old, now *leadlake.Date) leadlake.Change {
		return leadlake.Change{
			Event: leadlake.Relance, Old: old, New: now,
			SeenAt: seen.AddDate(0, 0, i).Add(time.Minute), EditedAt: seen.AddDate(0, 0, i),
		}
	}
	want := []leadlake.Change{
		one(1, nil, new(day(1))), one(3, new(day(1)), new(day(8))), one(4, new(day(8)), nil), one(5, nil, new(day(9))),
	}
	leads, err := f.table.Leads(t.Context(), []string{"a", "nobody", "b"})
	if err != nil || len(leads) != 2 {
		t.Fatal(leads, err)
	}
	if got := leads[0].Values[leadlake.ColumnHistory]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := leads[1].Values[leadlake.ColumnHistory]; got != nil {
		t.Errorf("a lead whose dates did not change has %+v", got)
	}
}

func TestAHistoryHasAnEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := open(t, dir)
	long := make([]leadlake.Change, 499)
	for i := range long {
		long[i] = leadlake.Change{Event: leadlake.Relance, New: new(day(1 + i%2)), SeenAt: time.Unix(int64(i), 0).UTC()}
	}
	f.make(t, leadlake.CoreColumns(), leadlake.Lead{ID: "a", Values: map[string]leadlake.Value{
		leadlake.ColumnSource: "test", leadlake.ColumnState: "active", leadlake.ColumnHistory: long,
	}})
	f = open(t, dir)
	for i := range 3 {
		f.upsert(t, batch(lead("a", "date_relance", day(10+i))))
	}
	leads, err := f.table.Leads(t.Context(), []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	history, _ := leads[0].Values[leadlake.ColumnHistory].([]leadlake.Change)
	if len(history) != 500 || !history[0].SeenAt.Equal(long[2].SeenAt) || *history[499].New != day(12) {
		t.Errorf("%d changes are kept, from %+v", len(history), history[:min(1, len(history))])
	}
}

// make makes the table of some columns and leads, as somebody else might have.
func (f *fixture) make(t *testing.T, columns []leadlake.Column, leads ...leadlake.Lead) {
	t.Helper()
	protocol, metadata, err := leadtable.NewTable(leadtable.Folder, columns, map[string]string{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	adds, err := f.engine.Write(t.Context(), leadlake.Rewrite{Folder: leadtable.Folder, Columns: columns, Leads: leads})
	if err != nil {
		t.Fatal(err)
	}
	change := delta.Change{Operation: "WRITE", Protocol: protocol, Metadata: metadata, Adds: adds}
	if _, err := delta.Open(f.disk, leadtable.Folder, delta.Options{}).Commit(t.Context(), nil, change); err != nil {
		t.Fatal(err)
	}
}

// TestAnOlderTermIsRefused has a holder of the lease that lost it without
// noticing.
func TestAnOlderTermIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := open(t, dir), open(t, dir)
	with := func(term int64, nom string) leadlake.Batch {
		b := batch(lead("a", "nom", nom))
		b.Term = term
		return b
	}
	first.upsert(t, with(3, "x"))
	second.upsert(t, with(4, "y"))
	if _, err := first.table.Upsert(t.Context(), with(3, "z")); leadlake.KindOf(err) != leadlake.Conflict {
		t.Errorf("the older term got %v", err)
	}
	second.upsert(t, with(4, "w"))
	equal(t, "what is stored", second.rows(t, "nom"), map[string][]any{"a": {"w"}})
	if sources, err := second.table.Sources(t.Context()); err != nil || !slices.Equal(sources, []string{"test"}) {
		t.Errorf("the sources are %v, %v", sources, err)
	}
}

// TestALabelChangesAlone: the column stays, and so do its files.
func TestALabelChangesAlone(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	b := batch(lead("a", "ville", "Lyon"))
	b.Columns = []leadlake.Column{{Name: "ville", Type: leadlake.Text, Label: "Ville"}}
	before := f.upsert(t, b).Version
	if again := f.upsert(t, b).Version; again != before {
		t.Errorf("the same again made version %d of %d", again, before)
	}
	b.Columns = []leadlake.Column{{Name: "ville", Type: leadlake.Text, Label: "Lieu"}}
	for range 2 {
		if got := f.upsert(t, b); got.Version != before+1 || got.Unchanged != 1 {
			t.Errorf("another label: %+v", got)
		}
	}
	snap, err := f.table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(snap.Columns, func(c leadlake.Column) bool { return c.Name == "ville" })
	if i < 0 || snap.Columns[i].Label != "Lieu" || len(snap.Files) != 1 {
		t.Errorf("the table is %+v", snap)
	}
}

// TestALakeWithoutAHistory was made by a version that had none.
func TestALakeWithoutAHistory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := open(t, dir)
	columns := slices.DeleteFunc(leadlake.CoreColumns(), func(c leadlake.Column) bool { return c.Name == leadlake.ColumnHistory })
	values := map[string]leadlake.Value{leadlake.ColumnSource: "test", leadlake.ColumnState: "active", "date_relance": day(1)}
	f.make(t, columns, leadlake.Lead{ID: "a", Values: values}, leadlake.Lead{ID: "b", Values: values})
	f = open(t, dir)
	if got, err := f.table.Leads(t.Context(), []string{"a"}); err != nil || len(got) != 1 || got[0].Values[leadlake.ColumnHistory] != nil {
		t.Fatal(got, err)
	}
	f.upsert(t, batch(lead("a", "date_relance", day(2))))
	got, err := f.table.Leads(t.Context(), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if history, _ := got[0].Values[leadlake.ColumnHistory].([]leadlake.Change); len(history) != 1 || *history[0].Old != day(1) || got[1].Values[leadlake.ColumnHistory] != nil {
		t.Errorf("then there are %+v", got)
	}
}
