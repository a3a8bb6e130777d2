package delta

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// PartitionValue reads the value that a file has in a partition column: nil,
// string, int64, float64, bool, []byte, or time.Time for days and timestamps.
// A decimal stays text. The empty text is null, too.
func PartitionValue(t DataType, text *string) (any, error) {
	if text == nil || *text == "" {
		return nil, nil //nolint:nilnil // null is the value
	}
	value, err := parsePartition(t, *text)
	if err != nil {
		return nil, fmt.Errorf("%w: partition value %q is no %s", ErrDamaged, *text, t.Name)
	}
	return value, nil
}

func parsePartition(t DataType, text string) (any, error) {
	bits := map[string]int{"byte": 8, "short": 16, "integer": 32, "long": 64}
	switch t.Name {
	case "string":
		return text, nil
	case "byte", "short", "integer", "long":
		return strconv.ParseInt(text, 10, bits[t.Name])
	case "float":
		return strconv.ParseFloat(text, 32)
	case "double":
		return strconv.ParseFloat(text, 64)
	case "boolean":
		return parseBoolean(text)
	case "binary":
		return []byte(text), nil
	case "decimal":
		return parseDecimal(t, text)
	case "date":
		return inAnyYear(text, time.DateOnly)
	case "timestamp", "timestamp_ntz":
		return parseTimestamp(text)
	}
	return nil, fmt.Errorf("no partition can be a %s", t.Name)
}

func parseBoolean(text string) (any, error) {
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, strconv.ErrSyntax
}

func parseDecimal(t DataType, text string) (any, error) {
	digits := strings.TrimLeft(text, "+-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if digits == "." || len(digits) < len(text)-1 || strings.Trim(whole+fraction, "0123456789") != "" {
		return nil, strconv.ErrSyntax
	}
	if len(strings.TrimLeft(whole, "0")) > t.Precision-t.Scale {
		return nil, strconv.ErrRange
	}
	return text, nil
}

// parseTimestamp reads both forms of the protocol. Without a zone it is UTC:
// the zone of the writer is nowhere said.
func parseTimestamp(text string) (any, error) {
	var at time.Time
	var err error
	for _, layout := range []string{
		"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00",
		"2006-01-02T15:04:05.999999999", time.DateOnly,
	} {
		if at, err = inAnyYear(text, layout); err == nil {
			return at.UTC(), nil
		}
	}
	return nil, err
}

// inAnyYear reads a time as layout says, whose year may also be one before
// Christ, as Java counts them, or have five digits or six. It is read in another
// year of the calendar's 400 years, where the days are the same.
func inAnyYear(text, layout string) (time.Time, error) {
	digits := strings.TrimLeft(text, "+-")
	sign := text[:len(text)-len(digits)]
	written, rest, _ := strings.Cut(digits, "-")
	year, err := strconv.Atoi(written)
	if sign == "" && len(written) == 4 || len(sign) > 1 || err != nil || len(written) < 4 || len(written) > 6 {
		return time.Parse(layout, text)
	}
	if sign == "-" {
		year = -year
	}
	cycles := year / 400
	if year%400 < 0 {
		cycles--
	}
	at, err := time.Parse(layout, fmt.Sprintf("%04d-%s", year-400*cycles, rest))
	return at.AddDate(400*cycles, 0, 0), err
}
