package duck_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob/local"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

// bench is an engine that a fuzz target gives one file after the other.
type bench struct {
	dir    string
	disk   *local.Bucket
	engine *duck.Engine
	files  int
}

func newBench(f *testing.F) *bench {
	f.Helper()
	b := &bench{dir: f.TempDir()}
	var err error
	if b.disk, err = local.Open(b.dir); err == nil {
		b.engine, err = duck.Open(f.Context(), b.disk, duck.Options{})
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = errors.Join(b.engine.Close(), b.disk.Close()) })
	return b
}

// put writes a file under a name that no file had before: DuckDB remembers
// footers.
func (b *bench) put(t *testing.T, data []byte) (name string) {
	t.Helper()
	b.files++
	name = fmt.Sprintf("t%d/f.parquet", b.files)
	folder := filepath.Join(b.dir, filepath.Dir(name))
	if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(b.dir, name), data, 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return name
}

// parquet makes a small file of the rows of a question.
func parquet(f *testing.F, question, options string) []byte {
	f.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	file := filepath.Join(f.TempDir(), "x.parquet")
	if _, err := db.ExecContext(f.Context(), "COPY ("+question+") TO '"+file+"' (FORMAT parquet"+options+")"); err != nil {
		f.Fatal(err)
	}
	return bytesOf(f, file)
}

func bytesOf(f *testing.F, file string) []byte {
	f.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	return data
}

// FuzzParquetCheckpoint reads any bytes as a checkpoint: it is refused by its
// name, or read, and the engine is as good as before. Where more values are
// said to be there than a page has, DuckDB may read what the memory behind it
// holds, so that it need not be the same twice.
func FuzzParquetCheckpoint(f *testing.F) {
	b := newBench(f)
	if err := b.engine.WriteActions(f.Context(), "good.parquet", slices.Values(actions())); err != nil {
		f.Fatal(err)
	}
	f.Add(bytesOf(f, filepath.Join(b.dir, "good.parquet")))
	_ = filepath.WalkDir(filepath.Join("..", "..", "..", "shared", "delta-tables"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipAll // they need not be beside this repository
		}
		if info, err := d.Info(); err == nil && info.Size() < 20_000 && strings.Contains(path, "_delta_log") && strings.HasSuffix(path, ".parquet") {
			f.Add(bytesOf(f, path))
		}
		return nil
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(name string) (all []delta.Action, err error) {
			for a, err := range b.engine.ReadActions(t.Context(), []string{name}) {
				if err != nil {
					return all, err
				}
				all = append(all, a)
			}
			return all, nil
		}
		name := b.put(t, data)
		for range 2 {
			if _, err := read(name); err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("it is refused with %v, which does not name it", err)
			}
		}
		if good, err := read("good.parquet"); err != nil || len(good) != len(actions()) {
			t.Fatalf("it spoiled the engine: %d actions, %v", len(good), err)
		}
	})
}

// records is how many rows the log says that the file of tableOf has.
const records = 3

// tableOf returns a table with one file, wherever that is.
func tableOf(f *testing.F, fields []delta.Field) (*delta.Table, *delta.Snapshot) {
	f.Helper()
	schema, err := delta.Schema{Fields: fields}.Encode()
	if err != nil {
		f.Fatal(err)
	}
	table := delta.Open(&mem.Bucket{}, "t", delta.Options{})
	_, err = table.Commit(f.Context(), nil, delta.Change{
		Protocol: &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2},
		Metadata: &delta.Metadata{ID: "m", Format: delta.Format{Provider: "parquet"}, SchemaString: schema, PartitionColumns: []string{}},
		Adds:     []delta.Add{{Path: "f.parquet", Stats: fmt.Sprintf(`{"numRecords":%d}`, records)}},
	})
	at, errAt := table.Latest(f.Context())
	if err := errors.Join(err, errAt); err != nil {
		f.Fatal(err)
	}
	return table, at
}

// FuzzDataFile reads any bytes as the one file of a table: it is refused as a
// damaged file, or has as many rows twice, and as the log says at least. Of a
// page that is too short DuckDB may read what the memory behind it holds, so
// that the values need not be the same twice, nor the refusal.
func FuzzDataFile(f *testing.F) {
	b := newBench(f)
	types := []string{
		`"long"`, `"string"`, `"double"`, `"boolean"`, `"date"`, `"timestamp"`, `"short"`, `"binary"`, `"decimal(10,2)"`, `"decimal(38,4)"`,
		`{"type":"array","elementType":"string","containsNull":true}`,
		`{"type":"map","keyType":"string","valueType":"long","valueContainsNull":true}`,
		`{"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":{}},{"name":"b","type":"float","nullable":true,"metadata":{}}]}`,
	}
	var fields []delta.Field
	for i, kind := range types {
		fields = append(fields, delta.Field{Name: string(rune('a' + i)), Type: delta.Type(kind), Nullable: true})
	}
	fields = append(fields, delta.Field{Name: "x", Type: `"long"`, Nullable: true}, delta.Field{Name: "s", Type: delta.String, Nullable: true})
	rows := `SELECT 1::BIGINT AS a, 'é' AS b, 0.5::DOUBLE AS c, true AS d, '2020-01-02'::DATE AS e, '2020-01-02 03:04:05+00'::TIMESTAMPTZ AS f, -3::SMALLINT AS g,
		'\xFF'::BLOB AS h, 1.25::DECIMAL(10,2) AS i, -1.25::DECIMAL(38,4) AS j, ['x', NULL] AS k, MAP {'m': 7::BIGINT, 'n': NULL} AS l, {'a': 1::INTEGER, 'b': 0.5::FLOAT} AS m
		FROM range(4) UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`
	for _, options := range []string{"", ", COMPRESSION uncompressed", ", COMPRESSION zstd"} {
		f.Add(parquet(f, rows, options))
	}
	f.Add(parquet(f, "SELECT range AS x, 'same' AS s FROM range(300)", ", ROW_GROUP_SIZE 100"))
	f.Add(parquet(f, "SELECT range AS x, 'a' || range AS s FROM range(300)", ", PARQUET_VERSION v2"))
	f.Add(bytesOf(f, filepath.Join("testdata", "checksums.parquet")))
	table, at := tableOf(f, fields)
	f.Fuzz(func(t *testing.T, data []byte) {
		folder := filepath.Dir(b.put(t, data))
		read := func() (n int, err error) {
			for _, err := range b.engine.Rows(t.Context(), table, at, folder) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		}
		n, err := read()
		again, errAgain := read()
		switch {
		case err == nil && errAgain == nil && n != again:
			t.Errorf("read twice: %d rows, and then %d", n, again)
		case err == nil && n < records:
			t.Errorf("it has %d rows, fewer than the log says", n)
		case err != nil && (!errors.Is(err, duck.ErrDamagedFile) || !strings.Contains(err.Error(), "f.parquet")):
			t.Errorf("it is refused with %v, which does not name it as damaged", err)
		}
	})
}
