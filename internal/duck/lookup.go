package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"leadlake"
)

// Lookup returns what snap holds of leads, by id: of these only their ids are
// looked at, and the times at which they were created. An id that snap holds
// twice comes once for each file, if both rows were created at one time.
//
// It reads the ids of every file, unless all leads were created when those of a
// few files were, and are there. The other columns are read of those files only
// that hold one of leads.
func (e *Engine) Lookup(ctx context.Context, snap leadlake.Snapshot, leads []leadlake.Lead) (_ map[string][]leadlake.Stored, err error) {
	found := map[string][]leadlake.Stored{}
	if len(leads) == 0 || len(snap.Files) == 0 {
		return found, nil
	}
	ctx, span := begin(ctx, "lookup", snap.Files)
	defer func() { end(span, err) }()
	err = e.withFiles(ctx, e.work, snap.Files, func(conn *sql.Conn) error {
		files, err := e.touched(ctx, conn, snap, leads)
		if err != nil || len(files) == 0 {
			return err
		}
		question := "FROM (" + e.placesOf(snap.Columns, files) + ") SEMI JOIN wanted USING (id)"
		var lost error
		err = each(ctx, conn, question, nil, func(row []any, _ error) bool {
			values := make(map[string]leadlake.Value, len(snap.Columns))
			for i, c := range snap.Columns {
				values[c.Name] = asColumn(c.Type, row[i])
			}
			id, _ := values[leadlake.ColumnID].(string)
			delete(values, leadlake.ColumnID)
			var file leadlake.File
			file, lost = fileOf(files, row[len(row)-1])
			place, known := row[len(row)-2].(int64)
			if !known {
				place = -1
			}
			found[id] = append(found[id], leadlake.Stored{Lead: leadlake.Lead{ID: id, Values: values}, File: file.Name, Row: place})
			return lost == nil
		})
		return errors.Join(lost, err)
	})
	if err != nil {
		return nil, fmt.Errorf("looking up leads in version %d: %w", snap.Version, e.explain(snap.Files, err))
	}
	return found, nil
}

// touched stages leads as wanted and returns the files that hold a row of them:
// not fewer.
func (e *Engine) touched(ctx context.Context, conn *sql.Conn, snap leadlake.Snapshot, leads []leadlake.Lead) ([]leadlake.File, error) {
	if err := stageWanted(ctx, conn, leads); err != nil {
		return nil, err
	}
	wanted, err := hashes(ctx, conn, "(SELECT 0::UBIGINT AS _file, id FROM wanted)", 1)
	if err != nil {
		return nil, err
	}
	touched, worth, unknown := e.ids.split(snap, wanted[0])
	indexed, err := e.index(ctx, conn, snap, worth, wanted[0])
	if err != nil {
		return nil, err
	}
	touched = append(touched, indexed...)
	if len(unknown) == 0 {
		return touched, nil
	}
	found, all, err := e.ofTheirTime(ctx, conn, snap, unknown, leads)
	if err == nil && !all {
		question := "SELECT DISTINCT _file FROM (" + e.relation(snap.Columns, unknown) + ") SEMI JOIN wanted USING (id) ORDER BY _file"
		found, err = e.filesIn(ctx, conn, unknown, question, func([]any) {})
	}
	return append(touched, found...), err
}

// ofTheirTime returns those of files that hold a row of a lead which was created
// when the lead was, and reports whether every lead has such a row. For that
// DuckDB reads only row groups in which something was created in that time.
func (e *Engine) ofTheirTime(ctx context.Context, conn *sql.Conn, snap leadlake.Snapshot, files []leadlake.File, leads []leadlake.Lead) (holding []leadlake.File, all bool, err error) {
	timeless := func(l leadlake.Lead) bool { return l.Time(leadlake.ColumnCreatedTime).IsZero() }
	if !hasColumn(snap.Columns, leadlake.ColumnCreatedTime) || slices.ContainsFunc(leads, timeless) {
		return nil, false, nil
	}
	question := "WITH found AS MATERIALIZED (SELECT _file, id FROM (" + e.relation(snap.Columns, files) + ") SEMI JOIN wanted USING (id, " + leadlake.ColumnCreatedTime + ")) " +
		"SELECT DISTINCT _file, (SELECT count(DISTINCT id) FROM found) FROM found ORDER BY _file"
	found := any(int64(0))
	holding, err = e.filesIn(ctx, conn, files, question, func(row []any) { found = row[1] })
	return holding, found == int64(len(leads)), err
}

// filesIn returns the files that the first cells of an answer name, row by row.
func (e *Engine) filesIn(ctx context.Context, conn *sql.Conn, files []leadlake.File, question string, visit func(row []any)) (named []leadlake.File, err error) {
	var lost error
	err = each(ctx, conn, question, nil, func(row []any, _ error) bool {
		var file leadlake.File
		file, lost = fileOf(files, row[0])
		named = append(named, file)
		visit(row)
		return lost == nil
	})
	return named, errors.Join(lost, err)
}

// fileOf returns the file that a cell of _file names. A row that is in no file
// of ours would be stored a second time, so that is an error.
func fileOf(files []leadlake.File, cell any) (leadlake.File, error) {
	i, ok := cell.(int64)
	if !ok || i < 0 || i >= int64(len(files)) {
		return leadlake.File{}, fmt.Errorf("a row says that it is in file %v of %d", cell, len(files))
	}
	return files[i], nil
}

// stageWanted fills the temporary table wanted with the ids of leads and the
// times at which they were created.
func stageWanted(ctx context.Context, conn *sql.Conn, leads []leadlake.Lead) error {
	columns := []leadlake.Column{{Name: leadlake.ColumnID, Type: leadlake.Text}, {Name: leadlake.ColumnCreatedTime, Type: leadlake.Instant}}
	return stage(ctx, conn, "wanted", columns, len(leads), func(i int) []driver.Value {
		return []driver.Value{leads[i].ID, toDuck(leads[i].Values[leadlake.ColumnCreatedTime])}
	})
}
