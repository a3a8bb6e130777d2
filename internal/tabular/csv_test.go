package tabular_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"leadlake"
	"leadlake/internal/tabular"
)

// utf16LE writes a text as Excel does when it is told "Unicode text".
func utf16LE(text string) string {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return string(out)
}

func TestCSVInManyHands(t *testing.T) {
	t.Parallel()
	want := [][]any{{"Zoé, \"Z\"\nDurand", "1 €"}, {nil, "2"}}
	for name, content := range map[string]string{
		"commas":             "Prénom,Prix\n\"Zoé, \"\"Z\"\"\nDurand\",1 €\n,2\n",
		"semicolons":         "Prénom;Prix\r\n\"Zoé, \"\"Z\"\"\r\nDurand\";1 €\r\n;2\r\n",
		"tabs":               "Prénom\tPrix\n\"Zoé, \"\"Z\"\"\nDurand\"\t1 €\n\t2",
		"bars":               "Prénom|Prix\n\"Zoé, \"\"Z\"\"\nDurand\"|1 €\n|2\n",
		"a mark":             "\ufeffPrénom;Prix\n\"Zoé, \"\"Z\"\"\nDurand\";1 €\n;2\n",
		"Windows-1252":       "Pr\xe9nom;Prix\n\"Zo\xe9, \"\"Z\"\"\nDurand\";1 \x80\n;2\n",
		"UTF-16":             utf16LE("Prénom\tPrix\r\n\"Zoé, \"\"Z\"\"\r\nDurand\"\t1 €\r\n\t2\r\n"),
		"sep=":               "sep=,\r\nPrénom,Prix\r\n\"Zoé, \"\"Z\"\"\r\nDurand\",1 €\r\n,2\r\n",
		"empty lines":        "\n\nPrénom;Prix\n;;\n\"Zoé, \"\"Z\"\"\nDurand\";1 €\n\n \u00a0;\n;2\n\n",
		"columns of nothing": "Prénom;Prix;;\n\"Zoé, \"\"Z\"\"\nDurand\";1 €;;\n;2;;\n",
		"other commas in it": "Prénom;Prix\n\"Zoé, \"\"Z\"\"\nDurand\";1 €\n;2",
	} {
		s := openCSV(t, content)
		if strings.Join(s.Header, "|") != "Prénom|Prix" {
			t.Errorf("%s: got the header %q (%s)", name, s.Header, s.Form)
			continue
		}
		var got [][]any
		for row, err := range s.Rows() {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, row.Cells)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestRowsAreCountedAsASpreadsheetDoes(t *testing.T) {
	t.Parallel()
	s := openCSV(t, "\na;b\n1;\"x\ny\nz\"\n\n\n2;\"\n\"\n3\n")
	var got []int
	for row, err := range s.Rows() {
		if err != nil || len(row.Cells) != 2 {
			t.Fatal(row, err)
		}
		got = append(got, row.Number)
	}
	equal(t, "rows", got, []int{3, 6, 7})
}

func TestAFileInOneColumn(t *testing.T) {
	t.Parallel()
	s := openCSV(t, "Email\na@x.fr\nb@x.fr\n")
	equal(t, "header", s.Header, []string{"Email"})
	equal(t, "leads", len(leads(t, analyse(t, s, tabular.Choices{}))), 2)
}

func TestCSVThatIsRefused(t *testing.T) {
	t.Parallel()
	for want, content := range map[string]string{
		"Line 3 of the file has a quote in the wrong place": "a;b\n1;2\n3;x \"y\" z\n",
		"Row 2 has 3 cells, and the header has 2":           "a;b\n1;2;3\n",
		"The file has no rows":                              "\n\"\";\"\"\n\n",
		"longer than a row can be":                          "a;b\n1;\"" + strings.Repeat("never closed\n", 2<<20),
		"more than 500 columns":                             strings.Repeat("a;", 501) + "b\n",
	} {
		path := write(t, "x.csv", content)
		s, err := tabular.OpenCSV(path)
		if err == nil {
			for _, rowErr := range s.Rows() {
				err = rowErr
			}
			_ = s.Close()
		}
		if leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), want) {
			t.Errorf("%.20q: got %v, want %s", content, err, want)
		}
	}
}

func TestFilesAreKnownByWhatTheyHold(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]any{
		"a;b\n":                            tabular.CSV,
		utf16LE("a;b"):                     tabular.CSV,
		"PK\x03\x04rest":                   tabular.Workbook,
		"PAR1rest":                         tabular.Parquet,
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old Excel file, or one with a password",
		"%PDF-1.7":                         "is no CSV",
		"\x1f\x8bzip":                      "is no CSV",
		"a\x00b":                           "is no CSV",
		"":                                 "is empty",
	} {
		kind, err := tabular.KindOf(write(t, "l'été [1].csv", content))
		switch want := want.(type) {
		case tabular.Kind:
			if err != nil || kind != want {
				t.Errorf("%q: got %v, %v", content, kind, err)
			}
		case string:
			if !strings.Contains(leadlake.MessageOf(err), want) {
				t.Errorf("%q: got %v", content, err)
			}
		}
	}
	dir := t.TempDir()
	for path, want := range map[string]string{dir: "no ordinary file", filepath.Join(dir, "nowhere.csv"): `no file "nowhere.csv"`} {
		if _, err := tabular.KindOf(path); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	path := write(t, "x.csv", "id;date_relance\n1;2025-01-31\n")
	s, err := tabular.OpenCSV(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	p := analyse(t, s, tabular.Choices{})
	if err := os.WriteFile(path, []byte("id;date_relance\n1;2025-99-99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range p.Yield(t.Context()) {
		if leadlake.KindOf(err) != leadlake.Conflict {
			t.Errorf("got %v", err)
		}
	}
}
