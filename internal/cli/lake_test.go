package cli_test

import (
	"path"
	"testing"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// rowsOf returns the leads of the newest version by id, with every column, and
// how many versions there are. It reads all of them: in none may a lead be
// there twice, or fewer leads than before.
func rowsOf(t *testing.T, dir string) (rows [][]any, versions int64) {
	t.Helper()
	disk, err := local.Open(dir)
	must(t, err)
	defer func() { must(t, disk.Close()) }()
	engine, err := duck.Open(t.Context(), disk, duck.Options{})
	must(t, err)
	defer func() { must(t, engine.Close()) }()
	log := delta.Open(disk, leadtable.Folder, delta.Options{})
	newest, err := log.Latest(t.Context())
	must(t, err)
	ask := func(version int64, question string) (answer [][]any) {
		at, err := log.At(t.Context(), version)
		must(t, err)
		for row, err := range engine.Query(t.Context(), snapshotOf(t, at), question) {
			must(t, err)
			answer = append(answer, row)
		}
		return answer
	}
	before := int64(0)
	for version := range newest.Version() + 1 {
		counts := ask(version, "select count(*), count(distinct id) from leads")[0]
		leads, ok := counts[0].(int64)
		if !ok || counts[0] != counts[1] || leads < before {
			t.Errorf("version %d has %v rows of %v leads, the one before had %d", version, counts[0], counts[1], before)
		}
		before = leads
	}
	return ask(newest.Version(), "select * exclude (_file, _history) from leads order by id"), newest.Version() + 1
}

func snapshotOf(t *testing.T, at *delta.Snapshot) leadlake.Snapshot {
	t.Helper()
	schema, err := at.Schema()
	must(t, err)
	types := map[delta.Type]leadlake.Type{
		delta.String: leadlake.Text, delta.Double: leadlake.Number, delta.Boolean: leadlake.Flag,
		delta.Date: leadlake.Day, delta.StringArray: leadlake.List, delta.Timestamp: leadlake.Instant,
	}
	snap := leadlake.Snapshot{Version: at.Version()}
	for _, f := range schema.Fields {
		of, known := types[f.Type]
		if !known {
			of = leadlake.Changes // the one that has no short name
		}
		snap.Columns = append(snap.Columns, leadlake.Column{Name: f.Name, Type: of})
	}
	for name, add := range at.Files() {
		snap.Files = append(snap.Files, leadlake.File{Name: path.Join(leadtable.Folder, name), Rows: -1, Size: add.Size})
	}
	return snap
}
