package duck

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"leadlake/internal/delta"
)

// RowsWhere yields those of the rows that Rows yields for which all conditions
// hold. Files that cannot hold one, by what the log says of them, are not
// looked at.
func (e *Engine) RowsWhere(ctx context.Context, table *delta.Table, at *delta.Snapshot, folder string, where []delta.Predicate) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		columns, errColumns := at.Columns()
		some, errWhere := at.Where(where)
		if err := errors.Join(errColumns, errWhere); err != nil {
			yield(nil, err)
			return
		}
		cells := make([]int, len(where))
		for i, p := range where {
			cells[i] = slices.IndexFunc(columns, func(c delta.Column) bool { return c.Name == p.Column })
		}
		for row, err := range e.Rows(ctx, table, some, folder) {
			if err == nil && !matchesAll(where, cells, row) {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// matchesAll reports whether all conditions hold for a row, the cells of which
// they are about being at these places.
func matchesAll(where []delta.Predicate, cells []int, row []any) bool {
	for i, p := range where {
		if !p.Matches(row[cells[i]]) {
			return false
		}
	}
	return true
}

// CountMatches returns how many rows a live file of at has, and for how many of
// them all conditions hold.
func (e *Engine) CountMatches(ctx context.Context, t *delta.Table, at *delta.Snapshot, name string, where []delta.Predicate) (matches, rows int64, err error) {
	b, err := e.newBin(t, delta.Bin{At: at, Files: []string{name}, Without: where})
	if err != nil {
		return 0, 0, fmt.Errorf("counting rows: %w", err)
	}
	err = e.withFiles(ctx, e.work, b.files, func(conn *sql.Conn) error {
		question := "SELECT count(*) FILTER (WHERE " + b.matching + "), count(*) FROM (" + b.source + ")"
		return conn.QueryRowContext(ctx, question).Scan(&matches, &rows)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("counting rows: %w", err)
	}
	return matches, rows, nil
}

// matching returns the conditions in SQL: true where all hold.
func matching(columns []delta.Column, where []delta.Predicate) (string, error) {
	conditions := []string{"true"}
	for _, p := range where {
		at := slices.IndexFunc(columns, func(c delta.Column) bool { return c.Name == p.Column })
		if at < 0 {
			return "", fmt.Errorf("%w: data files have no column %q", delta.ErrPredicate, p.Column)
		}
		condition, err := predicateSQL(columns[at], p)
		if err != nil {
			return "", err
		}
		conditions = append(conditions, "("+condition+")")
	}
	return strings.Join(conditions, " AND "), nil
}

// predicateSQL says in SQL what Predicate.Matches says. DuckDB does not get to
// see a comparison of a column and a constant, by which it would leave out row
// groups: the statistics and Bloom filters of other writers are not to decide
// what is deleted, and know neither NaN nor that -0.0 equals 0.0.
func predicateSQL(c delta.Column, p delta.Predicate) (string, error) {
	name := identifier(c.Name)
	if p.Op == delta.IsNull || p.Op == delta.IsNotNull {
		return name + " " + string(p.Op), nil
	}
	value, err := constant(c, p.Value)
	if err != nil {
		return "", err
	}
	unless := name + " IS NULL THEN false"
	if f, ok := p.Value.(float64); ok {
		if math.IsNaN(f) {
			value = "'nan'::DOUBLE"
		}
		name += "::DOUBLE"
		unless += fmt.Sprintf(" WHEN isnan(%s) THEN %t", name, p.Matches(math.NaN()))
	}
	return fmt.Sprintf("CASE WHEN %s ELSE %s %s %s END", unless, name, p.Op, value), nil
}

// constant writes a value of the column in SQL.
func constant(c delta.Column, value any) (string, error) {
	switch v := value.(type) {
	case string:
		return "decode('" + hexadecimal(v) + "'::BLOB)", nil
	case int64:
		return "'" + strconv.FormatInt(v, 10) + "'::BIGINT", nil
	case float64:
		return "'" + strconv.FormatFloat(v, 'g', -1, 64) + "'::DOUBLE", nil
	case bool:
		return strconv.FormatBool(v), nil
	case *big.Rat:
		return "'" + v.FloatString(c.Type.Scale) + "'::" + strings.ToUpper(describe(c.Type)), nil
	case time.Time:
		switch at := v.UTC(); c.Type.Name {
		case "date":
			return "'" + at.Format(time.DateOnly) + "'::DATE", nil
		case "timestamp":
			return "'" + at.Format("2006-01-02 15:04:05.000000") + "+00'::TIMESTAMPTZ", nil
		default:
			return "'" + at.Format("2006-01-02 15:04:05.000000") + "'::TIMESTAMP", nil
		}
	}
	return "", fmt.Errorf("%w: a value of column %q cannot be a %T", delta.ErrPredicate, c.Name, value)
}

// hexadecimal writes the bytes of a text as DuckDB reads those of a BLOB.
func hexadecimal(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(`\x` + strings.ToUpper(hex.EncodeToString([]byte{s[i]})))
	}
	return b.String()
}
