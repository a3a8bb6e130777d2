package tabular

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"leadlake"
)

// maxRecord bounds a row of a CSV file: a quote that is never closed would
// take the rest of the file into memory.
const maxRecord = 4 << 20

// csvFile is a CSV file and how it is written.
type csvFile struct {
	file    *os.File
	size    int64
	charset charset
	comma   rune
	marked  bool // its first line is Excel's  sep=;
	width   int
}

// OpenCSV opens a file of values that are separated by ; , a tab or |, in
// UTF-8, UTF-16 or Windows-1252. It finds out which.
func OpenCSV(path string) (_ *Sheet, err error) {
	name := filepath.Base(path)
	file, err := os.Open(path) //nolint:gosec // the user named it
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, unreadable(name, err)
	}
	f := &csvFile{file: file, size: info.Size(), comma: ','}
	if f.charset, err = detectCharset(f.bytes()); err != nil {
		return nil, unreadable(name, err)
	}
	if err := f.detectComma(); err != nil {
		return nil, unreadable(name, err)
	}
	header, err := f.header()
	if err != nil {
		return nil, err
	}
	f.width = len(header)
	return &Sheet{Form: f.form(), Header: header, Rows: f.rows, Close: file.Close}, nil
}

func (f *csvFile) bytes() io.Reader { return io.NewSectionReader(f.file, 0, f.size) }

func (f *csvFile) form() string {
	separator := map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs", '|': "bars"}[f.comma]
	return fmt.Sprintf("CSV with %s, in %s", separator, f.charset)
}

// detectComma chooses the separator that cuts the first rows into the most
// columns of which all rows have the same number.
func (f *csvFile) detectComma() error {
	head, err := io.ReadAll(io.LimitReader(f.charset.decoded(f.bytes()), 256<<10))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(head), "\n")
	if mark, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), "sep="); ok && len(mark) == 1 {
		f.comma, f.marked = rune(mark[0]), true
		return nil
	}
	best := 0
	for _, comma := range ";,\t|" {
		if score := regularity(string(head), comma); score > best {
			best, f.comma = score, comma
		}
	}
	return nil
}

// regularity is greater the more columns a separator makes of the first rows,
// and the more of them have as many as the first one.
func regularity(head string, comma rune) int {
	const rows = 50
	in := csv.NewReader(strings.NewReader(head))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = comma, -1, true
	width, same, other := 0, 0, 0
	for range rows {
		record, err := in.Read()
		if err != nil {
			break // the end, or the middle of a row that is cut off
		}
		switch {
		case width == 0:
			width = len(record)
		case len(record) == width:
			same++
		default:
			other++
		}
	}
	if width < 2 {
		return 0
	}
	return (1 + same) * 1000 / (1 + same + 2*other) * min(width, maxColumns)
}

// records yields the records of the file with their row numbers.
func (f *csvFile) records() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		limit := &recordLimit{in: f.charset.decoded(f.bytes())}
		in := csv.NewReader(limit)
		in.Comma, in.FieldsPerRecord, in.ReuseRecord = f.comma, -1, true
		number, next := 0, 1
		for n := 0; ; n++ {
			limit.left = maxRecord
			record, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, f.explain(err, number))
				return
			}
			line, _ := in.FieldPos(0)
			number += 1 + line - next // empty lines are rows, too
			next = line + 1
			row := Row{Number: number, Cells: make([]any, len(record))}
			for i, text := range record {
				next += strings.Count(text, "\n")
				if text = clean(text); text != "" {
					row.Cells[i] = text
				}
			}
			if f.marked && n == 0 {
				continue
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (f *csvFile) explain(err error, number int) error {
	parsing, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case errors.Is(err, errLongRecord):
		return leadlake.Errorf(leadlake.Invalid, "What follows row %d is longer than a row can be: is there a quote that is not closed?", number)
	case ok:
		return leadlake.Errorf(leadlake.Invalid, "Line %d of the file has a quote in the wrong place: a text with quotes in it stands in quotes, and those in it are doubled.", parsing.Line)
	}
	return wrap(err, "reading the file")
}

// header returns the names in the first row that has any.
func (f *csvFile) header() ([]string, error) {
	for row, err := range f.records() {
		if err != nil {
			return nil, err
		}
		if isBlank(row.Cells) {
			continue
		}
		header := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			header[i], _ = c.(string)
		}
		for len(header) > 1 && header[len(header)-1] == "" {
			header = header[:len(header)-1]
		}
		return header, checkHeader(header)
	}
	return nil, leadlake.Errorf(leadlake.Invalid, "The file has no rows.")
}

func (f *csvFile) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		header, n := true, 0
		for row, err := range f.records() {
			switch {
			case err != nil:
			case isBlank(row.Cells):
				continue
			case header:
				header = false
				continue
			case len(row.Cells) > f.width && !isBlank(row.Cells[f.width:]):
				err = wide(row.Number, len(row.Cells), f.width)
			case n == maxRows:
				err = tooMany("rows", maxRows)
			}
			n++
			row.Cells = fitted(row.Cells, f.width)
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// fitted returns so many cells.
func fitted(cells []any, width int) []any {
	if len(cells) >= width {
		return cells[:width]
	}
	return append(cells, make([]any, width-len(cells))...)
}

var errLongRecord = errors.New("a record is too long")

// recordLimit ends in an error when more is read than left.
type recordLimit struct {
	in   io.Reader
	left int
}

// Read implements io.Reader.
func (l *recordLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRecord
	}
	n, err := l.in.Read(p)
	l.left -= n
	return n, err
}
