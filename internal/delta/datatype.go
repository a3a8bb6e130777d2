package delta

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// DataType is a type as a tree, to read data files by.
type DataType struct {
	// Name is "struct", "array", "map", or a primitive: string, long, integer,
	// short, byte, float, double, decimal, boolean, binary, date, timestamp,
	// timestamp_ntz or void.
	Name             string
	Precision, Scale int       // of a decimal
	Fields           []Column  // of a struct
	Key              *DataType // of a map
	Element          *DataType // of an array; the values of a map
}

// Column is a column, or a field of a struct, as a reader looks for it.
type Column struct {
	Name string
	// Physical is its name in data files, statistics and partition values.
	Physical string
	// ID is its field id in data files where columns are found by that, else 0.
	ID   int
	Type DataType
}

var decimal = regexp.MustCompile(`^decimal\(\s*(\d+)\s*,\s*(-?\d+)\s*\)$`)

// columnsOf resolves a schema by the table's column mapping.
func columnsOf(fields []Field, mode mapping) ([]Column, error) {
	columns := make([]Column, len(fields))
	for i, f := range fields {
		c := Column{Name: f.Name, Physical: f.Name}
		if err := mode.resolve(&c, f); err != nil {
			return nil, err
		}
		if err := checkTypeChanges(f); err != nil {
			return nil, err
		}
		var err error
		if c.Type, err = treeOf(json.RawMessage(f.Type), mode); err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		columns[i] = c
	}
	return columns, nil
}

// treeOf reads a type as the protocol writes it: a name, or an object.
func treeOf(data json.RawMessage, mode mapping) (DataType, error) {
	var name string
	if json.Unmarshal(data, &name) == nil {
		return primitive(name)
	}
	var nested struct {
		Type                            string
		Fields                          []Field
		ElementType, KeyType, ValueType json.RawMessage
	}
	if err := json.Unmarshal(data, &nested); err != nil {
		return DataType{}, fmt.Errorf("%w: type %s: %w", ErrDamaged, data, err)
	}
	t := DataType{Name: nested.Type}
	var err error
	branch := func(data json.RawMessage) *DataType {
		tree, failure := treeOf(data, mode)
		if err == nil {
			err = failure
		}
		return &tree
	}
	switch nested.Type {
	case "struct":
		if err := checkNames(nested.Fields); err != nil {
			return t, err
		}
		t.Fields, err = columnsOf(nested.Fields, mode)
	case "array":
		t.Element = branch(nested.ElementType)
	case "map":
		t.Key, t.Element = branch(nested.KeyType), branch(nested.ValueType)
	default:
		err = fmt.Errorf("%w: type %s", ErrUnsupported, data)
	}
	return t, err
}

func primitive(name string) (DataType, error) {
	known := []string{
		"string", "long", "integer", "short", "byte", "float", "double", "boolean",
		"binary", "date", "timestamp", "timestamp_ntz", "void",
	}
	if slices.Contains(known, name) {
		return DataType{Name: name}, nil
	}
	if name == "decimal" {
		return DataType{Name: name, Precision: 10}, nil
	}
	if m := decimal.FindStringSubmatch(name); m != nil {
		precision, errP := strconv.Atoi(m[1])
		scale, errS := strconv.Atoi(m[2])
		if errP == nil && errS == nil && precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision {
			return DataType{Name: "decimal", Precision: precision, Scale: scale}, nil
		}
	}
	if name == "variant" {
		return DataType{}, fmt.Errorf("%w: variantType", ErrUnsupported)
	}
	return DataType{}, fmt.Errorf("%w: type %q", ErrUnsupported, name)
}

// mapping is how the columns of data files are found.
type mapping string

const (
	byOwnName      mapping = "none"
	byPhysicalName mapping = "name"
	byFieldID      mapping = "id"
)

func (m mapping) resolve(c *Column, f Field) error {
	if m == byOwnName {
		return nil
	}
	if err := json.Unmarshal(f.Metadata["delta.columnMapping.physicalName"], &c.Physical); err != nil || c.Physical == "" {
		return fmt.Errorf("%w: column %q has no physical name, which columnMapping needs", ErrDamaged, f.Name)
	}
	if m == byPhysicalName {
		return nil
	}
	if err := json.Unmarshal(f.Metadata["delta.columnMapping.id"], &c.ID); err != nil || c.ID <= 0 {
		return fmt.Errorf("%w: column %q has no id, which columnMapping needs", ErrDamaged, f.Name)
	}
	return nil
}

// checkTypeChanges refuses a column whose type was changed in a way that we
// cannot follow in older files.
func checkTypeChanges(f Field) error {
	data, ok := f.Metadata["delta.typeChanges"]
	if !ok {
		return nil
	}
	var changes []struct{ FromType, ToType string }
	if err := json.Unmarshal(data, &changes); err != nil {
		return fmt.Errorf("%w: delta.typeChanges of column %q: %w", ErrDamaged, f.Name, err)
	}
	for _, c := range changes {
		from, errFrom := primitive(c.FromType)
		to, errTo := primitive(c.ToType)
		if errFrom != nil || errTo != nil || !widens(from, to) {
			return fmt.Errorf("%w: typeWidening of column %q from %s to %s", ErrUnsupported, f.Name, c.FromType, c.ToType)
		}
	}
	return nil
}

// widens reports whether every value of from is one of to, by the list of the
// protocol's type widening. Spark widens a byte and a short to decimals of fewer
// digits than that list has, which hold them as well.
func widens(from, to DataType) bool {
	if to.Name == "decimal" {
		digits := map[string]int{"byte": 3, "short": 5, "integer": 10, "long": 20, "decimal": from.Precision - from.Scale}[from.Name]
		return digits > 0 && to.Precision-to.Scale >= digits && to.Scale >= from.Scale
	}
	wider := map[string][]string{
		"byte":    {"short", "integer", "long", "double"},
		"short":   {"integer", "long", "double"},
		"integer": {"long", "double"},
		"float":   {"double"},
		"date":    {"timestamp_ntz"},
	}
	return from.Name == "void" || slices.Contains(wider[from.Name], to.Name)
}

// checkNames refuses names that a reader could not tell apart.
func checkNames(fields []Field) error {
	seen := map[string]bool{}
	for _, f := range fields {
		key := strings.ToLower(f.Name)
		if f.Name == "" || seen[key] {
			return fmt.Errorf("%w: column name %q is empty or there twice", ErrDamaged, f.Name)
		}
		seen[key] = true
	}
	return nil
}
