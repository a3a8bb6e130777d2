package duck_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

func actionsOf(t *testing.T, e *duck.Engine, names ...string) []delta.Action {
	t.Helper()
	var all []delta.Action
	for a, err := range e.ReadActions(t.Context(), names) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// actions is what a checkpoint can hold, in the order in which it is read.
func actions() []delta.Action {
	offset := int64(1)
	text := func(s string) *string { return &s }
	return []delta.Action{
		{Txn: &delta.Txn{AppID: "app", Version: 7, LastUpdated: 1_700_000_000_000}},
		{Txn: &delta.Txn{AppID: "other", Version: 1}},
		{Add: &delta.Add{
			Path: "a=1/part%201.parquet", PartitionValues: map[string]*string{"a": text("1"), "b": nil, "c": text("")}, Size: 1 << 40, ModificationTime: 5,
			DataChange: true, Stats: `{"numRecords":3}`, Tags: map[string]string{"k": "v"},
			DeletionVector: &delta.DeletionVector{StorageType: "u", PathOrInlineDV: "ab^-aqEH.-t@S}K{vb[*k^", Offset: &offset, SizeInBytes: 36, Cardinality: 2},
		}},
		{Add: &delta.Add{
			Path: "b", PartitionValues: map[string]*string{}, Size: 2, ModificationTime: 6,
			DeletionVector: &delta.DeletionVector{StorageType: "i", PathOrInlineDV: "wi5b=", SizeInBytes: 4, Cardinality: 1},
		}},
		{Remove: &delta.Remove{Path: "c", DeletionTimestamp: 9, ExtendedFileMetadata: true, PartitionValues: map[string]*string{"a": nil}, Size: 3}},
		{Remove: &delta.Remove{Path: "d", DataChange: true, PartitionValues: map[string]*string{}}},
		{Metadata: &delta.Metadata{
			ID: "m", Name: "n", Description: "it's", SchemaString: "{}", PartitionColumns: []string{"a", "b"}, CreatedTime: 3,
			Format: delta.Format{Provider: "parquet", Options: map[string]string{}}, Configuration: map[string]string{"x": "y", "z": ""},
		}},
		{Protocol: &delta.Protocol{MinReaderVersion: 3, MinWriterVersion: 7, ReaderFeatures: []string{}, WriterFeatures: []string{"appendOnly"}}},
		{DomainMetadata: &delta.DomainMetadata{Domain: "d", Configuration: `{"a":1}`}},
	}
}

func TestACheckpointReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	_, e := open(t, t.TempDir())
	want := actions()
	if err := e.WriteActions(t.Context(), "t/c.parquet", slices.Values(want)); err != nil {
		t.Fatal(err)
	}
	got := actionsOf(t, e, "t/c.parquet")
	for i := range max(len(want), len(got)) {
		if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("action %d of %d is %s; want %s of %d", i, len(got), show(got, i), show(want, i), len(want))
		}
	}
	if err := e.WriteActions(t.Context(), "t/c.parquet", slices.Values(want)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second checkpoint of that name: %v; want that it exists", err)
	}
}

func show(all []delta.Action, i int) string {
	if i >= len(all) {
		return "nothing"
	}
	a := all[i]
	return fmt.Sprintf("%+v %+v %+v %+v %+v %+v", a.Txn, a.Add, a.Remove, a.Metadata, a.Protocol, a.DomainMetadata)
}

// TestLargeCheckpoints have more adds than are written and read at once, with
// and without what an add can have. DuckDB takes 2048 rows at once.
func TestLargeCheckpoints(t *testing.T) {
	t.Parallel()
	_, e := open(t, t.TempDir())
	for _, n := range []int{0, 1, 2048, 4096, 100_001} {
		name := fmt.Sprintf("c%d.parquet", n)
		if err := e.WriteActions(t.Context(), name, manyAdds(n)); err != nil {
			t.Fatal(err)
		}
		got := actionsOf(t, e, name)
		if len(got) != n {
			t.Fatalf("it holds %d files, want %d", len(got), n)
		}
		i := 0
		for want := range manyAdds(n) {
			if !reflect.DeepEqual(got[i], want) {
				t.Fatalf("action %d of %d is %s; want %+v", i, n, show(got, i), want.Add)
			}
			i++
		}
	}
}

func manyAdds(n int) iter.Seq[delta.Action] {
	return func(yield func(delta.Action) bool) {
		for i := range n {
			a := delta.Add{Path: fmt.Sprintf("part-%d", i), PartitionValues: map[string]*string{}, Size: int64(i), Stats: `{"numRecords":1}`}
			if i%3 == 0 {
				a.PartitionValues = map[string]*string{"day": new(fmt.Sprintf("day %d", i%700)), "none": nil}
			}
			if i%7 == 0 {
				a.DeletionVector = &delta.DeletionVector{StorageType: "u", PathOrInlineDV: fmt.Sprintf("vector %d", i), Offset: new(int64(i)), SizeInBytes: 4, Cardinality: 1}
			}
			if i%11 == 0 {
				a.Stats, a.Tags = "", map[string]string{"n": fmt.Sprintf("tag %d", i), "m": ""}
			}
			if !yield(delta.Action{Add: &a}) {
				return
			}
		}
	}
}

// TestACheckpointThatIsNotWritten ends before all rows are there. It has to say
// so, and must not leave a file that looks like a smaller one.
func TestACheckpointThatIsNotWritten(t *testing.T) {
	t.Parallel()
	disk, e := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	err := e.WriteActions(ctx, "c.parquet", func(yield func(delta.Action) bool) {
		n := 0
		for a := range manyAdds(100_000) {
			if n++; n == 50_000 {
				cancel()
			}
			if !yield(a) {
				return
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled in the middle: %v; want that it says so", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("what the maker of rows panics with is lost")
			}
		}()
		_ = e.WriteActions(t.Context(), "c.parquet", func(yield func(delta.Action) bool) {
			yield(delta.Action{Add: &delta.Add{Path: "a"}})
			panic("no more")
		})
	}()
	if _, err := disk.Size(t.Context(), "c.parquet"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its size: %v; want that it is not there", err)
	}
	if err := e.WriteActions(t.Context(), "c.parquet", manyAdds(3)); err != nil || len(actionsOf(t, e, "c.parquet")) != 3 {
		t.Errorf("the next one: %v", err)
	}
}

// TestCheckpointsOfOtherWriters reads those of the tables beside this
// repository, in which statistics are text, columns, or both.
func TestCheckpointsOfOtherWriters(t *testing.T) {
	t.Parallel()
	shared := filepath.Join("..", "..", "..", "shared")
	if _, err := os.Stat(filepath.Join(shared, "delta-tables")); err != nil {
		t.Skip("the tables of other writers are not beside this repository")
	}
	disk, err := local.OpenReadOnly(shared)
	if err != nil {
		t.Fatal(err)
	}
	e, err := duck.Open(t.Context(), disk, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(e.Close(), disk.Close()); err != nil {
			t.Error(err)
		}
	}()
	files := 0
	for o, err := range disk.List(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		inLog := strings.Contains(o.Name, "/_delta_log/") && strings.HasSuffix(o.Name, ".parquet")
		if !inLog || o.Size < 100 || strings.Contains(o.Name, "corrupted") {
			continue
		}
		files++
		for _, a := range actionsOf(t, e, o.Name) {
			if a.Add != nil && (a.Add.Path == "" || a.Add.Size == 0 || !plausible(a.Add.Stats)) {
				t.Errorf("%s holds the add %+v", o.Name, a.Add)
			}
		}
	}
	if files < 20 {
		t.Errorf("only %d files were read", files)
	}
}

func plausible(stats string) bool {
	if stats == "" {
		return true
	}
	var s struct {
		NumRecords int64 `json:"numRecords"`
	}
	return json.Unmarshal([]byte(stats), &s) == nil && s.NumRecords > 0
}

// TestStatisticsInColumns reads adds whose statistics are not text.
func TestStatisticsInColumns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, e := open(t, dir)
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	values := `{i: 1::INTEGER, d: '1969-12-31'::DATE, t: '2026-01-02 03:04:05.6+00'::TIMESTAMPTZ, n: '2026-01-02 03:04:05'::TIMESTAMP, f: 'nan'::DOUBLE,
		g: 0.5::FLOAT, m: '-0.05'::DECIMAL(5,2), s: {a: 'é', b: NULL::VARCHAR}, z: NULL::INTEGER, x: 'ab'::BLOB, y: true}`
	rows := `SELECT {path: 'a', stats: NULL::VARCHAR, stats_parsed: {numRecords: 2::BIGINT, minValues: ` + values + `, nullCount: {i: 0::BIGINT, s: {a: 1::BIGINT}}}} AS "add"
		UNION ALL SELECT {path: 'b', stats: '{"numRecords":7}', stats_parsed: NULL}
		UNION ALL SELECT {path: 'c', stats: NULL, stats_parsed: NULL} UNION ALL SELECT NULL`
	if _, err := db.ExecContext(t.Context(), "COPY ("+rows+") TO '"+filepath.Join(dir, "c.parquet")+"'"); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"a": `{"minValues":{"d":"1969-12-31","g":0.5,"i":1,"m":-0.05,"n":"2026-01-02T03:04:05.000000","s":{"a":"é"},"t":"2026-01-02T03:04:05.600000Z","y":true},` +
			`"nullCount":{"i":0,"s":{"a":1}},"numRecords":2}`,
		"b": `{"numRecords":7}`,
		"c": "",
	}
	all := actionsOf(t, e, "c.parquet")
	if len(all) != len(want) {
		t.Errorf("it holds %d actions, want %d", len(all), len(want))
	}
	for _, a := range all {
		if got := a.Add.Stats; got != want[a.Add.Path] {
			t.Errorf("the statistics of %s are\n%s, want\n%s", a.Add.Path, got, want[a.Add.Path])
		}
	}
}

// TestMembersOfAnotherType reads checkpoints in which text is called bytes,
// which it may be, and in which it is a number, which would be no text at all.
func TestMembersOfAnotherType(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, e := open(t, dir)
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for i, tt := range []struct{ add, says string }{
		{`{path: 'a'::BLOB, partitionValues: MAP {'p': '1'::BLOB}}`, ""},
		{`{path: 'a', partitionValues: MAP {'p': '\xFF'::BLOB}}`, "in the place of a text"},
		{`{path: 'a', partitionValues: MAP {'p': 1}}`, "in the place of a text"},
		{`{path: 'a', partitionValues: MAP {'p': '1'}, size: 1.5::DOUBLE}`, "in the place of a number"},
		{`{path: 'a', partitionValues: MAP {'p': '1'}, dataChange: 'true'}`, "in the place of a flag"},
	} {
		name := fmt.Sprintf("c%d.parquet", i)
		if _, err := db.ExecContext(t.Context(), "COPY (SELECT "+tt.add+` AS "add") TO '`+filepath.Join(dir, name)+"'"); err != nil {
			t.Fatal(err)
		}
		for a, err := range e.ReadActions(t.Context(), []string{name}) {
			switch {
			case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("%s is %+v, %v; want an error that says %q", tt.add, a.Add, err, tt.says)
			case tt.says == "" && (err != nil || a.Add.Path != "a" || *a.Add.PartitionValues["p"] != "1"):
				t.Errorf("%s is %+v, %v", tt.add, a.Add, err)
			}
		}
	}
}
