package delta_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// lines is a delta.Parquet whose files are lines of text: of JSON in
// checkpoints, one for each row in data files. What the log says is the log's
// business, how Parquet holds it the engine's.
type lines struct{ bucket blob.Bucket }

func (l lines) ReadActions(ctx context.Context, names []string) iter.Seq2[delta.Action, error] {
	return func(yield func(delta.Action, error) bool) {
		for _, name := range names {
			data, cut := l.bucket.Get(ctx, name)
			for line := range bytes.Lines(data) { // what came before a read broke comes first
				var a delta.Action
				err := json.Unmarshal(line, &a)
				if err != nil {
					err = errors.Join(err, cut)
				}
				if !yield(a, err) || err != nil {
					return
				}
			}
			if cut != nil {
				yield(delta.Action{}, cut)
				return
			}
		}
	}
}

func (l lines) WriteActions(ctx context.Context, name string, actions iter.Seq[delta.Action]) error {
	var content bytes.Buffer
	for a := range actions {
		if err := json.NewEncoder(&content).Encode(a); err != nil {
			return err
		}
	}
	return l.bucket.Create(ctx, name, &content)
}

func (l lines) CountRows(ctx context.Context, name string) (int64, error) {
	data, err := l.bucket.Get(ctx, name)
	return int64(bytes.Count(data, []byte("\n"))), err
}

func (l lines) CheckRows(ctx context.Context, name string) (int64, error) {
	return l.CountRows(ctx, name)
}

func (l lines) Compact(ctx context.Context, _ *delta.Table, b delta.Bin) ([]delta.Add, error) {
	var rows []string
	for _, name := range b.Files {
		data, err := l.bucket.Get(ctx, path.Join(folder, name))
		if err != nil {
			return nil, err
		}
		rows = append(rows, strings.Fields(string(data))...)
	}
	if len(b.Without) > 0 {
		rows = slices.DeleteFunc(rows, func(row string) bool { return matches(b.Without, row) })
	}
	if b.OrderBy != "" {
		slices.Sort(rows)
	}
	var adds []delta.Add
	for chunk := range slices.Chunk(rows, (len(rows)+b.Into-1)/b.Into) {
		a, err := l.write(ctx, chunk)
		if err != nil {
			return adds, err
		}
		adds = append(adds, a)
	}
	return adds, nil
}

func (l lines) CountMatches(ctx context.Context, _ *delta.Table, _ *delta.Snapshot, name string, where []delta.Predicate) (matching, rows int64, err error) {
	data, err := l.bucket.Get(ctx, path.Join(folder, name))
	for row := range strings.FieldsSeq(string(data)) {
		rows++
		if matches(where, row) {
			matching++
		}
	}
	return matching, rows, err
}

// matches reports whether all conditions hold for a row, which is its one cell.
func matches(where []delta.Predicate, row string) bool {
	return !slices.ContainsFunc(where, func(p delta.Predicate) bool { return !p.Matches(row) })
}

// written numbers the data files of all tests.
var written atomic.Int64

// write makes a data file.
func (l lines) write(ctx context.Context, rows []string) (delta.Add, error) {
	name := fmt.Sprintf("part-%d.parquet", written.Add(1))
	content := strings.Join(rows, "\n") + "\n"
	err := l.bucket.Create(ctx, path.Join(folder, name), strings.NewReader(content))
	return delta.Add{
		Path: name, Size: int64(len(content)), ModificationTime: 1, Stats: fmt.Sprintf(`{"numRecords":%d}`, len(rows)),
	}, err
}

// rows returns the rows of a snapshot, sorted.
func (l lines) rows(t *testing.T, s *delta.Snapshot) []string {
	t.Helper()
	var all []string
	for name := range s.Files() {
		data, err := l.bucket.Get(t.Context(), path.Join(folder, name))
		if err != nil {
			t.Fatalf("version %d: %v", s.Version(), err)
		}
		all = append(all, strings.Fields(string(data))...)
	}
	slices.Sort(all)
	return all
}

// appendRows commits rows in one new file.
func (l lines) appendRows(t *testing.T, table *delta.Table, rows ...string) {
	t.Helper()
	a, err := l.write(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	must(t, table, latest(t, table), delta.Change{Operation: "WRITE", Adds: []delta.Add{a}})
}
