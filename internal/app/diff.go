package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"leadlake"
	"leadlake/internal/delta"
)

// Changed says what became of a row between two versions.
type Changed string

// What can become of a row.
const (
	RowAdded   Changed = "added"
	RowChanged Changed = "changed"
	RowRemoved Changed = "removed"
)

// Difference is a row that two versions do not share.
type Difference struct {
	Change Changed         `json:"change"`
	Before json.RawMessage `json:"before,omitempty"` // the row as an object, canonical; nil if added
	After  json.RawMessage `json:"after,omitempty"`  // nil if removed
	Key    string          `json:"-"`                // of a changed row, as JSON
	Cells  []ChangedCell   `json:"-"`                // of a changed row, those that differ
}

// ChangedCell is a cell that differs between two versions, as JSON.
type ChangedCell struct{ Column, Before, After string }

// Diff returns the rows that differ between two versions: changed ones first,
// then added, then removed. Rows are of the same thing if they agree in the
// column key ("" is id, where there is one), which no two rows of a version may
// share; of others it cannot be said that they changed, only that one was
// removed and one added. It reads the data files only that the versions do not
// share.
func (t *Table) Diff(ctx context.Context, from, to Moment, key string) ([]Difference, error) {
	before, err := t.at(ctx, from)
	if err != nil {
		return nil, t.refusal(err)
	}
	after, err := t.at(ctx, to)
	if err != nil {
		return nil, t.refusal(err)
	}
	old, err := t.unshared(before, after)
	if err != nil {
		return nil, t.refusal(err)
	}
	fresh, err := t.unshared(after, before)
	if err != nil {
		return nil, t.refusal(err)
	}
	if !old.form.has(key) && key != "" {
		return nil, ConditionError{fmt.Errorf("there is no column %q by which rows could be known again", key)}
	}
	removed, added, err := apart(old.lines(ctx), fresh.lines(ctx))
	if err != nil {
		return nil, t.refusal(err)
	}
	return pair(removed, added, cmp.Or(key, leadlake.ColumnID))
}

// unshared is the rows of one version that are in files which another does not
// share.
type unshared struct {
	table *Table
	at    *delta.Snapshot
	form  *form // of a row with the columns of both versions
	cells []int // for each of those columns, its place in at's columns; -1 for none
}

func (t *Table) unshared(at, other *delta.Snapshot) (unshared, error) {
	own, errOwn := at.Columns()
	theirs, errTheirs := other.Columns()
	u := unshared{table: t, at: at.Beside(other)}
	all := slices.Clone(own)
	for i := range own {
		u.cells = append(u.cells, i)
	}
	for _, c := range theirs {
		if !slices.ContainsFunc(own, func(o delta.Column) bool { return o.Name == c.Name }) {
			all, u.cells = append(all, c), append(u.cells, -1)
		}
	}
	u.form = formOf(delta.DataType{Name: "struct", Fields: all})
	return u, errors.Join(errOwn, errTheirs)
}

// lines yields the rows in canonical form.
func (u unshared) lines(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var line []byte
		row := make([]any, len(u.cells))
		for cells, err := range u.table.engine.Rows(ctx, u.table.delta, u.at, "") {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, place := range u.cells {
				if row[i] = nil; place >= 0 {
					row[i] = cells[place]
				}
			}
			line = u.form.appendStruct(line[:0], row)
			if !yield(line, nil) {
				return
			}
		}
	}
}

// apart returns the lines that only old has, and those that only fresh has.
// Lines that both have cost 32 bytes each. old is read twice.
func apart(old, fresh iter.Seq2[[]byte, error]) (removed, added [][]byte, err error) {
	count := map[[sha256.Size]byte]int{}
	for line, err := range old {
		if err != nil {
			return nil, nil, err
		}
		count[sha256.Sum256(line)]++
	}
	for line, err := range fresh {
		if err != nil {
			return nil, nil, err
		}
		if sum := sha256.Sum256(line); count[sum] > 0 {
			count[sum]--
		} else {
			added = append(added, bytes.Clone(line))
		}
	}
	for line, err := range old {
		if err != nil {
			return nil, nil, err
		}
		if sum := sha256.Sum256(line); count[sum] > 0 {
			count[sum]--
			removed = append(removed, bytes.Clone(line))
		}
	}
	return removed, added, nil
}

// pair finds the rows of one key among those removed and those added.
func pair(removed, added [][]byte, key string) ([]Difference, error) {
	old, err := byKey(removed, key)
	if err != nil {
		return nil, err
	}
	fresh, err := byKey(added, key)
	if err != nil {
		return nil, err
	}
	var changed, appeared, gone []Difference
	paired := map[int]bool{}
	for i, line := range added {
		k := fresh.keys[i]
		if j, ok := old.only(k); ok {
			if _, alone := fresh.only(k); alone {
				paired[j] = true
				changed = append(changed, Difference{
					Change: RowChanged, Before: removed[j], After: line, Key: k, Cells: changedCells(old.rows[j], fresh.rows[i]),
				})
				continue
			}
		}
		appeared = append(appeared, Difference{Change: RowAdded, After: line})
	}
	for j, line := range removed {
		if !paired[j] {
			gone = append(gone, Difference{Change: RowRemoved, Before: line})
		}
	}
	return slices.Concat(changed, appeared, gone), nil
}

// keyed is rows by their keys.
type keyed struct {
	rows   []map[string]json.RawMessage
	keys   []string         // of each row, "" for none
	places map[string][]int // rows of each key
}

func byKey(lines [][]byte, key string) (keyed, error) {
	k := keyed{keys: make([]string, len(lines)), places: map[string][]int{}}
	for i, line := range lines {
		var row map[string]json.RawMessage
		if err := json.Unmarshal(line, &row); err != nil {
			return k, fmt.Errorf("reading a row: %w", err)
		}
		k.rows = append(k.rows, row)
		if value := string(row[key]); value != "" && value != "null" {
			k.keys[i] = value
			k.places[value] = append(k.places[value], i)
		}
	}
	return k, nil
}

// only returns the one row of a key.
func (k keyed) only(key string) (int, bool) {
	if rows := k.places[key]; len(rows) == 1 {
		return rows[0], true
	}
	return 0, false
}

func changedCells(before, after map[string]json.RawMessage) []ChangedCell {
	var cells []ChangedCell
	for _, column := range slices.Sorted(maps.Keys(after)) {
		if !bytes.Equal(before[column], after[column]) {
			cells = append(cells, ChangedCell{column, string(before[column]), string(after[column])})
		}
	}
	return cells
}
