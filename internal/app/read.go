package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

// Newest asks for the newest version of a table.
const Newest int64 = -1

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

// InfoOfTable describes the Delta table in dir, whoever wrote it.
func InfoOfTable(ctx context.Context, dir string, version int64) (TableInfo, error) {
	t, err := openTable(ctx, dir, version)
	if err != nil {
		return TableInfo{}, refusal(dir, err)
	}
	defer func() { _ = t.Close() }() // nothing was written to it
	at := t.at
	schema, err := at.Schema()
	if err != nil {
		return TableInfo{}, refusal(dir, err)
	}
	metadata, protocol := at.Metadata(), at.Protocol()
	info := TableInfo{
		Version: at.Version(), ID: metadata.ID, Name: metadata.Name, Rows: new(int64(0)),
		ReaderVersion: protocol.MinReaderVersion, WriterVersion: protocol.MinWriterVersion,
	}
	for _, f := range filesOf(at) {
		info.Files++
		info.Bytes += f.Size
		switch {
		case f.Rows < 0:
			info.Rows = nil
		case info.Rows != nil:
			*info.Rows += f.Rows
		}
	}
	for _, f := range schema.Fields {
		info.Columns = append(info.Columns, TableColumn{f.Name, json.RawMessage(f.Type)})
	}
	return info, nil
}

// ReadTable hands read the columns, ordered by name, and the rows of the Delta
// table in dir, whoever wrote it. Of a table that it refuses, read hears
// nothing. A row has an int64 or what leadlake.Value says for each column, but
// days come as times at midnight UTC.
func ReadTable(ctx context.Context, dir string, version int64, read func([]leadlake.Column, iter.Seq2[[]any, error]) error) error {
	t, err := openTable(ctx, dir, version)
	if err != nil {
		return refusal(dir, err)
	}
	defer func() { _ = t.Close() }() // nothing was written to it
	snap, err := pin(t.at)
	for i := 0; err == nil && i < len(snap.Files); i++ {
		if _, missing := t.disk.Size(ctx, snap.Files[i].Name); missing != nil { // said before anything is read
			err = fmt.Errorf("the data file %s is missing, after a vacuum perhaps", snap.Files[i].Name)
		}
	}
	if err != nil {
		return refusal(dir, err)
	}
	columns := slices.Clone(snap.Columns)
	slices.SortFunc(columns, func(a, b leadlake.Column) int { return strings.Compare(a.Name, b.Name) })
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = `"` + strings.ReplaceAll(c.Name, `"`, `""`) + `"`
	}
	rows := t.engine.Query(ctx, snap, "SELECT "+strings.Join(names, ", ")+" FROM leads")
	if err := read(columns, rows); err != nil {
		return refusal(dir, err)
	}
	return nil
}

// openedTable is a Delta table that is only read, at one version.
type openedTable struct {
	disk   *local.Bucket
	engine *duck.Engine
	at     *delta.Snapshot
}

func openTable(ctx context.Context, dir string, version int64) (openedTable, error) {
	disk, err := local.OpenReadOnly(dir)
	if err != nil {
		return openedTable{}, err
	}
	t := openedTable{disk: disk}
	if t.engine, err = duck.Open(ctx, disk, duck.Options{}); err != nil {
		return openedTable{}, errors.Join(err, disk.Close())
	}
	table := delta.Open(disk, "", delta.Options{Root: disk.Path(""), Parquet: t.engine})
	if version == Newest {
		t.at, err = table.Latest(ctx)
	} else {
		t.at, err = table.At(ctx, version)
	}
	if err != nil {
		return openedTable{}, errors.Join(err, t.Close())
	}
	return t, nil
}

// Close releases the table.
func (t openedTable) Close() error { return errors.Join(t.engine.Close(), t.disk.Close()) }

// pin returns the snapshot as the engine reads it. What the engine would read
// otherwise than it is meant is refused.
func pin(at *delta.Snapshot) (leadlake.Snapshot, error) {
	snap := leadlake.Snapshot{Version: at.Version(), Files: filesOf(at)}
	schema, err := at.Schema()
	if err != nil {
		return snap, err
	}
	if columns := at.Metadata().PartitionColumns; len(columns) > 0 {
		return snap, fmt.Errorf("%w: a table that is partitioned, by %q", delta.ErrUnsupported, columns)
	}
	types := map[delta.Type]leadlake.Type{
		delta.String: leadlake.Text, delta.Double: leadlake.Number, delta.Boolean: leadlake.Flag,
		delta.Date: leadlake.Day, delta.Timestamp: leadlake.Instant, delta.StringArray: leadlake.List,
	}
	for _, f := range schema.Fields {
		t, known := types[f.Type]
		if !known || f.Name == "_file" { // which the engine calls a column of its own
			return snap, fmt.Errorf("%w: column %q of type %s", delta.ErrUnsupported, f.Name, f.Type)
		}
		snap.Columns = append(snap.Columns, leadlake.Column{Name: f.Name, Type: t})
	}
	return snap, nil
}

func filesOf(at *delta.Snapshot) []leadlake.File {
	var files []leadlake.File
	for name, add := range at.Files() {
		f := leadlake.File{Name: name, Rows: -1, Size: add.Size}
		if stats, err := delta.ParseStats(add.Stats); err == nil {
			f.Rows = stats.NumRecords
		}
		files = append(files, f)
	}
	return files
}

// refusal says in a sentence why a table is not read.
func refusal(dir string, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, delta.ErrNoTable), errors.Is(err, fs.ErrNotExist):
		return leadlake.Errorf(leadlake.Invalid, "There is no Delta table in %s: name the folder that holds _delta_log.", dir).Because(err)
	case errors.Is(err, delta.ErrNoVersion):
		return leadlake.Errorf(leadlake.Invalid, "The table in %s cannot be shown at that version (%v).", dir, err).Because(err)
	default:
		return leadlake.Errorf(leadlake.Invalid, "The table in %s cannot be read (%v).", dir, err).Because(err)
	}
}
