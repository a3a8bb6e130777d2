package duck_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

// TestDeleteLeavesWhatDoesNotMatch deletes by conditions on every odd value,
// from files that hold one row and from one that holds all: what is left is
// what did not match before, null and NaN among it.
func TestDeleteLeavesWhatDoesNotMatch(t *testing.T) {
	t.Parallel()
	dir := edges(t)
	disk, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	e, err := duck.Open(t.Context(), disk, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	table := delta.Open(disk, "", delta.Options{Parquet: e})
	first, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []delta.Predicate{
		{Column: "ca", Op: delta.Greater, Value: "\uFFFF"},
		{Column: "ca", Op: delta.Equal, Value: "\u0000z"},
		{Column: "cb", Op: delta.Equal, Value: int64(math.MinInt64)},
		{Column: "ce", Op: delta.LessOrEqual, Value: float64(float32(0.1))},
		{Column: "cf", Op: delta.Equal, Value: 0.0},
		{Column: "cf", Op: delta.NotEqual, Value: 0.0},
		{Column: "cf", Op: delta.Greater, Value: 1.5},
		{Column: "cf", Op: delta.Equal, Value: math.NaN()},
		{Column: "cf", Op: delta.Less, Value: math.NaN()},
		{Column: "cg", Op: delta.Less, Value: big.NewRat(-3, 2)},
		{Column: "ch", Op: delta.NotEqual, Value: true},
		{Column: "ci", Op: delta.IsNull},
		{Column: "cj", Op: delta.IsNotNull},
	} {
		checkDelete(t, e, table, p)
		if _, err := table.Restore(t.Context(), first.Version()); err != nil {
			t.Fatal(err)
		}
	}
}

func checkDelete(t *testing.T, e *duck.Engine, table *delta.Table, p delta.Predicate) {
	t.Helper()
	column := int(p.Column[1] - 'a')
	want := remaining(t, e, table, func(row []any) bool { return !p.Matches(row[column]) })
	all := remaining(t, e, table, func([]any) bool { return true })
	done, err := table.Delete(t.Context(), []delta.Predicate{p}, delta.DeleteOptions{})
	if err != nil || done.Rows != int64(len(all)-len(want)) || done.Rows == 0 || done.FilesRemoved+done.FilesRewritten == 0 {
		t.Errorf("%s %s %v: %+v, %v; want %d rows deleted", p.Column, p.Op, p.Value, done, err, len(all)-len(want))
	}
	if got := remaining(t, e, table, func([]any) bool { return true }); !slices.Equal(got, want) {
		t.Errorf("%s %s %v: there are the rows\n%q\nwant\n%q", p.Column, p.Op, p.Value, got, want)
	}
}

// remaining returns the rows of the newest version that keep chooses, sorted.
func remaining(t *testing.T, e *duck.Engine, table *delta.Table, keep func([]any) bool) []string {
	t.Helper()
	at, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for row, err := range e.Rows(t.Context(), table, at, "") {
		if err != nil {
			t.Fatal(err)
		}
		if keep(row) {
			rows = append(rows, fmt.Sprintf("%q", row))
		}
	}
	slices.Sort(rows)
	return rows
}
