package duck

import (
	"context"
	"database/sql"
	"errors"
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

// writeParts makes the files, durably, and returns their adds: those made so
// far after an error. Rows that are cut into several files are sorted once, so
// that no two cuts can differ in where a row is.
func (e *Engine) writeParts(ctx context.Context, conn *sql.Conn, p parts) (adds []delta.Add, err error) {
	question := p.source
	if p.orderBy != "" {
		question = "SELECT * FROM (" + question + ") ORDER BY " + identifier(p.orderBy)
	}
	rows := int64(0)
	if p.into > 1 {
		if _, err := conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE sorted AS "+question); err != nil {
			return nil, err
		}
		if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sorted").Scan(&rows); err != nil {
			return nil, err
		}
		defer func() {
			_, dropped := conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE sorted")
			err = errors.Join(err, dropped)
		}()
	}
	for part := range p.into {
		if p.into > 1 {
			from, to := rows*int64(part)/int64(p.into), rows*int64(part+1)/int64(p.into)
			question = fmt.Sprintf("SELECT * FROM sorted WHERE rowid >= %d AND rowid < %d", from, to)
		}
		add, err := e.writePart(ctx, conn, p, question)
		if err != nil {
			return adds, err
		}
		if add.Path != "" {
			adds = append(adds, add)
		}
	}
	return adds, nil
}

// writePart makes one file; the add is zero if it would have no rows.
func (e *Engine) writePart(ctx context.Context, conn *sql.Conn, p parts, question string) (delta.Add, error) {
	name := "part-" + uuid.NewString() + ".snappy.parquet"
	temp := filepath.Join(e.work.temp, name)
	if err := os.MkdirAll(e.work.temp, 0o700); err != nil { // another process may have swept it after a quiet day
		return delta.Add{}, err
	}
	defer func() { _ = os.Remove(temp) }() // Close removes the folder at the latest
	w, err := copyTo(ctx, conn, question, temp)
	if err != nil || w.rows == 0 {
		return delta.Add{}, err
	}
	if err := e.uploadData(ctx, temp, path.Join(p.folder, name)); err != nil {
		return delta.Add{}, err
	}
	return w.add(name, p.statistics)
}
