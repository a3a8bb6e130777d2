package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
)

// TableInfo describes a Delta table at one version.
type TableInfo struct {
	Version       int64         `json:"version"`
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	ReaderVersion int           `json:"reader_version"`
	WriterVersion int           `json:"writer_version"`
	Files         int           `json:"files"`
	Bytes         int64         `json:"bytes"`
	Rows          *int64        `json:"rows"` // nil where a file does not say
	Columns       []TableColumn `json:"columns"`
}

// TableColumn is a column of a TableInfo, its type as the protocol has it.
type TableColumn struct {
	Name string          `json:"name"`
	Type json.RawMessage `json:"type"`
}

// Info describes the table.
func (t *Table) Info(ctx context.Context, m Moment) (TableInfo, error) {
	at, err := t.at(ctx, m)
	if err != nil {
		return TableInfo{}, t.refusal(err)
	}
	schema, err := at.Schema()
	if err != nil {
		return TableInfo{}, t.refusal(err)
	}
	metadata, protocol := at.Metadata(), at.Protocol()
	info := TableInfo{
		Version: at.Version(), ID: metadata.ID, Name: metadata.Name, Rows: new(int64(0)),
		ReaderVersion: protocol.MinReaderVersion, WriterVersion: protocol.MinWriterVersion,
	}
	for _, add := range at.Files() {
		info.Files++
		info.Bytes += add.Size
		rows, ok := add.Rows()
		switch {
		case !ok:
			info.Rows = nil
		case info.Rows != nil:
			*info.Rows += rows
		}
	}
	for _, f := range schema.Fields {
		info.Columns = append(info.Columns, TableColumn{f.Name, json.RawMessage(f.Type)})
	}
	return info, nil
}

// Print writes the rows of the table to out for which all conditions hold, in
// the form in which the answers of engines are compared. Of a table that it
// refuses, nothing is written.
func (t *Table) Print(ctx context.Context, m Moment, conditions []string, out io.Writer) error {
	at, err := t.at(ctx, m)
	if err != nil {
		return t.refusal(err)
	}
	columns, err := at.Columns()
	if err != nil {
		return t.refusal(err)
	}
	where, err := t.where(at, conditions)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriterSize(out, 1<<16)
	err = writeCanonical(buffer, columns, t.engine.RowsWhere(ctx, t.delta, at, "", where))
	if _, ok := errors.AsType[*readError](err); ok {
		return t.refusal(err)
	}
	return errors.Join(err, buffer.Flush())
}
