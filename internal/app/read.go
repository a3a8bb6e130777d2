package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// PrintTable writes the rows of the Delta table in dir, whoever wrote it, to
// out, in the form in which the answers of engines are compared. Of a table
// that it refuses, nothing is written.
func PrintTable(ctx context.Context, dir string, version int64, out io.Writer) error {
	t, err := openTable(ctx, dir, version)
	if err != nil {
		return refusal(dir, err)
	}
	defer func() { _ = t.Close() }() // nothing was written to it
	columns, err := t.at.Columns()
	if err != nil {
		return refusal(dir, err)
	}
	buffer := bufio.NewWriterSize(out, 1<<16)
	err = writeCanonical(buffer, columns, t.engine.Rows(ctx, t.table, t.at, ""))
	if _, ok := errors.AsType[*readError](err); ok {
		return refusal(dir, err)
	}
	return errors.Join(err, buffer.Flush())
}

// openedTable is a Delta table that is only read, at one version.
type openedTable struct {
	disk   *local.Bucket
	engine *duck.Engine
	table  *delta.Table
	at     *delta.Snapshot
}

func openTable(ctx context.Context, dir string, version int64) (openedTable, error) {
	disk, err := local.OpenReadOnly(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return openedTable{}, fmt.Errorf("%w: %w", delta.ErrNoTable, err)
	}
	if err != nil {
		return openedTable{}, err
	}
	t := openedTable{disk: disk}
	if t.engine, err = duck.Open(ctx, disk, duck.Options{}); err != nil {
		return openedTable{}, errors.Join(err, disk.Close())
	}
	t.table = delta.Open(disk, "", delta.Options{Root: disk.Path(""), Parquet: t.engine})
	if version == Newest {
		t.at, err = t.table.Latest(ctx)
	} else {
		t.at, err = t.table.At(ctx, version)
	}
	if err != nil {
		return openedTable{}, errors.Join(err, t.Close())
	}
	return t, nil
}

// Close releases the table.
func (t openedTable) Close() error { return errors.Join(t.engine.Close(), t.disk.Close()) }

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
	case errors.Is(err, delta.ErrNoTable):
		return leadlake.Errorf(leadlake.Invalid, "There is no Delta table in %s: name the folder that holds _delta_log.", dir).Because(err)
	case errors.Is(err, delta.ErrNoVersion):
		return leadlake.Errorf(leadlake.Invalid, "The table in %s cannot be shown at that version (%v).", dir, err).Because(err)
	default:
		reason := strings.ReplaceAll(err.Error(), "\n", " ")
		return leadlake.Errorf(leadlake.Invalid, "The table in %s cannot be read (%s).", dir, reason).Because(err)
	}
}
