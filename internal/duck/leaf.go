package duck

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"

	"leadlake/internal/delta"
)

// integers are the whole numbers from narrow to wide, by both names.
func integers() (table, file []string) {
	return []string{"byte", "short", "integer", "long"}, []string{"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}
}

// planLeaf returns what reads a value of n, which is not null, as t.
func planLeaf(t delta.DataType, n *parquetNode) (cellReader, error) {
	if strings.HasPrefix(n.logical, "NullType") { // its writer had nothing but nulls
		return readNone, nil
	}
	var read cellReader
	switch t.Name {
	case "byte", "short", "integer", "long":
		read = planInteger(t, n)
	case "decimal":
		read = planDecimal(t, n)
	case "string":
		read = planText(n)
	default:
		if how, known := simpleTypes()[t.Name]; known && slices.Contains(how.types, n.duck) {
			read = how.read
		}
	}
	if read == nil {
		return nil, mismatch(t, n)
	}
	return read, nil
}

// simpleType is what a file may hold for a type of the table, by DuckDB's
// names, and how it is read.
type simpleType struct {
	read  cellReader
	types []string
}

func simpleTypes() map[string]simpleType {
	instants := []string{"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}
	return map[string]simpleType{
		"boolean": {readAs[bool], []string{"BOOLEAN"}},
		"binary":  {readAs[[]byte], []string{"BLOB"}},
		"date":    {readAs[time.Time], []string{"DATE"}},
		"float":   {readFloat, []string{"FLOAT"}},
		"double":  {readFloat, []string{"DOUBLE", "FLOAT", "INTEGER", "SMALLINT", "TINYINT"}},
		// An instant that the file says to have no zone is of an old writer, and UTC.
		"timestamp":     {readAs[time.Time], append([]string{"TIMESTAMP WITH TIME ZONE"}, instants...)},
		"timestamp_ntz": {readAs[time.Time], append([]string{"DATE"}, instants...)},
	}
}

func planText(n *parquetNode) cellReader {
	switch {
	case n.duck == "VARCHAR" || n.duck == "JSON":
		return readAs[string]
	case n.duck == "BLOB" && n.logical == "" && n.physical == "BYTE_ARRAY": // by writers that do not say what it is
		return readText
	}
	return nil
}

// readNone reads a value where there can be none.
func readNone(v any) (any, error) { return nil, unexpected(v, "null") }

func readAs[T any](v any) (any, error) {
	if _, ok := v.(T); !ok {
		return nil, unexpected(v, fmt.Sprintf("%T", *new(T)))
	}
	return v, nil
}

func readText(v any) (any, error) {
	b, ok := v.([]byte)
	if !ok {
		return nil, unexpected(v, "text")
	}
	if !utf8.Valid(b) {
		return nil, errors.New("reading text: it is not UTF-8")
	}
	return string(b), nil
}

func readFloat(v any) (any, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case float32:
		return float64(v), nil
	}
	n, ok := asInt(v)
	if !ok {
		return nil, unexpected(v, "number")
	}
	return float64(n), nil
}

// planInteger reads whole numbers of the table's width or less. A plain INT32
// stands for a byte or a short, too, where its values are in their range.
func planInteger(t delta.DataType, n *parquetNode) cellReader {
	table, file := integers()
	width, stored := slices.Index(table, t.Name), slices.Index(file, n.duck)
	unnamed := n.physical == "INT32" && n.logical == ""
	if stored < 0 || stored > width && !unnamed {
		return nil
	}
	bound := int64(1) << (8<<width - 1) // for a long it is the smallest one, which is not asked for
	return func(v any) (any, error) {
		i, ok := asInt(v)
		if !ok {
			return nil, unexpected(v, "number")
		}
		if stored > width && (i < -bound || i >= bound) {
			return nil, fmt.Errorf("the file has %d, which is no %s", i, t.Name)
		}
		return i, nil
	}
}

// planDecimal reads decimals, and whole numbers where the table has widened
// them, as text with the table's scale.
func planDecimal(t delta.DataType, n *parquetNode) cellReader {
	precision, scale := digits(n)
	if precision == 0 || t.Scale < scale || t.Precision-t.Scale < precision-scale {
		return nil
	}
	factor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale-scale)), nil)
	return func(v any) (any, error) {
		if d, ok := v.(duckdb.Decimal); ok && int(d.Scale) == scale {
			return decimalText(new(big.Int).Mul(d.Value, factor), t.Scale), nil
		}
		if i, ok := asInt(v); ok && scale == 0 {
			return decimalText(new(big.Int).Mul(big.NewInt(i), factor), t.Scale), nil
		}
		return nil, unexpected(v, "decimal")
	}
}

// digits returns how many digits the values of n can have, and how many of
// them behind the point; none where they are no numbers of that kind.
func digits(n *parquetNode) (precision, scale int) {
	switch n.duck {
	case "BIGINT":
		return 20, 0
	case "INTEGER":
		return 10, 0
	case "SMALLINT":
		return 5, 0
	case "TINYINT":
		return 3, 0
	}
	if _, err := fmt.Sscanf(n.duck, "DECIMAL(%d,%d)", &precision, &scale); err != nil {
		return 0, 0
	}
	return precision, scale
}

// partitionCell returns the value that a file has in a partition column, in the
// form in which Rows yields it.
func partitionCell(c delta.Column, values map[string]*string) (any, error) {
	text, ok := values[c.Physical]
	if !ok {
		return nil, fmt.Errorf("%w: no value for the partition column %q", delta.ErrDamaged, c.Name)
	}
	v, err := delta.PartitionValue(c.Type, text)
	if err != nil {
		return nil, fmt.Errorf("partition column %q: %w", c.Name, err)
	}
	if digits, ok := v.(string); ok && c.Type.Name == "decimal" {
		whole, fraction, _ := strings.Cut(digits, ".")
		more := c.Type.Scale - len(fraction)
		if more < 0 && strings.Trim(fraction[c.Type.Scale:], "0") != "" {
			return nil, fmt.Errorf("%w: partition value %q is no %s", delta.ErrDamaged, digits, describe(c.Type))
		}
		unscaled, ok := new(big.Int).SetString(whole+fraction[:min(len(fraction), c.Type.Scale)]+strings.Repeat("0", max(more, 0)), 10)
		if !ok {
			return nil, fmt.Errorf("%w: partition value %q is no %s", delta.ErrDamaged, digits, describe(c.Type))
		}
		return decimalText(unscaled, c.Type.Scale), nil
	}
	return v, nil
}
