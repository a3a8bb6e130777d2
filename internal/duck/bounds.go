package duck

import (
	"encoding/binary"
	"strconv"
	"time"

	"leadlake"
	"leadlake/internal/parquet"
)

// reportOf returns the statistics of a column as DuckDB reports them of a file
// that it wrote, from what the footer says of its row groups of so many rows.
// What is not known of one of them is not known.
func reportOf(of leadlake.Type, rows []int64, groups []parquet.Bounds) map[string]string {
	report, nulls := map[string]string{}, int64(0)
	for _, g := range groups {
		if g.Nulls < 0 {
			return report
		}
		nulls += g.Nulls
	}
	if len(groups) > 0 {
		report["null_count"] = strconv.FormatInt(nulls, 10)
	}
	low, high := extremes(of, rows, groups)
	from, okFrom := printed(of, low)
	to, okTo := printed(of, high)
	if okFrom && okTo {
		report["min"], report["max"] = from, to
	}
	return report
}

// extremes returns the smallest and the greatest value, nil where they are not
// known or there are only nulls.
func extremes(of leadlake.Type, rows []int64, groups []parquet.Bounds) (low, high []byte) {
	for i, g := range groups {
		if g.Nulls == rows[i] {
			continue
		}
		if g.Min == nil || g.Max == nil {
			return nil, nil
		}
		if low == nil || less(of, g.Min, low) {
			low = g.Min
		}
		if high == nil || less(of, high, g.Max) {
			high = g.Max
		}
	}
	return low, high
}

// less compares values as they are stored.
func less(of leadlake.Type, a, b []byte) bool {
	x, okA := stored(of, a)
	y, okB := stored(of, b)
	if okA && okB {
		return x < y
	}
	return string(a) < string(b)
}

// stored reads a day or an instant: days or microseconds since 1970.
func stored(of leadlake.Type, value []byte) (int64, bool) {
	switch {
	case of == leadlake.Day && len(value) == 4:
		return int64(int32(binary.LittleEndian.Uint32(value))), true //nolint:gosec // its bits are what counts
	case of == leadlake.Instant && len(value) == 8:
		return int64(binary.LittleEndian.Uint64(value)), true //nolint:gosec // as above
	}
	return 0, false
}

// printed writes a value as DuckDB prints it, if it is of a type that has
// statistics.
func printed(of leadlake.Type, value []byte) (string, bool) {
	n, ok := stored(of, value)
	switch {
	case value == nil:
		return "", false
	case of == leadlake.Text:
		return string(value), true
	case of == leadlake.Day && ok:
		return time.Unix(0, 0).UTC().AddDate(0, 0, int(n)).Format(time.DateOnly), true
	case of == leadlake.Instant && ok:
		return time.UnixMicro(n).UTC().Format(instantForm), true
	}
	return "", false
}
