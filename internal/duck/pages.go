package duck

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// errChecksum says that a page is not as it was written.
var errChecksum = errors.New("the checksum of a page is wrong")

// checkPages compares the pages of files, which DuckDB reads unseen, with the
// checksums that their writers put beside them, if they did. It returns the
// first file in which one is wrong.
func (e *Engine) checkPages(ctx context.Context, conn *sql.Conn, names []string) (broken string, err error) {
	question := `SELECT file_name, least(data_page_offset, CASE WHEN dictionary_page_offset > 0 THEN dictionary_page_offset ELSE data_page_offset END),
		total_compressed_size FROM parquet_metadata(` + e.pathList(names) + `) ORDER BY ALL`
	byPath := make(map[string]string, len(names))
	for _, name := range names {
		byPath[e.disk.Path(name)] = name
	}
	var file *os.File
	defer func() {
		if file != nil {
			_ = file.Close() // it was only read
		}
	}()
	err = eachRaw(ctx, conn, question, nil, func(row []any) error {
		path, _ := row[0].(string)
		if file == nil || file.Name() != path {
			if file != nil {
				_ = file.Close() // it was only read
			}
			var err error
			if file, err = os.Open(path); err != nil { //nolint:gosec // a live file
				return err
			}
		}
		offset, _ := asInt(row[1])
		size, _ := asInt(row[2])
		broken = byPath[path]
		return checkChunk(io.NewSectionReader(file, offset, size))
	})
	if err == nil {
		broken = ""
	}
	return broken, err
}

// checkChunk walks the pages of a column chunk. What is no page ends the walk:
// whoever reads the chunk has to say what is wrong with it.
func checkChunk(chunk io.Reader) error {
	in := bufio.NewReaderSize(chunk, 1<<16)
	for {
		header, err := readPageHeader(in)
		if err != nil || header.size < 0 {
			return nil //nolint:nilerr // the end, or no page
		}
		sum := crc32.NewIEEE()
		if _, err := io.CopyN(sum, in, header.size); err != nil {
			return nil //nolint:nilerr // as above
		}
		if header.hasSum && sum.Sum32() != header.sum {
			return errChecksum
		}
	}
}

// pageHeader is as much of Parquet's page header as is needed to check a page.
type pageHeader struct {
	size   int64 // of what follows, as it is stored
	hasSum bool
	sum    uint32
}

// readPageHeader reads a Thrift struct in the compact protocol.
func readPageHeader(in *bufio.Reader) (pageHeader, error) {
	var h pageHeader
	t := thrift{in: in}
	field := int64(0)
	for {
		kind, id, err := t.field(field)
		if err != nil || kind == 0 {
			return h, err
		}
		field = id
		switch {
		case id == 3 && kind == thriftInt32:
			h.size, err = t.number()
		case id == 4 && kind == thriftInt32:
			var sum int64
			sum, err = t.number()
			h.hasSum, h.sum = true, uint32(sum) //nolint:gosec // its bits are what counts
		default:
			err = t.skip(kind, 0)
		}
		if err != nil {
			return h, err
		}
	}
}

// The types of Thrift's compact protocol that matter here.
const (
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt32  = 5
	thriftInt64  = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftSet    = 10
	thriftStruct = 12
)

type thrift struct{ in *bufio.Reader }

// field reads the type and the id of a field behind the one with the id last;
// the type is 0 at the end of the struct.
func (t thrift) field(last int64) (kind byte, id int64, err error) {
	b, err := t.in.ReadByte()
	if err != nil || b == 0 {
		return 0, 0, err
	}
	if step := int64(b >> 4); step > 0 {
		return b & 15, last + step, nil
	}
	id, err = t.number()
	return b & 15, id, err
}

func (t thrift) number() (int64, error) { return binary.ReadVarint(t.in) }

// skip reads over a value.
func (t thrift) skip(kind byte, depth int) (err error) {
	switch {
	case depth > maxDepth:
		return fmt.Errorf("reading page header: it is deeper than %d", maxDepth)
	case kind <= thriftFalse: // the value is in the type
	case kind == thriftByte:
		_, err = t.in.Discard(1)
	case kind <= thriftInt64:
		_, err = t.number()
	case kind == thriftDouble:
		_, err = t.in.Discard(8)
	case kind == thriftBinary:
		var n uint64
		if n, err = binary.ReadUvarint(t.in); err == nil && n < 1<<30 {
			_, err = t.in.Discard(int(n))
		}
	case kind <= thriftSet:
		err = t.skipList(depth)
	case kind == thriftStruct:
		err = t.skipStruct(depth)
	default:
		err = fmt.Errorf("reading page header: type %d", kind)
	}
	return err
}

func (t thrift) skipList(depth int) error {
	b, err := t.in.ReadByte()
	n := uint64(b >> 4)
	if err == nil && n == 15 {
		n, err = binary.ReadUvarint(t.in)
	}
	for i := uint64(0); err == nil && i < n; i++ {
		if kind := b & 15; kind <= thriftFalse { // in a list these have a byte of their own
			_, err = t.in.Discard(1)
		} else {
			err = t.skip(kind, depth+1)
		}
	}
	return err
}

func (t thrift) skipStruct(depth int) error {
	for id := int64(0); ; {
		kind, next, err := t.field(id)
		if err != nil || kind == 0 {
			return err
		}
		if err := t.skip(kind, depth+1); err != nil {
			return err
		}
		id = next
	}
}
