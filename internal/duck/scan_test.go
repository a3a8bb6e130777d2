package duck_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

// scanned returns the rows of a table, in the folder t of a lake, whose one
// file has the given content. Verify has to find what reading refuses.
func scanned(t *testing.T, data []byte) ([]string, error) {
	t.Helper()
	dir := t.TempDir()
	disk, e := open(t, dir)
	table := delta.Open(disk, "t", delta.Options{Parquet: e})
	change := creationOf(t, delta.Field{Name: "x", Type: `"long"`, Nullable: true}, delta.Field{Name: "s", Type: delta.String, Nullable: true})
	change.Adds = []delta.Add{{Path: "f.parquet", Size: int64(len(data)), DataChange: true}}
	if _, err := table.Commit(t.Context(), nil, change); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "t", "f.parquet"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	at, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rowsOf(t, e, table, at)
	findings, errVerify := table.Verify(t.Context(), func(string) {})
	if errVerify != nil || (err != nil) != (len(findings) > 0) {
		t.Errorf("reading it says %v, verifying it %v, %v", err, findings, errVerify)
	}
	return rows, err
}

func creationOf(t *testing.T, fields ...delta.Field) delta.Change {
	t.Helper()
	schema, err := delta.Schema{Fields: fields}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return delta.Change{
		Operation: "CREATE TABLE", Protocol: &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2},
		Metadata: &delta.Metadata{ID: "m", Format: delta.Format{Provider: "parquet"}, SchemaString: schema, PartitionColumns: []string{}},
	}
}

func rowsOf(t *testing.T, e *duck.Engine, table *delta.Table, at *delta.Snapshot) ([]string, error) {
	t.Helper()
	var rows []string
	for row, err := range e.Rows(t.Context(), table, at, "t") {
		if err != nil {
			return rows, err
		}
		rows = append(rows, fmt.Sprint(row...))
	}
	return rows, nil
}

// TestAFlippedBitIsFound damages values in a file whose writer put checksums
// beside its pages (pyarrow, write_page_checksum=True).
func TestAFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "checksums.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := scanned(t, data)
	if want := "10north 20south 30east 40 <nil>"; err != nil || strings.Join(rows, " ") != want {
		t.Fatalf("the good file has %q, %v; want %s", rows, err, want)
	}
	for _, value := range []string{"north", "south", "east", "\x14\x00\x00\x00\x00\x00\x00\x00"} {
		damaged := bytes.Clone(data)
		damaged[bytes.Index(data, []byte(value))] ^= 1
		rows, err := scanned(t, damaged)
		if len(rows) > 0 || !errors.Is(err, duck.ErrDamagedFile) || !strings.Contains(err.Error(), "f.parquet: the checksum of a page is wrong") {
			t.Errorf("with another %q it has %q, %v", value, rows, err)
		}
	}
}

// TestADamagedPageIsFound damages a file without checksums so that its pages
// cannot be unpacked.
func TestADamagedPageIsFound(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.parquet")
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(t.Context(), "COPY (SELECT range AS x, 'row ' || range AS s FROM range(500)) TO '"+file+"' (FORMAT parquet, COMPRESSION snappy)"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := 4; at < len(data)/2; at += 97 {
		damaged := bytes.Clone(data)
		damaged[at] ^= 0x55
		if _, err := scanned(t, damaged); err != nil {
			refused++
		}
	}
	if refused == 0 {
		t.Error("no damage was noticed")
	}
}

// TestRowsThatNoGroupHas changes what a footer says of one of its three groups
// of rows; the sum stands elsewhere in it.
func TestRowsThatNoGroupHas(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.parquet")
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	question := "COPY (SELECT range AS x, 's' AS s FROM range(5000)) TO '" + file + "' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
	if _, err := db.ExecContext(t.Context(), question); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := scanned(t, data); err != nil || len(rows) != 5000 {
		t.Fatalf("the good file has %d rows, %v", len(rows), err)
	}
	// 904 rows in the last group: field 3 of a struct, an i64, in zigzag.
	last := []byte{0x16, 0x90, 0x0e}
	if bytes.Count(data, last) < 1 {
		t.Fatal("the last group says its rows in another way")
	}
	data[bytes.LastIndex(data, last)+1] ^= 4
	rows, err := scanned(t, data)
	if len(rows) > 0 || !errors.Is(err, duck.ErrDamagedFile) || !strings.Contains(err.Error(), "f.parquet: its footer says 5000 rows, and that its parts have 5002") {
		t.Errorf("it has %d rows, %v", len(rows), err)
	}
}

// TestManyRowsComeInBatches reads a file that is larger than what is asked for
// at once, and many small ones.
func TestManyRowsComeInBatches(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disk, e := open(t, dir)
	table := delta.Open(disk, "t", delta.Options{Parquet: e})
	const large, small, files = 1_200_000, 3, 150
	change := creationOf(t, delta.Field{Name: "x", Type: `"long"`, Nullable: true}, delta.Field{Name: "p", Type: `"integer"`, Nullable: true})
	change.Metadata.PartitionColumns = []string{"p"}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := os.MkdirAll(filepath.Join(dir, "t"), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range files {
		rows, name, value := small, fmt.Sprintf("f%d.parquet", i), strconv.Itoa(i)
		if i == 0 {
			rows = large
		}
		question := fmt.Sprintf("COPY (SELECT range AS x FROM range(%d)) TO '%s'", rows, filepath.Join(dir, "t", name))
		if _, err := db.ExecContext(t.Context(), question); err != nil {
			t.Fatal(err)
		}
		change.Adds = append(change.Adds, delta.Add{Path: name, DataChange: true, PartitionValues: map[string]*string{"p": &value}})
	}
	if _, err := table.Commit(t.Context(), nil, change); err != nil {
		t.Fatal(err)
	}
	at, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]int64]bool{}
	for row, err := range e.Rows(t.Context(), table, at, "t") {
		if err != nil {
			t.Fatal(err)
		}
		x, _ := row[0].(int64)
		p, _ := row[1].(int64)
		seen[[2]int64{p, x}] = true
	}
	if want := large + small*(files-1); len(seen) != want || !seen[[2]int64{0, large - 1}] || !seen[[2]int64{files - 1, small - 1}] {
		t.Errorf("it has %d different rows, want %d", len(seen), want)
	}
}
