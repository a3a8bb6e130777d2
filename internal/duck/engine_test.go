package duck_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
)

func open(t *testing.T, dir string) (*local.Bucket, *duck.Engine) {
	t.Helper()
	disk, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := duck.Open(t.Context(), disk, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(e.Close(), disk.Close()); err != nil {
			t.Error(err)
		}
	})
	return disk, e
}

func columns() []leadlake.Column {
	return []leadlake.Column{
		{Name: "id", Type: leadlake.Text},
		{Name: "nom", Type: leadlake.Text},
		{Name: "le", Type: leadlake.Day},
		{Name: "vu", Type: leadlake.Instant},
		{Name: "_file_", Type: leadlake.Text},
		{Name: `a "b"; --`, Type: leadlake.Number},
	}
}

func lead(id, nom string) leadlake.Lead {
	return leadlake.Lead{ID: id, Values: map[string]leadlake.Value{"nom": nom}}
}

// write makes a data file and returns a snapshot of it and others.
func write(t *testing.T, e *duck.Engine, r leadlake.Rewrite, others ...leadlake.File) (leadlake.Snapshot, delta.Add) {
	t.Helper()
	r.Folder = "table"
	if r.Columns == nil {
		r.Columns = columns()
	}
	adds, err := e.Write(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	add := delta.Add{}
	if len(adds) > 0 {
		add = adds[0]
	}
	return leadlake.Snapshot{Columns: r.Columns, Files: append(others, leadlake.File{Name: "table/" + add.Path, Size: add.Size})}, add
}

func ask(t *testing.T, e *duck.Engine, snap leadlake.Snapshot, question string) ([][]any, error) {
	t.Helper()
	var rows [][]any
	for row, err := range e.Query(t.Context(), snap, question) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// TestOddFolders keeps lakes where people keep things.
func TestOddFolders(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain", "with space", "it's", `quote"d`, "[draft]", "star*", "what?", "é", "e\u0301", "👩‍💻 leads", "100%", "a{b,c}"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, e := open(t, filepath.Join(t.TempDir(), name))
			snap, _ := write(t, e, leadlake.Rewrite{Leads: []leadlake.Lead{lead("a", "x")}})
			rows, err := ask(t, e, snap, "select id, nom, _file from leads")
			if err != nil || len(rows) != 1 || fmt.Sprint(rows[0]) != "[a x 0]" {
				t.Errorf("it holds %v, %v; want the one lead, in the first file", rows, err)
			}
			found, err := e.Lookup(t.Context(), snap, named("a", "b"))
			if err != nil || len(found) != 1 || found["a"][0].File != snap.Files[0].Name {
				t.Errorf("Lookup = %v, %v", found, err)
			}
		})
	}
}

// TestTheSandboxHolds tries what a question must not be able to do.
func TestTheSandboxHolds(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(outside, []byte("secret\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, e := open(t, t.TempDir())
	snap, _ := write(t, e, leadlake.Rewrite{Leads: []leadlake.Lead{lead("a", "x")}})
	for _, question := range []string{
		"select * from read_csv('" + outside + "')", "select * from '" + outside + "'", "select * from read_text('/etc/hostname')",
		"select * from glob('/etc/*')", "copy leads to '" + filepath.Dir(outside) + "/out.csv'", "attach '" + outside + ".db' as other",
		"install httpfs", "load httpfs", "select * from read_csv('http://127.0.0.1:1/x.csv')", "select getenv('PATH')",
		"set enable_external_access = true", "set allowed_directories = ['/']", "set lock_configuration = false",
		"export database '" + filepath.Dir(outside) + "/db'",
	} {
		if rows, err := ask(t, e, snap, question); err == nil {
			t.Errorf("%s answers %v; want it refused", question, rows)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(outside))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder outside holds %v, %v; want nothing new", entries, err)
	}
}

func TestTheEndOfTheContextInterruptsAQuestion(t *testing.T) {
	t.Parallel()
	_, e := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	var err error
	for _, err = range e.Query(ctx, leadlake.Snapshot{}, "select count(*) from range(1_000_000) a, range(1_000_000) b where (a.range + b.range) % 7 = 3") {
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the question ended with %v; want it interrupted", err)
	}
	if rows, err := ask(t, e, leadlake.Snapshot{}, "select 1"); err != nil || len(rows) != 1 {
		t.Errorf("the next question answers %v, %v", rows, err)
	}
}

func TestARewriteKeepsWhatItIsNotToldToLeave(t *testing.T) {
	t.Parallel()
	_, e := open(t, t.TempDir())
	first, _ := write(t, e, leadlake.Rewrite{Columns: columns()[:2], Leads: []leadlake.Lead{lead("a", "1"), lead("b", "2"), lead("c", "3")}})
	second, _ := write(t, e, leadlake.Rewrite{From: first.Files, Without: []string{"b", "z"}, Leads: []leadlake.Lead{lead("d", "4")}})
	rows, err := ask(t, e, second, "select id, nom, le from leads")
	if want := "[[a 1 <nil>] [c 3 <nil>] [d 4 <nil>]]"; err != nil || fmt.Sprint(rows) != want {
		t.Errorf("the new file holds %v, %v; want %s in this order", rows, err, want)
	}
	if _, nothing := write(t, e, leadlake.Rewrite{From: second.Files, Without: []string{"a", "c", "d"}}); nothing.Path != "" {
		t.Errorf("a file without rows was made: %+v", nothing)
	}
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	disk, e := open(t, t.TempDir())
	long := strings.Repeat("é", 40)
	leads := []leadlake.Lead{
		{ID: long, Values: map[string]leadlake.Value{
			"nom": "Zoé", "le": leadlake.NewDate(2026, 2, 1), "vu": time.Date(2026, 3, 1, 9, 0, 0, 123456000, time.UTC),
		}},
		{ID: "a", Values: map[string]leadlake.Value{"nom": "Abel", "le": leadlake.NewDate(1969, 12, 31), "vu": time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)}},
		{ID: "b", Values: map[string]leadlake.Value{}},
	}
	_, add := write(t, e, leadlake.Rewrite{Leads: leads, StatsColumns: []string{"id", "le", "vu", "_file_"}})
	want := `{"numRecords":3,"minValues":{"id":"a","le":"1969-12-31","vu":"1969-01-01T00:00:00.000Z"},` +
		`"maxValues":{"id":"` + strings.Repeat("é", 31) + `ê","le":"2026-02-01","vu":"2026-03-01T09:00:00.123Z"},` +
		`"nullCount":{"_file_":3,"id":0,"le":1,"vu":1}}`
	if add.Stats != want {
		t.Errorf("statistics are\n%s, want\n%s", add.Stats, want)
	}
	if size, err := disk.Size(t.Context(), "table/"+add.Path); err != nil || size != add.Size {
		t.Errorf("size is %d, %v; the add says %d", size, err, add.Size)
	}
}

func TestAMissingFileIsAnError(t *testing.T) {
	t.Parallel()
	disk, e := open(t, t.TempDir())
	snap, _ := write(t, e, leadlake.Rewrite{Leads: []leadlake.Lead{lead("a", "x")}})
	gone, add := write(t, e, leadlake.Rewrite{Leads: []leadlake.Lead{lead("b", "x")}}, snap.Files...)
	if err := disk.Delete(t.Context(), "table/"+add.Path); err != nil {
		t.Fatal(err)
	}
	if rows, err := ask(t, e, gone, "select id from leads"); err == nil || !strings.Contains(err.Error(), add.Path) {
		t.Errorf("a table that lacks a file answers %v, %v; want an error that names it", rows, err)
	}
	if err := os.Truncate(disk.Path(snap.Files[0].Name), 100); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(t, e, snap, "select id from leads"); leadlake.KindOf(err) != leadlake.Unavailable {
		t.Errorf("a table with half a file answers %v; want it to say so", err)
	}
	if _, err := ask(t, e, leadlake.Snapshot{}, "select nonsense"); err == nil || leadlake.MessageOf(err) != "" {
		t.Errorf("a question that is wrong is answered with %v", err)
	}
}

// TestColumnsMayHaveAnyName stores columns that mean something to SQL or to
// DuckDB.
func TestColumnsMayHaveAnyName(t *testing.T) {
	t.Parallel()
	_, e := open(t, t.TempDir())
	columns := []leadlake.Column{{Name: "id", Type: leadlake.Text}}
	values := map[string]leadlake.Value{}
	for _, name := range []string{"rowid", "filename", "file_row_number", "file_index", "select", "leads", "fresh", "wanted", "count", "date", "été", "a.b", "a\"b", "  "} {
		columns = append(columns, leadlake.Column{Name: name, Type: leadlake.Text})
		values[name] = "value of " + name
	}
	snap, _ := write(t, e, leadlake.Rewrite{Columns: columns, Leads: []leadlake.Lead{{ID: "a", Values: values}}})
	snap, _ = write(t, e, leadlake.Rewrite{Columns: columns, From: snap.Files, Leads: []leadlake.Lead{{ID: "b", Values: values}}})
	snap, _ = write(t, e, leadlake.Rewrite{Columns: columns, Leads: []leadlake.Lead{{ID: "c", Values: values}}}, snap.Files...)
	found, err := e.Lookup(t.Context(), snap, named("a", "b", "c"))
	if err != nil || len(found) != 3 {
		t.Fatalf("Lookup = %v, %v", found, err)
	}
	for i, id := range []string{"a", "b", "c"} {
		if want := snap.Files[i/2].Name; found[id][0].File != want {
			t.Errorf("lead %s is said to be in %s, want %s", id, found[id][0].File, want)
		}
		for name, want := range values {
			if got := found[id][0].Lead.Values[name]; got != want {
				t.Errorf("column %q of lead %s holds %v, want %v", name, id, got, want)
			}
		}
	}
}
