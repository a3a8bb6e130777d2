package parquet

import (
	"bufio"
	"errors"
	"hash/crc32"
	"io"
)

// ErrChecksum says that a page is not as its writer stored it.
var ErrChecksum = errors.New("the checksum of a page is wrong")

// CheckPages walks the pages of a column chunk. What is no page ends the walk:
// whoever reads the chunk has to say what is wrong with it.
func CheckPages(chunk io.Reader) error {
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
			return ErrChecksum
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
