package cli_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadlake/internal/app"
)

// plainTable is a table that a test makes by hand: its version 0 says what it
// is, each later one adds a file.
type plainTable struct {
	dir     string
	version int
}

func newPlainTable(t *testing.T, columns []app.TableColumn) *plainTable {
	t.Helper()
	fields := []map[string]any{}
	for _, c := range columns {
		fields = append(fields, map[string]any{"name": c.Name, "type": c.Type, "nullable": true, "metadata": struct{}{}})
	}
	schema, err := json.Marshal(map[string]any{"type": "struct", "fields": fields})
	if err != nil {
		t.Fatal(err)
	}
	p := &plainTable{dir: t.TempDir()}
	p.commit(t, map[string]any{"protocol": map[string]any{
		"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": []string{"timestampNtz"}, "writerFeatures": []string{"timestampNtz"},
	}}, map[string]any{"metaData": map[string]any{
		"id": "x", "format": map[string]any{"provider": "parquet"}, "schemaString": string(schema), "partitionColumns": []string{},
	}})
	return p
}

func (p *plainTable) commit(t *testing.T, actions ...map[string]any) {
	t.Helper()
	var lines []byte
	for _, a := range actions {
		line, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(append(lines, line...), '\n')
	}
	log := filepath.Join(p.dir, "_delta_log")
	if err := os.MkdirAll(log, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(log, fmt.Sprintf("%020d.json", p.version)), lines, 0o600); err != nil {
		t.Fatal(err)
	}
	p.version++
}

func (p *plainTable) add(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
	p.commit(t, map[string]any{"add": map[string]any{
		"path": name, "partitionValues": struct{}{}, "size": len(data), "modificationTime": 1, "dataChange": true,
	}})
}

// TestDamagedDataFiles damages each file of good tables in several ways; the
// answer must be that it is damaged, with its name, and no row.
func TestDamagedDataFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"kernel-golden/snapshot-data0/delta", "kernel-golden/parquet-all-types/delta", "kernel-data/basic_partitioned/delta",
		"kernel-data/table-with-dv-small/delta",
	} {
		good := shared(t, "delta-tables", filepath.FromSlash(name))
		ways := damages()
		if name != "kernel-golden/snapshot-data0/delta" { // whose pages have no checksums
			ways["a bit"] = flip
		}
		for damage, do := range ways {
			t.Run(name+"/"+damage, func(t *testing.T) {
				t.Parallel()
				for _, file := range dataFilesOf(t, good) {
					dir := t.TempDir()
					if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
						t.Fatal(err)
					}
					if err := do(filepath.Join(dir, file)); err != nil {
						t.Fatal(err)
					}
					out, refused := cat(t, dir, newest)
					named := strings.Contains(refused, filepath.Base(file)) || strings.HasSuffix(file, ".bin") && strings.Contains(refused, ".parquet")
					if out != "" || !named {
						t.Errorf("without a good %s it wrote %q and said %q", file, out, refused)
					}
				}
			})
		}
	}
}

func damages() map[string]func(file string) error {
	return map[string]func(string) error{
		"deleted":   os.Remove,
		"empty":     func(file string) error { return os.WriteFile(file, nil, 0o600) },
		"a byte":    func(file string) error { return cut(file, func(size int64) int64 { return size - 1 }) },
		"half":      func(file string) error { return cut(file, func(size int64) int64 { return size / 2 }) },
		"garbage":   func(file string) error { return garbage(file, 0) },
		"its magic": func(file string) error { return garbage(file, 4) },
	}
}

// flip changes one bit of the first data page.
func flip(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	data[min(60, len(data)/2)] ^= 4
	return os.WriteFile(file, data, 0o600)
}

func cut(file string, size func(int64) int64) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.Truncate(file, size(info.Size()))
}

// garbage overwrites the last n bytes of a file, or all of it.
func garbage(file string, n int) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if n == 0 {
		n = len(data)
	}
	copy(data[len(data)-n:], strings.Repeat("lorem ipsum ", n/12+1))
	return os.WriteFile(file, data, 0o600)
}

// dataFilesOf returns the files of a table that are not of its log.
func dataFilesOf(t *testing.T, table string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(table, func(path string, entry fs.DirEntry, err error) error {
		inLog := strings.Contains(path, "_delta_log")
		if err == nil && !entry.IsDir() && !inLog && !strings.HasPrefix(entry.Name(), ".") && !strings.HasPrefix(entry.Name(), "_") {
			relative, _ := filepath.Rel(table, path)
			files = append(files, relative)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}
