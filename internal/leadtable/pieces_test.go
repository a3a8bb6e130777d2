package leadtable_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"leadlake"
)

// TestAFewYoungLeadsRewriteFewRows changes leads of a table that is one file:
// it is cut by the age of its leads, so that the next changes of young ones
// leave the rest alone. The files stay few, and no lead is lost.
func TestAFewYoungLeadsRewriteFewRows(t *testing.T) {
	t.Parallel()
	const leads = 34_000
	f := open(t, t.TempDir())
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var many []leadlake.Lead
	for i := range leads {
		many = append(many, lead(strconv.Itoa(i), "_created_time", at.Add(time.Duration(i)*time.Minute)))
	}
	f.upsert(t, batch(many...))
	want := map[string]string{}
	files := f.files(t)
	for round := range 30 {
		before, young := files, lead(strconv.Itoa(leads-1-rand.IntN(1000)), "nom", fmt.Sprint("young ", round))
		changed := []leadlake.Lead{young}
		if round%10 == 9 {
			changed = append(changed, lead(strconv.Itoa(round), "nom", "old"))
		}
		for _, l := range changed {
			want[l.ID] = l.Text("nom")
		}
		f.upsert(t, batch(changed...))
		files = f.files(t)
		kept := slices.DeleteFunc(slices.Clone(files), func(file leadlake.File) bool { return !slices.Contains(before, file) })
		if round > 0 && len(kept) != len(before)-len(changed) {
			t.Errorf("round %d kept %d of %d files", round, len(kept), len(before))
		}
		if len(files) > 4 {
			t.Errorf("round %d leaves %d files", round, len(files))
		}
	}
	rows := f.rows(t, "nom")
	equal(t, "rows", len(rows), leads)
	for id, row := range rows {
		if nom, changed := want[id]; changed && row[0] != nom || !changed && row[0] != nil {
			t.Errorf("lead %s is called %v, not %q", id, row[0], nom)
		}
	}
}

// TestOneLeadRewritesOnePiece changes one lead after the other where a large
// file lies beside small pieces: all but the lead's own piece stay.
func TestOneLeadRewritesOnePiece(t *testing.T) {
	t.Parallel()
	const old, young = 70_000, 3 * 4096
	f := open(t, t.TempDir())
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var many []leadlake.Lead
	for i := range old + young {
		many = append(many, lead(strconv.Itoa(i), "_created_time", at.Add(time.Duration(i)*time.Minute)))
	}
	f.upsert(t, batch(many[:old]...))
	f.upsert(t, batch(many[old:]...))
	for round := range 4 {
		before := f.files(t)
		f.upsert(t, batch(lead(strconv.Itoa(old+round*4000), "nom", fmt.Sprint("round ", round))))
		files := f.files(t)
		equal(t, "files", len(files), 4)
		if round == 0 {
			continue // which cuts the pieces
		}
		gone := slices.DeleteFunc(before, func(file leadlake.File) bool { return slices.Contains(files, file) })
		if len(gone) != 1 || gone[0].Rows != 4096 {
			t.Errorf("round %d rewrites %v", round, gone)
		}
	}
	equal(t, "rows", len(f.rows(t, "nom")), old+young)
}

func (f *fixture) files(t *testing.T) []leadlake.File {
	t.Helper()
	snap, err := f.table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snap.Files
}
