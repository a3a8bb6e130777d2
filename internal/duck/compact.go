package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/delta"
)

// CountRows returns how many rows a file has, by its footer.
func (e *Engine) CountRows(ctx context.Context, name string) (int64, error) {
	rows := int64(0)
	err := e.withNames(ctx, e.work, []string{name}, func(conn *sql.Conn) error {
		question := "SELECT num_rows FROM parquet_file_metadata(" + text(e.disk.Path(name)) + ")"
		return conn.QueryRowContext(ctx, question).Scan(&rows)
	})
	if err != nil {
		return 0, fmt.Errorf("counting rows: %w", err)
	}
	return rows, nil
}

// CheckRows reads every value of a file, compares its pages with the checksums
// that their writer left, and returns how many rows it has.
func (e *Engine) CheckRows(ctx context.Context, name string) (int64, error) {
	rows := int64(0)
	err := e.withNames(ctx, e.work, []string{name}, func(conn *sql.Conn) error {
		groups, err := e.parquetGroups(ctx, conn, []string{name})
		if err != nil {
			return err
		}
		if _, err := e.checkPages(ctx, conn, groups); err != nil {
			return err
		}
		rows = groups[0].files[0].rows
		if len(groups[0].columns) == 0 {
			return nil // DuckDB reads none without
		}
		var sum sql.NullString // which needs every value, as a count would not
		question := `SELECT bit_xor(hash("a row of the file"))::VARCHAR FROM ` + readFiles(text(e.disk.Path(name)), "") + ` AS "a row of the file"`
		return conn.QueryRowContext(ctx, question).Scan(&sum)
	})
	if err != nil {
		return 0, fmt.Errorf("reading rows: %w", err)
	}
	return rows, nil
}

// Compact makes new data files of the rows of a bin.
func (e *Engine) Compact(ctx context.Context, t *delta.Table, b delta.Bin) ([]delta.Add, error) {
	bin, err := e.newBin(t, b)
	if err != nil {
		return nil, fmt.Errorf("compacting: %w", err)
	}
	var adds []delta.Add
	err = e.withFiles(ctx, e.work, bin.files, func(conn *sql.Conn) (err error) {
		source := bin.source
		if len(bin.Without) > 0 {
			source += " WHERE (" + bin.matching + ") IS NOT TRUE"
		}
		parts := parts{source: source, orderBy: bin.OrderBy, into: bin.Into, folder: bin.folder, statistics: bin.statistics}
		adds, err = e.writeParts(ctx, conn, parts)
		return err
	})
	for i := range adds {
		adds[i].PartitionValues = bin.partition
	}
	if err != nil {
		return adds, fmt.Errorf("compacting: %w", err)
	}
	return adds, nil
}

// bin is a delta.Bin as SQL.
type bin struct {
	delta.Bin
	folder     string
	columns    []delta.Column // that data files hold
	statistics []delta.Column
	partition  map[string]*string
	files      []leadlake.File
	source     string
	matching   string // a condition in SQL: what Without says
}

func (e *Engine) newBin(t *delta.Table, b delta.Bin) (bin, error) {
	columns, err := b.At.Columns()
	if err != nil {
		return bin{}, err
	}
	metadata := b.At.Metadata()
	c := bin{Bin: b, folder: t.Folder(), statistics: metadata.StatsColumns(columns)}
	c.columns = slices.DeleteFunc(columns, func(c delta.Column) bool { return slices.Contains(metadata.PartitionColumns, c.Name) })
	names := make([]string, len(b.Files))
	for i, name := range b.Files {
		add, _ := b.At.File(name)
		c.partition = add.PartitionValues
		names[i] = path.Join(c.folder, name)
		c.files = append(c.files, leadlake.File{Name: names[i], Size: add.Size})
	}
	var typed, quoted []string
	for _, column := range c.columns {
		sqlType, err := sqlType(column.Type)
		if err != nil {
			return bin{}, fmt.Errorf("column %q: %w", column.Name, err)
		}
		quoted = append(quoted, identifier(column.Name))
		typed = append(typed, "NULL::"+sqlType+" AS "+identifier(column.Name))
	}
	if c.OrderBy != "" && !slices.Contains(quoted, identifier(c.OrderBy)) {
		return bin{}, fmt.Errorf("no column %q to order by", c.OrderBy)
	}
	c.source = fmt.Sprintf("SELECT %s FROM (SELECT %s WHERE false UNION ALL BY NAME SELECT * FROM %s)",
		strings.Join(quoted, ", "), strings.Join(typed, ", "), readFiles(e.pathList(names), byName))
	c.matching, err = matching(c.columns, b.Without)
	return c, err
}

// sqlType returns DuckDB's type for one of the protocol.
func sqlType(t delta.DataType) (string, error) {
	simple := map[string]string{
		"string": "VARCHAR", "long": "BIGINT", "integer": "INTEGER", "short": "SMALLINT", "byte": "TINYINT",
		"float": "FLOAT", "double": "DOUBLE", "boolean": "BOOLEAN", "binary": "BLOB", "date": "DATE",
		"timestamp": "TIMESTAMPTZ", "timestamp_ntz": "TIMESTAMP",
	}
	switch t.Name {
	case "decimal":
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale), nil
	case "array":
		element, err := sqlType(*t.Element)
		return element + "[]", err
	case "map":
		key, errKey := sqlType(*t.Key)
		value, errValue := sqlType(*t.Element)
		return "MAP(" + key + ", " + value + ")", errors.Join(errKey, errValue)
	case "struct":
		members := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			member, err := sqlType(f.Type)
			if err != nil {
				return "", err
			}
			members[i] = identifier(f.Name) + " " + member
		}
		return "STRUCT(" + strings.Join(members, ", ") + ")", nil
	}
	name, ok := simple[t.Name]
	if !ok {
		return "", fmt.Errorf("%w: writing the type %s", delta.ErrUnsupported, t.Name)
	}
	return name, nil
}
