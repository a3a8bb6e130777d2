package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/duckdb/duckdb-go/v2"

	"leadlake/internal/parquet"
)

var errNoGroups = errors.New("its footer says that it has rows, and none where")

// checkPages compares the pages of files, which DuckDB reads unseen, with the
// checksums that their writers put beside them, if they did, and what a footer
// says of all rows with what it says of their groups: DuckDB would leave out
// those that are in none. It returns the first file with which something is
// wrong, "" if the error is about none of them.
func (e *Engine) checkPages(ctx context.Context, conn *sql.Conn, groups []parquetGroup) (broken string, err error) {
	var files []parquetFile
	for _, g := range groups {
		if len(g.columns) > 0 { // else there are no pages
			files = append(files, g.files...)
		}
	}
	if len(files) == 0 {
		return "", nil
	}
	broken, err = e.checkFiles(ctx, conn, files)
	if err == nil || broken != "" {
		return broken, err
	}
	for _, f := range files { // DuckDB does not say whose footer it cannot read
		if _, one := e.checkFiles(ctx, conn, []parquetFile{f}); one != nil && ctx.Err() == nil {
			return f.name, one
		}
	}
	return "", err
}

func (e *Engine) checkFiles(ctx context.Context, conn *sql.Conn, files []parquetFile) (broken string, err error) {
	names, w := make([]string, len(files)), pageWalk{files: make(map[string]parquetFile, len(files)), walked: map[string]bool{}}
	for i, f := range files {
		names[i], w.files[e.disk.Path(f.name)] = f.name, f
	}
	defer w.close()
	question := `SELECT file_name, least(data_page_offset, CASE WHEN dictionary_page_offset > 0 THEN dictionary_page_offset ELSE data_page_offset END),
		total_compressed_size, sum(CASE WHEN column_id = 0 THEN row_group_num_rows ELSE 0 END) OVER (PARTITION BY file_name)::BIGINT
		FROM parquet_metadata(` + e.pathList(names) + `) ORDER BY ALL`
	err = eachRaw(ctx, conn, question, nil, w.visit)
	if _, ofMany := errors.AsType[*duckdb.Error](err); ofMany || ctx.Err() != nil {
		return "", err
	}
	if err != nil {
		return w.files[w.path].name, err
	}
	for path, f := range w.files {
		if f.rows > 0 && !w.walked[path] {
			return f.name, errNoGroups
		}
	}
	return "", nil
}

// pageWalk goes through the column chunks of files, one file after the other.
type pageWalk struct {
	files  map[string]parquetFile // by path
	walked map[string]bool
	path   string
	file   *os.File // at path
}

func (w *pageWalk) visit(row []driver.Value) error {
	if path, _ := row[0].(string); w.file == nil || path != w.path {
		w.close()
		w.path, w.walked[path] = path, true
		var err error
		if w.file, err = os.Open(path); err != nil { //nolint:gosec // a live file
			return err
		}
	}
	if rows, _ := asInt(row[3]); rows != w.files[w.path].rows {
		return fmt.Errorf("its footer says %d rows, and that its parts have %d", w.files[w.path].rows, rows)
	}
	offset, _ := asInt(row[1])
	size, _ := asInt(row[2])
	return parquet.CheckPages(io.NewSectionReader(w.file, offset, size))
}

func (w *pageWalk) close() {
	if w.file != nil {
		_ = w.file.Close() // it was only read
	}
}
