package leadlake

// Type is the type of a column's values.
type Type string

// The types that a column can have, with the Go type of their Value.
const (
	Text    Type = "string"        // string
	Number  Type = "double"        // float64
	Flag    Type = "boolean"       // bool
	Day     Type = "date"          // Date
	List    Type = "array<string>" // []string
	Instant Type = "timestamp"     // time.Time, UTC
	Whole   Type = "bigint"        // int64
	// Changes is []Change: array<struct<event, old, new, seen_at, edited_at>>.
	Changes Type = "array<change>"
)

// Column is one property of a lead as the lake stores it.
type Column struct {
	Name  string // unique regardless of case; ASCII lower case, digits and _
	Type  Type
	Label string // what people call it; "" where it has no other name
}

// CoreColumns returns the columns that every lake has, in storage order. The
// caller owns the slice.
func CoreColumns() []Column {
	columns := []Column{
		{Name: ColumnID, Type: Text},
		{Name: ColumnNom, Type: Text},
		{Name: ColumnEmail, Type: Text},
		{Name: ColumnTelephone, Type: Text},
		{Name: ColumnStatut, Type: Text},
	}
	for _, e := range Events() {
		columns = append(columns, Column{Name: string(e), Type: Day})
	}
	return append(columns,
		Column{Name: ColumnSource, Type: Text},
		Column{Name: ColumnState, Type: Text},
		Column{Name: ColumnStateAt, Type: Instant},
		Column{Name: ColumnCreatedTime, Type: Instant},
		Column{Name: ColumnLastEditedTime, Type: Instant},
		Column{Name: ColumnURL, Type: Text},
		Column{Name: ColumnHistory, Type: Changes},
	)
}
