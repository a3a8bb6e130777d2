package duck_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/duck"
)

// parquetFile writes what a question answers into a file.
func parquetFile(t *testing.T, path, question string) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "COPY ("+question+") TO '"+strings.ReplaceAll(path, "'", "''")+"' (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatLiesAnywhere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "l'été; [1] *.parquet")
	parquetFile(t, path, `
		SELECT 'Zoé' AS "Nom", 42::SMALLINT AS a, 9007199254740993 AS b, 1.5::DECIMAL(6,2) AS c, true AS d, DATE '2026-01-31' AS e,
			TIMESTAMP '2026-01-31 23:30:00' AS f, TIMESTAMPTZ '2026-01-31 23:30:00+00' AS g, ['x', 'y'] AS h, {k: 1} AS i, 0.25::FLOAT AS j,
			12::UBIGINT AS k, TIME '10:00' AS l, NULL::VARCHAR AS m
		UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'x'`)
	f, err := duck.OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got := f.Columns(); strings.Join(got, " ") != "Nom a b c d e f g h i j k l m" {
		t.Errorf("got the columns %q", got)
	}
	var rows [][]any
	for row, err := range f.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	day := leadlake.NewDate(2026, 1, 31)
	want := []any{"Zoé", 42., "9007199254740993", 1.5, true, day, day, time.Date(2026, 1, 31, 23, 30, 0, 0, time.UTC), []string{"x", "y"}, `{"k":1}`, 0.25, 12., "10:00:00", nil}
	if len(rows) != 2 || len(rows[0]) != len(want) {
		t.Fatalf("got %v", rows)
	}
	for i := range want {
		if at, ok := rows[0][i].(time.Time); ok {
			rows[0][i] = at.UTC()
		}
		if !reflect.DeepEqual(rows[0][i], want[i]) {
			t.Errorf("column %s: got %v (%T), want %v", f.Columns()[i], rows[0][i], rows[0][i], want[i])
		}
		if i < len(want)-1 && rows[1][i] != nil {
			t.Errorf("column %s: got %v for null", f.Columns()[i], rows[1][i])
		}
	}
}

func TestAFileOfManyRowsComesInItsOrder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "many.parquet")
	parquetFile(t, path, "SELECT range AS x FROM range(50001)")
	f, err := duck.OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for range 2 { // it can be read again
		n := 0.
		for row, err := range f.Rows(t.Context()) {
			if err != nil || row[0] != n {
				t.Fatalf("row %v: got %v (%v)", n, row, err)
			}
			n++
		}
		if n != 50001 {
			t.Errorf("got %v rows", n)
		}
	}
	for _, err := range f.Rows(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break // whoever stops early gets no error
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cut.parquet")
	parquetFile(t, path, "SELECT range AS x FROM range(1000)")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range [][]byte{content[:len(content)/2], []byte("PAR1"), append([]byte("PAR1"), content[len(content)-8:]...)} {
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := duck.OpenFile(t.Context(), path); !errors.Is(err, duck.ErrDamagedFile) {
			t.Errorf("%d bytes: got %v, %v", len(broken), f, err)
		}
	}
}
