package duck

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"leadlake"
	"leadlake/internal/delta"
)

// written is what is known of a file that was written, as DuckDB reports it.
type written struct {
	file       string // its path
	rows, size int64
	columns    map[string]map[string]string // statistics by name, by column
}

// copyTo writes the rows of a query to a Parquet file, or to several in a
// folder if the options say so. A file without rows is none.
func copyTo(ctx context.Context, conn *sql.Conn, query, target, options string) (files []written, err error) {
	question := fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION snappy, RETURN_STATS%s)", query, text(target), options)
	rows, err := conn.QueryContext(ctx, question)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var (
			w          written
			footer     uint64
			statistics duckdb.OrderedMap
			keys       any
		)
		if err := rows.Scan(&w.file, &w.rows, &w.size, &footer, &statistics, &keys); err != nil {
			return nil, err
		}
		if w.columns, err = columnStats(statistics); err != nil {
			return nil, err
		}
		if w.rows > 0 {
			files = append(files, w)
		}
	}
	return files, rows.Err()
}

func columnStats(reported duckdb.OrderedMap) (map[string]map[string]string, error) {
	columns := map[string]map[string]string{}
	for _, column := range reported.Keys() {
		quoted, _ := column.(string)
		value, _ := reported.Get(column)
		statistics, ok := value.(duckdb.OrderedMap)
		if !ok {
			return nil, fmt.Errorf("reading statistics: unexpected %T", value)
		}
		columns[quoted] = map[string]string{}
		for _, key := range statistics.Keys() {
			k, _ := key.(string)
			v, _ := statistics.Get(key)
			columns[quoted][k], _ = v.(string)
		}
	}
	return columns, nil
}

// add returns the action for the file, with statistics on some of its columns.
func (w written) add(name string, columns []delta.Column) (delta.Add, error) {
	stats := delta.Stats{
		NumRecords: w.rows, MinValues: map[string]any{}, MaxValues: map[string]any{}, NullCount: map[string]int64{},
	}
	for _, c := range columns {
		found := w.columns[identifier(c.Name)]
		if nulls, err := strconv.ParseInt(found["null_count"], 10, 64); err == nil {
			stats.NullCount[c.Name] = nulls
		}
		low, hasLow := found["min"]
		high, hasHigh := found["max"]
		if hasLow && hasHigh && found["has_nan"] != "true" {
			bound(&stats, c, low, high)
		}
	}
	encoded, err := stats.Encode()
	if err != nil {
		return delta.Add{}, err
	}
	return delta.Add{Path: name, Size: w.size, ModificationTime: time.Now().UnixMilli(), Stats: encoded}, nil
}

// bound adds the smallest and greatest value of a column, in the form of the
// protocol. A value that cannot be read leaves the column unknown.
func bound(stats *delta.Stats, c delta.Column, low, high string) {
	from, okFrom := boundary(c.Type.Name, low)
	to, okTo := boundary(c.Type.Name, high)
	if c.Type.Name == "string" {
		from = delta.StringMin(low)
		to, okTo = delta.StringMax(high)
	}
	if okFrom && okTo {
		stats.MinValues[c.Name], stats.MaxValues[c.Name] = from, to
	}
}

// boundary reads a value that DuckDB reports of a column.
func boundary(typeName, value string) (any, bool) {
	switch typeName {
	case "string":
		return value, true
	case "date":
		_, err := leadlake.ParseDate(value)
		return value, err == nil
	case "timestamp":
		at, err := parseInstant(value)
		return delta.TimestampStat(at), err == nil
	case "timestamp_ntz":
		at, err := time.Parse("2006-01-02 15:04:05.999999", value)
		return strings.TrimSuffix(delta.TimestampStat(at), "Z"), err == nil
	case "byte", "short", "integer", "long", "float", "double", "decimal":
		return json.Number(value), json.Valid([]byte(value)) // inf is none
	}
	return nil, false
}

// instantForm is how DuckDB prints a TIMESTAMPTZ in UTC.
const instantForm = "2006-01-02 15:04:05.999999-07"

// parseInstant reads a TIMESTAMPTZ as DuckDB prints it in UTC.
func parseInstant(s string) (time.Time, error) {
	return time.Parse(instantForm, strings.TrimSpace(s))
}
