package app

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

// writeCanonical writes rows, as duck.Engine's Rows yields them, so that they
// can be compared with what other engines read: JSON with sorted keys and no
// spaces, numbers as Python prints them, instants with six digits.
func writeCanonical(out *bufio.Writer, columns []delta.Column, rows iter.Seq2[[]any, error]) error {
	table := formOf(delta.DataType{Name: "struct", Fields: columns})
	keys := make([][]byte, len(columns))
	for i, m := range table.members {
		keys[i] = m.key
	}
	header := []byte("#columns [" + string(bytes.Join(keys, []byte(","))) + "]\n")
	var line []byte
	for row, err := range rows {
		if err != nil {
			return &readError{err}
		}
		line = append(table.appendStruct(append(line[:0], header...), row), '\n')
		header = nil
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	_, err := out.Write(header) // where there was no row
	return err
}

// readError is an error of reading the rows, and not of writing them.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// form is how values of a type are written.
type form struct {
	name         string   // of the type
	members      []member // of a struct, sorted by name
	fields       []string // of a struct, in their order
	key, element *form    // of a map; the element of an array, too
}

// has reports whether a struct has a field.
func (f *form) has(field string) bool { return slices.Contains(f.fields, field) }

type member struct {
	at   int    // its place in the struct
	key  []byte // as JSON
	form *form
}

func formOf(t delta.DataType) *form {
	f := &form{name: t.Name}
	if t.Key != nil {
		f.key = formOf(*t.Key)
	}
	if t.Element != nil {
		f.element = formOf(*t.Element)
	}
	for i, field := range t.Fields {
		f.fields = append(f.fields, field.Name)
		f.members = append(f.members, member{at: i, key: appendText(nil, field.Name), form: formOf(field.Type)})
	}
	slices.SortFunc(f.members, func(a, b member) int { return strings.Compare(f.fields[a.at], f.fields[b.at]) })
	return f
}

// appendCell writes a value as JSON.
func (f *form) appendCell(line []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(line, "null"...)
	case bool:
		return strconv.AppendBool(line, v)
	case int64:
		return strconv.AppendInt(line, v, 10)
	case []duck.Entry:
		line = append(line, '[')
		for i, e := range f.sorted(v) {
			line = append(appendComma(line, i), '[')
			line = append(f.key.appendCell(line, e.Key), ',')
			line = append(f.element.appendCell(line, e.Value), ']')
		}
		return append(line, ']')
	case []any:
		if f.name == "struct" {
			return f.appendStruct(line, v)
		}
		line = append(line, '[')
		for i, item := range v {
			line = f.element.appendCell(appendComma(line, i), item)
		}
		return append(line, ']')
	default:
		return appendText(line, f.text(value))
	}
}

func (f *form) appendStruct(line []byte, fields []any) []byte {
	line = append(line, '{')
	for i, m := range f.members {
		line = append(append(appendComma(line, i), m.key...), ':')
		line = m.form.appendCell(line, fields[m.at])
	}
	return append(line, '}')
}

// appendComma separates the i-th item from the one before it.
func appendComma(line []byte, i int) []byte {
	if i > 0 {
		return append(line, ',')
	}
	return line
}

// text returns what is written of a value that is written as a text.
func (f *form) text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return hex.EncodeToString(v)
	case float64:
		return floatText(v)
	case time.Time:
		return f.timeText(v.UTC())
	default:
		return fmt.Sprint(v)
	}
}

func (f *form) timeText(t time.Time) string {
	day := fmt.Sprintf("%04d-%02d-%02d", t.Year(), t.Month(), t.Day())
	switch f.name {
	case "date":
		return day
	case "timestamp":
		return day + t.Format("T15:04:05.000000Z")
	default:
		return day + t.Format("T15:04:05.000000")
	}
}

// floatText returns the shortest text that reads back as f, as Python's repr.
func floatText(f float64) string {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case size >= 1e16 || size != 0 && size < 1e-4:
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// appendText writes a JSON string that escapes no more than it must.
// encoding/json would escape the line separators of Unicode, too.
func appendText(line []byte, s string) []byte {
	line = append(line, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte("\"\\\n\r\t\b\f", c) >= 0:
			line = append(line, '\\', `"\nrtbf`[strings.IndexByte("\"\\\n\r\t\b\f", c)])
		case c < ' ':
			line = fmt.Appendf(line, `\u%04x`, c)
		default:
			line = append(line, c)
		}
	}
	return append(line, '"')
}
