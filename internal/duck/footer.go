package duck

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// checkFooter walks the footer of a Parquet file. DuckDB believes the lengths
// of lists in it, and is busy with one that is not there for minutes.
func checkFooter(path string) (err error) {
	file, err := os.Open(path) //nolint:gosec // a live file, or one of the log
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	const tail = 8 // the footer's length and the magic number
	end := make([]byte, tail)
	if _, err := file.ReadAt(end, max(0, info.Size()-tail)); err != nil {
		return fmt.Errorf("reading footer: %w", err)
	}
	size := int64(binary.LittleEndian.Uint32(end))
	if size > info.Size()-tail {
		return errors.New("reading footer: it is longer than the file")
	}
	footer := io.NewSectionReader(file, info.Size()-tail-size, size)
	walk := thrift{in: bufio.NewReaderSize(footer, 1<<16)}
	if err := walk.skipStruct(0); err != nil {
		return fmt.Errorf("reading footer: %w", err)
	}
	return nil
}
