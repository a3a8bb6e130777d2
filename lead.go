package leadlake

import (
	"reflect"
	"time"
)

// Lead is one prospect, and one page in Notion.
type Lead struct {
	// ID is the key: unique in the lake, never empty.
	ID string
	// Values holds what is known beside the id, by column name. A nil Value is a known
	// emptiness (null); a column that is absent is unknown, and storing the
	// lead leaves what is stored there as it is.
	Values map[string]Value
}

// Value is one cell: a string, float64, bool, Date, []string, time.Time
// (always UTC), int64, []Change or nil. Column.Type says which.
type Value any

// Columns that every lake has, beside the five of Events.
const (
	ColumnID        = "id"
	ColumnNom       = "nom"
	ColumnEmail     = "email"
	ColumnTelephone = "telephone"
	ColumnStatut    = "statut"

	ColumnSource         = "_source"
	ColumnState          = "_state"
	ColumnStateAt        = "_state_at"
	ColumnCreatedTime    = "_created_time"
	ColumnLastEditedTime = "_last_edited_time"
	ColumnURL            = "_url"
)

// SourceAdopted is in ColumnSource of leads that came with a table of another
// program and whose ids are those of pages in Notion: until the database is
// synced for the first time, nobody knows its id. They are taken for leads of
// whichever Notion database is synced.
const SourceAdopted = "adopted"

// State says where a lead stands in its source; it is stored in ColumnState.
type State string

// The states of a lead. Numbers count active and archived leads only.
const (
	Active      State = "active"
	Archived    State = "archived"
	Trashed     State = "trashed"
	Moved       State = "moved"
	Unreachable State = "unreachable"
)

// Counts reports whether leads of the state are counted.
func (s State) Counts() bool { return s == Active || s == Archived }

// SameValue reports whether two values are equal as they are stored: an instant
// to the microsecond.
func SameValue(a, b Value) bool {
	x, isTime := a.(time.Time)
	y, both := b.(time.Time)
	if isTime && both {
		return x.Truncate(time.Microsecond).Equal(y.Truncate(time.Microsecond))
	}
	return reflect.DeepEqual(a, b)
}

// Text returns the string in column, or "" where it is null or unknown.
func (l Lead) Text(column string) string {
	s, _ := l.Values[column].(string)
	return s
}

// Day returns the day on which e happened, and whether it did.
func (l Lead) Day(e Event) (Date, bool) {
	d, ok := l.Values[string(e)].(Date)
	return d, ok
}

// Time returns the instant in column, or the zero time where it is null or
// unknown.
func (l Lead) Time(column string) time.Time {
	t, _ := l.Values[column].(time.Time)
	return t
}
