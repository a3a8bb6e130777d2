package app_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
)

// foreign is a table as another writer might make it, in one version.
type foreign struct {
	name   string
	schema string // the fields, as JSON
	mode   string // of column mapping, "" for none
	by     string // partition columns, as JSON; "" for none
	files  []foreignFile
	want   string // the rows, sorted
	refuse string // what the refusal says, where it is not read
}

type foreignFile struct {
	path   string // default f.parquet
	query  string // the rows
	copy   string // options of COPY
	values string // partition values, as JSON
	vector string // deletion vector, as JSON
}

// field writes a field of a schema: its name, its type in JSON, and, under
// column mapping, its physical name and id.
func field(name, kind string, physical ...string) string {
	metadata := "{}"
	if len(physical) == 2 {
		metadata = `{"delta.columnMapping.physicalName":"` + physical[0] + `","delta.columnMapping.id":` + physical[1] + `}`
	}
	if !strings.HasPrefix(kind, "{") {
		kind = `"` + kind + `"`
	}
	quoted, _ := json.Marshal(name)
	return `{"name":` + string(quoted) + `,"type":` + kind + `,"nullable":true,"metadata":` + metadata + `}`
}

func structOf(fields ...string) string {
	return `{"type":"struct","fields":[` + strings.Join(fields, ",") + `]}`
}

func arrayOf(kind string) string {
	return `{"type":"array","elementType":` + kind + `,"containsNull":true}`
}

func mapOf(key, value string) string {
	return `{"type":"map","keyType":` + key + `,"valueType":` + value + `,"valueContainsNull":true}`
}

func fields(all ...string) string { return strings.Join(all, ",") }

// write makes the table in a folder and returns that.
func (f foreign) write(t *testing.T, db *sql.DB) string {
	t.Helper()
	dir := t.TempDir()
	protocol := `{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["columnMapping","deletionVectors","timestampNtz","typeWidening"],"writerFeatures":["columnMapping","deletionVectors","timestampNtz","typeWidening"]}}`
	schema, err := json.Marshal(`{"type":"struct","fields":[` + f.schema + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	if f.by == "" {
		f.by = "[]"
	}
	log := []string{protocol, `{"metaData":{"id":"x","format":{"provider":"parquet"},"schemaString":` + string(schema) + `,"partitionColumns":` + f.by +
		`,"configuration":{"delta.columnMapping.mode":"` + f.mode + `"}}}`}
	for _, file := range f.files {
		log = append(log, file.write(t, db, dir))
	}
	folder := filepath.Join(dir, "_delta_log")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "00000000000000000000.json"), []byte(strings.Join(log, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (f foreignFile) write(t *testing.T, db *sql.DB, dir string) string {
	t.Helper()
	if f.path == "" {
		f.path = "f.parquet"
	}
	if f.values == "" {
		f.values = "{}"
	}
	path := filepath.Join(dir, f.path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "COPY ("+f.query+") TO '"+path+"' (FORMAT parquet"+f.copy+")"); err != nil {
		t.Fatal(err)
	}
	add := `{"add":{"path":"` + f.path + `","partitionValues":` + f.values + `,"size":1,"modificationTime":1,"dataChange":true`
	if f.vector != "" {
		add += `,"deletionVector":` + f.vector
	}
	return add + `}}`
}

func TestForeignTables(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, f := range slices.Concat(shapes(), mapped(), partitions(), refused()) {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			dir := f.write(t, db)
			var out bytes.Buffer
			table, err := app.OpenTable(t.Context(), config.Config{}, dir, true)
			if err != nil {
				t.Fatal(err)
			}
			err = errors.Join(table.Print(t.Context(), app.Moment{}, nil, &out), table.Close())
			if f.refuse != "" {
				if message := leadlake.MessageOf(err); out.Len() > 0 || !strings.Contains(message, f.refuse) {
					t.Errorf("it wrote %q and said %q; want it refused with %q", out.String(), message, f.refuse)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")[1:]
			slices.Sort(lines)
			if got := strings.Join(lines, "\n"); got != f.want {
				t.Errorf("it has the rows\n%s\nwant\n%s", got, f.want)
			}
		})
	}
}
