package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "leadlake"

// everything stands for all packages but cli, which only main imports.
const everything = "everything"

// allowed says which of our own packages each of them may import; "." is the
// root. What the tests of a package import is its own affair.
func allowed() map[string][]string {
	return map[string][]string{
		".":                           nil,
		"cmd/leadlake":                {"internal/cli"},
		"internal/account":            {".", "internal/blob"},
		"internal/app":                {everything},
		"internal/archtest":           nil,
		"internal/adopt":              {".", "internal/delta", "internal/naming"},
		"internal/backup":             {"internal/blob"},
		"internal/bench":              {everything},
		"internal/blob":               nil,
		"internal/blob/blobtest":      {"internal/blob"},
		"internal/blob/faulty":        {"internal/blob"},
		"internal/blob/cache":         {"internal/blob"},
		"internal/blob/gcs":           {"internal/blob"},
		"internal/blob/local":         {"internal/blob"},
		"internal/blob/mem":           {"internal/blob"},
		"internal/cli":                {".", "internal/adopt", "internal/app", "internal/backup", "internal/config", "internal/systemd", "internal/tabular"},
		"internal/config":             {".", "internal/naming"},
		"internal/delta":              {"internal/blob"},
		"internal/delta/deltatest":    {"internal/blob", "internal/delta"},
		"internal/demo":               {".", "internal/notion/fakenotion"},
		"internal/duck":               {".", "internal/delta", "internal/blob", "internal/parquet"},
		"internal/httpapi":            {".", "internal/metric", "internal/naming", "internal/account", "internal/webui"},
		"internal/ingest":             {"."},
		"internal/journal":            {".", "internal/blob", "internal/delta", "internal/leadtable"},
		"internal/leadtable":          {".", "internal/delta"},
		"internal/lease":              {"internal/blob"},
		"internal/metric":             {"."},
		"internal/naming":             {"."},
		"internal/notion":             {".", "internal/naming"},
		"internal/notion/fakenotion":  {".", "internal/notion"},
		"internal/parquet":            nil,
		"internal/systemd":            nil,
		"internal/tabular":            {".", "internal/naming"},
		"internal/telemetry":          nil,
		"internal/telemetry/otlptest": nil,
		"internal/webhook":            {".", "internal/blob", "internal/notion"},
		"internal/webui":              nil,
	}
}

// pkg is what `go list -json` says of a package, as far as it matters here.
type pkg struct {
	ImportPath, Dir, Doc string
	GoFiles, CgoFiles    []string
	Imports              []string
}

// name returns the path below the module, "." for the root.
func (p pkg) name() string { return name(p.ImportPath) }

func name(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

func packages(t *testing.T) []pkg {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Doc,GoFiles,CgoFiles,Imports", "./...")
	list.Dir = filepath.Join("..", "..")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles)+len(p.CgoFiles) > 0 { // a package of tests alone has no shape
			all = append(all, p)
		}
	}
}

func TestImports(t *testing.T) {
	table := allowed()
	for _, p := range packages(t) {
		may, known := table[p.name()]
		if !known {
			t.Errorf("%s is not in the table: add a row that says what it may import", p.name())
			continue
		}
		for _, imported := range p.Imports {
			if problem := importProblem(p.name(), imported, may); problem != "" {
				t.Errorf("%s imports %s: %s", p.name(), imported, problem)
			}
		}
	}
}

// importProblem says why importer may not import path, or "".
func importProblem(importer, path string, may []string) string {
	ours := path == module || strings.HasPrefix(path, module+"/")
	first, _, _ := strings.Cut(path, "/")
	switch {
	case ours && slices.Contains(may, everything) && name(path) != "internal/cli":
		return ""
	case ours && !slices.Contains(may, name(path)):
		return "it may import only " + strings.Join(may, ", ")
	case importer == "." && strings.Contains(first, "."):
		return "the root package imports the standard library only"
	case strings.HasPrefix(path, "github.com/duckdb/") && importer != "internal/duck":
		return "only internal/duck knows DuckDB"
	}
	return ""
}

func TestImportProblems(t *testing.T) {
	for _, tt := range []struct {
		importer, path string
		allowed        bool
	}{
		{".", "fmt", true},
		{".", "github.com/google/uuid", false},
		{".", "leadlake/internal/delta", false},
		{"internal/delta", "leadlake/internal/blob", true},
		{"internal/delta", "leadlake", false},
		{"internal/delta", "github.com/google/uuid", true},
		{"internal/app", "leadlake/internal/duck", true},
		{"internal/app", "leadlake/internal/cli", false},
		{"internal/app", "github.com/duckdb/duckdb-go/v2", false},
		{"internal/duck", "github.com/duckdb/duckdb-go/v2", true},
	} {
		if problem := importProblem(tt.importer, tt.path, allowed()[tt.importer]); (problem == "") != tt.allowed {
			t.Errorf("%s importing %s: got %q", tt.importer, tt.path, problem)
		}
	}
}

func TestTableHasNoCycle(t *testing.T) {
	table := allowed()
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if slices.Contains(path, name) {
			t.Fatalf("the table allows a cycle: %v", append(path, name))
		}
		for _, next := range table[name] {
			if next == everything {
				continue
			}
			if _, known := table[next]; !known {
				t.Errorf("%s may import %s, which has no row", name, next)
			}
			visit(next, append(slices.Clone(path), name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		visit(name, nil)
	}
}

func TestPackageComments(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.name())
		}
	}
}

func TestFileSizes(t *testing.T) {
	const hard, soft = 400, 250
	generated := regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	var sizes []int
	for _, p := range packages(t) {
		for _, file := range slices.Concat(p.GoFiles, p.CgoFiles) {
			content, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if generated.Match(content) {
				continue
			}
			lines := bytes.Count(content, []byte("\n"))
			sizes = append(sizes, lines)
			if lines > hard {
				t.Errorf("%s has %d lines, at most %d: it holds more than one concept", filepath.Join(p.name(), file), lines, hard)
			}
		}
	}
	slices.Sort(sizes)
	if p90 := sizes[len(sizes)*9/10]; p90 > soft {
		t.Errorf("one file in ten has more than %d lines, at most %d", p90, soft)
	}
}
