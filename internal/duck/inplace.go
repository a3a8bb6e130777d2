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
	rows    []int64 // the places of theirs
	temp    string  // a folder
}

// writeInPlace makes the file that r asks for, durably, or says errNotInPlace.
func (e *Engine) writeInPlace(ctx context.Context, conn *sql.Conn, r leadlake.Rewrite) (add delta.Add, err error) {
	p := inPlace{path: e.disk.Path(r.From[0].Name), leads: r.Leads, rows: r.InPlace.Rows, temp: filepath.Join(e.work.temp, "inplace-"+uuid.NewString())}
	for _, c := range r.Columns {
		if slices.Contains(r.InPlace.Changed, c.Name) {
			p.columns = append(p.columns, c)
		}
	}
	old, err := openParquet(p.path)
	if err != nil {
		return delta.Add{}, fmt.Errorf("%w: %w", errNotInPlace, err)
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	if err := p.check(old.File); err != nil {
		return delta.Add{}, err
	}
	if err := p.stage(ctx, conn); err != nil {
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

// check looks whether the file has the columns, room for a name that DuckDB
// gives to the place of a row, and the rows, each once.
func (p *inPlace) check(old *parquet.File) error {
	had, total := old.Columns(), int64(0)
	if len(p.columns) == 0 {
		return fmt.Errorf("%w: it is not said what changes", errNotInPlace)
	}
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
	for _, rows := range old.Groups() {
		total += rows
	}
	sorted := slices.Sorted(slices.Values(p.rows))
	if n := len(sorted); n == 0 || n != len(p.leads) || sorted[0] < 0 || sorted[n-1] >= total || len(slices.Compact(sorted)) != n {
		return fmt.Errorf("%w: %d leads, %d places of %d", errNotInPlace, len(p.leads), n, total)
	}
	return nil
}

// stage fills the temporary table fresh with what changes (v0, v1, …) and the
// place of the row.
func (p *inPlace) stage(ctx context.Context, conn *sql.Conn) error {
	columns := []leadlake.Column{{Name: "place", Type: leadlake.Whole}}
	for i, c := range p.columns {
		columns = append(columns, leadlake.Column{Name: fmt.Sprintf("v%d", i), Type: c.Type})
	}
	return stage(ctx, conn, "fresh", columns, len(p.leads), func(i int) []driver.Value {
		row := []driver.Value{p.rows[i]}
		for _, c := range p.columns {
			row = append(row, toDuck(p.leads[i].Values[c.Name]))
		}
		return row
	})
}

// write makes a file of the columns for each row group in which one of them
// changes.
func (p *inPlace) write(ctx context.Context, conn *sql.Conn, groups []int64) (map[int]*openFile, error) {
	fresh, from := map[int]*openFile{}, int64(0)
	for i, rows := range groups {
		to := from + rows
		if slices.ContainsFunc(p.rows, func(row int64) bool { return row >= from && row < to }) {
			target := filepath.Join(p.temp, fmt.Sprintf("%d.parquet", i))
			if _, err := copyTo(ctx, conn, p.question(from, to), target, fmt.Sprintf(", ROW_GROUP_SIZE %d", rows)); err != nil {
				return fresh, err
			}
			f, err := openParquet(target)
			if err != nil {
				return fresh, err
			}
			fresh[i] = f
		}
		from = to
	}
	return fresh, nil
}

// question asks for the columns of some rows as they are to be, in their order.
func (p *inPlace) question(from, to int64) string {
	were, are := make([]string, len(p.columns)), make([]string, len(p.columns))
	for i, c := range p.columns {
		were[i] = fmt.Sprintf("%s::%s AS c%d", identifier(c.Name), duckTypes()[c.Type], i)
		are[i] = fmt.Sprintf("CASE WHEN fresh.place IS NULL THEN c%d ELSE v%d END AS %s", i, i, identifier(c.Name))
	}
	return fmt.Sprintf(`SELECT %s FROM (SELECT %s, file_row_number AS place FROM %s WHERE file_row_number >= %d AND file_row_number < %d) old
		LEFT JOIN fresh ON fresh.place = old.place ORDER BY old.place`,
		strings.Join(are, ", "), strings.Join(were, ", "), readFiles(text(p.path), ""), from, to)
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
