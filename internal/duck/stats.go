package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"leadlake"
	"leadlake/internal/delta"
)

// written is what DuckDB reports of a file that it wrote.
type written struct {
	rows, size int64
	columns    map[string]map[string]string // statistics by name, by column
}

// copyTo writes the rows of a query to a Parquet file.
func copyTo(ctx context.Context, conn *sql.Conn, query, file string) (written, error) {
	var (
		w          written
		name       string
		footer     uint64
		rows, size uint64
		columns    duckdb.OrderedMap
		keys       any
	)
	question := "COPY (" + query + ") TO " + text(file) + " (FORMAT parquet, COMPRESSION snappy, RETURN_STATS)"
	err := conn.QueryRowContext(ctx, question).Scan(&name, &rows, &size, &footer, &columns, &keys)
	if errors.Is(err, sql.ErrNoRows) { // nothing to write
		return w, nil
	}
	if err != nil {
		return w, err
	}
	w = written{rows: int64(rows), size: int64(size), columns: map[string]map[string]string{}}
	for _, column := range columns.Keys() {
		quoted, _ := column.(string)
		value, _ := columns.Get(column)
		statistics, ok := value.(duckdb.OrderedMap)
		if !ok {
			return w, fmt.Errorf("reading statistics: unexpected %T", value)
		}
		w.columns[quoted] = map[string]string{}
		for _, key := range statistics.Keys() {
			k, _ := key.(string)
			v, _ := statistics.Get(key)
			w.columns[quoted][k], _ = v.(string)
		}
	}
	return w, nil
}

// add returns the action for the file, with statistics on r.StatsColumns.
func (w written) add(name string, r leadlake.Rewrite) (delta.Add, error) {
	stats := delta.Stats{
		NumRecords: w.rows, MinValues: map[string]any{}, MaxValues: map[string]any{}, NullCount: map[string]int64{},
	}
	for _, c := range r.Columns {
		if !slices.Contains(r.StatsColumns, c.Name) {
			continue
		}
		found := w.columns[identifier(c.Name)]
		if nulls, err := strconv.ParseInt(found["null_count"], 10, 64); err == nil {
			stats.NullCount[c.Name] = nulls
		}
		low, hasLow := found["min"]
		high, hasHigh := found["max"]
		if hasLow && hasHigh {
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
func bound(stats *delta.Stats, c leadlake.Column, low, high string) {
	switch c.Type {
	case leadlake.Text:
		if top, ok := delta.StringMax(high); ok {
			stats.MinValues[c.Name], stats.MaxValues[c.Name] = delta.StringMin(low), top
		}
	case leadlake.Day:
		_, errLow := leadlake.ParseDate(low)
		_, errHigh := leadlake.ParseDate(high)
		if errLow == nil && errHigh == nil {
			stats.MinValues[c.Name], stats.MaxValues[c.Name] = low, high
		}
	case leadlake.Instant:
		from, errFrom := parseInstant(low)
		to, errTo := parseInstant(high)
		if errFrom == nil && errTo == nil {
			stats.MinValues[c.Name], stats.MaxValues[c.Name] = delta.TimestampStat(from), delta.TimestampStat(to)
		}
	case leadlake.Number, leadlake.Flag, leadlake.List: // nothing skips by them
	}
}

// parseInstant reads a TIMESTAMPTZ as DuckDB prints it in UTC.
func parseInstant(s string) (time.Time, error) {
	return time.Parse("2006-01-02 15:04:05.999999-07", strings.TrimSpace(s))
}
