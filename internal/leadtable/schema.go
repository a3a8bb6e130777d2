package leadtable

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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
	}
}

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
			if f.Type == theirs {
				c.Type = ours
			}
		}
		if c.Type == "" {
			return nil, leadlake.Errorf(leadlake.Invalid,
				"The table in %s has a column %q of type %s, which Leadlake does not store. Choose another folder with LEADLAKE_LAKE.", Folder, f.Name, f.Type)
		}
		if label, ok := f.Metadata[labelKey]; ok {
			if err := json.Unmarshal(label, &c.Label); err != nil {
				return nil, fmt.Errorf("reading the label of column %q: %w", f.Name, err)
			}
		}
		columns = append(columns, c)
	}
	for _, core := range leadlake.CoreColumns() {
		if i := indexOf(columns, core.Name); i < 0 || columns[i].Type != core.Type {
			return nil, leadlake.Errorf(leadlake.Invalid,
				"The table in %s has no column %q of type %s, so it is no table of leads that Leadlake made. Choose another folder with LEADLAKE_LAKE.", Folder, core.Name, core.Type)
		}
	}
	return columns, nil
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
// that lacks some of them, or nothing.
func (t *Table) metadataFor(base *delta.Snapshot, had, columns []leadlake.Column) (*delta.Protocol, *delta.Metadata, error) {
	if base != nil && len(had) == len(columns) {
		return nil, nil, nil
	}
	schema, err := schemaOf(columns)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := schema.Encode()
	if err != nil {
		return nil, nil, err
	}
	if base != nil {
		m := base.Metadata()
		m.SchemaString = encoded
		return nil, &m, nil
	}
	return &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2}, &delta.Metadata{
		ID:               uuid.NewString(),
		Name:             Folder,
		Format:           delta.Format{Provider: "parquet", Options: map[string]string{}},
		SchemaString:     encoded,
		PartitionColumns: []string{},
		Configuration: map[string]string{
			"delta.dataSkippingStatsColumns":     strings.Join(statsColumns(), ","),
			"delta.deletedFileRetentionDuration": keptFor,
			"delta.logRetentionDuration":         keptFor,
			"delta.targetFileSize":               coldSize,
		},
		CreatedTime: t.now().UnixMilli(),
	}, nil
}

// evolve returns the columns of the table once it takes a batch, and where
// each column of the batch is stored. A column whose type has changed gets a
// new one beside the old: x__v2.
func evolve(had, batch []leadlake.Column) (columns []leadlake.Column, stored map[string]string) {
	columns, stored = slices.Clip(had), map[string]string{}
	for _, c := range batch {
		name := c.Name
		for v := 2; ; v++ {
			i := indexOf(columns, name)
			if i < 0 {
				columns = append(columns, leadlake.Column{Name: name, Type: c.Type, Label: c.Label})
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
