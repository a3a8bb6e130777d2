package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/duckdb/duckdb-go/v2"
)

// database is a DuckDB in memory. It starts when it is first needed.
type database struct {
	threads  int
	memoryMB int
	temp     string // a folder of its own in scratch
	root     string // the only folder whose files it opens

	mu sync.Mutex
	db *sql.DB // nil before it starts
}

func newDatabase(disk Disk, threads, memoryMB int) (*database, error) {
	temp, err := os.MkdirTemp(disk.Scratch(), "duckdb-")
	if err != nil {
		return nil, fmt.Errorf("opening DuckDB: %w", err)
	}
	root := filepath.Dir(disk.Path("x")) + string(filepath.Separator)
	return &database{threads: threads, memoryMB: memoryMB, temp: temp, root: root}, nil
}

// conn returns a connection, which the caller closes. Its folder is there:
// another process may have swept it after a quiet day, and DuckDB does not make
// it again.
func (d *database) conn(ctx context.Context) (*sql.Conn, error) {
	db, err := d.started(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to DuckDB: %w", err)
	}
	_ = os.MkdirAll(d.temp, 0o700) // who needs it says that it is not there
	return conn, nil
}

func (d *database) started(ctx context.Context) (*sql.DB, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.db != nil {
		return d.db, nil
	}
	// Every new connection runs the settings again; once locked they fail.
	locked := false
	connector, err := duckdb.NewConnector("", func(conn driver.ExecerContext) error {
		if locked {
			return nil
		}
		locked = true
		for _, s := range d.settings() {
			if _, err := conn.ExecContext(ctx, s, nil); err != nil {
				return fmt.Errorf("setting up DuckDB: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("opening DuckDB: %w", err)
	}
	db := sql.OpenDB(connector)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := registerStream(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("setting up DuckDB: %w", err), db.Close())
	}
	d.db = db
	return db, nil
}

func (d *database) settings() []string {
	return []string{
		"SET threads = " + strconv.Itoa(d.threads),
		"SET memory_limit = " + text(strconv.Itoa(d.memoryMB)+"MB"),
		"SET temp_directory = " + text(d.temp),
		"SET TimeZone = 'UTC'",                   // a timestamp without a zone is in UTC, wherever the machine is
		"SET parquet_metadata_cache = true",      // a question opens a file several times
		"SET allocator_flush_threshold = '16MB'", // give memory back after a big question
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET allowed_directories = [" + text(d.root) + "]",
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	}
}

// close ends it, if it was ever there, and removes its folder.
func (d *database) close() (err error) {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.db != nil {
		err = d.db.Close()
	}
	return errors.Join(err, os.RemoveAll(d.temp))
}
