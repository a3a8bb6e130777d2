package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/ingest"
)

// workspace is a source in memory, with a clock that the test sets. It rounds
// times down to the minute, as Notion does.
type workspace struct {
	mu    sync.Mutex // for tests that change it while a runner reads
	now   time.Time
	leads map[string]leadlake.Lead
	// breakAfter is how many leads a listing gives before it breaks; negative:
	// it does not.
	breakAfter int
	inMidList  map[int]string // a lead that is edited when it is in that place
	asked      []time.Time    // the from and since of every listing
	ticking    bool           // whether its clock is that of the test
	schema     []leadlake.Property
	hidden     map[string]bool // leads that the source shows to nobody
	lagging    map[string]bool // leads that are there and in no listing
}

var errBroken = errors.New("listing broke off")

func newWorkspace(n int) *workspace {
	w := &workspace{
		now: time.Date(1999, 12, 1, 9, 0, 0, 0, time.UTC), leads: map[string]leadlake.Lead{}, breakAfter: -1,
		schema: []leadlake.Property{{ID: "a", Label: "Ville", Kind: "rich_text", Column: "ville", Type: leadlake.Text}},
		hidden: map[string]bool{}, lagging: map[string]bool{},
	}
	for i := range n {
		w.edit(fmt.Sprintf("lead-%03d", i), "x")
		if i%3 == 0 {
			w.now = w.now.Add(time.Minute)
		}
	}
	w.now = w.now.Add(time.Hour)
	return w
}

func (w *workspace) edit(id, nom string) {
	at := w.now.Truncate(time.Minute)
	values := maps.Clone(w.leads[id].Values)
	if values == nil {
		values = map[string]leadlake.Value{leadlake.ColumnCreatedTime: at, leadlake.ColumnState: string(leadlake.Active)}
	}
	values[leadlake.ColumnNom], values[leadlake.ColumnLastEditedTime] = nom, at
	w.leads[id] = leadlake.Lead{ID: id, Values: values}
}

func (w *workspace) list(column string, from time.Time) iter.Seq2[leadlake.Lead, error] {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, from)
	breakAfter := w.breakAfter
	return func(yield func(leadlake.Lead, error) bool) {
		leads := slices.SortedFunc(maps.Values(w.leads), func(a, b leadlake.Lead) int {
			return a.Time(column).Compare(b.Time(column))*2 + strings.Compare(a.ID, b.ID)
		})
		given := 0
		for _, l := range leads {
			state := leadlake.State(l.Text(leadlake.ColumnState))
			if l.Time(column).Before(from) || !state.Counts() || w.hidden[l.ID] || w.lagging[l.ID] {
				continue
			}
			if given == breakAfter {
				yield(leadlake.Lead{}, errBroken)
				return
			}
			if w.inMidList[given] == l.ID {
				w.edit(l.ID, "in mid-list")
				l = w.leads[l.ID]
			}
			given++
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (w *workspace) ID() string { return "test:1" }
func (w *workspace) Now() time.Time {
	if w.ticking {
		return time.Now()
	}
	return w.now
}

func (w *workspace) Columns() []leadlake.Column {
	return []leadlake.Column{{Name: "ville", Type: leadlake.Text}}
}
func (w *workspace) Derived() bool { return false }

func (w *workspace) Schema(context.Context, []leadlake.Property) ([]leadlake.Property, error) {
	return w.schema, nil
}

func (w *workspace) IDs(context.Context) iter.Seq2[leadlake.Lead, error] {
	return w.list(leadlake.ColumnCreatedTime, time.Time{})
}

func (w *workspace) Lead(_ context.Context, id string) (leadlake.Lead, error) {
	lead, there := w.leads[id]
	if !there || w.hidden[id] {
		return leadlake.Lead{}, leadlake.Errorf(leadlake.NotFound, "there is none")
	}
	return lead, nil
}

// become gives a lead another state, without an edit.
func (w *workspace) become(id string, state leadlake.State) {
	lead := leadlake.Lead{ID: id, Values: maps.Clone(w.leads[id].Values)}
	lead.Values[leadlake.ColumnState] = string(state)
	w.leads[id] = lead
}

func (w *workspace) Scan(_ context.Context, from time.Time) iter.Seq2[leadlake.Lead, error] {
	return w.list(leadlake.ColumnCreatedTime, from)
}

func (w *workspace) Changed(_ context.Context, since time.Time) iter.Seq2[leadlake.Lead, error] {
	return w.list(leadlake.ColumnLastEditedTime, since)
}
func (w *workspace) Effort() leadlake.Effort { return leadlake.Effort{} }

// table is a table in memory that keeps the promises of a real one; leadtable
// has tests of its own, and app one of the whole way.
type table struct {
	leads      map[string]leadlake.Lead
	cursor     leadlake.Cursor
	version    int64
	breakAfter int // how many commits work before they fail; negative: all do

	runs    []leadlake.Run
	schema  []leadlake.Property
	drifts  []leadlake.Drift
	missing map[string]time.Time
}

var errFull = errors.New("disk full")

func newTable() *table {
	return &table{leads: map[string]leadlake.Lead{}, version: -1, breakAfter: -1}
}

func (t *table) Cursor(context.Context, string) (leadlake.Cursor, error) { return t.cursor, nil }

func (t *table) Upsert(ctx context.Context, b leadlake.Batch) (leadlake.Tally, error) {
	if err := ctx.Err(); err != nil {
		return leadlake.Tally{}, err
	}
	if len(b.Leads) > 0 || b.Cursor != nil {
		if t.breakAfter == 0 {
			return leadlake.Tally{}, errFull
		}
		t.breakAfter--
	}
	tally := leadlake.Tally{Version: t.version}
	for _, l := range b.Leads {
		stored, ok := t.leads[l.ID]
		switch {
		case !ok:
			tally.Inserted++
		case !changes(stored, l):
			tally.Unchanged++
			continue
		default:
			tally.Updated++
			if state := l.Text(leadlake.ColumnState); state != stored.Text(leadlake.ColumnState) {
				tally.Moves.Add(leadlake.State(state))
			}
		}
		if b.DryRun {
			continue
		}
		values := maps.Clone(stored.Values)
		if values == nil {
			values = map[string]leadlake.Value{}
		}
		maps.Copy(values, l.Values)
		t.leads[l.ID] = leadlake.Lead{ID: l.ID, Values: values}
	}
	if b.DryRun {
		return tally, nil
	}
	if tally.Inserted+tally.Updated > 0 || len(b.Leads) == 0 && b.Cursor != nil && *b.Cursor != t.cursor {
		t.version++
		tally.Version = t.version
		if b.Cursor != nil {
			t.cursor = *b.Cursor
		}
	}
	return tally, nil
}

func changes(stored, lead leadlake.Lead) bool {
	for column, value := range lead.Values {
		if column != leadlake.ColumnLastEditedTime && !leadlake.SameValue(stored.Values[column], value) {
			return true
		}
	}
	return false
}

func (t *table) Known(context.Context, string) iter.Seq2[leadlake.Lead, error] {
	return func(yield func(leadlake.Lead, error) bool) {
		for _, l := range t.leads {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (t *table) Leads(_ context.Context, ids []string) ([]leadlake.Lead, error) {
	var leads []leadlake.Lead
	for _, id := range ids {
		leads = append(leads, t.leads[id])
	}
	return leads, nil
}

// The table also keeps the journal: one thing to hand over.

func (t *table) AddRun(_ context.Context, run leadlake.Run) error {
	t.runs = append(t.runs, run)
	return nil
}

func (t *table) Schema(context.Context, string) ([]leadlake.Property, error) { return t.schema, nil }

func (t *table) AddDrifts(_ context.Context, _ string, drifts []leadlake.Drift) error {
	for _, d := range drifts {
		t.drifts = append(t.drifts, d)
		t.schema = slices.DeleteFunc(t.schema, func(p leadlake.Property) bool { return p.ID == d.Property.ID })
		t.schema = append(t.schema, d.Property)
	}
	return nil
}

func (t *table) Missing(context.Context, string) (map[string]time.Time, error) { return t.missing, nil }

func (t *table) SetMissing(_ context.Context, _ string, missing map[string]time.Time) error {
	t.missing = missing
	return nil
}

func (t *table) equals(w *workspace) bool {
	return maps.EqualFunc(t.leads, w.leads, func(a, b leadlake.Lead) bool { return a.Text("nom") == b.Text("nom") })
}

func run(t *testing.T, w *workspace, dst *table, mode leadlake.Mode) (leadlake.Run, error) {
	t.Helper()
	return ingest.New(w, dst, dst, ingest.Options{Batch: 7}).Run(t.Context(), leadlake.Task{Mode: mode}, func(leadlake.Run) {})
}

func must(t *testing.T, w *workspace, dst *table, mode leadlake.Mode) leadlake.Run {
	t.Helper()
	run, err := run(t, w, dst, mode)
	if err != nil {
		t.Fatal(err)
	}
	if !dst.equals(w) {
		t.Fatalf("after %+v the table holds %d leads that differ from the source's %d", run, len(dst.leads), len(w.leads))
	}
	return run
}

func TestFullThenIncremental(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(30), newTable()
	if run := must(t, w, dst, ""); run.Mode != leadlake.Full || run.Inserted != 30 || run.Seen != 30 {
		t.Errorf("first run was %+v; want a full one of 30", run)
	}
	if want := (leadlake.Cursor{Watermark: w.now}); dst.cursor != want {
		t.Errorf("cursor is %+v; want %+v", dst.cursor, want)
	}
	version := dst.version
	for _, mode := range []leadlake.Mode{"", leadlake.Incremental, leadlake.Full, ""} {
		if run := must(t, w, dst, mode); dst.version != version || run.Inserted+run.Updated > 0 {
			t.Errorf("a %q run without changes was %+v; want no commit", mode, run)
		}
	}
	w.now = w.now.Add(time.Hour)
	quiet := ingest.New(w, dst, dst, ingest.Options{})
	for range 2 { // the first proves that the hour was quiet, so that the second sees nothing at all
		if run, err := quiet.Run(t.Context(), leadlake.Task{}, func(leadlake.Run) {}); err != nil || run.Version != version {
			t.Errorf("a quiet run was %+v, %v; want it to know version %d", run, err, version)
		}
	}
	w.edit("lead-005", "y")
	w.edit("new", "z")
	w.now = w.now.Add(30 * time.Second)
	if run := must(t, w, dst, ""); run.Mode != leadlake.Incremental || run.Seen != 2 || dst.version != version+1 {
		t.Errorf("run was %+v; want an incremental one of two leads in one commit", run)
	}
}

// TestNoEditIsMissed has edits in the minute of a run, before and behind it.
func TestNoEditIsMissed(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(10), newTable()
	syncer := ingest.New(w, dst, dst, ingest.Options{})
	for i := range 200 {
		w.now = w.now.Add(time.Duration(i%40) * time.Second)
		w.edit(fmt.Sprintf("lead-%03d", i%10), fmt.Sprint("before", i))
		if _, err := syncer.Run(t.Context(), leadlake.Task{}, func(leadlake.Run) {}); err != nil || !dst.equals(w) {
			t.Fatalf("round %d: %v, or the table differs", i, err)
		}
		w.edit(fmt.Sprintf("lead-%03d", (i+5)%10), fmt.Sprint("behind", i))
	}
}

func TestAFutureEditDoesNotMoveTheWatermarkAhead(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(3), newTable()
	must(t, w, dst, "")
	now := w.now.Add(time.Minute)
	w.now = now.Add(1000 * time.Hour)
	w.edit("lead-001", "from the future")
	w.now = now
	must(t, w, dst, "")
	if dst.cursor.Watermark.After(now) {
		t.Errorf("watermark is %v, at %v", dst.cursor.Watermark, now)
	}
	w.now = now.Add(time.Hour)
	w.edit("lead-002", "y")
	must(t, w, dst, "")
}

// TestAnEditDuringTheListing has a lead edited between its place in the order
// and its line: what lies behind it was not read when the run breaks off there.
func TestAnEditDuringTheListing(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(30), newTable()
	must(t, w, dst, "")
	for i := range 30 { // edits of the last hour, one in each two minutes
		w.edit(fmt.Sprintf("lead-%03d", i), "edited")
		w.now = w.now.Add(2 * time.Minute)
	}
	w.inMidList = map[int]string{6: "lead-006"} // in the batch's last place
	w.breakAfter = 7
	if _, err := run(t, w, dst, ""); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	w.breakAfter, w.inMidList = -1, nil
	w.now = w.now.Add(time.Hour)
	must(t, w, dst, "")
}

// TestInterrupted breaks a full scan, and then an incremental run, at every
// lead and at every commit, edits what was read already, and runs again.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for point := range 40 {
		for _, where := range []string{"listing", "commit"} {
			w, dst := newWorkspace(30), newTable()
			for _, phase := range []leadlake.Mode{leadlake.Full, leadlake.Incremental} {
				if where == "listing" {
					w.breakAfter = point
				} else {
					dst.breakAfter = point % 8
				}
				_, err := run(t, w, dst, "")
				broke := errors.Is(err, errBroken) || errors.Is(err, errFull)
				if err != nil && !broke {
					t.Fatal(err)
				}
				if broke && dst.cursor.Watermark.Equal(w.now) {
					t.Errorf("%s run broken at %s %d: the watermark is at its start", phase, where, point)
				}
				w.breakAfter, dst.breakAfter = -1, -1
				w.now = w.now.Add(10 * time.Minute)
				w.edit("lead-000", fmt.Sprint("after the break ", phase))
				w.edit("lead-029", fmt.Sprint("after the break ", phase))
				// A scan that is carried on does not read its first part again;
				// the run behind it finds what was edited there since.
				if _, err := run(t, w, dst, ""); err != nil {
					t.Fatal(err)
				}
				must(t, w, dst, "")
				if dst.cursor.Watermark.IsZero() || !dst.cursor.ScanStarted.IsZero() {
					t.Errorf("%s run broken at %s %d and repeated: cursor is %+v", phase, where, point, dst.cursor)
				}
				w.now = w.now.Add(10 * time.Minute)
				for i := range 30 {
					w.edit(fmt.Sprintf("lead-%03d", i), "edited")
					w.now = w.now.Add(time.Minute)
				}
			}
		}
	}
}

func TestAnInterruptedScanIsCarriedOn(t *testing.T) {
	t.Parallel()
	for age, resumes := range map[time.Duration]bool{time.Hour: true, 25 * time.Hour: false} {
		w, dst := newWorkspace(30), newTable()
		w.breakAfter = 20
		if _, err := run(t, w, dst, ""); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		started := w.now
		w.breakAfter = -1
		w.now = w.now.Add(age)
		run := must(t, w, dst, "")
		if (run.Seen < 30) != resumes {
			t.Errorf("%s later it read %d leads; want it carried on: %v", age, run.Seen, resumes)
		}
		if resumes && !dst.cursor.Watermark.Equal(started) {
			t.Errorf("watermark is %v; want the start of the first part, %v", dst.cursor.Watermark, started)
		}
	}
}

func TestAnEmptyListingProvesNothing(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(0), newTable()
	if run, err := run(t, w, dst, ""); err != nil || run.Seen != 0 || dst.version != -1 || dst.cursor != (leadlake.Cursor{}) {
		t.Errorf("run %+v, %v left version %d and cursor %+v; want nothing", run, err, dst.version, dst.cursor)
	}
	w.edit("a", "x")
	if run := must(t, w, dst, ""); run.Mode != leadlake.Full {
		t.Errorf("the next run was %s; want it full", run.Mode)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(450), newTable()
	var seen []int
	run, err := ingest.New(w, dst, dst, ingest.Options{Batch: 200}).Run(t.Context(), leadlake.Task{}, func(r leadlake.Run) { seen = append(seen, r.Seen) })
	if err != nil || run.FinishedAt.IsZero() || run.Remaining != 0 {
		t.Errorf("run ended as %+v, %v", run, err)
	}
	if !slices.IsSorted(seen) || len(seen) < 6 || seen[len(seen)-1] != 450 {
		t.Errorf("reports told of %v leads; want steps up to 450", seen)
	}
}
