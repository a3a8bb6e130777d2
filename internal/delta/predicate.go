package delta

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrPredicate says that a predicate cannot be asked of a table: it has not the
// column, or the value is of another type. The text says what to write instead,
// and never the value, which may be somebody's name.
var ErrPredicate = errors.New("the condition cannot be asked")

// Op compares a column with a value.
type Op string

// The operators.
const (
	Equal          Op = "="
	NotEqual       Op = "!="
	Less           Op = "<"
	LessOrEqual    Op = "<="
	Greater        Op = ">"
	GreaterOrEqual Op = ">="
	IsNull         Op = "IS NULL"
	IsNotNull      Op = "IS NOT NULL"
)

// Predicate is a condition on one column of a row. Several are a conjunction.
//
// Null is neither equal to anything nor different from it, nor less or greater.
// Strings are ordered by their code points, as SQL does without a collation;
// NaN equals itself and is greater than any other number, as in Spark and
// DuckDB; -0.0 equals 0.0.
type Predicate struct {
	Column string
	Op     Op
	// Value is what to compare with, none for IsNull and IsNotNull: a string, an
	// int64 for whole numbers, a float64 (for a float one that it can be), a
	// *big.Rat for a decimal, a bool, or a time.Time in UTC: midnight for a date,
	// whole microseconds for timestamps, in the years 1 to 9999.
	Value any
}

// Matches reports whether the condition holds for a cell: nil, or what Value
// can be for the column, a decimal as its text. Whether Value is of the column's
// type is for Snapshot.Where to say.
func (p Predicate) Matches(cell any) bool {
	switch {
	case p.Op == IsNull:
		return cell == nil
	case cell == nil:
		return false
	case p.Op == IsNotNull:
		return true
	}
	order, comparable := compare(cell, p.Value)
	return comparable && p.Op.holds(order)
}

// holds reports whether the operator is true of two values in that order.
func (o Op) holds(order int) bool {
	switch o {
	case Equal:
		return order == 0
	case NotEqual:
		return order != 0
	case Less:
		return order < 0
	case LessOrEqual:
		return order <= 0
	case Greater:
		return order > 0
	case GreaterOrEqual:
		return order >= 0
	case IsNull, IsNotNull:
	}
	return false
}

// compare orders a cell and a value of the same type; ok is false for others.
func compare(cell, value any) (order int, ok bool) {
	switch v := value.(type) {
	case string:
		c, ok := cell.(string)
		return strings.Compare(c, v), ok
	case int64:
		c, ok := cell.(int64)
		return cmp.Compare(c, v), ok
	case float64:
		c, ok := cell.(float64)
		return compareFloats(c, v), ok
	case bool:
		c, ok := cell.(bool)
		return compareBooleans(c, v), ok
	case time.Time:
		c, ok := cell.(time.Time)
		return c.Compare(v), ok
	case *big.Rat:
		c, ok := cell.(*big.Rat)
		if text, isText := cell.(string); isText {
			c, ok = new(big.Rat).SetString(text)
		}
		if !ok {
			return 0, false
		}
		return c.Cmp(v), true
	}
	return 0, false
}

// compareFloats has NaN as the greatest of all, where cmp.Compare has it as the
// least.
func compareFloats(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Compare(a, b)
}

func compareBooleans(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// check returns the column of p, or why it cannot be asked of these columns.
func (p Predicate) check(columns []Column) (Column, error) {
	i := slices.IndexFunc(columns, func(c Column) bool { return c.Name == p.Column })
	if i < 0 {
		return Column{}, fmt.Errorf("%w: there is no column %q; the columns are %s", ErrPredicate, p.Column, listed(columns))
	}
	c := columns[i]
	switch p.Op {
	case IsNull, IsNotNull:
		if c.Type.Name != "void" { // which no file has
			return c, nil
		}
	case Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual:
	default:
		return Column{}, fmt.Errorf("%w: there is no operator %q; write one of =, !=, <, <=, >, >=, is null, is not null", ErrPredicate, p.Op)
	}
	if err := c.comparable(); err != nil {
		return Column{}, err
	}
	if !c.Type.holds(p.Value) {
		return Column{}, c.wants()
	}
	return c, nil
}

// comparable refuses columns whose values have no order that all agree on.
func (c Column) comparable() error {
	switch c.Type.Name {
	case "binary", "void", "struct", "array", "map":
		return fmt.Errorf("%w: column %q is of the type %s, which cannot be compared", ErrPredicate, c.Name, c.Type.Name)
	}
	return nil
}

// holds reports whether v is a value of the type, in the form of a Predicate.
func (t DataType) holds(v any) bool {
	switch v := v.(type) {
	case string:
		return t.Name == "string" && utf8.ValidString(v)
	case bool:
		return t.Name == "boolean"
	case time.Time:
		return t.holdsTime(v.UTC())
	}
	return t.holdsNumber(v)
}

func (t DataType) holdsTime(v time.Time) bool {
	switch t.Name {
	case "date":
		return v.Year() >= 1 && v.Year() <= 9999 && v.Equal(v.Truncate(24*time.Hour))
	case "timestamp", "timestamp_ntz":
		return v.Year() >= 1 && v.Year() <= 9999 && v.Nanosecond()%1000 == 0
	}
	return false
}

func (t DataType) holdsNumber(v any) bool {
	switch v := v.(type) {
	case int64:
		bits := map[string]int{"byte": 8, "short": 16, "integer": 32, "long": 64}[t.Name]
		return bits > 0 && v>>(bits-1) == v>>63
	case float64:
		return t.Name == "double" || t.Name == "float" && (math.IsNaN(v) || float64(float32(v)) == v)
	case *big.Rat:
		return t.Name == "decimal" && v != nil && t.holdsRational(v)
	}
	return false
}

func (t DataType) holdsRational(v *big.Rat) bool {
	ten := func(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
	unscaled := new(big.Rat).Mul(v, new(big.Rat).SetInt(ten(t.Scale)))
	return unscaled.IsInt() && unscaled.Num().CmpAbs(ten(t.Precision)) < 0
}

// wants says what to write as a value of the column.
func (c Column) wants() error {
	example := map[string]string{
		"byte": "a whole number from -128 to 127", "short": "a whole number from -32768 to 32767",
		"integer": "a whole number of 32 bits", "long": "a whole number of 64 bits",
		"float": "a number such as 1.5, nan or inf", "double": "a number such as 1.5, nan or inf",
		"boolean": "true or false", "date": "a day such as 2026-01-31", "string": "a text",
		"timestamp": "a time such as 2026-01-31 or 2026-01-31T15:04:05Z", "timestamp_ntz": "a time such as 2026-01-31 or 2026-01-31T15:04:05",
		"decimal": "a number with at most " + strconv.Itoa(c.Type.Precision-c.Type.Scale) + " digits before and " + strconv.Itoa(c.Type.Scale) + " behind the point",
	}[c.Type.Name]
	return fmt.Errorf("%w: the value is none of column %q: write %s", ErrPredicate, c.Name, example)
}

func listed(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
