package duck

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

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
		err := withConn(ctx, e.questions, func(conn *sql.Conn) error {
			s, err := e.openScan(ctx, conn, table, at, folder)
			if s != nil {
				defer s.release()
			}
			if err != nil {
				return err
			}
			for _, g := range s.groups {
				for batch := range s.batches(g) {
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

	release               func() // of the files
	sampled, sampledBytes int64  // rows whose size was looked at
}

// scanFile is a live file.
type scanFile struct {
	name     string // in the table's folder
	size     int64
	records  int64 // that it has at least
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
	return &scanFile{size: size, records: recordsOf(add)}, nil
}

// recordsOf returns how many rows the statistics of a file say it has, 0 where
// they do not.
func recordsOf(add delta.Add) int64 {
	var stats struct {
		NumRecords int64 `json:"numRecords"`
	}
	if json.Unmarshal([]byte(add.Stats), &stats) != nil {
		return 0
	}
	return stats.NumRecords
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
		if name, broken := s.engine.brokenFooter(ctx, s.conn, names); broken != nil {
			return fmt.Errorf("%w %s: %w", ErrDamagedFile, s.files[name].name, broken)
		}
		return err
	}
	for _, g := range groups {
		group := scanGroup{parquetGroup: g}
		for _, f := range g.files {
			file := s.files[f.name]
			group.files = append(group.files, file)
			if err := file.checkRows(f.rows); err != nil {
				return fmt.Errorf("%w %s: %w", ErrDamagedFile, file.name, err)
			}
		}
		if group.plan, err = planFiles(columns, partitioned, g); err != nil {
			return fmt.Errorf("%w %s: %w", ErrDamagedFile, group.files[0].name, err)
		}
		s.groups = append(s.groups, group)
	}
	if len(names) == 0 {
		return nil
	}
	broken, err := s.engine.checkPages(ctx, s.conn, groups)
	if broken != "" {
		return fmt.Errorf("%w %s: %w", ErrDamagedFile, s.files[broken].name, err)
	}
	return err
}

// checkRows compares the number of rows in the file with what the log says.
func (f *scanFile) checkRows(rows int64) error {
	if rows < f.records {
		return fmt.Errorf("it has %d rows of %d", rows, f.records)
	}
	if f.deleted != nil && !f.deleted.IsEmpty() && f.deleted.Maximum() >= uint64(rows) { //nolint:gosec // a number of rows
		return fmt.Errorf("its deletion vector names rows beyond its %d", rows)
	}
	return nil
}
