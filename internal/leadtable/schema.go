package leadtable

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"leadlake"
	"leadlake/internal/delta"
)

// types maps a column's type to the protocol's.
func types() map[leadlake.Type]delta.Type {
	return map[leadlake.Type]delta.Type{
		leadlake.Text:    delta.String,
		leadlake.Number:  delta.Double,
		leadlake.Flag:    delta.Boolean,
		leadlake.Day:     delta.Date,
		leadlake.List:    delta.StringArray,
		leadlake.Instant: delta.Timestamp,
		leadlake.Whole:   delta.Long,
		leadlake.Changes: changesType,
	}
}

// changesType is how a history is stored.
const changesType delta.Type = `{"type":"array","elementType":{"type":"struct","fields":[` +
	`{"name":"event","type":"string","nullable":true,"metadata":{}},` +
	`{"name":"old","type":"date","nullable":true,"metadata":{}},` +
	`{"name":"new","type":"date","nullable":true,"metadata":{}},` +
	`{"name":"seen_at","type":"timestamp","nullable":true,"metadata":{}},` +
	`{"name":"edited_at","type":"timestamp","nullable":true,"metadata":{}}]},"containsNull":true}`

// statsColumns are the columns whose smallest and greatest values may stand in
// the log: no name, e-mail address, phone number or URL, which would outlive
// the rows there.
func statsColumns() []string {
	columns := []string{leadlake.ColumnID, leadlake.ColumnStatut}
	for _, e := range leadlake.Events() {
		columns = append(columns, string(e))
	}
	return append(columns, leadlake.ColumnSource, leadlake.ColumnState, leadlake.ColumnStateAt,
		leadlake.ColumnCreatedTime, leadlake.ColumnLastEditedTime)
}

// labelKey is where a field's metadata holds the column's label; other
// engines show it as the column's comment.
const labelKey = "comment"

func columnsOf(schema delta.Schema) ([]leadlake.Column, error) {
	var columns []leadlake.Column
	for _, f := range schema.Fields {
		c := leadlake.Column{Name: f.Name}
		for ours, theirs := range types() {
			if sameType(f.Type, theirs) {
				c.Type = ours
			}
		}
		if c.Type == "" {
			return nil, leadlake.Errorf(leadlake.Invalid,
				"The table in %s has a column %q of type %s, which Leadlake does not store. Take the table over with leadlake adopt, or choose another folder with LEADLAKE_LAKE.", Folder, f.Name, f.Type)
		}
		if label, ok := f.Metadata[labelKey]; ok {
			if err := json.Unmarshal(label, &c.Label); err != nil {
				return nil, fmt.Errorf("reading the label of column %q: %w", f.Name, err)
			}
		}
		columns = append(columns, c)
	}
	for _, core := range leadlake.CoreColumns() {
		i := indexOf(columns, core.Name)
		if i < 0 && core.Name == leadlake.ColumnHistory {
			continue // younger than the others: the next change adds it
		}
		if i < 0 || columns[i].Type != core.Type {
			return nil, leadlake.Errorf(leadlake.Invalid,
				"The table in %s has no column %q of type %s, so it is no table of leads that Leadlake made. Take it over with leadlake adopt, or choose another folder with LEADLAKE_LAKE.", Folder, core.Name, core.Type)
		}
	}
	return columns, nil
}

// sameType compares types whatever the order of their members.
func sameType(a, b delta.Type) bool {
	if a == b {
		return true
	}
	var x, y any
	return len(a) > 0 && a[0] == '{' && json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

func schemaOf(columns []leadlake.Column) (delta.Schema, error) {
	schema := delta.Schema{}
	for _, c := range columns {
		f := delta.Field{Name: c.Name, Type: types()[c.Type], Nullable: true}
		if c.Label != "" {
			label, err := json.Marshal(c.Label)
			if err != nil {
				return schema, fmt.Errorf("encoding the label of column %q: %w", c.Name, err)
			}
			f.Metadata = map[string]json.RawMessage{labelKey: label}
		}
		schema.Fields = append(schema.Fields, f)
	}
	return schema, nil
}

// metadataFor returns what a commit has to say so that the table gets
// columns: protocol and metadata of a new table, the changed metadata of one
// whose columns or labels differ, or nothing.
func (t *Table) metadataFor(base *delta.Snapshot, columns []leadlake.Column) (*delta.Protocol, *delta.Metadata, error) {
	if base == nil {
		return NewTable(Folder, columns, map[string]string{
			"delta.dataSkippingStatsColumns":     strings.Join(statsColumns(), ","),
			"delta.deletedFileRetentionDuration": keptFor,
			"delta.logRetentionDuration":         keptFor,
			"delta.targetFileSize":               coldSize,
		}, t.now())
	}
	schema, err := base.Schema()
	if err != nil {
		return nil, nil, err
	}
	if had, err := columnsOf(schema); err != nil || slices.Equal(had, columns) {
		return nil, nil, err
	}
	if schema, err = schemaOf(columns); err != nil {
		return nil, nil, err
	}
	m := base.Metadata()
	m.SchemaString, err = schema.Encode()
	return nil, &m, err
}

// NewTable returns what the first commit of a table says of its columns and
// properties. All engines read and write such a table.
func NewTable(name string, columns []leadlake.Column, properties map[string]string, now time.Time) (*delta.Protocol, *delta.Metadata, error) {
	schema, err := schemaOf(columns)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := schema.Encode()
	if err != nil {
		return nil, nil, err
	}
	return &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2}, &delta.Metadata{
		ID:               uuid.NewString(),
		Name:             name,
		Format:           delta.Format{Provider: "parquet", Options: map[string]string{}},
		SchemaString:     encoded,
		PartitionColumns: []string{},
		Configuration:    properties,
		CreatedTime:      now.UnixMilli(),
	}, nil
}

// evolve returns the columns of the table once it takes a batch, and where
// each column of the batch is stored. A column whose type has changed gets a
// new one beside the old: x__v2. A column that has another label takes it.
func evolve(had, batch []leadlake.Column) (columns []leadlake.Column, stored map[string]string) {
	columns, stored = slices.Clone(had), map[string]string{}
	for _, c := range batch {
		name := c.Name
		for v := 2; ; v++ {
			i := indexOf(columns, name)
			if i < 0 {
				columns = append(columns, leadlake.Column{Name: name, Type: c.Type, Label: c.Label})
			}
			if i >= 0 && columns[i].Type == c.Type && c.Label != "" {
				columns[i].Label = c.Label
			}
			if i < 0 || columns[i].Type == c.Type {
				break
			}
			name = fmt.Sprintf("%s__v%d", c.Name, v)
		}
		stored[c.Name] = name
	}
	return columns, stored
}
