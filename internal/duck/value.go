package duck

import (
	"time"

	"leadlake"
)

// duckTypes maps a column's type to DuckDB's.
func duckTypes() map[leadlake.Type]string {
	return map[leadlake.Type]string{
		leadlake.Text:    "VARCHAR",
		leadlake.Number:  "DOUBLE",
		leadlake.Flag:    "BOOLEAN",
		leadlake.Day:     "DATE",
		leadlake.List:    "VARCHAR[]",
		leadlake.Instant: "TIMESTAMPTZ",
	}
}

// toDuck turns a value into what the appender takes.
func toDuck(v leadlake.Value) any {
	switch v := v.(type) {
	case leadlake.Date:
		return v.Time()
	case []string:
		if v == nil {
			return nil
		}
		return v
	default:
		return v
	}
}

// fromDuck turns what the driver returns into a value. A time at midnight UTC
// can be a day or an instant; the column's type decides, see asColumn.
func fromDuck(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]string, 0, len(v))
		for _, item := range v {
			s, ok := item.(string)
			if !ok { // a null in it: other writers' lists may have one
				return v
			}
			list = append(list, s)
		}
		return list
	case time.Time:
		return v.UTC()
	case uint64:
		return int64(v) //nolint:gosec // a number of rows or files, far below 2^63
	default:
		return v
	}
}

// asColumn gives a value that fromDuck returned the Go type of its column.
func asColumn(t leadlake.Type, v any) leadlake.Value {
	if at, ok := v.(time.Time); ok && t == leadlake.Day {
		return leadlake.DateOf(at)
	}
	return v
}
