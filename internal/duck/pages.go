package duck

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/duckdb/duckdb-go/v2"
)

// What can be wrong with the pages of a file.
var (
	errChecksum = errors.New("the checksum of a page is wrong")
	errNoGroups = errors.New("its footer says that it has rows, and none where")
)

// checkPages compares the pages of files, which DuckDB reads unseen, with the
// checksums that their writers put beside them, if they did, and what a footer
// says of all rows with what it says of their groups: DuckDB would leave out
// those that are in none. It returns the first file with which something is
// wrong, "" if the error is about none of them.
func (e *Engine) checkPages(ctx context.Context, conn *sql.Conn, groups []parquetGroup) (broken string, err error) {
	var files []parquetFile
	for _, g := range groups {
		if len(g.columns) > 0 { // else there are no pages
			files = append(files, g.files...)
		}
	}
	if len(files) == 0 {
		return "", nil
	}
	broken, err = e.checkFiles(ctx, conn, files)
	if err == nil || broken != "" {
		return broken, err
	}
	for _, f := range files { // DuckDB does not say whose footer it cannot read
		if _, one := e.checkFiles(ctx, conn, []parquetFile{f}); one != nil && ctx.Err() == nil {
			return f.name, one
		}
	}
	return "", err
}

func (e *Engine) checkFiles(ctx context.Context, conn *sql.Conn, files []parquetFile) (broken string, err error) {
	names, w := make([]string, len(files)), pageWalk{files: make(map[string]parquetFile, len(files)), walked: map[string]bool{}}
	for i, f := range files {
		names[i], w.files[e.disk.Path(f.name)] = f.name, f
	}
	defer w.close()
	question := `SELECT file_name, least(data_page_offset, CASE WHEN dictionary_page_offset > 0 THEN dictionary_page_offset ELSE data_page_offset END),
		total_compressed_size, sum(CASE WHEN column_id = 0 THEN row_group_num_rows ELSE 0 END) OVER (PARTITION BY file_name)::BIGINT
		FROM parquet_metadata(` + e.pathList(names) + `) ORDER BY ALL`
	err = eachRaw(ctx, conn, question, nil, w.visit)
	if _, ofMany := errors.AsType[*duckdb.Error](err); ofMany || ctx.Err() != nil {
		return "", err
	}
	if err != nil {
		return w.files[w.path].name, err
	}
	for path, f := range w.files {
		if f.rows > 0 && !w.walked[path] {
			return f.name, errNoGroups
		}
	}
	return "", nil
}

// pageWalk goes through the column chunks of files, one file after the other.
type pageWalk struct {
	files  map[string]parquetFile // by path
	walked map[string]bool
	path   string
	file   *os.File // at path
}

func (w *pageWalk) visit(row []driver.Value) error {
	if path, _ := row[0].(string); w.file == nil || path != w.path {
		w.close()
		w.path, w.walked[path] = path, true
		var err error
		if w.file, err = os.Open(path); err != nil { //nolint:gosec // a live file
			return err
		}
	}
	if rows, _ := asInt(row[3]); rows != w.files[w.path].rows {
		return fmt.Errorf("its footer says %d rows, and that its parts have %d", w.files[w.path].rows, rows)
	}
	offset, _ := asInt(row[1])
	size, _ := asInt(row[2])
	return checkChunk(io.NewSectionReader(w.file, offset, size))
}

func (w *pageWalk) close() {
	if w.file != nil {
		_ = w.file.Close() // it was only read
	}
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
