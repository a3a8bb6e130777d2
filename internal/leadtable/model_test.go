package leadtable_test

import (
	"maps"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"leadlake"
)

// TestModel compares the table after random batches with a map that does the
// same.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := open(t, t.TempDir())
		model := map[string]map[string]leadlake.Value{}
		versions := int64(-1)
		for range rapid.IntRange(1, 8).Draw(rt, "batches") {
			b := batch()
			changed := false
			for range rapid.IntRange(1, 40).Draw(rt, "leads") {
				l := lead(strconv.Itoa(rapid.IntRange(0, 60).Draw(rt, "id")))
				for _, column := range []string{"nom", "email", "statut"} {
					if rapid.Bool().Draw(rt, "speaks of "+column) {
						l.Values[column] = rapid.SampledFrom([]leadlake.Value{nil, "", "x", "é"}).Draw(rt, column)
					}
				}
				b.Leads = append(b.Leads, l)
			}
			before := map[string]map[string]leadlake.Value{}
			for id, values := range model {
				before[id] = maps.Clone(values)
			}
			for _, l := range b.Leads {
				if model[l.ID] == nil {
					model[l.ID] = map[string]leadlake.Value{"nom": nil, "email": nil, "statut": nil}
				}
				maps.Copy(model[l.ID], l.Values)
			}
			for id, values := range model {
				changed = changed || before[id] == nil || !maps.Equal(before[id], values)
			}
			if changed {
				versions++
			}
			if tally := f.upsert(t, b); tally.Version != versions {
				rt.Fatalf("the batch made version %d, want %d", tally.Version, versions)
			}
			got := f.rows(t, "nom", "email", "statut")
			if len(got) != len(model) {
				rt.Fatalf("the table holds %d leads, want %d", len(got), len(model))
			}
			for id, want := range model {
				equal(t, "lead "+id, got[id], []any{want["nom"], want["email"], want["statut"]})
			}
		}
	})
}
