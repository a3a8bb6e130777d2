package delta

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Where returns the snapshot with those of its live files alone that may hold a
// row for which all conditions hold, by what the log says of the files. A file
// of which it says nothing, or something doubtful, is kept: every row that
// matches is in the files that are left, beside others that do not.
//
// A condition that cannot be asked of the table is ErrPredicate.
func (s *Snapshot) Where(where []Predicate) (*Snapshot, error) {
	if len(where) == 0 {
		return s, nil
	}
	conditions, err := s.conditions(where)
	if err != nil {
		return nil, err
	}
	return s.Only(func(name string) bool { return conditions.mayHold(s.state.whole(s.state.files[name])) }), nil
}

// condition is a predicate with the column that it is about.
type condition struct {
	Predicate
	column    Column
	partition bool // the column's values stand in the log
}

type conditions []condition

func (s *Snapshot) conditions(where []Predicate) (conditions, error) {
	columns, err := s.Columns()
	if err != nil {
		return nil, err
	}
	found := make(conditions, len(where))
	for i, p := range where {
		column, err := p.check(columns)
		if err != nil {
			return nil, err
		}
		found[i] = condition{Predicate: p, column: column, partition: slices.Contains(s.state.metadata.PartitionColumns, column.Name)}
	}
	return found, nil
}

// mayHold reports whether a file may hold a row for which all conditions hold.
func (c conditions) mayHold(a Add) bool {
	stats := readStats(a.Stats)
	for _, one := range c {
		if one.partition && !one.mayHoldPartition(&a) || !one.partition && !stats.mayHold(one) {
			return false
		}
	}
	return true
}

func (c condition) mayHoldPartition(a *Add) bool {
	text, known := a.PartitionValues[c.column.Physical]
	value, err := PartitionValue(c.column.Type, text)
	return !known || err != nil || c.Matches(value)
}

// fileStats is what an add says about the rows of its file. Whatever cannot be
// read in it is unknown.
type fileStats struct {
	NumRecords                      json.Number
	MinValues, MaxValues, NullCount map[string]json.RawMessage
}

func readStats(text string) fileStats {
	var parts map[string]json.RawMessage
	var s fileStats
	if json.Unmarshal([]byte(text), &parts) != nil {
		return s
	}
	// One part that cannot be read leaves the others what they are.
	if json.Unmarshal(parts["numRecords"], &s.NumRecords) != nil {
		s.NumRecords = ""
	}
	for name, part := range map[string]*map[string]json.RawMessage{"minValues": &s.MinValues, "maxValues": &s.MaxValues, "nullCount": &s.NullCount} {
		if json.Unmarshal(parts[name], part) != nil {
			*part = nil
		}
	}
	return s
}

// mayHold reports whether a row of the file may match. Where rows are deleted
// by a vector, what is said is of all rows that the file ever had, or at least
// bounds those that are left (tightBounds=false): no null among them still
// means none, only nulls still only nulls.
func (s fileStats) mayHold(c condition) bool {
	nulls, errNulls := strconv.ParseInt(string(s.NullCount[c.column.Physical]), 10, 64)
	rows, errRows := s.NumRecords.Int64()
	onlyNulls := errNulls == nil && errRows == nil && nulls == rows
	switch c.Op {
	case IsNull:
		return errNulls != nil || nulls != 0
	case IsNotNull:
		return !onlyNulls
	case Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual:
	}
	return !onlyNulls && s.bounds(c.column).mayHold(c.Predicate)
}

// bounds lie around the values of a column; nil where one is not known.
type bounds struct {
	low, high any
	// prefix says that values may go on behind high, which was cut off.
	prefix bool
	// nan says that NaN may be among the values. It is in no statistics.
	nan bool
}

// mayHold reports whether a value within the bounds may match.
func (b bounds) mayHold(p Predicate) bool {
	if b.doubtful(p.Value) {
		return true
	}
	low, high := b.around(p.Value)
	switch p.Op {
	case Equal:
		return low <= 0 && high >= 0
	case NotEqual:
		return b.nan || low < 0 || high > 0
	case Less, LessOrEqual:
		return p.Op.holds(low)
	case Greater, GreaterOrEqual:
		return b.nan || p.Op.holds(high)
	case IsNull, IsNotNull:
	}
	return true
}

// doubtful reports whether the bounds say nothing about a value: they contradict
// each other, or not all writers put the value in the same place among others.
func (b bounds) doubtful(value any) bool {
	order, ok := compare(b.low, b.high)
	switch v := value.(type) {
	case string:
		return ok && order > 0 || ordersDiffer(v)
	case float64:
		return ok && order > 0 || math.IsNaN(v)
	}
	return ok && order > 0
}

// around orders the least of the values, and the greatest, and value. What is
// not known of them may be less, and greater.
func (b bounds) around(value any) (low, high int) {
	low, high = -1, 1
	if order, ok := compare(b.low, value); ok {
		low = order
	}
	text, isText := value.(string)
	if most, _ := b.high.(string); isText && b.prefix && strings.HasPrefix(text, most) {
		return low, high
	}
	if order, ok := compare(b.high, value); ok {
		high = order
	}
	return low, high
}

// ordersDiffer reports whether a text may be at another place among others for
// a writer who orders by UTF-16: it has a character behind the surrogates.
func ordersDiffer(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0xE000 })
}

// bounds returns what is known of a column's values.
func (s fileStats) bounds(c Column) bounds {
	low, high := s.MinValues[c.Physical], s.MaxValues[c.Physical]
	switch c.Type.Name {
	case "string":
		return textBounds(low, high)
	case "byte", "short", "integer", "long":
		return boundsBy(low, high, func(text string) (any, any, bool) {
			i, err := strconv.ParseInt(text, 10, 64)
			return i, i, err == nil
		})
	case "float", "double":
		b := boundsBy(low, high, floatBound)
		b.nan = true
		return b
	case "decimal":
		return boundsBy(low, high, c.Type.decimalBound)
	case "boolean":
		return boundsBy(low, high, func(text string) (any, any, bool) {
			return text == "true", text == "true", text == "true" || text == "false"
		})
	case "date", "timestamp", "timestamp_ntz":
		return boundsBy(low, high, c.Type.timeBound)
	}
	return bounds{}
}

// boundsBy reads both bounds. read returns the least and the greatest value
// that a bound, as JSON, may stand for.
func boundsBy(low, high json.RawMessage, read func(text string) (least, greatest any, ok bool)) bounds {
	var b bounds
	if least, _, ok := read(string(bytes.TrimSpace(low))); ok {
		b.low = least
	}
	if _, greatest, ok := read(string(bytes.TrimSpace(high))); ok {
		b.high = greatest
	}
	return b
}

// floatBound reads a number that may have been one of 32 bits, which a column
// that was widened since holds with all its digits.
func floatBound(text string) (least, greatest any, ok bool) {
	wide, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(wide) {
		return nil, nil, false
	}
	narrow := float64(float32(wide))
	return min(wide, narrow), max(wide, narrow), true
}

// exactDigits is how many decimal digits a double always holds.
const exactDigits = 15

// decimalBound reads a number that may have been through a double.
func (t DataType) decimalBound(text string) (least, greatest any, ok bool) {
	if _, err := strconv.ParseFloat(text, 64); err != nil { // Rat reads fractions and huge exponents, too
		return nil, nil, false
	}
	digits, ok := new(big.Rat).SetString(text)
	if !ok || t.Precision <= exactDigits {
		return digits, digits, ok
	}
	off := new(big.Rat).Mul(new(big.Rat).Abs(digits), big.NewRat(1, 1<<50))
	return new(big.Rat).Sub(digits, off), new(big.Rat).Add(digits, off), true
}

// oldest is the year from which on all writers mean the same day and instant by
// a text: before it some count by the Julian calendar or by local mean time.
const oldest = 1900

// timeBound reads a day or an instant. An instant may have been cut to its
// millisecond, and one without a zone was in that of its writer, which is not
// known.
func (t DataType) timeBound(text string) (least, greatest any, ok bool) {
	var value string
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil, nil, false
	}
	day, err := time.Parse(time.DateOnly, value)
	if t.Name == "date" {
		return day, day, err == nil && day.Year() >= oldest
	}
	off := time.Millisecond
	at := day
	if err != nil {
		parsed, err := parseTimestamp(value)
		if err != nil {
			return nil, nil, false
		}
		at, _ = parsed.(time.Time)
	}
	if zoned := strings.HasSuffix(value, "Z"); t.Name == "timestamp" && !zoned || t.Name == "timestamp_ntz" && !zoned && hasOffset(value) {
		off = 24 * time.Hour
	}
	return at.Add(-off), at.Add(off), at.Year() >= oldest
}

// hasOffset reports whether an instant ends with one, such as +02:00.
func hasOffset(text string) bool {
	_, clock, _ := strings.Cut(strings.Replace(text, " ", "T", 1), "T")
	return strings.ContainsAny(clock, "+-")
}

// textBounds reads the bounds of texts. What is left of one that was cut in
// the middle of a character comes as the replacement character, which is also
// what some writers put behind a maximum that they cut.
func textBounds(low, high json.RawMessage) bounds {
	var from, to *string
	var b bounds
	if json.Unmarshal(low, &from) == nil && from != nil {
		b.low, _, _ = strings.Cut(*from, string(utf8.RuneError))
	}
	if json.Unmarshal(high, &to) == nil && to != nil {
		whole, _, cut := strings.Cut(*to, string(utf8.RuneError))
		b.high = whole
		b.prefix = cut || utf16Length(whole) >= statLength
	}
	return b
}

// utf16Length returns how many characters some writers count in a text.
func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
