package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"leadlake"
	"leadlake/internal/delta"
	"leadlake/internal/parquet"
)

// A change of leads touches few of their columns. Where the rows of a file stay
// in their places, the columns that do not change are copied as they are
// stored, which costs next to nothing: reading and writing them again would be
// most of the work.

// errNotInPlace says that the rows of a file cannot change where they are.
// Nothing is wrong with it: it has to be written anew.
var errNotInPlace = errors.New("not in place")

// inPlace is a file whose rows change where they are.
type inPlace struct {
	path    string
	columns []leadlake.Column // that change
	leads   []leadlake.Lead
	temp    string // a folder
}

// writeInPlace makes the file that r asks for, durably, or says errNotInPlace.
func (e *Engine) writeInPlace(ctx context.Context, conn *sql.Conn, r leadlake.Rewrite) (add delta.Add, err error) {
	p := inPlace{path: e.disk.Path(r.From[0].Name), leads: r.Leads, temp: filepath.Join(e.work.temp, "inplace-"+uuid.NewString())}
	for _, c := range r.Columns {
		if slices.Contains(r.Changed, c.Name) {
			p.columns = append(p.columns, c)
		}
	}
	old, err := openParquet(p.path)
	if err != nil {
		return delta.Add{}, fmt.Errorf("%w: %w", errNotInPlace, err)
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	if err := p.check(old.Columns()); err != nil {
		return delta.Add{}, err
	}
	if err := p.place(ctx, conn); err != nil {
		return delta.Add{}, err
	}
	if err := os.MkdirAll(p.temp, 0o700); err != nil {
		return delta.Add{}, err
	}
	defer func() { _ = os.RemoveAll(p.temp) }() // Close removes it at the latest
	fresh, err := p.write(ctx, conn, old.Groups())
	defer func() {
		for _, f := range fresh {
			err = errors.Join(err, f.Close())
		}
	}()
	if err != nil {
		return delta.Add{}, err
	}
	return e.storePatched(ctx, old, fresh, r)
}

// check looks whether the file has the columns, and room for a name that
// DuckDB gives to the place of a row.
func (p *inPlace) check(had map[string]string) error {
	for _, c := range p.columns {
		if _, ok := had[c.Name]; !ok {
			return fmt.Errorf("%w: it has no column %q", errNotInPlace, c.Name)
		}
	}
	for name := range had {
		if strings.EqualFold(name, "file_row_number") {
			return fmt.Errorf("%w: it has a column %q", errNotInPlace, name)
		}
	}
	return nil
}

// place fills the temporary table placed with what changes (v0, v1, …) and the
// place of the row. Each lead has to have one row.
func (p *inPlace) place(ctx context.Context, conn *sql.Conn) error {
	columns := []leadlake.Column{{Name: leadlake.ColumnID, Type: leadlake.Text}}
	for i, c := range p.columns {
		columns = append(columns, leadlake.Column{Name: fmt.Sprintf("v%d", i), Type: c.Type})
	}
	err := stage(ctx, conn, "fresh", columns, len(p.leads), func(i int) []driver.Value {
		row := []driver.Value{p.leads[i].ID}
		for _, c := range p.columns {
			row = append(row, toDuck(p.leads[i].Values[c.Name]))
		}
		return row
	})
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, p.placing()); err != nil {
		return fmt.Errorf("finding rows: %w", err)
	}
	rows, leads := 0, 0
	if err := conn.QueryRowContext(ctx, "SELECT count(*), count(DISTINCT id) FROM placed").Scan(&rows, &leads); err != nil {
		return fmt.Errorf("finding rows: %w", err)
	}
	if rows != len(p.leads) || leads != len(p.leads) {
		return fmt.Errorf("%w: it has %d rows of %d of %d leads", errNotInPlace, rows, leads, len(p.leads))
	}
	return nil
}

func (p *inPlace) placing() string {
	return fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE placed AS SELECT fresh.*, old.place
		FROM fresh JOIN (SELECT id, file_row_number AS place FROM read_parquet(%s)) old USING (id)`, text(p.path))
}

// write makes a file of the columns for each row group in which one of them
// changes.
func (p *inPlace) write(ctx context.Context, conn *sql.Conn, groups []int64) (map[int]*openFile, error) {
	fresh, from := map[int]*openFile{}, int64(0)
	for i, rows := range groups {
		changes := false
		within := fmt.Sprintf("place >= %d AND place < %d", from, from+rows)
		if err := conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM placed WHERE "+within).Scan(&changes); err != nil {
			return fresh, fmt.Errorf("finding rows: %w", err)
		}
		if changes {
			target := filepath.Join(p.temp, fmt.Sprintf("%d.parquet", i))
			if _, err := copyTo(ctx, conn, p.question(within), target, fmt.Sprintf(", ROW_GROUP_SIZE %d", rows)); err != nil {
				return fresh, err
			}
			f, err := openParquet(target)
			if err != nil {
				return fresh, err
			}
			fresh[i] = f
		}
		from += rows
	}
	return fresh, nil
}

// question asks for the columns as they are to be, in the order of the rows.
func (p *inPlace) question(within string) string {
	were, are := make([]string, len(p.columns)), make([]string, len(p.columns))
	for i, c := range p.columns {
		were[i] = fmt.Sprintf("%s::%s AS c%d", identifier(c.Name), duckTypes()[c.Type], i)
		are[i] = fmt.Sprintf("CASE WHEN placed.place IS NULL THEN c%d ELSE v%d END AS %s", i, i, identifier(c.Name))
	}
	return fmt.Sprintf(`SELECT %s FROM (SELECT * FROM (SELECT %s, file_row_number AS place FROM read_parquet(%s)) WHERE %s) old
		LEFT JOIN placed ON placed.place = old.place ORDER BY old.place`,
		strings.Join(are, ", "), strings.Join(were, ", "), text(p.path), within)
}

// openFile is a file whose footer is known.
type openFile struct {
	*parquet.File

	file *os.File
}

func openParquet(path string) (*openFile, error) {
	file, err := os.Open(path) //nolint:gosec // a live file, or one that was just made
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	f, err := parquet.Open(file, info.Size())
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &openFile{File: f, file: file}, nil
}

// Close ends reading the file.
func (f *openFile) Close() error { return f.file.Close() }

// storePatched stores old with its changes.
func (e *Engine) storePatched(ctx context.Context, old *openFile, fresh map[int]*openFile, r leadlake.Rewrite) (delta.Add, error) {
	changes := make(map[int]*parquet.File, len(fresh))
	for i, f := range fresh {
		changes[i] = f.File
	}
	patched, err := parquet.Patch(old.File, changes)
	if errors.Is(err, parquet.ErrUnlike) {
		return delta.Add{}, fmt.Errorf("%w: %w", errNotInPlace, err)
	}
	if err != nil {
		return delta.Add{}, err
	}
	w := written{size: patched.Size, columns: map[string]map[string]string{}}
	for _, rows := range patched.Groups() {
		w.rows += rows
	}
	for _, c := range r.Columns {
		w.columns[identifier(c.Name)] = reportOf(c.Type, patched.Groups(), patched.Bounds(c.Name))
	}
	name := partName()
	add, err := w.add(name, statsColumns(r))
	if err != nil {
		return delta.Add{}, err
	}
	if err := ours(e.store(ctx, patched.Content, path.Join(r.Folder, name))); err != nil {
		return delta.Add{}, err
	}
	return add, nil
}
