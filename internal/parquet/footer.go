// Package parquet knows the frame of Parquet files: their footers, and where
// their pages are. What the pages hold it does not read.
//
// Start reading at Patch.
package parquet

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

const (
	magic = "PAR1"
	tail  = 8 // bytes: the footer's length and the magic number
)

// CheckFooter walks the footer of a file. DuckDB believes the lengths of lists
// in it, and is busy with one that is not there for minutes.
func CheckFooter(path string) (err error) {
	file, err := os.Open(path) //nolint:gosec // a live file, or one of the log
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	footer, err := footerOf(file, info.Size())
	if err != nil {
		return err
	}
	walk := thrift{in: bufio.NewReaderSize(footer, 1<<16)}
	if err := walk.skipStruct(0); err != nil {
		return fmt.Errorf("reading footer: %w", err)
	}
	return nil
}

// footerOf finds the footer in a file of size bytes.
func footerOf(file io.ReaderAt, size int64) (*io.SectionReader, error) {
	end := make([]byte, tail)
	if _, err := file.ReadAt(end, max(0, size-tail)); err != nil {
		return nil, fmt.Errorf("reading footer: %w", err)
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length > size-tail {
		return nil, errors.New("reading footer: it is longer than the file")
	}
	return io.NewSectionReader(file, size-tail-length, length), nil
}

// File is a Parquet file, and all that its footer says.
type File struct {
	data io.ReaderAt
	end  int64 // where the footer begins

	description
}

// description is what a footer says.
type description struct {
	footer value
	groups []group
}

// group is a row group as the footer of its file describes it.
type group struct {
	rows   int64
	chunks []chunk
}

// chunk is a column of a row group: the values of one leaf of the schema.
type chunk struct {
	path []string // the names of the column, and of what is in it
	of   value    // ColumnChunk
}

// same reports whether a chunk of another file is of the same column.
func (c chunk) same(other chunk) bool { return slices.Equal(c.path, other.path) }

// Open reads the footer of a file of size bytes. One that would not be the same
// if it was written again is an error: whatever is in it that is not understood
// would be lost.
func Open(data io.ReaderAt, size int64) (*File, error) {
	footer, err := footerOf(data, size)
	if err != nil {
		return nil, err
	}
	encoded, err := io.ReadAll(footer)
	if err != nil {
		return nil, fmt.Errorf("reading footer: %w", err)
	}
	read := thrift{in: bufio.NewReader(bytes.NewReader(encoded))}
	tree, err := read.value(thriftStruct, 0)
	if err != nil {
		return nil, fmt.Errorf("reading footer: %w", err)
	}
	if !bytes.Equal(tree.append(nil), encoded) {
		return nil, errors.New("reading footer: it is written in an unusual way")
	}
	return &File{data: data, end: size - tail - int64(len(encoded)), description: describe(tree)}, nil
}

func describe(footer value) description {
	d := description{footer: footer}
	for _, g := range footer.field(fileGroups).items {
		described := group{rows: g.field(groupRows).number}
		for _, c := range g.field(groupChunks).items {
			described.chunks = append(described.chunks, chunk{path: c.field(chunkMeta).field(metaPath).texts(), of: c})
		}
		d.groups = append(d.groups, described)
	}
	return d
}

// Groups returns how many rows each row group has.
func (d description) Groups() []int64 {
	rows := make([]int64, len(d.groups))
	for i, g := range d.groups {
		rows[i] = g.rows
	}
	return rows
}

// Columns returns what the schema says of each column: the same text for the
// same column of the same type.
func (d description) Columns() map[string]string {
	columns, elements := map[string]string{}, d.footer.field(fileSchema).items
	for next := 1; next < len(elements); { // the first stands for the row
		name := string(elements[next].field(elementName).bytes)
		var described []byte
		for open := int64(1); open > 0 && next < len(elements); next++ { // of it and of what is in it
			described = elements[next].append(described)
			open += elements[next].field(elementChildren).number - 1
		}
		columns[name] = string(described)
	}
	return columns
}

// Schema returns what the schema says of all columns, in their order: the same
// text for the same columns.
func (d description) Schema() string {
	var described []byte
	for _, element := range d.footer.field(fileSchema).items {
		described = element.append(described)
	}
	return string(described)
}

// writer is who wrote the file.
func (d description) writer() string { return string(d.footer.field(fileWriter).bytes) }

// Bounds is what a footer says of the values of a column in a row group.
type Bounds struct {
	Nulls    int64  // how many there are; -1 where unknown
	Min, Max []byte // as the type of the column is stored; nil where unknown
}

// Bounds returns them for each row group, nil for a column that has not one
// value for each row.
func (d description) Bounds(column string) []Bounds {
	var all []Bounds
	for _, g := range d.groups {
		i := slices.IndexFunc(g.chunks, chunk{path: []string{column}}.same)
		if i < 0 {
			return nil
		}
		stats := g.chunks[i].of.field(chunkMeta).field(metaStats)
		b := Bounds{Nulls: -1}
		if stats.has(statsNulls) {
			b.Nulls = stats.field(statsNulls).number
		}
		if stats.field(statsMaxExact).kind != thriftFalse && stats.field(statsMinExact).kind != thriftFalse {
			b.Min, b.Max = stats.field(statsMin).bytes, stats.field(statsMax).bytes
		}
		all = append(all, b)
	}
	return all
}
