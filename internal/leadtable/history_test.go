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
	f := open(t, t.TempDir())
	for i := range 510 {
		f.upsert(t, batch(lead("a", "date_relance", day(1+i%2))))
	}
	leads, err := f.table.Leads(t.Context(), []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if history, _ := leads[0].Values[leadlake.ColumnHistory].([]leadlake.Change); len(history) != 500 || *history[499].New != day(2) {
		t.Errorf("%d changes are kept", len(history))
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
	protocol, metadata, err := leadtable.NewTable(leadtable.Folder, columns, map[string]string{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]leadlake.Value{leadlake.ColumnSource: "test", leadlake.ColumnState: "active", "date_relance": day(1)}
	adds, err := f.engine.Write(t.Context(), leadlake.Rewrite{
		Folder: leadtable.Folder, Columns: columns, Leads: []leadlake.Lead{{ID: "a", Values: values}, {ID: "b", Values: values}},
	})
	if err != nil {
		t.Fatal(err)
	}
	log := delta.Open(f.disk, leadtable.Folder, delta.Options{})
	if _, err := log.Commit(t.Context(), nil, delta.Change{Operation: "WRITE", Protocol: protocol, Metadata: metadata, Adds: adds}); err != nil {
		t.Fatal(err)
	}
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
