package duck_test

import (
	"os"
	"path/filepath"
	"testing"

	"leadlake"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

// TestNamesOfFoldersAreNoValues keeps a lake in folders that are called like
// the partitions of other programs' tables: what stands in their names is in no
// row.
func TestNamesOfFoldersAreNoValues(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "nom=Backup", "le=2001-02-03")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	disk, e := open(t, dir)
	snap, _ := write(t, e, leadlake.Rewrite{Leads: []leadlake.Lead{lead("a", "Ada"), lead("b", "Bo")}})
	checkNames := func(snap leadlake.Snapshot, want string) {
		t.Helper()
		rows, err := ask(t, e, snap, "SELECT string_agg(nom, ',' ORDER BY id), count(le) FROM leads")
		if err != nil || rows[0][0] != want || rows[0][1] != int64(0) {
			t.Errorf("rows %v, %v; want %s and no day", rows, err, want)
		}
	}
	checkNames(snap, "Ada,Bo")
	found, err := e.Lookup(t.Context(), snap, []leadlake.Lead{{ID: "b"}})
	if err != nil || len(found["b"]) != 1 || found["b"][0].Lead.Text("nom") != "Bo" {
		t.Errorf("Lookup: %v, %v", found, err)
	}
	placed, _ := write(t, e, leadlake.Rewrite{
		From: snap.Files, Without: []string{"b"}, Leads: []leadlake.Lead{lead("b", "Bob")},
		InPlace: &leadlake.InPlace{Changed: []string{"nom"}, Rows: []int64{1}},
	})
	checkNames(placed, "Ada,Bob")
	anew, _ := write(t, e, leadlake.Rewrite{From: snap.Files, Without: []string{"b"}, Leads: []leadlake.Lead{lead("b", "Bob")}})
	checkNames(anew, "Ada,Bob")

	table := delta.Open(disk, "table", delta.Options{Parquet: e})
	commitRows(t, table, e)
	if _, err := table.Delete(t.Context(), []delta.Predicate{{Column: "nom", Op: delta.Equal, Value: "Ada"}}, delta.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	at, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range e.Rows(t.Context(), table, at, "table") {
		if err != nil || row[1] != "Bo" {
			t.Errorf("after a delete: %v, %v; want Bo", row, err)
		}
	}
}

// commitRows makes table one of two rows.
func commitRows(t *testing.T, table *delta.Table, e *duck.Engine) {
	t.Helper()
	text := []leadlake.Column{{Name: "id", Type: leadlake.Text}, {Name: "nom", Type: leadlake.Text}}
	_, add := write(t, e, leadlake.Rewrite{Columns: text, Leads: []leadlake.Lead{lead("a", "Ada"), lead("b", "Bo")}})
	schema, err := delta.Schema{Fields: []delta.Field{{Name: "id", Type: delta.String, Nullable: true}, {Name: "nom", Type: delta.String, Nullable: true}}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	result, err := table.Commit(t.Context(), nil, delta.Change{
		Operation: "WRITE", Protocol: &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2},
		Metadata: &delta.Metadata{ID: "hive", Format: delta.Format{Provider: "parquet"}, SchemaString: schema}, Adds: []delta.Add{add},
	})
	if err != nil || result.Outcome != delta.Committed {
		t.Fatal(result, err)
	}
}
