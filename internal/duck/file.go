package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/blob"
)

// File is a Parquet file that lies anywhere, in no lake. It has an engine of
// its own, which opens files in its folder and no others.
type File struct {
	engine *Engine
	group  parquetGroup
}

// fileDisk is a disk with one file, whatever it is asked for. It is only
// looked at, so that there is no bucket behind it.
type fileDisk struct {
	blob.Bucket

	path string
}

// Path implements Disk.
func (d fileDisk) Path(string) string { return d.path }

// Scratch implements Disk.
func (d fileDisk) Scratch() string { return os.TempDir() }

// OpenFile opens a Parquet file. A damaged one is an error.
func OpenFile(ctx context.Context, path string) (*File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	engine, err := Open(ctx, fileDisk{path: path}, Options{MemoryMB: 512}) // half of it for questions, and nothing else is done
	if err != nil {
		return nil, err
	}
	f := &File{engine: engine}
	err = withConn(ctx, engine.questions, func(conn *sql.Conn) error {
		groups, err := engine.parquetGroups(ctx, conn, []string{path})
		if err != nil {
			return err
		}
		if _, err := engine.checkPages(ctx, conn, groups); err != nil {
			return err
		}
		f.group = groups[0]
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrDamagedFile, err), engine.Close())
	}
	return f, nil
}

// Close ends the engine.
func (f *File) Close() error { return f.engine.Close() }

// Columns returns the names of the columns.
func (f *File) Columns() []string {
	names := make([]string, len(f.group.columns))
	for i, c := range f.group.columns {
		names[i] = c.name
	}
	return names
}

// Rows yields the rows in their order: a cell for each column, nil, a string,
// float64, bool, leadlake.Date, time.Time or []string. A time without a zone is
// its day; what is none of these is its text.
func (f *File) Rows(ctx context.Context) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		err := withConn(ctx, f.engine.questions, func(conn *sql.Conn) error {
			const rows = 20_000
			for from := int64(0); from < f.group.files[0].rows; from += rows {
				err := eachRaw(ctx, conn, f.question(from, from+rows), nil, func(cells []driver.Value) error {
					row := make([]any, len(cells))
					for i, cell := range cells {
						row[i] = f.group.columns[i].plain(cell)
					}
					if !yield(row, nil) {
						return errStopped
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, fmt.Errorf("%w: %w", ErrDamagedFile, err))
		}
	}
}

// question asks for some rows.
func (f *File) question(from, to int64) string {
	cells := make([]string, len(f.group.columns))
	for i := range f.group.columns {
		cells[i] = f.group.columns[i].plainSQL(fmt.Sprintf("c%d", i))
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE file_row_number >= %d AND file_row_number < %d ORDER BY file_row_number",
		strings.Join(cells, ", "), f.engine.positional([]string{""}, len(cells)), from, to)
}

// plainSQL returns what makes one of few types of a column.
func (n *parquetNode) plainSQL(column string) string {
	switch {
	case n.kind == "list" && n.children[0].kind == "leaf":
		return column + "::VARCHAR[]"
	case n.kind != "leaf":
		return "to_json(" + column + ")::VARCHAR"
	case strings.HasPrefix(n.duck, "DECIMAL"), n.duck == "FLOAT":
		return column + "::DOUBLE"
	case n.duck == "DOUBLE", n.duck == "BOOLEAN", n.duck == "DATE", strings.HasPrefix(n.duck, "TIMESTAMP"):
		return column
	case strings.HasSuffix(n.duck, "INT"), n.duck == "INTEGER", n.duck == "UINTEGER":
		return column + "::HUGEINT"
	}
	return column + "::VARCHAR"
}

// plain returns a cell as Rows yields it.
func (n *parquetNode) plain(cell any) any {
	switch cell := cell.(type) {
	case time.Time:
		if strings.Contains(n.duck, "TIME ZONE") {
			return cell
		}
		return leadlake.DateOf(cell.UTC())
	case *big.Int:
		if number, accuracy := new(big.Float).SetInt(cell).Float64(); accuracy == big.Exact {
			return number
		}
		return cell.String() // no number that we store can be it
	case []any:
		return fromDuck(cell)
	}
	return cell
}
