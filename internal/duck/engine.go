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
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

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
	Threads  int // default 2
	MemoryMB int // what DuckDB may hold before it spills to disk; default 512
}

// Engine asks and writes the data files on one disk. Its methods may be
// called from many goroutines.
type Engine struct {
	disk Disk
	temp string // a folder of its own in scratch
	db   *sql.DB
}

// Open starts an engine on disk.
func Open(ctx context.Context, disk Disk, o Options) (*Engine, error) {
	if o.Threads == 0 {
		o.Threads = 2
	}
	if o.MemoryMB == 0 {
		o.MemoryMB = 512
	}
	temp, err := os.MkdirTemp(disk.Scratch(), "duckdb-")
	if err != nil {
		return nil, fmt.Errorf("opening DuckDB: %w", err)
	}
	root := filepath.Dir(disk.Path("x")) + string(filepath.Separator)
	settings := []string{
		"SET threads = " + strconv.Itoa(o.Threads),
		"SET memory_limit = " + text(strconv.Itoa(o.MemoryMB)+"MB"),
		"SET temp_directory = " + text(temp),
		"SET parquet_metadata_cache = true",      // a question opens a file several times
		"SET allocator_flush_threshold = '16MB'", // give memory back after a big question
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET allowed_directories = [" + text(root) + "]",
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	}
	// Every new connection runs the settings again; once locked they fail.
	locked := false
	connector, err := duckdb.NewConnector("", func(conn driver.ExecerContext) error {
		if locked {
			return nil
		}
		locked = true
		for _, s := range settings {
			if _, err := conn.ExecContext(ctx, s, nil); err != nil {
				return fmt.Errorf("setting up DuckDB: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening DuckDB: %w", err), os.RemoveAll(temp))
	}
	e := &Engine{disk: disk, temp: temp, db: sql.OpenDB(connector)}
	if err := e.db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// Close ends the engine and removes what it left in scratch.
func (e *Engine) Close() error {
	return errors.Join(e.db.Close(), os.RemoveAll(e.temp))
}

// Query runs one SQL question on snap. The question sees one table, leads,
// with the snapshot's columns and _file, the place in snap.Files of the file
// that a row is in. Cells are int64 or what leadlake.Value says, but for days,
// which are times at midnight UTC. The end of ctx interrupts it. The answer
// ends at the first error.
func (e *Engine) Query(ctx context.Context, snap leadlake.Snapshot, question string, args ...any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		err := e.withConn(ctx, func(conn *sql.Conn) error {
			if _, err := conn.ExecContext(ctx, e.view(snap)); err != nil {
				return fmt.Errorf("opening version %d: %w", snap.Version, err)
			}
			return each(ctx, conn, question, args, yield)
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, e.explain(snap.Files, err))
		}
	}
}

// errStopped says that the caller wants no more rows.
var errStopped = errors.New("stopped")

func each(ctx context.Context, conn *sql.Conn, question string, args []any, yield func([]any, error) bool) error {
	return eachRaw(ctx, conn, question, args, func(row []any) error {
		for i := range row {
			row[i] = fromDuck(row[i])
		}
		if !yield(row, nil) {
			return errStopped
		}
		return nil
	})
}

// eachRaw visits rows as the driver returns them, up to the first error.
func eachRaw(ctx context.Context, conn *sql.Conn, question string, args []any, visit func([]any) error) (err error) {
	rows, err := conn.QueryContext(ctx, question, args...)
	switch {
	case err != nil && ctx.Err() != nil: // which the driver does not always say
		return fmt.Errorf("asking: %w: %w", ctx.Err(), err)
	case err != nil:
		return fmt.Errorf("asking: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		row, cells := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			cells[i] = &row[i]
		}
		if err := rows.Scan(cells...); err != nil {
			return fmt.Errorf("reading answer: %w", err)
		}
		if err := visit(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (e *Engine) withConn(ctx context.Context, use func(*sql.Conn) error) (err error) {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connecting to DuckDB: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return use(conn)
}

// view returns the statement that makes the rows of snap the view leads.
func (e *Engine) view(snap leadlake.Snapshot) string {
	return "CREATE OR REPLACE TEMP VIEW leads AS " + e.relation(snap.Columns, snap.Files)
}

// relation returns a SELECT of columns and _file over files. A column that a
// file lacks is null there; what a file has beside them is left out. Columns
// must be all of the snapshot's: those that a question does not use cost
// nothing.
func (e *Engine) relation(columns []leadlake.Column, files []leadlake.File) string {
	var typed, names strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&names, "%s, ", identifier(c.Name))
		fmt.Fprintf(&typed, "NULL::%s AS %s, ", duckTypes()[c.Type], identifier(c.Name))
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
	source := "SELECT *, file_index AS _file FROM read_parquet(" + list + ", union_by_name = true)"
	if slices.ContainsFunc(columns, func(c leadlake.Column) bool { return strings.EqualFold(c.Name, "file_index") }) {
		// A column of that name hides DuckDB's own: look every row's path up,
		// which makes counting days cost twice as much.
		source = "SELECT * REPLACE (list_position(" + list + ", _file)::UBIGINT - 1 AS _file)" +
			" FROM read_parquet(" + list + ", union_by_name = true, filename = '_file')"
	}
	return fmt.Sprintf("SELECT %s_file FROM (%s UNION ALL BY NAME %s)", names.String(), empty, source)
}

// identifier quotes a name for SQL.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// text quotes a string for SQL, where no parameter can be bound.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
