package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"leadlake"
	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// stageIDs fills the temporary table wanted.
func stageIDs(ctx context.Context, conn *sql.Conn, ids []string) error {
	return stage(ctx, conn, "wanted", []leadlake.Column{{Name: leadlake.ColumnID, Type: leadlake.Text}}, len(ids),
		func(i int) []driver.Value { return []driver.Value{ids[i]} })
}

// stage makes the temporary table name and fills it with n rows.
func stage(ctx context.Context, conn *sql.Conn, name string, columns []leadlake.Column, n int, row func(int) []driver.Value) error {
	definitions := make([]string, len(columns))
	for i, c := range columns {
		definitions[i] = identifier(c.Name) + " " + duckTypes()[c.Type]
	}
	return stageRows(ctx, conn, name, strings.Join(definitions, ", "), func(yield func([]driver.Value) bool) {
		for i := range n {
			if !yield(row(i)) {
				return
			}
		}
	})
}

// stageRows makes the temporary table name with the columns that SQL defines,
// and fills it.
func stageRows(ctx context.Context, conn *sql.Conn, name, columns string, rows iter.Seq[[]driver.Value]) error {
	create := fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s (%s)", name, columns)
	if _, err := conn.ExecContext(ctx, create); err != nil {
		return fmt.Errorf("staging: %w", err)
	}
	return conn.Raw(func(raw any) error {
		driverConn, ok := raw.(driver.Conn)
		if !ok {
			return fmt.Errorf("staging: unexpected connection %T", raw)
		}
		appender, err := duckdb.NewAppender(driverConn, "temp", "", name)
		if err != nil {
			return fmt.Errorf("staging: %w", err)
		}
		n := 0
		for row := range rows {
			if err := appender.AppendRow(row...); err != nil {
				return errors.Join(fmt.Errorf("staging row %d: %w", n, err), appender.Close())
			}
			n++
		}
		return appender.Close()
	})
}

// Write makes data files, durably, and returns the adds that put them into the
// table: those made so far after an error. There is none for a file that would
// have no rows.
func (e *Engine) Write(ctx context.Context, r leadlake.Rewrite) (adds []delta.Add, err error) {
	ctx, span := begin(ctx, "write", r.From)
	defer func() { end(span, err) }()
	err = e.withFiles(ctx, e.work, r.From, func(conn *sql.Conn) error {
		adds, err = e.write(ctx, conn, r)
		return errors.Join(err, dropStaged(ctx, conn))
	})
	if err != nil {
		return adds, fmt.Errorf("writing data files: %w", e.explain(r.From, err))
	}
	return adds, nil
}

func (e *Engine) write(ctx context.Context, conn *sql.Conn, r leadlake.Rewrite) ([]delta.Add, error) {
	if r.InPlace != nil {
		add, err := e.writeInPlace(ctx, conn, r)
		switch {
		case err == nil:
			return []delta.Add{add}, nil
		case !errors.Is(err, errNotInPlace):
			return nil, err
		}
	}
	source, err := e.stageRewrite(ctx, conn, r)
	if err != nil {
		return nil, err
	}
	return e.writeParts(ctx, conn, parts{source: source, orderBy: r.OrderBy, into: max(1, r.Into), folder: r.Folder, statistics: statsColumns(r)})
}

// statsColumns returns the columns on which a new file has statistics.
func statsColumns(r leadlake.Rewrite) []delta.Column {
	names := map[leadlake.Type]string{leadlake.Text: "string", leadlake.Day: "date", leadlake.Instant: "timestamp"}
	var columns []delta.Column
	for _, c := range r.Columns {
		if slices.Contains(r.StatsColumns, c.Name) {
			columns = append(columns, delta.Column{Name: c.Name, Physical: c.Name, Type: delta.DataType{Name: names[c.Type]}})
		}
	}
	return columns
}

func (e *Engine) stageRewrite(ctx context.Context, conn *sql.Conn, r leadlake.Rewrite) (source string, err error) {
	err = stage(ctx, conn, "fresh", r.Columns, len(r.Leads), func(i int) []driver.Value {
		row := make([]driver.Value, len(r.Columns))
		for j, c := range r.Columns {
			row[j] = toDuck(r.Leads[i].Values[c.Name])
			if c.Name == leadlake.ColumnID {
				row[j] = r.Leads[i].ID
			}
		}
		return row
	})
	if err != nil || len(r.From) == 0 {
		return "SELECT * FROM fresh", err
	}
	if err := stageIDs(ctx, conn, r.Without); err != nil {
		return "", err
	}
	return "SELECT * EXCLUDE (_file) FROM (" + e.relation(r.Columns, r.From) + ") ANTI JOIN wanted USING (id) UNION ALL FROM fresh", nil
}

// dropStaged gives back the memory of the staged rows: the connection stays
// in the pool.
func dropStaged(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS fresh; DROP TABLE IF EXISTS wanted")
	return err
}

// partName returns a name for a data file that nobody else has.
func partName() string { return "part-" + uuid.NewString() + ".snappy.parquet" }

// ours leaves out of an error of storing under such a name that it is taken: a
// client that has tried again has met its own success.
func ours(err error) error {
	if errors.Is(err, blob.ErrExist) {
		return nil
	}
	return err
}

// storeFile stores a file that was made in scratch.
func (e *Engine) storeFile(ctx context.Context, temp, name string) (err error) {
	file, err := os.Open(temp) //nolint:gosec // a name of our own
	if err != nil {
		return fmt.Errorf("storing file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return e.store(ctx, file, name)
}

func (e *Engine) store(ctx context.Context, content io.Reader, name string) error {
	if err := e.disk.Create(ctx, name, content); err != nil {
		return fmt.Errorf("storing file: %w", err)
	}
	return nil
}
