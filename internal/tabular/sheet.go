// Package tabular reads tables that people keep (CSV files, Excel workbooks)
// and makes leads of their rows: which column of the file feeds which column of
// a lead, of which type, and by what a row is known again.
//
// Workbooks are read by this package itself, because whether a cell is a date
// only its style tells, and the libraries that stream rows give no styles.
//
// Start reading at Analyse.
package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"leadlake"
)

// Sheet is a table whose rows can be read several times.
type Sheet struct {
	Form   string // for people: what kind of file it is
	Header []string
	// Rows yields the rows below the header that have something in them. It ends
	// at the first error.
	Rows func() iter.Seq2[Row, error]
	// Epoch is the day 0 of numbers that stand for days; zero is Excel's.
	Epoch leadlake.Date
	Close func() error
}

// Row is one row. A cell is nil, a string, float64, bool, leadlake.Date,
// time.Time or []string; there is one for each column of the header.
type Row struct {
	Number int // as a spreadsheet counts: the header's is 1 as a rule
	Cells  []any
	Errors int // cells of formulas that went wrong, which are nil
}

// Bounds of what is read.
const (
	maxColumns = 500
	maxRows    = 1_000_000
)

// Kind is what a file is.
type Kind int

// The kinds.
const (
	CSV Kind = iota
	Workbook
	Parquet
)

// KindOf looks what the file is: at its first bytes, not at its name.
func KindOf(path string) (Kind, error) {
	info, err := os.Stat(path)
	name := filepath.Base(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, leadlake.Errorf(leadlake.Invalid, "There is no file %q.", name).Because(err)
	case err != nil:
		return 0, unreadable(name, err)
	case !info.Mode().IsRegular():
		return 0, leadlake.Errorf(leadlake.Invalid, "%q is no ordinary file, and an import has to read it twice: save it as a file first.", name)
	case info.Size() == 0:
		return 0, leadlake.Errorf(leadlake.Invalid, "The file %q is empty.", name)
	}
	head, err := headOf(path)
	if err != nil {
		return 0, unreadable(name, err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return Workbook, nil
	case bytes.HasPrefix(head, []byte("PAR1")):
		return Parquet, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return 0, leadlake.Errorf(leadlake.Invalid, "The file %q is an old Excel file, or one with a password: save it as .xlsx without a password, or as CSV.", name)
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("\x1f\x8b")), hasNUL(head):
		return 0, leadlake.Errorf(leadlake.Invalid, "The file %q is no CSV, Excel (.xlsx) or Parquet file.", name)
	}
	return CSV, nil
}

// hasNUL reports whether something is no text; UTF-16 is, if it says so.
func hasNUL(head []byte) bool {
	return bytes.IndexByte(head, 0) >= 0 && !bytes.HasPrefix(head, []byte("\xff\xfe")) && !bytes.HasPrefix(head, []byte("\xfe\xff"))
}

func headOf(path string) (head []byte, err error) {
	file, err := os.Open(path) //nolint:gosec // the user named it
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, 8<<10))
}

func unreadable(name string, err error) error {
	return leadlake.Errorf(leadlake.Invalid, "The file %q cannot be read.", name).Because(err)
}

// tooMany refuses what no person keeps in a spreadsheet.
func tooMany(what string, most int) error {
	return leadlake.Errorf(leadlake.Invalid, "The file has more than %d %s: divide it.", most, what)
}

// checkHeader refuses a header that is too wide.
func checkHeader(header []string) error {
	if len(header) > maxColumns {
		return tooMany("columns", maxColumns)
	}
	return nil
}

// wide refuses a row that has more than the header.
func wide(number, cells, columns int) error {
	return leadlake.Errorf(leadlake.Invalid, "Row %d has %d cells, and the header has %d: give the columns names, or put quotes around a text with separators in it.", number, cells, columns)
}

// isBlank reports whether a row has nothing in it.
func isBlank(cells []any) bool {
	for _, c := range cells {
		if c != nil {
			return false
		}
	}
	return true
}

func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
