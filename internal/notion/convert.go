package notion

import (
	"fmt"
	"strconv"
	"strings"

	"leadlake"
)

// convert turns a value into one of the column's type.
func convert(v leadlake.Value, t leadlake.Type) (leadlake.Value, error) {
	s, isString := v.(string)
	switch {
	case v == nil || natural(v) == t:
		return v, nil
	case t == leadlake.Text:
		return text(asText(v)), nil
	case t == leadlake.List && isString:
		return []string{s}, nil
	}
	return nil, fmt.Errorf("converting a %T to %s", v, t)
}

// natural returns the type of column that holds v as it is.
func natural(v leadlake.Value) leadlake.Type {
	switch v.(type) {
	case float64:
		return leadlake.Number
	case bool:
		return leadlake.Flag
	case leadlake.Date:
		return leadlake.Day
	case []string:
		return leadlake.List
	default:
		return leadlake.Text
	}
}

// asText writes a value in its canonical form.
func asText(v leadlake.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case []string:
		return strings.Join(v, ", ")
	default:
		return fmt.Sprint(v)
	}
}
