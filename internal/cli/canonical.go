package cli

import (
	"bufio"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"leadlake"
)

// writeCanonical writes rows so that they can be compared with what other
// engines read: JSON with sorted keys and no spaces, numbers as Python prints
// them, instants with six digits. The columns come in order.
func writeCanonical(out *bufio.Writer, columns []leadlake.Column, rows iter.Seq2[[]any, error]) error {
	keys := make([]string, len(columns))
	for i, c := range columns {
		keys[i] = string(appendText(nil, c.Name))
	}
	header := "#columns [" + strings.Join(keys, ",") + "]\n"
	for row, err := range rows {
		if err != nil {
			return err
		}
		line := []byte(header)
		header = ""
		for i, c := range columns {
			line = append(line, "{,"[min(i, 1)])
			line = append(append(line, keys[i]...), ':')
			line = appendCell(line, c.Type, row[i])
		}
		if _, err := out.Write(append(line, "}\n"...)); err != nil {
			return err
		}
	}
	_, err := out.WriteString(header) // where there was no row
	return err
}

// appendCell writes a value of a column of type t.
func appendCell(line []byte, t leadlake.Type, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(line, "null"...)
	case bool:
		return strconv.AppendBool(line, v)
	case float64:
		return append(append(append(line, '"'), floatText(v)...), '"')
	case time.Time:
		if t == leadlake.Day {
			return append(append(append(line, '"'), leadlake.DateOf(v).String()...), '"')
		}
		return append(v.UTC().AppendFormat(append(line, '"'), "2006-01-02T15:04:05.000000Z"), '"')
	case []string:
		return appendList(line, v)
	case []any:
		return appendList(line, v)
	default:
		return appendText(line, fmt.Sprint(v))
	}
}

func appendList[T any](line []byte, items []T) []byte {
	line = append(line, '[')
	for i, item := range items {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendCell(line, leadlake.Text, item)
	}
	return append(line, ']')
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
	for _, r := range s {
		if i := strings.IndexRune("\"\\\n\r\t\b\f", r); i >= 0 {
			line = append(line, '\\', `"\nrtbf`[i])
			continue
		}
		if r < ' ' {
			line = fmt.Appendf(line, `\u%04x`, r)
			continue
		}
		line = append(line, string(r)...)
	}
	return append(line, '"')
}
