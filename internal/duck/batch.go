package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// batch is what is asked for at once: DuckDB holds an answer whole before it
// gives the first row of it.
type batch struct {
	first, last int   // files, the last one not included
	from, to    int64 // rows of the file, if it is only one
}

// Bounds of a batch.
const (
	batchBytes = 64 << 20
	batchCells = 4_000_000
	batchRows  = 500_000
	firstRows  = 50_000 // as long as the size of rows is not known
	leastRows  = 2048
)

// batches cuts the group into parts of bounded size: several small files, or
// some rows of a large one. It learns from what was read of those before.
func (s *scan) batches(g scanGroup) iter.Seq[batch] {
	return func(yield func(batch) bool) {
		for first := 0; first < len(g.files); {
			limit := s.limit(g)
			last, rows, bytes := first, int64(0), int64(0)
			for last < len(g.files) && (last == first || rows+g.parquetGroup.files[last].rows <= limit && bytes+g.files[last].size <= batchBytes) {
				rows, bytes = rows+g.parquetGroup.files[last].rows, bytes+g.files[last].size
				last++
			}
			for from, to := int64(0), int64(0); from < rows; from = to {
				to = rows
				if last == first+1 {
					to = min(from+max(min(s.limit(g), rows/(bytes/batchBytes+1)), leastRows), rows)
				}
				if !yield(batch{first: first, last: last, from: from, to: to}) {
					return
				}
			}
			first = last
		}
	}
}

// limit returns how many rows of the group are asked for at once.
func (s *scan) limit(g scanGroup) int64 {
	limit := int64(min(batchRows, batchCells/(len(g.plan.expressions)+1)))
	if s.sampled == 0 {
		return min(limit, firstRows)
	}
	return min(limit, batchBytes/(s.sampledBytes/s.sampled+1))
}

// sample notes the size of a row.
func (s *scan) sample(row []driver.Value) {
	s.sampled++
	for _, cell := range row {
		s.sampledBytes += sizeOf(cell)
	}
}

// sizeOf estimates how many bytes a value takes.
func sizeOf(value any) int64 {
	size := int64(16)
	switch v := value.(type) {
	case string:
		size += int64(len(v))
	case []byte:
		size += int64(len(v))
	case []any:
		for _, item := range v {
			size += sizeOf(item)
		}
	case map[string]any:
		for _, item := range v {
			size += sizeOf(item)
		}
	}
	return size
}

func (s *scan) read(ctx context.Context, g scanGroup, b batch, yield func([]any, error) bool) error {
	if len(g.plan.expressions) == 0 {
		return g.count(b, yield)
	}
	n := 0
	err := eachRaw(ctx, s.conn, s.question(g, b), nil, func(row []driver.Value) error {
		if n++; n%64 == 1 {
			s.sample(row)
		}
		return g.visit(b, row, yield)
	})
	if err == nil || errors.Is(err, errStopped) || errors.Is(err, ErrDamagedFile) {
		return err
	}
	return s.culprit(ctx, g, b, err)
}

// visit yields a row of the batch, unless it is deleted.
func (g scanGroup) visit(b batch, row []driver.Value, yield func([]any, error) bool) error {
	n := len(g.plan.readers)
	index, okIndex := row[n].(uint64)
	position, okPosition := asInt(row[n+1])
	if !okIndex || !okPosition || index >= uint64(b.last-b.first) { //nolint:gosec // a number of files
		return fmt.Errorf("reading rows: a row says that it is in file %v at %v", row[n], row[n+1])
	}
	file := g.files[b.first+int(index)] //nolint:gosec // less than a number of files
	if file.isDeleted(position) {
		return nil
	}
	cells := slices.Clone(file.constant)
	for i, read := range g.plan.readers {
		var err error
		if cells[g.plan.cells[i]], err = read(row[i]); err != nil {
			return fmt.Errorf("%w %s: %w", ErrDamagedFile, file.name, err)
		}
	}
	if !yield(cells, nil) {
		return errStopped
	}
	return nil
}

// count yields the rows of files of which no column is needed.
func (g scanGroup) count(b batch, yield func([]any, error) bool) error {
	for i, file := range g.files[b.first:b.last] {
		from, to := int64(0), g.parquetGroup.files[b.first+i].rows
		if b.last == b.first+1 {
			from, to = b.from, b.to
		}
		for position := from; position < to; position++ {
			if !file.isDeleted(position) && !yield(slices.Clone(file.constant), nil) {
				return errStopped
			}
		}
	}
	return nil
}

func (f *scanFile) isDeleted(position int64) bool {
	return f.deleted != nil && f.deleted.Contains(uint64(position)) //nolint:gosec // a position in a file
}

// culprit names the file of the batch that cannot be read. One that is damaged
// need not fail twice: of several, the first is named where none does.
func (s *scan) culprit(ctx context.Context, g scanGroup, b batch, err error) error {
	if ctx.Err() != nil {
		return err
	}
	name, several := g.files[b.first].name, b.last > b.first+1
	for i := b.first; several && i < b.last; i++ {
		one := batch{first: i, last: i + 1, from: b.from, to: g.parquetGroup.files[i].rows}
		if broken := eachRaw(ctx, s.conn, s.question(g, one), nil, func([]driver.Value) error { return nil }); broken != nil {
			return fmt.Errorf("%w %s: %w", ErrDamagedFile, g.files[i].name, broken)
		}
	}
	if several {
		name = fmt.Sprintf("%s or one of the %d behind it", name, b.last-b.first-1)
	}
	return fmt.Errorf("%w %s: %w", ErrDamagedFile, name, err)
}

func (s *scan) question(g scanGroup, b batch) string {
	names := make([]string, 0, b.last-b.first)
	for _, f := range g.parquetGroup.files[b.first:b.last] {
		names = append(names, f.name)
	}
	question := "SELECT " + strings.Join(g.plan.expressions, ", ") + ", file_index, file_row_number FROM " + s.engine.positional(names, len(g.columns))
	if b.last == b.first+1 && (b.from > 0 || b.to < g.parquetGroup.files[b.first].rows) {
		question += " WHERE file_row_number >= " + strconv.FormatInt(b.from, 10) + " AND file_row_number < " + strconv.FormatInt(b.to, 10)
	}
	return question
}
