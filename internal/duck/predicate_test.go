package duck_test

import (
	"database/sql"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

var (
	predicates    = flag.Int("predicates", 20, "how many conditions on each column of TestPredicates")
	predicateSeed = flag.Uint64("predicate-seed", 0, "of the one run of TestPredicates to repeat; 0 takes a new one")
)

// TestPredicates asks random conditions of every table that other engines
// wrote, and of one of our own: the files that are left out hold no row that
// matches, the rows that come are those that match, and where we could delete
// them DuckDB counts the same.
func TestPredicates(t *testing.T) {
	t.Parallel()
	seed := *predicateSeed
	if seed == 0 {
		seed = rand.Uint64()>>1 + 1
	}
	t.Logf("again with: go test ./internal/duck -run '^TestPredicates$' -predicates %d -predicate-seed %d", *predicates, seed)
	dirs := append(tables(t), edges(t))
	var asked, left int
	for i, dir := range dirs {
		asker := newAsker(t, dir, seed+uint64(i))
		asker.ask()
		asked, left = asked+asker.asked, left+asker.left
	}
	t.Logf("%d tables: %d conditions were asked; %d files were left out", len(dirs), asked, left)
	if left*10 < asked {
		t.Errorf("only %d files were left out for %d conditions: the statistics are of no use", left, asked)
	}
}

// tables returns the folders of the tables beside this repository that can be
// read, if there are any.
func tables(t *testing.T) []string {
	t.Helper()
	base := filepath.Join("..", "..", "..", "shared")
	dirs, err := filepath.Glob(filepath.Join(base, "interop", "written", "*", "_delta_log"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range dirs {
		dirs[i] = filepath.Dir(dirs[i])
	}
	file, err := os.Open(filepath.Join(base, "delta-tables", "manifest.tsv"))
	if errors.Is(err, fs.ErrNotExist) {
		return dirs
	}
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(file)
	reader.Comma, reader.LazyQuotes = '\t', true
	lines, err := reader.ReadAll()
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		if expect := line[slices.Index(lines[0], "expect")]; strings.HasPrefix(expect, "read") {
			dirs = append(dirs, filepath.Join(base, "delta-tables", filepath.FromSlash(line[0])))
		}
	}
	return dirs
}

// edges makes a table with a column of each type and all that is odd in it,
// every row in a file of its own, and all of them together in one more.
func edges(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	disk, e := open(t, dir)
	kinds := []struct{ name, sql, values string }{
		{"string", "VARCHAR", `'', 'a', 'A', 'é', 'e' || chr(769), chr(0) || 'z', chr(65535), chr(128512), repeat('a', 32), repeat('a', 40), 'it''s "'`},
		{"long", "BIGINT", `-9223372036854775808, -1, 0, 1, 9007199254740993, 9223372036854775807, 2, 3, 4, 5, NULL`},
		{"integer", "INTEGER", `-2147483648, 0, 2147483647, 1, 2, 3, 4, 5, 6, 7, NULL`},
		{"byte", "TINYINT", `-128, 0, 127, 1, 2, 3, 4, 5, 6, 7, NULL`},
		{"float", "FLOAT", `'nan', 'inf', '-inf', -0.0, 0.0, 0.1, 1.5, 3.4e38, -1e-40, 16777216, NULL`},
		{"double", "DOUBLE", `'nan', 'inf', '-inf', -0.0, 0.0, 0.1, 1.5, 1e308, -5e-324, 0.10000000149011612, NULL`},
		{"decimal(20,3)", "DECIMAL(20,3)", `-1.5, 0, 0.001, 12345678901234567.891, 12345678901234567.890, -12345678901234567.891, 1, 2, 3, 4, NULL`},
		{"boolean", "BOOLEAN", `true, false, NULL, true, false, NULL, true, true, true, true, true`},
		{"date", "DATE", `'0001-01-01', '1582-10-04', '1899-12-31', '1900-01-01', '1970-01-01', '2026-01-31', '2026-02-01', '9999-12-31', NULL, NULL, NULL`},
		{"timestamp", "TIMESTAMPTZ", `'0001-01-01 00:00:00+00', '1969-12-31 23:59:59.999999+00', '1970-01-01 00:00:00+00', '2026-01-31 12:00:00.123456+00', '2026-01-31 12:00:00.123+00', '2026-01-31 12:00:00.1235+00', '9999-12-31 23:59:59.999999+00', NULL, NULL, NULL, NULL`},
	}
	var fields []delta.Field
	var cells []string
	for i, k := range kinds {
		fields = append(fields, delta.Field{Name: "c" + string(rune('a'+i)), Type: delta.Type(`"` + k.name + `"`), Nullable: true})
		cells = append(cells, fmt.Sprintf(`unnest([%s]::%s[]) AS "%s"`, k.values, k.sql, fields[i].Name))
	}
	table := delta.Open(disk, "", delta.Options{Parquet: e})
	creation := creationOf(t, fields...)
	const rows = 11
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for row := range rows + 1 {
		which := fmt.Sprintf(" WHERE _row = %d", row)
		if row == rows {
			which = ""
		}
		name := fmt.Sprintf("raw%d.parquet", row)
		question := fmt.Sprintf("COPY (SELECT * EXCLUDE (_row) FROM (SELECT %s, unnest(range(%d)) AS _row)%s) TO '%s'", strings.Join(cells, ", "), rows, which, filepath.Join(dir, name))
		if _, err := db.ExecContext(t.Context(), question); err != nil {
			t.Fatal(err)
		}
		creation.Adds = append(creation.Adds, delta.Add{Path: name, Size: 1, DataChange: true})
	}
	if _, err := table.Commit(t.Context(), nil, creation); err != nil {
		t.Fatal(err)
	}
	rewriteEach(t, table, e)
	return dir
}

// rewriteEach has every file rewritten, so that it has statistics.
func rewriteEach(t *testing.T, table *delta.Table, e *duck.Engine) {
	t.Helper()
	at, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	change := delta.Change{Operation: "OPTIMIZE", Reads: delta.ReadsRemoved, Rearranges: true}
	for name := range at.Files() {
		adds, err := e.Compact(t.Context(), table, delta.Bin{At: at, Files: []string{name}, Into: 1})
		if err != nil {
			t.Fatal(err)
		}
		change.Adds, change.Removes = append(change.Adds, adds...), append(change.Removes, name)
	}
	if _, err := table.Commit(t.Context(), at, change); err != nil {
		t.Fatal(err)
	}
}

// asker asks conditions of one table.
type asker struct {
	*testing.T
	dir         string
	random      *rand.Rand
	engine      *duck.Engine
	table       *delta.Table
	at          *delta.Snapshot
	columns     []delta.Column
	rows        map[string][][]any // by file
	asked, left int
}

func newAsker(t *testing.T, dir string, seed uint64) *asker {
	t.Helper()
	a := &asker{T: t, dir: dir, random: rand.New(rand.NewPCG(seed, 0)), rows: map[string][][]any{}}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	disk, err := local.OpenReadOnly(absolute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	if a.engine, err = duck.Open(t.Context(), disk, duck.Options{Threads: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.engine.Close() })
	a.table = delta.Open(disk, "", delta.Options{Parquet: a.engine, Root: absolute})
	if a.at, err = a.table.Latest(t.Context()); err != nil {
		return a // one that is refused
	}
	if a.columns, err = a.at.Columns(); err != nil {
		t.Fatal(dir, err)
	}
	total := 0
	for name := range a.at.Files() {
		only := a.at.Only(func(n string) bool { return n == name })
		for row, err := range a.engine.Rows(t.Context(), a.table, only, "") {
			if err != nil {
				a.rows = nil
				return a // refused, too
			}
			a.rows[name] = append(a.rows[name], row)
			if total++; total > 50_000 {
				break
			}
		}
	}
	return a
}

// ask asks conditions of every column, some of them to the end: by reading, and
// by counting.
func (a *asker) ask() {
	a.Helper()
	if len(a.rows) == 0 {
		return
	}
	for i, c := range a.columns {
		if _, err := a.at.Where([]delta.Predicate{{Column: c.Name, Op: delta.IsNull}}); err != nil {
			continue // of a type that no file has
		}
		if c.Name == "ts_col" && strings.HasSuffix(a.dir, "parsed-stats/delta") {
			continue // its statistics are of values that the files have not
		}
		pool, ops := a.values(i), operators()
		if len(pool) == 0 { // of a type that has no order
			pool, ops = []any{nil}, []delta.Op{delta.IsNull, delta.IsNotNull}
		}
		for n := range *predicates {
			p := delta.Predicate{Column: c.Name, Op: ops[a.random.IntN(len(ops))], Value: pool[a.random.IntN(len(pool))]}
			some := a.prune(i, p)
			if n%50 == 0 && (i < 3 || n > 0) { // this takes longer
				a.read(i, p)
				a.count(i, p, some)
			}
		}
	}
}

func operators() []delta.Op {
	return []delta.Op{
		delta.Equal, delta.NotEqual, delta.Less, delta.LessOrEqual, delta.Greater, delta.GreaterOrEqual, delta.IsNull, delta.IsNotNull,
	}
}

// values returns values of a column: of its rows, and near them.
func (a *asker) values(column int) []any {
	var pool []any
	files := slices.Sorted(maps.Keys(a.rows))
	for range 15 {
		rows := a.rows[files[a.random.IntN(len(files))]]
		pool = append(pool, near(a.random, a.columns[column].Type, rows[a.random.IntN(len(rows))][column])...)
	}
	pool = append(pool, edgesOf(a.columns[column].Type)...)
	none := a.at.Only(func(string) bool { return false })
	return slices.DeleteFunc(pool, func(v any) bool { // what is no value of the type
		_, err := none.Where([]delta.Predicate{{Column: a.columns[column].Name, Op: delta.Equal, Value: v}})
		return err != nil
	})
}

// near returns the value of a cell, and values near it.
func near(random *rand.Rand, t delta.DataType, cell any) []any {
	switch v := cell.(type) {
	case int64:
		return []any{v, v - 1, v + 1, v / 2}
	case float64:
		return []any{v, math.Nextafter(v, 9), v + 0.5, v / 2, float64(float32(v / 2))}
	case bool:
		return []any{v}
	case time.Time:
		return []any{v, v.Add(time.Microsecond), v.Add(-time.Millisecond), v.AddDate(0, 0, 1), v.AddDate(0, 0, -1)}
	case string:
		if t.Name == "decimal" {
			digits, _ := new(big.Rat).SetString(v)
			return []any{digits, new(big.Rat).Add(digits, big.NewRat(1, 1)), new(big.Rat).Quo(digits, big.NewRat(2, 1))}
		}
		runes := []rune(v)
		return []any{v, v + "a", string(runes[:random.IntN(len(runes)+1)]), string(runes[:min(32, len(runes))]), strings.ToUpper(v)}
	}
	return nil
}

func edgesOf(t delta.DataType) []any {
	switch t.Name {
	case "string":
		return []any{"", "\u0000", "\uFFFF", "\U0010FFFF"}
	case "float", "double":
		return []any{0.0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1)}
	case "decimal":
		return []any{new(big.Rat)}
	case "boolean":
		return []any{true, false}
	case "date", "timestamp", "timestamp_ntz":
		return []any{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Unix(0, 0).UTC()}
	}
	return []any{int64(0), int64(-128), int64(127), int64(math.MinInt64), int64(math.MaxInt64)}
}

// matching returns how many rows of a file match.
func (a *asker) matching(column int, p delta.Predicate, file string) int {
	n := 0
	for _, row := range a.rows[file] {
		if p.Matches(row[column]) {
			n++
		}
	}
	return n
}

// prune checks that no file is left out that holds a row that matches.
func (a *asker) prune(column int, p delta.Predicate) *delta.Snapshot {
	a.Helper()
	some, err := a.at.Where([]delta.Predicate{p})
	if err != nil {
		a.Fatal(a.dir, err)
	}
	a.asked++
	for name, add := range a.at.Files() {
		if _, kept := some.File(name); kept {
			continue
		}
		a.left++
		if n := a.matching(column, p, name); n > 0 {
			a.Errorf("%s: for %s %s %v the file %s is left out, which holds %d rows; its statistics are %s", a.dir, p.Column, p.Op, p.Value, name, n, add.Stats)
		}
	}
	return some
}

// read checks that the rows that come are those that match.
func (a *asker) read(column int, p delta.Predicate) {
	a.Helper()
	want, got := 0, 0
	for name := range a.at.Files() {
		want += a.matching(column, p, name)
	}
	for row, err := range a.engine.RowsWhere(a.Context(), a.table, a.at, "", []delta.Predicate{p}) {
		if err != nil || !p.Matches(row[column]) {
			a.Fatalf("%s: for %s %s %v there comes %v, %v", a.dir, p.Column, p.Op, p.Value, row[column], err)
		}
		got++
	}
	if got != want {
		a.Errorf("%s: for %s %s %v there come %d rows of %d", a.dir, p.Column, p.Op, p.Value, got, want)
	}
}

// count checks that DuckDB counts as many rows that match.
func (a *asker) count(column int, p delta.Predicate, some *delta.Snapshot) {
	a.Helper()
	if slices.Contains(a.at.Metadata().PartitionColumns, p.Column) || a.at.Writable() != nil {
		return
	}
	counted := 0
	for name := range some.Files() {
		if counted++; counted > 3 {
			break
		}
		matches, rows, err := a.engine.CountMatches(a.Context(), a.table, a.at, name, []delta.Predicate{p})
		if want := a.matching(column, p, name); err != nil || matches != int64(want) || rows != int64(len(a.rows[name])) {
			a.Errorf("%s: for %s %s %v DuckDB counts %d of %d rows in %s, %v; want %d", a.dir, p.Column, p.Op, p.Value, matches, rows, name, err, want)
		}
	}
}
