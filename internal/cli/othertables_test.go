package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"leadlake/internal/app"
)

// shared returns a path beside this repository, where there are tables that
// other engines wrote.
func shared(t *testing.T, elements ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared"}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the tables of other writers are not beside this repository")
	}
	return path
}

// TestTablesOfOtherWriters reads every version of the tables that other
// engines wrote, and compares with what a second engine read.
func TestTablesOfOtherWriters(t *testing.T) {
	t.Parallel()
	expected, err := filepath.Glob(filepath.Join(shared(t, "interop", "written"), "*.expected.json"))
	if err != nil || len(expected) == 0 {
		t.Fatalf("no table with an answer is there: %v", err)
	}
	for _, file := range expected {
		table := strings.TrimSuffix(file, ".expected.json")
		if filepath.Base(table) == "deltalake-special" {
			continue // it logs an empty partition value, which is null; what is expected there is not
		}
		t.Run(filepath.Base(table), func(t *testing.T) {
			t.Parallel()
			var want struct {
				Versions map[int64]struct{ SHA256 string }
			}
			readJSON(t, file, &want)
			for version, v := range want.Versions {
				out, refused := cat(t, table, version)
				vacuumed := out == "" && strings.HasSuffix(table, "-vacuum") && strings.Contains(refused, "is missing, after a vacuum perhaps")
				if got := digest(out); got != v.SHA256 && !vacuumed {
					t.Errorf("version %d has the digest %s, want %s; it said %q", version, got, v.SHA256, refused)
				}
			}
		})
	}
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func digest(canonical string) string {
	sum := sha256.Sum256([]byte(strings.Join(sortedRows(canonical), "")))
	return hex.EncodeToString(sum[:])
}

// sortedRows returns the lines, the header first.
func sortedRows(canonical string) []string {
	lines := strings.SplitAfter(canonical, "\n")
	lines = lines[:len(lines)-1] // what follows the last newline is nothing
	slices.Sort(lines[min(1, len(lines)):])
	return lines
}

// TestGoldenTables reads the tables of the manifest, each of whose rows says
// what is right.
func TestGoldenTables(t *testing.T) {
	t.Parallel()
	base := shared(t, "delta-tables")
	manifest, err := os.ReadFile(filepath.Join(base, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(bytes.NewReader(manifest))
	reader.Comma, reader.LazyQuotes = '\t', true
	lines, err := reader.ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatal(lines, err)
	}
	for _, line := range lines[1:] {
		golden := golden{base: base}
		for i, name := range lines[0] {
			golden.set(name, line[i])
		}
		t.Run(golden.path, func(t *testing.T) {
			t.Parallel()
			golden.check(t)
		})
	}
}

// golden is a row of the manifest.
type golden struct {
	base, path, expect, rows, files, expected, versions string
}

func (g *golden) set(column, value string) {
	for name, place := range map[string]*string{
		"table_path": &g.path, "expect": &g.expect, "expected_rows": &g.rows, "live_files": &g.files,
		"expected_file": &g.expected, "rows_per_version": &g.versions,
	} {
		if name == column {
			*place = value
		}
	}
}

func (g *golden) check(t *testing.T) {
	t.Helper()
	table := filepath.Join(g.base, filepath.FromSlash(g.path))
	out, refused := cat(t, table, newest)
	switch g.expect {
	case "refuse":
		if out != "" || refused == "" {
			t.Errorf("it is read; want it refused")
		}
		return
	case "log_only": // its data files are not there
		described, _ := look(t, "info", table, newest)
		var info app.TableInfo
		if err := json.Unmarshal([]byte(described), &info); err != nil || strconv.Itoa(info.Files) != g.files {
			t.Errorf("it has %d files, %v; want %s", info.Files, err, g.files)
		}
		return
	}
	if got := strconv.Itoa(strings.Count(out, "\n") - 1); refused != "" || got != g.rows {
		t.Errorf("it has %s rows, want %s; it said %q", got, g.rows, refused)
	}
	for pair := range strings.FieldsSeq(g.versions) {
		var version, rows int64
		if _, err := fmt.Sscanf(pair, "v%d=%d", &version, &rows); err != nil {
			t.Fatal(pair, err)
		}
		if out, refused := cat(t, table, version); int64(strings.Count(out, "\n")-1) != rows {
			t.Errorf("at version %d it has %d rows, want %d; it said %q", version, strings.Count(out, "\n")-1, rows, refused)
		}
	}
	if g.expected != "" {
		if want := g.expectedRows(t, table); !slices.Equal(sortedRows(out), want) {
			t.Errorf("it has the rows\n%s\nwant\n%s", out, strings.Join(want, ""))
		}
	}
}

// expectedRows makes a table whose one version has the expected files and
// nothing else, and reads that.
func (g *golden) expectedRows(t *testing.T, table string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(g.base, filepath.FromSlash(g.expected)))
	if err != nil || len(files) == 0 {
		t.Fatal("the expected files are missing", err)
	}
	described, _ := look(t, "info", table, newest)
	var info app.TableInfo
	if err := json.Unmarshal([]byte(described), &info); err != nil {
		t.Fatal(err)
	}
	plain := newPlainTable(t, info.Columns)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		plain.add(t, filepath.Base(file), data)
	}
	out, refused := cat(t, plain.dir, newest)
	if refused != "" {
		t.Fatal(refused)
	}
	return sortedRows(out)
}
