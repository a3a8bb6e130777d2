package delta_test

import (
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// matrix says whether a change (the row) may go behind another (the column)
// that became true after the version it was computed from. By the rules of
// serializable isolation: what has read every file loses against whoever adds
// or removes rows, what removes a file loses against whoever removes it, too;
// compaction neither changes rows nor reads more than it removes; a schema
// that changes is the end of all that was computed under the old one; and what
// vacuum does is no change of the table.
const matrix = `
second     append delete update merge overwrite compact schema restore vacuum
append     yes    yes    yes    yes   yes       yes     no     yes     yes
delete     no     no     no     no    no        no      no     no      yes
update     no     no     no     no    no        no      no     no      yes
merge      no     no     no     no    no        no      no     no      yes
overwrite  no     no     no     no    no        no      no     no      yes
compact    yes    no     no     no    no        no      no     yes     yes
schema     yes    yes    yes    yes   yes       yes     no     yes     yes
restore    no     no     no     no    no        yes     no     no      yes
vacuum     yes    yes    yes    yes   yes       yes     yes    yes     yes
`

// operations are those of the matrix, on the table that newHistory makes: its
// files are a, b and late, and were a, b and early. All but restore touch a.
func operations(t *testing.T) map[string]delta.Change {
	t.Helper()
	return map[string]delta.Change{
		"append":    add("appended"),
		"delete":    {Reads: delta.ReadsAllFiles, Removes: []string{"a"}},
		"update":    {Reads: delta.ReadsAllFiles, Removes: []string{"a"}, Adds: add("updated").Adds},
		"merge":     {Reads: delta.ReadsAllFiles, Removes: []string{"a"}, Adds: add("merged").Adds},
		"overwrite": {Reads: delta.ReadsAllFiles, Removes: []string{"a", "b", "late"}, Adds: add("overwritten").Adds},
		"compact":   {Reads: delta.ReadsRemoved, Rearranges: true, Removes: []string{"a", "b"}, Adds: add("compacted").Adds},
		"schema":    {Metadata: creation(t).Metadata},
		"restore":   {Reads: delta.ReadsAllFiles, Removes: []string{"late"}, Adds: add("early").Adds},
		"vacuum":    {Operation: "VACUUM END"},
	}
}

func newHistory(t *testing.T) (*delta.Table, *delta.Snapshot) {
	t.Helper()
	table, base := newTable(t, &mem.Bucket{})
	must(t, table, base, add("a", "b", "early"))
	later := add("late")
	later.Removes = []string{"early"}
	must(t, table, latest(t, table), later)
	return table, latest(t, table)
}

func TestConflictMatrix(t *testing.T) {
	t.Parallel()
	changes := operations(t)
	rows := strings.Split(strings.TrimSpace(matrix), "\n")
	firsts := strings.Fields(rows[0])[1:]
	if len(firsts) != len(changes) || len(rows) != len(changes)+1 {
		t.Fatalf("the matrix has %d rows and %d columns for %d operations", len(rows)-1, len(firsts), len(changes))
	}
	for _, row := range rows[1:] {
		second, cells := strings.Fields(row)[0], strings.Fields(row)[1:]
		for i, first := range firsts {
			t.Run(second+" behind "+first, func(t *testing.T) {
				t.Parallel()
				table, base := newHistory(t)
				checkOrder(t, table, base, changes[first], changes[second], cells[i] == "yes")
			})
		}
	}
}

// checkOrder commits first and then second, both computed from base, and fails
// if second may go behind first and should not, or the other way round.
func checkOrder(t *testing.T, table *delta.Table, base *delta.Snapshot, first, second delta.Change, may bool) {
	t.Helper()
	must(t, table, base, first)
	second.Adds = slices.Clone(second.Adds)
	for i := range second.Adds {
		second.Adds[i].Path += "2"
	}
	r, err := table.Commit(t.Context(), base, second)
	if err != nil {
		t.Fatal(err)
	}
	if committed := r.Outcome == delta.Committed; committed != may || r.Version != base.Version()+1+boolInt(may) || may != (r.Reason == "") {
		t.Errorf("version %d, committed %v (%s); want %v", r.Version, committed, r.Reason, may)
	}
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// TestConflictsApart has changes that touch different files of one table.
func TestConflictsApart(t *testing.T) {
	t.Parallel()
	all := operations(t)
	fold := delta.Change{Reads: delta.ReadsRemoved, Rearranges: true, Removes: []string{"b", "late"}, Adds: add("folded").Adds}
	deleteB := delta.Change{Reads: delta.ReadsAllFiles, Removes: []string{"b"}}
	x, y := add("x"), add("y")
	x.Txns, y.Txns = []delta.Txn{{AppID: "one", Version: 1}}, []delta.Txn{{AppID: "another", Version: 1}}
	protocol := delta.Change{Protocol: &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2}}
	for _, tt := range []struct {
		name          string
		first, second delta.Change
		may           bool
	}{
		{"upsert behind a compaction of other files", fold, all["merge"], true},
		{"compaction behind an upsert of other files", all["merge"], fold, true},
		{"upsert behind a delete in other files: it has read them", deleteB, all["merge"], false},
		{"delete behind a delete in other files", all["delete"], deleteB, false},
		{"one application behind another", y, x, true},
		{"an application behind itself", x, x, false},
		{"an append behind a new protocol", protocol, all["append"], false},
		{"vacuum behind a new protocol", protocol, all["vacuum"], false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table, base := newHistory(t)
			checkOrder(t, table, base, tt.first, tt.second, tt.may)
		})
	}
}
