package leadtable_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"leadlake"
	"leadlake/internal/delta"
	"leadlake/internal/leadtable"
)

// TestManyLeadsChangeWhereTheyAre changes leads all over a file that is large:
// it stays one file of as many leads, in their order, and those that are new
// come into another. Where a lead is there twice, one is left.
func TestManyLeadsChangeWhereTheyAre(t *testing.T) {
	t.Parallel()
	const leads = 125_000
	f := open(t, t.TempDir())
	var many []leadlake.Lead
	for i := range leads {
		many = append(many, lead(strconv.Itoa(i), "nom", "old", "statut", "Nouveau"))
	}
	f.upsert(t, batch(many...))
	want := make([]string, leads) // names
	for i := range want {
		want[i] = "old"
	}
	edit := func(name string, fresh ...leadlake.Lead) leadlake.Tally {
		for i := 7; i < leads; i += 200 {
			fresh, want[i] = append(fresh, lead(strconv.Itoa(i), "nom", name)), name
		}
		return f.upsert(t, batch(fresh...))
	}
	check := func(step string, added int, rows ...int64) {
		t.Helper()
		files := f.files(t)
		got := map[int64]int{}
		for _, file := range files {
			got[file.Rows]++
		}
		for _, n := range rows {
			got[n]--
		}
		for n, over := range got {
			if over != 0 {
				t.Errorf("%s: there are %d files of %d leads too many", step, over, n)
			}
		}
		stored := f.rows(t, "nom", "statut")
		equal(t, step+": leads", len(stored), leads+added)
		for i, name := range want {
			if row := stored[strconv.Itoa(i)]; fmt.Sprint(row) != "["+name+" Nouveau]" {
				t.Fatalf("%s: lead %d is %v, want %s", step, i, row, name)
			}
		}
	}

	equal(t, "edits", edit("first").Updated, leads/200)
	check("edits alone", 0, leads)

	f.disk.full = func(name string) bool { return strings.Contains(name, "part-") }
	var fresh []leadlake.Lead
	for i := range 1000 {
		fresh = append(fresh, lead(strconv.Itoa(i), "nom", "never stored"))
	}
	if tally, err := f.table.Upsert(t.Context(), batch(fresh...)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk it says %v, %v", tally, err)
	}
	f.disk.full = nil
	check("after a full disk", 0, leads)

	tally := edit("second", lead("new", "nom", "x"))
	equal(t, "edits beside a new lead", fmt.Sprint(tally.Updated, tally.Inserted), fmt.Sprint(leads/200, 1))
	check("with a new lead", 1, leads, 1)
	snap, err := f.table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkOrder(t, f, snap)

	f.store(t, snap.Columns, lead("7", "nom", "a second row", "statut", "Perdu"))
	edit("third")
	if rows := f.rows(t, "nom"); rows["7"][0] != "third" || len(rows) != leads+1 {
		t.Errorf("lead 7 is %v, and there are %d leads", rows["7"], len(rows))
	}
}

// checkOrder fails unless leads 0, 1, 2, … come in this order.
func checkOrder(t *testing.T, f *fixture, snap leadlake.Snapshot) {
	t.Helper()
	next := 0
	for row, err := range f.engine.Query(t.Context(), snap, "SELECT id FROM leads WHERE id <> 'new'") {
		if err != nil {
			t.Fatal(err)
		}
		if row[0] != strconv.Itoa(next) {
			t.Fatalf("lead %v comes where %d is to be", row[0], next)
		}
		next++
	}
}

// store adds a file of leads, as a writer that does not look for them would.
func (f *fixture) store(t *testing.T, columns []leadlake.Column, leads ...leadlake.Lead) {
	t.Helper()
	log := delta.Open(f.disk, leadtable.Folder, delta.Options{})
	base, err := log.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	adds, err := f.engine.Write(t.Context(), leadlake.Rewrite{Folder: leadtable.Folder, Columns: columns, Leads: leads})
	if err != nil {
		t.Fatal(err)
	}
	result, err := log.Commit(t.Context(), base, delta.Change{Operation: "WRITE", Adds: adds})
	if err != nil || result.Outcome != delta.Committed {
		t.Fatalf("the commit ended %v, %v", result.Outcome, err)
	}
}
