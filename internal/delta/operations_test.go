package delta_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// appended returns a table whose version v holds the rows r1 to rv, and its
// files' engine. Version 0 is empty.
func appended(t *testing.T, n int) (*delta.Table, lines) {
	t.Helper()
	engine := lines{&mem.Bucket{}}
	table := delta.Open(engine.bucket, folder, delta.Options{Parquet: engine})
	must(t, table, nil, creation(t))
	for v := 1; v <= n; v++ {
		engine.appendRows(t, table, fmt.Sprintf("r%d", v))
	}
	return table, engine
}

func TestRestore(t *testing.T) {
	t.Parallel()
	table, engine := appended(t, 4)
	moved := delta.Change{Operation: "WRITE", Txns: []delta.Txn{{AppID: "app", Version: 7}, {AppID: "new", Version: 1}}}
	must(t, table, latest(t, table), delta.Change{Operation: "WRITE", Txns: []delta.Txn{{AppID: "app", Version: 5}}}) // 5
	must(t, table, latest(t, table), moved)                                                                           // 6
	if _, err := table.Optimize(t.Context(), delta.OptimizeOptions{}); err != nil {                                   // 7
		t.Fatal(err)
	}
	for _, version := range []int64{2, 5, 0, 7} {
		want := at(t, table, version)
		result, err := table.Restore(t.Context(), version)
		if err != nil || result.Outcome != delta.Committed {
			t.Fatalf("Restore(%d) = %+v, %v", version, result, err)
		}
		got := latest(t, table)
		if got.Version() != result.Version || !slices.Equal(engine.rows(t, got), engine.rows(t, want)) {
			t.Errorf("restored version %d has rows %q; want %q", version, engine.rows(t, got), engine.rows(t, want))
		}
		for _, app := range []string{"app", "new"} {
			gotTxn, _ := got.Txn(app)
			if wantTxn, known := want.Txn(app); known && gotTxn != wantTxn || !known && gotTxn > 0 {
				t.Errorf("after restoring version %d %s is at %d; want %d", version, app, gotTxn, wantTxn)
			}
		}
	}
	before := latest(t, table).Version()
	if result, err := table.Restore(t.Context(), before); err != nil || result.Version != before {
		t.Errorf("restoring what is: %+v, %v; want nothing committed", result, err)
	}
	if _, err := table.Restore(t.Context(), 99); !errors.Is(err, delta.ErrNoVersion) {
		t.Errorf("Restore(99): %v; want ErrNoVersion", err)
	}
}

// TestRestoreOfOtherPartitions goes back to where the table was partitioned by
// another column: that is in no schema.
func TestRestoreOfOtherPartitions(t *testing.T) {
	t.Parallel()
	table, engine := appended(t, 0)
	by := func(columns ...string) delta.Change {
		file, err := engine.write(t.Context(), []string{"r"})
		if err != nil {
			t.Fatal(err)
		}
		m := latest(t, table).Metadata()
		m.PartitionColumns = columns
		for _, c := range columns {
			file.PartitionValues = map[string]*string{c: new("x")}
		}
		return delta.Change{
			Operation: "WRITE", Metadata: &m, Adds: []delta.Add{file}, Removes: files(latest(t, table)), Reads: delta.ReadsAllFiles,
		}
	}
	must(t, table, latest(t, table), by("id"))
	must(t, table, latest(t, table), by())
	for _, version := range []int64{1, 2} {
		want := at(t, table, version)
		if _, err := table.Restore(t.Context(), version); err != nil {
			t.Fatalf("Restore(%d): %v", version, err)
		}
		got := latest(t, table)
		if !slices.Equal(got.Metadata().PartitionColumns, want.Metadata().PartitionColumns) || !slices.Equal(files(got), files(want)) {
			t.Errorf("Restore(%d): partitioned by %q, files %q", version, got.Metadata().PartitionColumns, files(got))
		}
	}
}

func TestRestoreNeedsTheFiles(t *testing.T) {
	t.Parallel()
	table, engine := appended(t, 3)
	if _, err := table.Optimize(t.Context(), delta.OptimizeOptions{}); err != nil {
		t.Fatal(err)
	}
	later := delta.Open(engine.bucket, folder, delta.Options{Parquet: engine, Now: func() time.Time { return time.Now().Add(time.Minute) }})
	if _, err := later.Vacuum(t.Context(), delta.VacuumOptions{Retention: 1, Insist: true, Delete: true}); err != nil {
		t.Fatal(err)
	}
	before := engine.rows(t, latest(t, table))
	if _, err := table.Restore(t.Context(), 2); !errors.Is(err, delta.ErrGone) {
		t.Errorf("Restore: %v; want ErrGone", err)
	}
	if got := latest(t, table); got.Version() != 4 || !slices.Equal(engine.rows(t, got), before) {
		t.Errorf("after a restore that failed: version %d, rows %q; want nothing changed", got.Version(), engine.rows(t, got))
	}
}

func TestOptimize(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o    delta.OptimizeOptions
		into int
	}{
		"everything into one":  {delta.OptimizeOptions{}, 1},
		"up to a size":         {delta.OptimizeOptions{TargetBytes: 10}, 3},
		"ordered":              {delta.OptimizeOptions{OrderBy: "id"}, 1},
		"ordered, into some":   {delta.OptimizeOptions{OrderBy: "id", TargetBytes: 10}, 3},
		"nothing small enough": {delta.OptimizeOptions{TargetBytes: 2}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, engine := appended(t, 9)
			before := latest(t, table)
			dry := tt.o
			dry.DryRun = true
			planned, err := table.Optimize(t.Context(), dry)
			if err != nil || latest(t, table).Version() != before.Version() {
				t.Fatalf("a dry run: %v, version %d; want nothing changed", err, latest(t, table).Version())
			}
			done, err := table.Optimize(t.Context(), tt.o)
			if err != nil || done.FilesBefore != planned.FilesBefore || done.FilesNew != planned.FilesNew {
				t.Fatalf("Optimize = %+v, %v; want what was planned: %+v", done, err, planned)
			}
			after := latest(t, table)
			if got := len(files(after)); got != tt.into || !slices.Equal(engine.rows(t, after), engine.rows(t, before)) {
				t.Errorf("%d files with rows %q; want %d with the same rows", got, engine.rows(t, after), tt.into)
			}
			if again, err := table.Optimize(t.Context(), delta.OptimizeOptions{TargetBytes: tt.o.TargetBytes}); err != nil || again.FilesNew > 0 && tt.o.TargetBytes == 0 {
				t.Errorf("a second time: %+v, %v; want nothing to do", again, err)
			}
		})
	}
}

func TestVacuum(t *testing.T) {
	t.Parallel()
	table, engine := appended(t, 3)
	if _, err := table.Optimize(t.Context(), delta.OptimizeOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"part-orphan.parquet", "_hidden/part-x.parquet", "_hidden.parquet", "p=1/_hidden.parquet", "notes.txt", "p=1/part-y.parquet", "_p=1/part-z.parquet"} {
		if err := engine.bucket.Create(t.Context(), folder+"/"+name, strings.NewReader("x\n")); err != nil {
			t.Fatal(err)
		}
	}
	vacuum := func(age time.Duration, o delta.VacuumOptions) ([]blob.Object, error) {
		later := delta.Open(engine.bucket, folder, delta.Options{Parquet: engine, Now: func() time.Time { return time.Now().Add(age) }})
		return later.Vacuum(t.Context(), o)
	}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name string
		age  time.Duration
		o    delta.VacuumOptions
		want int
	}{
		{"everything is young", 6 * day, delta.VacuumOptions{Delete: true}, 0},
		{"a dry run", 8 * day, delta.VacuumOptions{}, 6},
		{"longer than the table asks for", 8 * day, delta.VacuumOptions{Retention: 9 * day, Delete: true}, 0},
		{"for good", 8 * day, delta.VacuumOptions{Delete: true}, 6},
		{"nothing is left", 8 * day, delta.VacuumOptions{Delete: true}, 0},
	} {
		if got, err := vacuum(tt.age, tt.o); err != nil || len(got) != tt.want {
			t.Errorf("%s: %v, %v; want %d files", tt.name, got, err, tt.want)
		}
	}
	if _, err := vacuum(8*day, delta.VacuumOptions{Retention: day}); !errors.Is(err, delta.ErrRetention) {
		t.Errorf("a day's retention: %v; want ErrRetention", err)
	}
	if got := engine.rows(t, latest(t, table)); !slices.Equal(got, []string{"r1", "r2", "r3"}) {
		t.Errorf("rows %q; want all", got)
	}
}

func TestAsOf(t *testing.T) {
	t.Parallel()
	table, _ := appended(t, 3)
	now := latest(t, table)
	if s, err := table.AsOf(t.Context(), time.Now().Add(time.Hour)); err != nil || s.Version() != now.Version() {
		t.Errorf("AsOf an hour from now: %v; want the newest", err)
	}
	if _, err := table.AsOf(t.Context(), time.Now().Add(-time.Hour)); !errors.Is(err, delta.ErrNoVersion) || !strings.Contains(err.Error(), "version 0 of") {
		t.Errorf("AsOf an hour ago: %v; want ErrNoVersion that says when the first was", err)
	}

	bucket := &mem.Bucket{}
	write(t, bucket, 0, `{"commitInfo":{"inCommitTimestamp":1000}}`+"\n"+`{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]}}`+"\n"+
		strings.Replace(metadata, `"configuration":{}`, `"configuration":{"delta.enableInCommitTimestamps":"true"}`, 1))
	for v := int64(1); v < 20; v++ {
		write(t, bucket, v, fmt.Sprintf(`{"commitInfo":{"inCommitTimestamp":%d}}`, 1000+v*10))
	}
	for millis, want := range map[int64]int64{1000: 0, 1009: 0, 1010: 1, 1105: 10, 99999: 19} {
		if s, err := reopened(bucket).AsOf(t.Context(), time.UnixMilli(millis)); err != nil || s.Version() != want {
			t.Errorf("AsOf %d: %v; want version %d", millis, err, want)
		}
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	table, _ := appended(t, 12)
	if _, err := table.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := table.History(t.Context(), 0)
	if err != nil || len(all) != 13 || all[0].Version != 12 || *all[0].Rows != 12 || all[0].Files != 12 || all[12].Info.Operation != "CREATE TABLE" {
		t.Errorf("History = %+v, %v", all, err)
	}
	some, err := table.History(t.Context(), 3)
	if err != nil || len(some) != 3 || some[2].Version != 10 || *some[2].Rows != 10 {
		t.Errorf("History of 3 = %+v, %v", some, err)
	}
}

// TestACleanedLogTakesNoCommit has a writer come back with a plan that is older
// than the log: the name of the next version is free, and a commit there would
// be lost.
func TestACleanedLogTakesNoCommit(t *testing.T) {
	t.Parallel()
	table, engine := appended(t, 2)
	old := latest(t, table)
	other := delta.Open(engine.bucket, folder, delta.Options{Parquet: engine, Now: func() time.Time { return time.Now().Add(40 * 24 * time.Hour) }})
	for i := range 12 {
		engine.appendRows(t, other, fmt.Sprintf("s%d", i))
	}
	if _, err := other.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	engine.appendRows(t, other, "last")
	for name, base := range map[string]*delta.Snapshot{"an old plan": old, "a second creation": nil} {
		change := add("x")
		if base == nil {
			change = creation(t)
		}
		result, err := table.Commit(t.Context(), base, change)
		if err != nil || result.Outcome != delta.Conflicted {
			t.Errorf("%s: %+v, %v; want a conflict", name, result, err)
		}
	}
	engine.appendRows(t, table, "now") // from a new plan
	if got := engine.rows(t, latest(t, reopened(engine.bucket))); len(got) != 16 {
		t.Errorf("rows %q; want all 16", got)
	}
}
