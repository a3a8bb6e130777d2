package tabular

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"leadlake"
)

// workbook is an open .xlsx file: a zip of XML files.
type workbook struct {
	name   string
	file   *os.File
	parts  map[string]*zip.File
	budget int64    // of bytes that may still be unpacked of one part
	shared []string // texts that cells refer to
	styles []bool   // by style: whether its numbers are days
	epoch  leadlake.Date
	sheet  *zip.File
	width  int
}

// OpenWorkbook opens a sheet of an Excel workbook (.xlsx, .xlsm): the one of
// that name, or the first that is not hidden. Formulas are what they last came
// to; nothing is computed.
func OpenWorkbook(path, sheet string) (_ *Sheet, err error) {
	w := &workbook{name: filepath.Base(path), parts: map[string]*zip.File{}}
	if w.file, err = os.Open(path); err != nil { //nolint:gosec // the user named it
		return nil, unreadable(w.name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.file.Close())
		}
	}()
	info, err := w.file.Stat()
	if err != nil {
		return nil, unreadable(w.name, err)
	}
	archive, err := zip.NewReader(w.file, info.Size())
	if err != nil {
		return nil, w.damaged(err)
	}
	for _, part := range archive.File {
		w.parts[strings.ToLower(strings.TrimPrefix(part.Name, "/"))] = part
	}
	w.budget = allowance(info.Size())
	form, err := w.open(sheet)
	if err != nil {
		return nil, err
	}
	header, err := w.header()
	if err != nil {
		return nil, err
	}
	w.width = len(header)
	return &Sheet{Form: form, Header: header, Rows: w.rows, Epoch: w.epoch, Close: w.file.Close}, nil
}

func (w *workbook) damaged(err error) error {
	if _, known := errors.AsType[*leadlake.Error](err); known {
		return err
	}
	return leadlake.Errorf(leadlake.Invalid, "The file %q is damaged, or no Excel workbook: open it in Excel and save it again as .xlsx, or as CSV.", w.name).Because(err)
}

// workbookXML is what matters of xl/workbook.xml.
type workbookXML struct {
	Properties struct {
		Date1904 string `xml:"date1904,attr"`
	} `xml:"workbookPr"`
	Sheets []sheetXML `xml:"sheets>sheet"`
}

type sheetXML struct {
	Name  string `xml:"name,attr"`
	State string `xml:"state,attr"`
	ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
	// Files that keep strictly to the standard have another namespace.
	StrictID string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
}

// relationsXML says in which file the parts of another are.
type relationsXML struct {
	Relations []struct {
		ID     string `xml:"Id,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

// open finds the sheet, and reads what is shared by all.
func (w *workbook) open(sheet string) (form string, err error) {
	var book workbookXML
	if err := w.decode("xl/workbook.xml", &book); err != nil {
		return "", err
	}
	if v := book.Properties.Date1904; v == "1" || v == "true" {
		w.epoch = leadlake.NewDate(1904, time.January, 1)
	}
	s, err := w.choose(book.Sheets, sheet)
	if err != nil {
		return "", err
	}
	if err := w.findSheet(s.ID + s.StrictID); err != nil {
		return "", err
	}
	if err := w.readStyles(); err != nil {
		return "", err
	}
	form = fmt.Sprintf("Excel, sheet %q", s.Name)
	if n := len(book.Sheets); n > 1 {
		form += fmt.Sprintf(" of %d (--sheet names another)", n)
	}
	w.shared, err = w.readShared()
	return form, err
}

// choose returns the sheet of that name, or the first that is not hidden.
func (w *workbook) choose(sheets []sheetXML, name string) (sheetXML, error) {
	names := []string{}
	for _, s := range sheets {
		names = append(names, fmt.Sprintf("%q", s.Name))
		if s.Name == name || name == "" && (s.State == "" || s.State == "visible") {
			return s, nil
		}
	}
	return sheetXML{}, leadlake.Errorf(leadlake.Invalid, "The workbook %q has no such sheet. It has %s.", w.name, strings.Join(names, ", "))
}

func (w *workbook) findSheet(id string) error {
	var relations relationsXML
	if err := w.decode("xl/_rels/workbook.xml.rels", &relations); err != nil {
		return err
	}
	for _, r := range relations.Relations {
		if r.ID != id {
			continue
		}
		target, absolute := strings.CutPrefix(r.Target, "/")
		if !absolute {
			target = path.Join("xl", target)
		}
		w.sheet = w.parts[strings.ToLower(target)]
	}
	if w.sheet == nil {
		return w.damaged(errors.New("the sheet is not in it"))
	}
	return nil
}

// decode reads a small part of the workbook.
func (w *workbook) decode(name string, into any) error {
	part := w.parts[name]
	if part == nil {
		return w.damaged(fmt.Errorf("it has no %s", name))
	}
	in, err := w.unpack(part)
	if err != nil {
		return err
	}
	err = xml.NewDecoder(in).Decode(into)
	if err := errors.Join(err, in.Close()); err != nil {
		return w.damaged(err)
	}
	return nil
}

func (w *workbook) unpack(part *zip.File) (io.ReadCloser, error) {
	in, err := part.Open()
	if err != nil {
		return nil, w.damaged(err)
	}
	return &unpacking{in: in, left: w.budget, most: w.budget}, nil
}

// header returns the names in the first row that has any.
func (w *workbook) header() (names []string, err error) {
	for row, err := range w.cells() {
		if err != nil {
			return nil, err
		}
		if isBlank(row.Cells) {
			continue
		}
		names = make([]string, len(row.Cells))
		for i, c := range row.Cells {
			names[i] = textOf(c)
		}
		for len(names) > 1 && names[len(names)-1] == "" {
			names = names[:len(names)-1]
		}
		return names, checkHeader(names)
	}
	return nil, leadlake.Errorf(leadlake.Invalid, "The sheet has no rows.")
}

func (w *workbook) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		header, n := true, 0
		for row, err := range w.cells() {
			switch {
			case err != nil:
			case isBlank(row.Cells) && row.Errors == 0:
				continue
			case header:
				header = false
				continue
			case len(row.Cells) > w.width && !isBlank(row.Cells[w.width:]):
				err = wide(row.Number, len(row.Cells), w.width)
			case n == maxRows:
				err = tooMany("rows", maxRows)
			}
			n++
			row.Cells = fitted(row.Cells, w.width)
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
