package duck

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/google/uuid"

	"leadlake/internal/delta"
)

// parts are new data files of the rows of a query.
type parts struct {
	source     string         // the query
	orderBy    string         // a column; "" keeps the order
	into       int            // how many files
	folder     string         // where they are to be
	statistics []delta.Column // of which the log may know bounds
}

const (
	vectorRows = 2048 // DuckDB cuts rows into files and row groups by whole vectors
	// groupRows is how many rows a row group has at most: half of DuckDB's own
	// measure, for who writes one holds it in memory.
	groupRows = 30 * vectorRows
)

// writeParts makes the files, durably, and returns their adds: those made so
// far after an error. Rows that are cut into several files are sorted and cut
// in one go, so that no two cuts can differ in where a row is.
func (e *Engine) writeParts(ctx context.Context, conn *sql.Conn, p parts) (adds []delta.Add, err error) {
	temp := filepath.Join(e.work.temp, "parts-"+uuid.NewString())
	if err := os.MkdirAll(temp, 0o700); err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(temp) }() // Close removes it at the latest
	question, target, options := p.source, filepath.Join(temp, "data_0.parquet"), fmt.Sprintf(", ROW_GROUP_SIZE %d", groupRows)
	if p.orderBy != "" {
		question = "SELECT * FROM (" + question + ") ORDER BY " + identifier(p.orderBy)
	}
	if p.into > 1 {
		rows := int64(0)
		if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM ("+p.source+")").Scan(&rows); err != nil {
			return nil, err
		}
		target, options = temp, cut(rows, int64(p.into))
	}
	files, err := copyTo(ctx, conn, question, target, options)
	if err != nil {
		return nil, err
	}
	for _, w := range files {
		name := partName()
		if err := ours(e.storeFile(ctx, w.file, path.Join(p.folder, name))); err != nil {
			return adds, err
		}
		add, err := w.add(name, p.statistics)
		if err != nil {
			return adds, err
		}
		adds = append(adds, add)
	}
	return adds, nil
}

// cut returns the options that make at most so many files of rows, all of one
// size but the last.
func cut(rows, into int64) string {
	each := (rows + into - 1) / into
	groups := max(1, (each+groupRows-1)/groupRows)
	vectors := max(1, (each+groups*vectorRows-1)/(groups*vectorRows))
	return fmt.Sprintf(", ROW_GROUP_SIZE %d, ROW_GROUPS_PER_FILE %d", vectors*vectorRows, groups)
}
