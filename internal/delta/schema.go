package delta

import (
	"encoding/json"
	"fmt"
)

// Schema is the columns of a table.
type Schema struct {
	Fields []Field
}

// Field is one column.
type Field struct {
	Name     string                     `json:"name"`
	Type     Type                       `json:"type"`
	Nullable bool                       `json:"nullable"`
	Metadata map[string]json.RawMessage `json:"metadata"`
}

// Type is a column's type as the protocol writes it in JSON: a quoted name
// for primitives, an object for array, map and struct.
type Type string

// The primitive types that we write.
const (
	String    Type = `"string"`
	Double    Type = `"double"`
	Boolean   Type = `"boolean"`
	Date      Type = `"date"`
	Timestamp Type = `"timestamp"` // an instant, microseconds
	Long      Type = `"long"`
	// StringArray is a list of strings that may be null.
	StringArray Type = `{"type":"array","elementType":"string","containsNull":true}`
)

// MarshalJSON writes the type as it stands.
func (t Type) MarshalJSON() ([]byte, error) { return []byte(t), nil }

// UnmarshalJSON keeps the type as it stands, members in one order.
func (t *Type) UnmarshalJSON(data []byte) error {
	array := struct {
		Type         string          `json:"type"`
		ElementType  json.RawMessage `json:"elementType"`
		ContainsNull bool            `json:"containsNull"`
	}{}
	if json.Unmarshal(data, &array) == nil && array.Type == "array" {
		data, _ = json.Marshal(array) //nolint:errchkjson // it was JSON a line before
	}
	*t = Type(data)
	return nil
}

type structType struct {
	Type   string  `json:"type"`
	Fields []Field `json:"fields"`
}

// ParseSchema reads a schemaString.
func ParseSchema(schemaString string) (Schema, error) {
	var s structType
	if err := json.Unmarshal([]byte(schemaString), &s); err != nil {
		return Schema{}, fmt.Errorf("%w: schemaString: %w", ErrDamaged, err)
	}
	if s.Type != "struct" {
		return Schema{}, fmt.Errorf("%w: schemaString: a %q where a struct is needed", ErrDamaged, s.Type)
	}
	schema := Schema{Fields: s.Fields}
	for _, f := range schema.Fields {
		if f.Type == "" {
			return Schema{}, fmt.Errorf("%w: schemaString: column %q has no type", ErrDamaged, f.Name)
		}
	}
	return schema, checkNames(schema.Fields)
}

// Encode writes the schemaString.
func (s Schema) Encode() (string, error) {
	if err := checkNames(s.Fields); err != nil {
		return "", fmt.Errorf("encoding schema: %w", err)
	}
	fields := make([]Field, len(s.Fields))
	for i, f := range s.Fields {
		if f.Metadata == nil {
			f.Metadata = map[string]json.RawMessage{}
		}
		fields[i] = f
	}
	data, err := json.Marshal(structType{Type: "struct", Fields: fields})
	if err != nil {
		return "", fmt.Errorf("encoding schema: %w", err)
	}
	return string(data), nil
}
