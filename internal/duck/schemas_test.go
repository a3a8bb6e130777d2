package duck_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"leadlake"
)

// TestFilesOfOtherColumns reads files that have the columns of the table, fewer
// of them, or in another order, whichever of them come together.
func TestFilesOfOtherColumns(t *testing.T) {
	t.Parallel()
	_, e := open(t, t.TempDir())
	table := []leadlake.Column{
		{Name: "id", Type: leadlake.Text},
		{Name: "nom", Type: leadlake.Text},
		{Name: "ville", Type: leadlake.Text},
		{Name: "note", Type: leadlake.Number},
		{Name: "fin", Type: leadlake.Day},
	}
	rng := rand.New(rand.NewPCG(3, 3))
	var files []leadlake.File
	want := map[string]string{} // the row of each file
	for f := range 24 {
		columns := slices.Clone(table[:3])
		if rng.IntN(3) == 0 {
			columns = slices.Clone(table)
		}
		if rng.IntN(4) == 0 {
			rng.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
		}
		if rng.IntN(4) == 0 {
			columns = slices.DeleteFunc(columns, func(c leadlake.Column) bool { return c.Name == "ville" })
		}
		one := leadlake.Lead{ID: strconv.Itoa(f), Values: map[string]leadlake.Value{}}
		row := []any{one.ID, nil, nil, nil}
		for i, c := range table[1:4] {
			if !slices.Contains(columns, c) {
				continue
			}
			one.Values[c.Name] = fmt.Sprint(c.Name, f)
			if c.Type == leadlake.Number {
				one.Values[c.Name] = float64(f)
			}
			row[i+1] = one.Values[c.Name]
		}
		snap, _ := write(t, e, leadlake.Rewrite{Columns: columns, Leads: []leadlake.Lead{one}})
		files = append(files, snap.Files...)
		want[snap.Files[0].Name] = fmt.Sprint(row)
	}
	for range 60 {
		snap := leadlake.Snapshot{Columns: table}
		for _, i := range rng.Perm(len(files))[:1+rng.IntN(5)] {
			snap.Files = append(snap.Files, files[i])
		}
		rows, err := ask(t, e, snap, "select _file, id, nom, ville, note from leads order by _file")
		if err != nil || len(rows) != len(snap.Files) {
			t.Fatalf("%d files have the rows %v, %v", len(snap.Files), rows, err)
		}
		for i, f := range snap.Files {
			if got := fmt.Sprint(rows[i][1:]); rows[i][0] != int64(i) || got != want[f.Name] {
				t.Errorf("file %d of %d is read as %v; want %s", i, len(snap.Files), rows[i], want[f.Name])
			}
		}
	}
}
