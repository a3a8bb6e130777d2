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
		leadlake.Whole:   "BIGINT",
		leadlake.Changes: "STRUCT(event VARCHAR, old DATE, new DATE, seen_at TIMESTAMPTZ, edited_at TIMESTAMPTZ)[]",
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
	case []leadlake.Change:
		return fromChanges(v)
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
	if t == leadlake.Changes {
		return toChanges(v)
	}
	return v
}

// fromChanges turns a history into what the appender takes.
func fromChanges(history []leadlake.Change) any {
	if len(history) == 0 {
		return nil
	}
	day := func(d *leadlake.Date) any {
		if d == nil {
			return nil
		}
		return d.Time()
	}
	rows := make([]any, len(history))
	for i, c := range history {
		row := map[string]any{"event": string(c.Event), "old": day(c.Old), "new": day(c.New), "seen_at": c.SeenAt, "edited_at": nil}
		if !c.EditedAt.IsZero() {
			row["edited_at"] = c.EditedAt
		}
		rows[i] = row
	}
	return rows
}

// toChanges does the reverse. A change that another writer left null is none.
func toChanges(v any) leadlake.Value {
	rows, ok := v.([]any)
	if !ok {
		return nil
	}
	history := make([]leadlake.Change, 0, len(rows))
	for _, r := range rows {
		row, ok := r.(map[string]any)
		if !ok {
			continue
		}
		c := leadlake.Change{}
		name, _ := row["event"].(string)
		c.Event = leadlake.Event(name)
		c.SeenAt, c.EditedAt = instantOf(row["seen_at"]), instantOf(row["edited_at"])
		c.Old, c.New = dayOf(row["old"]), dayOf(row["new"])
		history = append(history, c)
	}
	return history
}

func instantOf(v any) time.Time {
	at, _ := v.(time.Time)
	if at.IsZero() {
		return time.Time{}
	}
	return at.UTC()
}

func dayOf(v any) *leadlake.Date {
	at, ok := v.(time.Time)
	if !ok {
		return nil
	}
	return new(leadlake.DateOf(at))
}
