package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
	"github.com/duckdb/duckdb-go/v2"

	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// ErrDamagedFile says that a data file is missing, or not as it was written or
// as the table says.
var ErrDamagedFile = errors.New("damaged data file")

// Entry is an entry of a map, in a cell that Rows yields.
type Entry struct{ Key, Value any }

// Rows yields the rows of any table at one version, whoever wrote it; its
// files lie in folder of the bucket. A row has a cell for each of at.Columns:
// nil, bool, int64, float64, string, []byte, time.Time (in UTC; a day at
// midnight), []any for an array, []Entry for a map, []any with its fields in
// their order for a struct. A decimal is its text.
//
// Every file is looked for, and its footer read, before the first row comes:
// a table that cannot be read as it is meant is refused. It ends at the first
// error.
func (e *Engine) Rows(ctx context.Context, table *delta.Table, at *delta.Snapshot, folder string) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		err := e.withConn(ctx, func(conn *sql.Conn) error {
			s, err := e.openScan(ctx, conn, table, at, folder)
			if s != nil {
				defer s.release()
			}
			if err != nil {
				return err
			}
			for _, g := range s.groups {
				for batch := range g.batches() {
					if err := s.read(ctx, g, batch, yield); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// scan is a version of a table while it is read.
type scan struct {
	engine *Engine
	conn   *sql.Conn
	width  int // number of columns
	files  map[string]*scanFile
	groups []scanGroup

	release func() // of the files
}

// scanFile is a live file.
type scanFile struct {
	name     string // in the table's folder
	size     int64
	constant []any // a row in which the partition columns are set
	deleted  *roaring64.Bitmap
}

// scanGroup is files that are read in one way.
type scanGroup struct {
	parquetGroup
	plan  filePlan
	files []*scanFile // as parquetGroup.files
}

func (e *Engine) openScan(ctx context.Context, conn *sql.Conn, table *delta.Table, at *delta.Snapshot, folder string) (*scan, error) {
	columns, err := at.Columns()
	if err != nil {
		return nil, err
	}
	partition, err := at.PartitionColumns()
	if err != nil {
		return nil, err
	}
	s := &scan{engine: e, conn: conn, width: len(columns), files: map[string]*scanFile{}}
	partitioned := map[string]bool{}
	for _, c := range partition {
		partitioned[c.Name] = true
	}
	names := []string{}
	for name, add := range at.Files() {
		key := path.Join(folder, name)
		names = append(names, key)
		f, err := e.openFile(ctx, key, add)
		if err == nil {
			f.name = name
			err = f.setPartition(columns, partitioned, add)
		}
		if err == nil {
			f.deleted, err = table.Deleted(ctx, add)
		}
		if err != nil {
			return nil, fmt.Errorf("%w %s: %w", ErrDamagedFile, name, err)
		}
		s.files[key] = f
	}
	s.release, err = e.hold(ctx, func(yield func(blob.Object) bool) {
		for key, f := range s.files {
			if !yield(blob.Object{Name: key, Size: f.size}) {
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return s, s.group(ctx, names, columns, partitioned)
}

// openFile looks for a live file.
func (e *Engine) openFile(ctx context.Context, key string, add delta.Add) (*scanFile, error) {
	size, err := e.disk.Size(ctx, key)
	switch {
	case errors.Is(err, blob.ErrNotExist):
		return nil, errors.New("it is missing, after a vacuum perhaps")
	case err != nil:
		return nil, err
	case size < add.Size:
		return nil, fmt.Errorf("it has %d bytes of %d", size, add.Size)
	}
	return &scanFile{size: size}, nil
}

func (f *scanFile) setPartition(columns []delta.Column, partitioned map[string]bool, add delta.Add) (err error) {
	f.constant = make([]any, len(columns))
	for i, c := range columns {
		if !partitioned[c.Name] {
			continue
		}
		if f.constant[i], err = partitionCell(c, add.PartitionValues); err != nil {
			return err
		}
	}
	return nil
}

// group reads the footers and plans how each file is read.
func (s *scan) group(ctx context.Context, names []string, columns []delta.Column, partitioned map[string]bool) error {
	groups, err := s.engine.parquetGroups(ctx, s.conn, names)
	if err != nil {
		return s.blame(ctx, names, err)
	}
	for _, g := range groups {
		group := scanGroup{parquetGroup: g}
		for _, f := range g.files {
			file := s.files[f.name]
			group.files = append(group.files, file)
			if d := file.deleted; d != nil && !d.IsEmpty() && d.Maximum() >= uint64(f.rows) { //nolint:gosec // a number of rows
				return fmt.Errorf("%w %s: its deletion vector names rows beyond its %d", ErrDamagedFile, file.name, f.rows)
			}
		}
		if group.plan, err = planFiles(columns, partitioned, g); err != nil {
			return fmt.Errorf("%w %s: %w", ErrDamagedFile, group.files[0].name, err)
		}
		s.groups = append(s.groups, group)
	}
	return nil
}

// blame finds the file whose footer cannot be read.
func (s *scan) blame(ctx context.Context, names []string, err error) error {
	for _, name := range names {
		if _, broken := s.engine.parquetGroups(ctx, s.conn, []string{name}); broken != nil {
			return fmt.Errorf("%w %s: %w", ErrDamagedFile, s.files[name].name, broken)
		}
	}
	return err
}

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
)

// batches cuts the group into parts of bounded size: several small files, or
// some rows of a large one.
func (g scanGroup) batches() iter.Seq[batch] {
	limit := int64(min(batchRows, batchCells/(len(g.plan.expressions)+1)))
	return func(yield func(batch) bool) {
		for first := 0; first < len(g.files); {
			last, rows, bytes := first, int64(0), int64(0)
			for last < len(g.files) && (last == first || rows+g.parquetGroup.files[last].rows <= limit && bytes+g.files[last].size <= batchBytes) {
				rows, bytes = rows+g.parquetGroup.files[last].rows, bytes+g.files[last].size
				last++
			}
			step := max(min(limit, rows/(bytes/batchBytes+1)), 2048)
			if last > first+1 {
				step = rows
			}
			for from := int64(0); from < rows; from += step {
				if !yield(batch{first: first, last: last, from: from, to: min(from+step, rows)}) {
					return
				}
			}
			first = last
		}
	}
}

func (s *scan) read(ctx context.Context, g scanGroup, b batch, yield func([]any, error) bool) error {
	if len(g.plan.expressions) == 0 {
		return g.count(b, yield)
	}
	err := eachRaw(ctx, s.conn, s.question(g, b), nil, func(row []any) error {
		return g.visit(b, row, yield)
	})
	if _, ok := errors.AsType[*duckdb.Error](err); ok {
		return s.culprit(ctx, g, b, err)
	}
	return err
}

// visit yields a row of the batch, unless it is deleted.
func (g scanGroup) visit(b batch, row []any, yield func([]any, error) bool) error {
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

// culprit names the file of the batch that cannot be read.
func (s *scan) culprit(ctx context.Context, g scanGroup, b batch, err error) error {
	if ctx.Err() != nil {
		return err
	}
	for i := b.first; i < b.last; i++ {
		one := batch{first: i, last: i + 1, from: b.from, to: b.to}
		if b.last > b.first+1 {
			one.to = g.parquetGroup.files[i].rows
		}
		if broken := eachRaw(ctx, s.conn, s.question(g, one), nil, func([]any) error { return nil }); broken != nil {
			return fmt.Errorf("%w %s: %w", ErrDamagedFile, g.files[i].name, broken)
		}
	}
	return err
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
