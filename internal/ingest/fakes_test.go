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
	"time"

	"leadlake"
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
	astray     string         // a lead that every listing gives first, wherever it belongs
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
		if l, ok := w.leads[w.astray]; ok && !yield(l, nil) {
			return
		}
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
