package tabular

import (
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"leadlake"
)

// cells yields the rows of the sheet that the file has, one after the other.
func (w *workbook) cells() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in, err := w.unpack(w.sheet)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer func() { _ = in.Close() }() // it was only read
		r := cellReader{book: w, in: xml.NewDecoder(in)}
		for {
			row, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, w.damaged(err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// cellReader reads a sheet's XML token by token.
type cellReader struct {
	book *workbook
	in   *xml.Decoder
	row  Row
	cell cell
	last int // number of the last row
	at   int // where a cell is that does not say it
}

// cell is one <c> while it is read.
type cell struct {
	column int
	kind   string // n, s, str, inlineStr, b, e or d
	day    bool   // whether its style is a date's
	text   strings.Builder
	inside bool // whether characters belong to the value
	aside  bool // how Japanese names are read aloud, which is none of it
	filled bool
}

// next returns the next row, io.EOF behind the last one.
func (r *cellReader) next() (Row, error) {
	for {
		token, err := r.in.RawToken()
		if err != nil {
			return Row{}, err
		}
		whole := false
		switch token := token.(type) {
		case xml.StartElement:
			err = r.start(token)
		case xml.CharData:
			if r.cell.inside {
				r.cell.text.Write(token)
			}
		case xml.EndElement:
			whole, err = r.end(token.Name.Local)
		}
		if whole || err != nil {
			return r.row, err
		}
	}
}

// end reports whether the row is whole.
func (r *cellReader) end(name string) (whole bool, err error) {
	switch name {
	case "v", "t":
		r.cell.inside = false
	case "rPh":
		r.cell.aside = false
	case "c":
		return false, r.put()
	case "row":
		return true, nil
	case "sheetData":
		return false, io.EOF
	}
	return false, nil
}

func (r *cellReader) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		r.last++
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n > 0 {
			r.last = n
		}
		r.row, r.at = Row{Number: r.last}, 0
	case "c":
		r.cell = cell{column: r.at, kind: attribute(e, "t")}
		if at := attribute(e, "r"); at != "" {
			column, err := columnOf(at)
			if err != nil {
				return err
			}
			r.cell.column = column
		}
		r.at = r.cell.column + 1
		if style, err := strconv.Atoi(attribute(e, "s")); err == nil && style >= 0 && style < len(r.book.styles) {
			r.cell.day = r.book.styles[style]
		}
	case "v", "t":
		r.cell.inside, r.cell.filled = !r.cell.aside, true
	case "rPh":
		r.cell.aside = true
	}
	return nil
}

// attribute returns the value of an attribute, whatever its namespace.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// columnOf returns the place of a cell such as AB12, from 0.
func columnOf(at string) (int, error) {
	letters := strings.TrimRight(at, "0123456789")
	n := 0
	for _, l := range letters {
		if l < 'A' || l > 'Z' || len(letters) > 3 {
			return 0, errors.New("a cell is at no place")
		}
		n = n*26 + int(l-'A') + 1
	}
	if n == 0 {
		return 0, errors.New("a cell is at no place")
	}
	return n - 1, nil
}

// put puts the cell that ends into the row.
func (r *cellReader) put() error {
	value, err := r.value()
	if err != nil || value == nil {
		return err
	}
	if r.cell.column > maxColumns {
		return tooMany("columns", maxColumns)
	}
	if missing := r.cell.column + 1 - len(r.row.Cells); missing > 0 {
		r.row.Cells = slices.Grow(r.row.Cells, missing)[:r.cell.column+1]
	}
	r.row.Cells[r.cell.column] = value
	return nil
}

func (r *cellReader) value() (any, error) {
	text := r.cell.text.String()
	if !r.cell.filled {
		return nil, nil //nolint:nilnil // an empty cell
	}
	switch r.cell.kind {
	case "s":
		return r.book.sharedText(text)
	case "b":
		return strings.TrimSpace(text) == "1", nil
	case "e":
		r.row.Errors++
		return nil, nil //nolint:nilnil // a formula that went wrong says nothing
	case "str", "inlineStr", "d":
		return filled(cellText(text)), nil
	}
	number, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return filled(cellText(text)), nil //nolint:nilerr // then it is a text
	}
	if day, ok := serialDay(number, r.book.epoch); ok && r.cell.day {
		return day, nil
	}
	return number, nil
}

// sharedText returns the text that a cell refers to by its number.
func (w *workbook) sharedText(number string) (any, error) {
	i, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || i < 0 || i >= len(w.shared) {
		return nil, errors.New("a cell refers to a text that there is not")
	}
	return filled(w.shared[i]), nil
}

// filled returns a text, nil where there is nothing in it.
func filled(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// cellText reads a text as Excel writes it.
func cellText(text string) string { return clean(strings.ReplaceAll(text, "_x000D_", "")) }

// readShared reads the texts that cells refer to.
func (w *workbook) readShared() ([]string, error) {
	part := w.parts["xl/sharedstrings.xml"]
	if part == nil {
		return nil, nil
	}
	unpacked, err := w.unpack(part)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unpacked.Close() }() // it was only read
	shared, err := sharedTexts(xml.NewDecoder(unpacked))
	if err != nil {
		return nil, w.damaged(err)
	}
	return shared, nil
}

func sharedTexts(in *xml.Decoder) (shared []string, err error) {
	var text strings.Builder
	inside, aside, size := false, false, 0
	for size <= maxShared {
		token, err := in.RawToken()
		if errors.Is(err, io.EOF) {
			return shared, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			aside = aside || token.Name.Local == "rPh"
			inside = token.Name.Local == "t" && !aside
		case xml.CharData:
			if inside {
				text.Write(token)
			}
		case xml.EndElement:
			inside, aside = false, aside && token.Name.Local != "rPh"
			if token.Name.Local == "si" {
				shared, size = append(shared, cellText(text.String())), size+text.Len()+16
				text.Reset()
			}
		}
	}
	return nil, leadlake.Errorf(leadlake.Invalid, "The workbook holds more than %d MB of text: save the sheet as CSV.", maxShared>>20)
}
