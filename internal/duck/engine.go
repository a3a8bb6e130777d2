// Package duck runs SQL on the data files of one pinned snapshot with DuckDB,
// and reads and writes those Parquet files. It is the only package that knows
// DuckDB.
//
// DuckDB is sandboxed: it opens the files of the lake's folder and no others,
// loads no extension, reaches no network, and these settings are locked.
package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/blob"
)

// Disk is a bucket whose objects DuckDB can open as files.
type Disk interface {
	blob.Bucket
	// Path returns the file that holds the object name.
	Path(name string) string
	// Scratch returns a folder for files that are not objects yet.
	Scratch() string
}

// Options are what an Engine can be told; the zero Options are fine.
type Options struct {
	Threads  int // of a question; default 2
	MemoryMB int // what DuckDB may hold before it spills to disk: half of it for questions, half for work on files; default 512
}

// Engine asks and writes the data files on one disk. Its methods may be
// called from many goroutines.
type Engine struct {
	disk    Disk
	ids     idIndex
	schemas schemas

	// questions has several threads, as somebody waits for an answer. Work on
	// files is done in the thread of the caller alone: where there is another,
	// DuckDB keeps the caller's busy with looking for something to do, which
	// took as much CPU time again.
	questions, work *database
}

// Open starts an engine on disk.
func Open(ctx context.Context, disk Disk, o Options) (*Engine, error) {
	if o.Threads == 0 {
		o.Threads = 2
	}
	if o.MemoryMB == 0 {
		o.MemoryMB = 512
	}
	e := &Engine{disk: disk}
	var err error
	if e.questions, err = newDatabase(disk, o.Threads, o.MemoryMB/2); err != nil {
		return nil, err
	}
	if e.work, err = newDatabase(disk, 1, o.MemoryMB/2); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if _, err := e.questions.started(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// Close ends the engine and removes what it left in scratch.
func (e *Engine) Close() error { return errors.Join(e.questions.close(), e.work.close()) }

// Query runs one SQL question on snap. The question sees one table, leads,
// with the snapshot's columns and _file, the place in snap.Files of the file
// that a row is in. Cells are int64 or what leadlake.Value says, but for days,
// which are times at midnight UTC. The end of ctx interrupts it. The answer
// ends at the first error.
func (e *Engine) Query(ctx context.Context, snap leadlake.Snapshot, question string, args ...any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		ctx, span := begin(ctx, "query", snap.Files)
		err := e.withFiles(ctx, e.questions, snap.Files, func(conn *sql.Conn) error {
			if _, err := conn.ExecContext(ctx, e.view(snap)); err != nil {
				return fmt.Errorf("opening version %d: %w", snap.Version, err)
			}
			return each(ctx, conn, question, args, yield)
		})
		if errors.Is(err, errStopped) {
			err = nil
		}
		end(span, err)
		if err != nil {
			yield(nil, e.explain(snap.Files, err))
		}
	}
}

func withConn(ctx context.Context, db *database, use func(*sql.Conn) error) (err error) {
	conn, err := db.conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return use(conn)
}

// view returns the statement that makes the rows of snap the view leads.
func (e *Engine) view(snap leadlake.Snapshot) string {
	return "CREATE OR REPLACE TEMP VIEW leads AS " + e.relationWith("", e.options(snap.Files), snap.Columns, snap.Files)
}

// relation returns a SELECT of columns and _file over files. A column that a
// file lacks is null there; what a file has beside them is left out. Columns
// must be all of the snapshot's: those that a question does not use cost
// nothing.
func (e *Engine) relation(columns []leadlake.Column, files []leadlake.File) string {
	return e.relationWith("", byName, columns, files)
}

// placesOf returns the same with _row, the place of a row in its file; null
// where a column hides DuckDB's own of that name.
func (e *Engine) placesOf(columns []leadlake.Column, files []leadlake.File) string {
	row := "file_row_number"
	if hasColumn(columns, row) || hasColumn(columns, "file_index") {
		row = "NULL::BIGINT"
	}
	return e.relationWith(row, byName, columns, files)
}

// relationWith returns a relation in which row, if it is not empty, is _row; the
// files are read with options.
func (e *Engine) relationWith(row, options string, columns []leadlake.Column, files []leadlake.File) string {
	var typed, names strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&names, "%s, ", identifier(c.Name))
		fmt.Fprintf(&typed, "NULL::%s AS %s, ", duckTypes()[c.Type], identifier(c.Name))
	}
	if row != "" {
		names.WriteString("_row, ")
		typed.WriteString("NULL::BIGINT AS _row, ")
		row = ", " + row + " AS _row"
	}
	empty := "SELECT " + typed.String() + "NULL::UBIGINT AS _file WHERE false"
	if len(files) == 0 {
		return empty
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = text(e.disk.Path(f.Name))
	}
	list := "[" + strings.Join(paths, ", ") + "]"
	source := "SELECT *" + row + ", file_index AS _file FROM " + readFiles(list, options)
	if hasColumn(columns, "file_index") {
		// A column of that name hides DuckDB's own: look every row's path up,
		// which makes counting days cost twice as much.
		source = "SELECT * REPLACE (list_position(" + list + ", _file)::UBIGINT - 1 AS _file)" + row +
			" FROM " + readFiles(list, options+", filename = '_file'")
	}
	return fmt.Sprintf("SELECT %s_file FROM (%s UNION ALL BY NAME %s)", names.String(), empty, source)
}

// options returns how files are read for a question, which may name the table
// several times.
func (e *Engine) options(files []leadlake.File) string {
	if e.alike(files) {
		return ""
	}
	return byName
}

// byName has DuckDB put columns together by their names, for which it opens
// every file before it begins.
const byName = ", union_by_name = true"

// readFiles reads a list of files as one table, whose columns are those of the
// first file if options do not have byName. Folders that are called like
// partitions are no columns: DuckDB would take them for some, wherever the lake
// lies, and put what they say in the place of cells.
func readFiles(list, options string) string {
	return "read_parquet(" + list + ", hive_partitioning = false" + options + ")"
}

func hasColumn(columns []leadlake.Column, name string) bool {
	return slices.ContainsFunc(columns, func(c leadlake.Column) bool { return strings.EqualFold(c.Name, name) })
}

// identifier quotes a name for SQL.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// text quotes a string for SQL, where no parameter can be bound.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
