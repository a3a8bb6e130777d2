package leadtable_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// fixture is a lake in a folder, as one process has it open.
type fixture struct {
	disk   *smallDisk
	engine *duck.Engine
	table  *leadtable.Table
}

// smallDisk is a disk that can run full.
type smallDisk struct {
	*local.Bucket
	full func(name string) bool
}

func (f *smallDisk) Create(ctx context.Context, name string, content io.Reader) error {
	if f.full != nil && f.full(name) {
		// Read a part first, as a disk that fills up while it is written.
		content = io.MultiReader(io.LimitReader(content, 100), failing{})
	}
	return f.Bucket.Create(ctx, name, content)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, syscall.ENOSPC }

func open(t *testing.T, dir string) *fixture {
	t.Helper()
	disk, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{disk: &smallDisk{Bucket: disk}}
	if f.engine, err = duck.Open(t.Context(), f.disk, duck.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.engine.Close(); err != nil {
			t.Error(err)
		}
	})
	if f.table, err = leadtable.Open(t.Context(), delta.Open(f.disk, leadtable.Folder, delta.Options{}), f.engine, leadtable.Options{}); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) upsert(t *testing.T, b leadlake.Batch) leadlake.Tally {
	t.Helper()
	tally, err := f.table.Upsert(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// rows returns what columns hold, by id. An id that is there twice fails.
func (f *fixture) rows(t *testing.T, columns ...string) map[string][]any {
	t.Helper()
	snap, err := f.table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]any{}
	for row, err := range f.engine.Query(t.Context(), snap, `select id, "`+strings.Join(columns, `", "`)+`" from leads`) {
		if err != nil {
			t.Fatal(err)
		}
		id, _ := row[0].(string)
		if found[id] != nil {
			t.Errorf("lead %s is there twice", id)
		}
		found[id] = row[1:]
	}
	return found
}

func lead(id string, pairs ...any) leadlake.Lead {
	l := leadlake.Lead{ID: id, Values: map[string]leadlake.Value{}}
	for pair := range slices.Chunk(pairs, 2) {
		l.Values[fmt.Sprint(pair[0])] = pair[1]
	}
	return l
}

func batch(leads ...leadlake.Lead) leadlake.Batch {
	return leadlake.Batch{Source: "test", Leads: leads}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestUpsert(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	equal(t, "first", f.upsert(t, batch(lead("a", "nom", "Zoé"), lead("b", "nom", "Ünal", "email", "b@exemple.fr"))),
		leadlake.Tally{Version: 0, Inserted: 2})
	equal(t, "the same again", f.upsert(t, batch(lead("a", "nom", "Zoé"), lead("b"))), leadlake.Tally{Version: 0, Unchanged: 2})
	equal(t, "one of each", f.upsert(t, batch(lead("a", "nom", "Zoë"), lead("b", "nom", "Ünal"), lead("c"))),
		leadlake.Tally{Version: 1, Inserted: 1, Updated: 1, Unchanged: 1})
	equal(t, "absent keeps, null clears", f.upsert(t, batch(lead("b", "nom", nil))), leadlake.Tally{Version: 2, Updated: 1})
	equal(t, "twice in a batch, the later wins", f.upsert(t, batch(lead("c", "nom", "x", "email", "c"), lead("c", "nom", "y"))),
		leadlake.Tally{Version: 3, Updated: 1})
	equal(t, "nothing at all", f.upsert(t, batch()), leadlake.Tally{Version: 3})
	equal(t, "rows", f.rows(t, "nom", "email", "_source", "_state"), map[string][]any{
		"a": {"Zoë", nil, "test", "active"}, "b": {nil, "b@exemple.fr", "test", "active"}, "c": {"y", "c", "test", "active"},
	})
}

func TestAnOlderReadChangesNothing(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	at := func(minute int) time.Time { return time.Date(2026, 1, 1, 9, minute, 0, 0, time.UTC) }
	f.upsert(t, batch(lead("a", "nom", "new", "_last_edited_time", at(5))))
	equal(t, "older", f.upsert(t, batch(lead("a", "nom", "old", "_last_edited_time", at(4)))), leadlake.Tally{Unchanged: 1})
	equal(t, "only the time is newer", f.upsert(t, batch(lead("a", "nom", "new", "_last_edited_time", at(6)))), leadlake.Tally{Unchanged: 1})
	equal(t, "same minute", f.upsert(t, batch(lead("a", "nom", "newer", "_last_edited_time", at(5)))), leadlake.Tally{Version: 1, Updated: 1})
	equal(t, "rows", f.rows(t, "nom", "_last_edited_time"), map[string][]any{"a": {"newer", at(5)}})
	both := batch(lead("a", "nom", "newest", "_last_edited_time", at(8)), lead("a", "nom", "old", "_last_edited_time", at(4)))
	equal(t, "both in a batch, the older one behind", f.upsert(t, both), leadlake.Tally{Version: 2, Updated: 1})
	equal(t, "rows", f.rows(t, "nom", "_last_edited_time"), map[string][]any{"a": {"newest", at(8)}})
}

func TestStatesAreDated(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	at := func(hour int) time.Time { return time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC) }
	f.upsert(t, batch(lead("a", "_created_time", at(1), "_last_edited_time", at(2), "_state", "active")))
	equal(t, "since its creation", f.rows(t, "_state_at")["a"], []any{at(1)})
	f.upsert(t, batch(lead("a", "nom", "x", "_last_edited_time", at(3), "_state", "active")))
	equal(t, "an edit is no change of state", f.rows(t, "_state_at")["a"], []any{at(1)})
	f.upsert(t, batch(lead("a", "_last_edited_time", at(4), "_state", "archived")))
	equal(t, "since the edit that archived it", f.rows(t, "_state", "_state_at")["a"], []any{"archived", at(4)})
}

func TestColumnsAppearAndEveryTypeComesBack(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	f.upsert(t, batch(lead("old", "nom", "before")))
	b := batch(lead("a", "budget", 0.1+0.2, "show", true, "tags", []string{"é", "", "🚀"}, "signe_le", leadlake.NewDate(1969, 12, 31),
		"vu", time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC), "note", "l'\"été\"\n\x01"))
	b.Columns = []leadlake.Column{
		{Name: "budget", Type: leadlake.Number, Label: "Budget (€)"},
		{Name: "show", Type: leadlake.Flag},
		{Name: "tags", Type: leadlake.List},
		{Name: "signe_le", Type: leadlake.Day},
		{Name: "vu", Type: leadlake.Instant},
		{Name: "note", Type: leadlake.Text},
		{Name: "empty", Type: leadlake.Text},
	}
	f.upsert(t, b)
	equal(t, "as stored", f.upsert(t, b), leadlake.Tally{Version: 1, Unchanged: 1})
	got := f.rows(t, "budget", "show", "tags", "signe_le", "vu", "note", "empty")
	equal(t, "new row", got["a"], []any{
		0.1 + 0.2, true,
		[]string{"é", "", "🚀"},
		leadlake.NewDate(1969, 12, 31).Time(),
		time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC), "l'\"été\"\n\x01", nil,
	})
	equal(t, "row from before", got["old"], []any{nil, nil, nil, nil, nil, nil, nil})
	snap, err := f.table.Latest(t.Context())
	if err != nil || !slices.Contains(snap.Columns, b.Columns[0]) {
		t.Errorf("columns are %v, %v; want the label kept", snap.Columns, err)
	}

	b = batch(lead("a", "budget", "beaucoup"))
	b.Columns = []leadlake.Column{{Name: "budget", Type: leadlake.Text}}
	f.upsert(t, b)
	equal(t, "a changed type gets a column of its own", f.rows(t, "budget", "budget__v2")["a"], []any{0.1 + 0.2, "beaucoup"})
	equal(t, "and keeps it", f.upsert(t, b), leadlake.Tally{Version: 2, Unchanged: 1})
}

func TestWhatCannotBeStoredIsRefused(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	for what, l := range map[string]leadlake.Lead{
		"no id": lead("", "nom", "x"), "unknown column": lead("a", "nome", "x"), "wrong type": lead("a", "nom", 1.5), "id as a value": lead("a", "id", "b"),
	} {
		if tally, err := f.table.Upsert(t.Context(), batch(lead("ok"), l)); err == nil {
			t.Errorf("%s: Upsert = %v; want it refused", what, tally)
		}
	}
	if snap, err := f.table.Latest(t.Context()); err != nil || snap.Version != -1 {
		t.Errorf("something was stored: version %d, %v", snap.Version, err)
	}
}

func TestTheCursorMovesInTheCommit(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	at := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	cursor := func() leadlake.Cursor {
		t.Helper()
		c, err := f.table.Cursor(t.Context(), "test")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	b := batch(lead("a", "nom", "x"))
	b.Cursor = &leadlake.Cursor{ScanStarted: at, ScanPosition: at.Add(time.Minute)}
	f.upsert(t, b)
	equal(t, "after a batch", cursor(), *b.Cursor)
	b.Cursor = &leadlake.Cursor{Watermark: at}
	equal(t, "nothing changes", f.upsert(t, b), leadlake.Tally{Unchanged: 1})
	if cursor() == *b.Cursor {
		t.Error("the cursor moved without a commit")
	}
	b.Leads = nil
	equal(t, "a cursor alone", f.upsert(t, b), leadlake.Tally{Version: 1})
	equal(t, "is stored", cursor(), *b.Cursor)
	equal(t, "once", f.upsert(t, b), leadlake.Tally{Version: 1})
	other, err := f.table.Cursor(t.Context(), "other")
	if err != nil || other != (leadlake.Cursor{}) {
		t.Errorf("another source's cursor is %v, %v", other, err)
	}
}

// TestOnlyFilesWithChangedLeadsAreRewritten also bounds the number of files:
// it grows with the logarithm of the rows.
func TestOnlyFilesWithChangedLeadsAreRewritten(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	var many []leadlake.Lead
	for i := range 2000 {
		many = append(many, lead(fmt.Sprintf("big-%04d", i), "nom", "x"))
	}
	f.upsert(t, batch(many...))
	first, err := f.table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		f.upsert(t, batch(lead(fmt.Sprintf("one-%02d", i), "nom", "y")))
	}
	snap, err := f.table.Latest(t.Context())
	if err != nil || !slices.Contains(snap.Files, first.Files[0]) || len(snap.Files) > 8 {
		t.Errorf("after 60 small upserts the files are %v, %v; want the first one kept and few others", snap.Files, err)
	}
	equal(t, "rows", snap.Rows(), int64(2060))
	f.upsert(t, batch(lead("one-03", "nom", "z")))
	if snap, err = f.table.Latest(t.Context()); err != nil || !slices.Contains(snap.Files, first.Files[0]) {
		t.Errorf("a change elsewhere rewrote %s: %v, %v", first.Files[0].Name, snap.Files, err)
	}
}

func TestPersonalDataStaysOutOfTheLog(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	b := batch(lead("a", "nom", "MARKER", "email", "MARKER@exemple.fr", "telephone", "MARKER", "_url", "https://x/MARKER", "prive", "MARKER"))
	b.Columns = []leadlake.Column{{Name: "prive", Type: leadlake.Text}}
	f.upsert(t, b)
	logged := 0
	for o, err := range f.disk.List(t.Context(), "data_leads/_delta_log/", "") {
		if err != nil {
			t.Fatal(err)
		}
		data, err := f.disk.Get(t.Context(), o.Name)
		if err != nil || strings.Contains(string(data), "MARKER") {
			t.Errorf("%s holds a lead's data, %v:\n%s", o.Name, err, data)
		}
		logged += len(data)
	}
	if logged == 0 {
		t.Error("there is no log to look into")
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	for what, full := range map[string]func(string) bool{
		"for data": func(name string) bool { return strings.HasSuffix(name, ".parquet") },
		"for log":  func(name string) bool { return strings.HasSuffix(name, ".json") },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := open(t, t.TempDir())
			f.upsert(t, batch(lead("a", "nom", "x")))
			before, err := f.table.Latest(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			f.disk.full = full
			_, err = f.table.Upsert(t.Context(), batch(lead("a", "nom", "y"), lead("b")))
			if leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), "disk of the lake is full") {
				t.Errorf("Upsert: %v; want a sentence about the disk", err)
			}
			f.disk.full = nil
			after, err := f.table.Latest(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "the table", after, before)
			for o, err := range f.disk.List(t.Context(), "data_leads/part-", "") {
				if err != nil || o.Name != before.Files[0].Name {
					t.Errorf("%s was left behind, %v", o.Name, err)
				}
			}
			equal(t, "with space again", f.upsert(t, batch(lead("a", "nom", "y"), lead("b"))), leadlake.Tally{Version: 1, Inserted: 1, Updated: 1})
		})
	}
}

// TestWritersOfSeveralProcesses upserts overlapping leads from tables that
// know nothing of each other. Every lead is there once, every batch's own
// leads are there.
// TestAQuietDay has another process clear what it takes for abandoned: the
// scratch of one that has only read for a day.
func TestAQuietDay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := open(t, dir)
	f.upsert(t, batch(lead("a", "nom", "x")))
	entries, err := os.ReadDir(f.disk.Scratch())
	if err != nil || len(entries) == 0 {
		t.Fatalf("scratch holds %v, %v; want the engine's folder", entries, err)
	}
	for _, e := range entries {
		if err := os.Chtimes(filepath.Join(f.disk.Scratch(), e.Name()), time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	if tally := f.upsert(t, batch(lead("b", "nom", "y"))); tally.Inserted != 1 {
		t.Errorf("the next day's upsert was %+v", tally)
	}
}

func TestWritersOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	const writers, rounds = 4, 8
	dir := t.TempDir()
	var group sync.WaitGroup
	for w := range writers {
		f := open(t, dir)
		group.Go(func() {
			for round := range rounds {
				b := batch(lead("shared", "nom", fmt.Sprint(w, round)), lead(fmt.Sprintf("own-%d-%d", w, round)))
				if _, err := f.table.Upsert(t.Context(), b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	f := open(t, dir)
	equal(t, "leads", len(f.rows(t, "nom")), writers*rounds+1)
	snap, err := f.table.Latest(t.Context())
	if err != nil || snap.Version != writers*rounds-1 {
		t.Errorf("version %d, %v; want one for each of %d commits", snap.Version, err, writers*rounds)
	}
}

func TestACancelledContextEndsTheUpsert(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.table.Upsert(ctx, batch(lead("a"))); err == nil {
		t.Error("Upsert worked under a context that had ended")
	}
	matches, err := filepath.Glob(f.disk.Path("data_leads/*"))
	if err != nil || len(matches) > 0 {
		t.Errorf("it left %v, %v", matches, err)
	}
}
