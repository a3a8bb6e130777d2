package tabular_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/tabular"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// parts are the files of a workbook; those that a test does not speak of are
// as Excel writes them.
type parts map[string]string

func (p parts) with(other parts) parts {
	all := parts{
		"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
			`<workbookPr/><sheets><sheet name="Caché" sheetId="1" state="hidden" r:id="rId1"/><sheet name="Leads &amp; co" sheetId="2" r:id="rId2"/><sheet name="Autre" sheetId="3" r:id="rId3"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>other</v></c></row></sheetData></worksheet>`,
		"xl/styles.xml": `<styleSheet><numFmts count="3"><numFmt numFmtId="164" formatCode="[$-40C]d mmmm yyyy;@"/><numFmt numFmtId="165" formatCode="0.00&quot; days&quot;"/>` +
			`<numFmt numFmtId="166" formatCode="[h]:mm:ss"/><numFmt numFmtId="167" formatCode="mmm\-yy"/><numFmt numFmtId="168" formatCode="[Red]0"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="21"/><xf numFmtId="168"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml": `<sst><si><t>Nom</t></si><si><r><t xml:space="preserve">E-</t></r><r><rPr><b/></rPr><t>mail</t></r><rPh><t>ignored</t></rPh></si><si><t>Date de relance</t></si><si><t/></si><si><t>Zoé &lt;b&gt;_x000D_</t></si></sst>`,
	}
	maps.Copy(all, p)
	maps.Copy(all, other)
	return all
}

func sheetXML(rows string) parts {
	return parts{"xl/worksheets/sheet2.xml": xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>` + rows + `</sheetData><mergeCells/></worksheet>`}
}

func workbook(t *testing.T, p parts) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(p[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "x.xlsx", b.String())
}

func openWorkbook(t *testing.T, p parts) *tabular.Sheet {
	t.Helper()
	s, err := tabular.OpenWorkbook(workbook(t, p.with(nil)), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

const header = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>`

func TestCellsOfAWorkbook(t *testing.T) {
	t.Parallel()
	day := leadlake.NewDate(2025, time.January, 31)
	for name, tt := range map[string]struct {
		cell string
		want any
	}{
		"shared text":               {`<c r="C2" t="s"><v>4</v></c>`, "Zoé <b>"},
		"empty shared text":         {`<c r="C2" t="s"><v>3</v></c>`, nil},
		"inline text":               {`<c r="C2" t="inlineStr"><is><t>a</t><r><t> b</t></r></is></c>`, "a b"},
		"formula of text":           {`<c r="C2" t="str"><f>A1&amp;"x"</f><v>Nomx</v></c>`, "Nomx"},
		"formula that failed":       {`<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, nil},
		"formula without a value":   {`<c r="C2"><f>1+1</f></c>`, nil},
		"number":                    {`<c r="C2"><v>1.5</v></c>`, 1.5},
		"number with an exponent":   {`<c r="C2" t="n"><v>1E3</v></c>`, 1000.},
		"flag":                      {`<c r="C2" t="b"><v>1</v></c>`, true},
		"date":                      {`<c r="C2" s="1"><v>45688</v></c>`, day},
		"date of a custom format":   {`<c r="C2" s="2"><v>45688.999999988</v></c>`, day},
		"date and time":             {`<c r="C2" s="8"><v>45687.9999999999</v></c>`, day},
		"month and year":            {`<c r="C2" s="5"><v>45688</v></c>`, day},
		"days in a text are none":   {`<c r="C2" s="3"><v>45688</v></c>`, 45688.},
		"hours are no day":          {`<c r="C2" s="4"><v>1.5</v></c>`, 1.5},
		"a time of day is no day":   {`<c r="C2" s="6"><v>0.5</v></c>`, .5},
		"red is no day":             {`<c r="C2" s="7"><v>45688</v></c>`, 45688.},
		"style that there is not":   {`<c r="C2" s="99"><v>45688</v></c>`, 45688.},
		"before the false leap day": {`<c r="C2" s="1"><v>59</v></c>`, leadlake.NewDate(1900, time.February, 28)},
		"first day":                 {`<c r="C2" s="1"><v>1</v></c>`, leadlake.NewDate(1900, time.January, 1)},
		"no day":                    {`<c r="C2" s="1"><v>-5</v></c>`, -5.},
		"ISO date":                  {`<c r="C2" t="d"><v>2025-01-31T10:00:00</v></c>`, "2025-01-31T10:00:00"},
		"cells that say no place":   {`<c/><c/><c><v>7</v></c>`, 7.},
		"cells in another order":    {`<c r="C2"><v>7</v></c><c r="A2"><v>1</v></c>`, 7.},
	} {
		s := openWorkbook(t, sheetXML(header+`<row r="2">`+tt.cell+`</row><row r="3"><c r="A3" t="str"><v>end</v></c></row>`))
		equal(t, "header", strings.Join(s.Header, "|"), "Nom|E-mail|Date de relance")
		var got any
		for row, err := range s.Rows() {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if row.Number == 2 {
				got = row.Cells[2]
			}
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v (%T), want %v", name, got, got, tt.want)
		}
	}
}

func TestSheetsOfAWorkbook(t *testing.T) {
	t.Parallel()
	rows := sheetXML(`<row r="3">` + `<c r="A3" t="str"><v>id</v></c></row><row r="5"/><row r="9"><c r="A9"><v>3</v></c></row><row><c><v>4</v></c></row>`)
	path := workbook(t, rows.with(nil))
	for sheet, want := range map[string]string{"": `id Excel, sheet "Leads & co" of 3 (--sheet names another)`, "Autre": `other Excel, sheet "Autre" of 3 (--sheet names another)`} {
		s, err := tabular.OpenWorkbook(path, sheet)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, sheet, s.Header[0]+" "+s.Form, want)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := tabular.OpenWorkbook(path, "Nulle part"); !strings.Contains(leadlake.MessageOf(err), `It has "Caché", "Leads & co", "Autre"`) {
		t.Errorf("got %v", err)
	}
	var numbers []int
	for row, err := range openWorkbook(t, rows).Rows() {
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, row.Number)
	}
	equal(t, "rows", numbers, []int{9, 10})
}

func TestA1904WorkbookWithItsDatesUnformatted(t *testing.T) {
	t.Parallel()
	p := sheetXML(header + `<row r="2"><c r="A2" t="str"><v>A</v></c><c r="B2" t="str"><v>a@x.fr</v></c><c r="C2"><v>44226</v></c></row>`)
	p["xl/workbook.xml"] = strings.Replace(p.with(nil)["xl/workbook.xml"], "<workbookPr/>", `<workbookPr date1904="1"/>`, 1)
	plan := analyse(t, openWorkbook(t, p), tabular.Choices{})
	equal(t, "day", fmt.Sprint(leads(t, plan)[0].Values["date_relance"]), "2025-01-31")
}

func TestFormulasThatFailedAreTold(t *testing.T) {
	t.Parallel()
	p := analyse(t, openWorkbook(t, sheetXML(header+`<row r="2"><c r="A2" t="str"><v>A</v></c><c r="C2" t="e"><v>#N/A</v></c></row>`)), tabular.Choices{})
	if !strings.Contains(strings.Join(p.Warnings, " "), "#N/A") {
		t.Errorf("got %q", p.Warnings)
	}
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	t.Parallel()
	bomb := header + `<row r="2"><c r="A2" t="str"><v>` + strings.Repeat("A", 2<<20) + `</v></c></row>`
	for name, tt := range map[string]struct {
		parts parts
		want  string
	}{
		"no sheet in it":         {parts{}, "is damaged, or no Excel workbook"},
		"broken XML":             {sheetXML(header + `<row r="2"><c`), "is damaged"},
		"a text that is not":     {sheetXML(header + `<row r="2"><c r="A2" t="s"><v>77</v></c></row>`), "is damaged"},
		"a cell nowhere":         {sheetXML(header + `<row r="2"><c r="a1"><v>1</v></c></row>`), "is damaged"},
		"a cell far away":        {sheetXML(header + `<row r="2"><c r="ZZZ2"><v>1</v></c></row>`), "more than 500 columns"},
		"beyond the header":      {sheetXML(header + `<row r="2"><c r="D2"><v>1</v></c></row>`), "Row 2 has 4 cells"},
		"an endless cell":        {sheetXML(bomb), "longer than a cell can be"},
		"a bomb of rows":         {sheetXML(header + strings.Repeat(`<row><c t="str"><v></v></c></row>`, 1_500_000)), "unpacks to more than 32 MB"},
		"a bomb of shared texts": {sheetXML(header).with(parts{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si><t>a</t></si>", 2_500_000) + "</sst>"}), "unpacks to more than 32 MB"},
		"no rows":                {sheetXML(""), "has no rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := tabular.OpenWorkbook(workbook(t, tt.parts.with(nil)), "")
			if err == nil {
				for _, rowErr := range s.Rows() {
					err = rowErr
				}
				_ = s.Close()
			}
			if leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	for name, content := range map[string]string{"an empty zip": "PK\x05\x06" + strings.Repeat("\x00", 18), "half a zip": "PK\x03\x04....", "a text": "a;b"} {
		if _, err := tabular.OpenWorkbook(write(t, "x.xlsx", content), ""); !strings.Contains(leadlake.MessageOf(err), "is damaged, or no Excel workbook") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzWorkbook(f *testing.F) {
	f.Add(header + `<row r="2"><c r="C2" s="1"><v>45688</v></c><c r="A2" t="inlineStr"><is><t>x</t></is></c></row>`)
	f.Fuzz(func(t *testing.T, rows string) {
		s, err := tabular.OpenWorkbook(workbook(t, sheetXML(rows).with(nil)), "")
		if err != nil {
			return
		}
		defer func() { _ = s.Close() }()
		for row, err := range s.Rows() {
			if err == nil && len(row.Cells) != len(s.Header) {
				t.Errorf("row %d has %d cells of %d", row.Number, len(row.Cells), len(s.Header))
			}
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("id;nom;date_relance\n1;\"a\n\";31/01/2025\n\n2;;\n")
	f.Add("\xff\xfea\x00;\x00b\x00\n\x001\x00")
	f.Fuzz(func(t *testing.T, content string) {
		s, err := tabular.OpenCSV(write(t, "x.csv", content))
		if err != nil {
			return
		}
		defer func() { _ = s.Close() }()
		p, err := tabular.Analyse(t.Context(), s, tabular.Choices{Source: "s", ID: s.Header[0]})
		if err != nil || p.Unreadable > 0 {
			return
		}
		n := 0
		for lead, err := range p.Yield(t.Context()) {
			if err != nil || !strings.HasPrefix(lead.ID, "s:") {
				t.Fatalf("got %v, %v", lead, err)
			}
			n++
		}
		if n != p.Leads {
			t.Errorf("got %d leads of %d", n, p.Leads)
		}
	})
}
