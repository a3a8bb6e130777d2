package app_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/ingest"
	"leadlake/internal/journal"
	"leadlake/internal/leadtable"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// model is a workspace in which anything happens, and a lake that follows it.
type model struct {
	t      *rapid.T
	now    time.Time
	server *fakenotion.Server
	leads  *fakenotion.DataSource
	other  *fakenotion.DataSource
	url    string

	pages []string                  // every page that ever was, the purged ones too
	gone  map[string]leadlake.State // where a page is not among the leads any more
	names map[string]string         // of the properties that change, by what they were called first
	added int

	table   *leadtable.Table
	engine  *duck.Engine
	journal *journal.Journal
	syncer  *ingest.Syncer
	last    map[string]leadlake.Lead // what the table held after the last sync
	edits   int
}

// modelSource is a notion.Source as ingest reads it.
type modelSource struct{ *notion.Source }

func (s modelSource) Effort() leadlake.Effort { return leadlake.Effort{} }

func newModel(t *rapid.T, dir string) *model {
	m := &model{
		t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), gone: map[string]leadlake.State{}, last: map[string]leadlake.Lead{},
		names: map[string]string{"Ville": "Ville", "Score": "Score", "Priorité": "Priorité"},
	}
	m.server = fakenotion.New(fakenotion.Options{Rate: -1, Cap: 7, Now: func() time.Time { return m.now }})
	schema := []fakenotion.Property{
		{Name: "Nom", Type: "title"},
		{Name: "Ville", Type: "rich_text"},
		{Name: "Score", Type: "number"},
		{Name: "Priorité", Type: "select", Options: []string{"Haute", "Basse"}},
	}
	for _, e := range leadlake.Events() {
		schema = append(schema, fakenotion.Property{Name: properties()[e], Type: "date"})
	}
	m.leads = m.server.AddDatabase("Prospection", schema...).Source()
	m.other = m.server.AddDatabase("Ailleurs", schema[0]).Source()
	web := httptest.NewServer(m.server)
	t.Cleanup(web.Close)
	m.url = web.URL

	disk, err := local.Open(dir)
	m.must(err)
	m.engine, err = duck.Open(context.Background(), disk, duck.Options{})
	m.must(err)
	t.Cleanup(func() { m.must(errors.Join(m.engine.Close(), disk.Close())) })
	log := delta.Open(disk, leadtable.Folder, delta.Options{Root: disk.Path(leadtable.Folder), Parquet: m.engine})
	m.table, err = leadtable.Open(context.Background(), log, m.engine, leadtable.Options{})
	m.must(err)
	m.journal = journal.Open(disk, m.engine, disk.Path)
	m.restart(t)
	return m
}

func (m *model) must(err error) {
	if err != nil {
		m.t.Fatal(err)
	}
}

// restart begins a new process: what is not in the lake is forgotten.
func (m *model) restart(*rapid.T) {
	source, err := notion.Open(context.Background(), m.server.Token(), m.leads.ID(), notion.Options{
		BaseURL: m.url, Limiter: notion.NewLimiter(notion.LimiterOptions{Rate: 1 << 20}), Now: func() time.Time { return m.now },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	m.must(err)
	m.syncer = ingest.New(modelSource{source}, m.table, m.journal, ingest.Options{Batch: 5, Now: func() time.Time { return m.now }})
}

// sync runs a task while Notion may misbehave, and checks what it did.
func (m *model) sync(t *rapid.T) {
	mode := rapid.SampledFrom([]leadlake.Mode{"", "", "", leadlake.Full, leadlake.Sweep}).Draw(t, "mode")
	var faults []fakenotion.Effect
	if rapid.IntRange(0, 3).Draw(t, "weather") == 0 {
		faults = []fakenotion.Effect{rapid.SampledFrom([]func() fakenotion.Effect{
			fakenotion.Unavailable, fakenotion.DeadCursor, fakenotion.EmptyPage, fakenotion.RepeatRow, fakenotion.RepeatCursor,
			fakenotion.LoseCursor, fakenotion.PartialPages, fakenotion.Cut, fakenotion.Missing, fakenotion.Restricted,
		}).Draw(t, "fault")()}
		m.server.Script(fakenotion.Fault{
			After: rapid.IntRange(0, 8).Draw(t, "after"), Times: rapid.IntRange(1, 12).Draw(t, "times"), Do: faults[0],
		})
	}
	m.run(leadlake.Task{Mode: mode}, len(faults) == 0)
	m.server.Clear()
}

// run does a task and compares the table with what it was.
func (m *model) run(task leadlake.Task, mustWork bool) leadlake.Run {
	run, err := m.syncer.Run(context.Background(), task, func(leadlake.Run) {})
	if err != nil && mustWork {
		m.t.Fatalf("a %q sync failed: %v", task.Mode, err)
	}
	now := m.stored()
	for id, lead := range now {
		was, known := m.last[id]
		state := leadlake.State(lead.Text(leadlake.ColumnState))
		if _, isGone := m.gone[id]; !isGone && !state.Counts() && (!known || leadlake.State(was.Text(leadlake.ColumnState)).Counts()) {
			m.t.Fatalf("a %s sync has marked %s as %s, and it is there", run.Mode, id, state)
		}
		if known {
			m.checkHistory(was, lead)
		} else if history(lead) != nil {
			m.t.Fatalf("%s is new and has a history", id)
		}
	}
	for id := range m.last {
		if _, there := now[id]; !there {
			m.t.Fatalf("a %s sync has lost %s", run.Mode, id)
		}
	}
	m.last = now
	return run
}

func history(l leadlake.Lead) []leadlake.Change {
	changes, _ := l.Values[leadlake.ColumnHistory].([]leadlake.Change)
	return changes
}

// checkHistory compares the history with the dates that the last sync and this
// one have seen.
func (m *model) checkHistory(was, is leadlake.Lead) {
	before, after := history(was), history(is)
	if len(after) < len(before) || len(before) > 0 && !reflect.DeepEqual(after[:len(before)], before) {
		m.t.Fatalf("the history of %s changed from %+v to %+v", is.ID, before, after)
	}
	fresh := after[len(before):]
	for _, e := range leadlake.Events() {
		old, hadOld := was.Day(e)
		now, hasNow := is.Day(e)
		i := slices.IndexFunc(fresh, func(c leadlake.Change) bool { return c.Event == e })
		switch {
		case hadOld == hasNow && old == now:
			if i >= 0 {
				m.t.Fatalf("%s has a change of %s that was none: %+v", is.ID, e, fresh[i])
			}
		case i < 0:
			m.t.Fatalf("the change of %s of %s is not in its history", e, is.ID)
		case (fresh[i].Old != nil) != hadOld || (fresh[i].New != nil) != hasNow || hadOld && *fresh[i].Old != old || hasNow && *fresh[i].New != now:
			m.t.Fatalf("%s of %s went from %v to %v; its history says %+v", e, is.ID, old, now, fresh[i])
		}
	}
}

// stored returns what the table holds, by id.
func (m *model) stored() map[string]leadlake.Lead {
	var ids []string
	for lead, err := range m.table.Known(context.Background(), "notion:"+m.leads.ID()) {
		m.must(err)
		ids = append(ids, lead.ID)
	}
	leads, err := m.table.Leads(context.Background(), ids)
	m.must(err)
	byID := map[string]leadlake.Lead{}
	for _, lead := range leads {
		byID[lead.ID] = lead
	}
	if len(byID) != len(ids) {
		m.t.Fatalf("the table holds %d rows of %d leads", len(ids), len(byID))
	}
	return byID
}

// settle syncs until nothing is left to see, and compares the lake with the
// workspace.
func (m *model) settle() {
	m.must(m.leads.Conceal(m.names["Score"], false))
	for range 3 { // the schema, then who is missing, then who is missing still
		m.now = m.now.Add(time.Hour)
		m.run(leadlake.Task{Mode: leadlake.Full, MassDelete: true}, true)
	}
	version := m.run(leadlake.Task{}, true).Version
	if again := m.run(leadlake.Task{Mode: leadlake.Full}, true).Version; again != version {
		m.t.Fatalf("a sync of nothing new has made version %d of %d", again, version)
	}
	columns := map[string]string{} // by property name
	known, err := m.journal.Schema(context.Background(), "notion:"+m.leads.ID())
	m.must(err)
	for _, p := range known {
		columns[p.Label] = p.Column
	}
	there := map[string]bool{}
	for _, page := range m.leads.Pages() {
		if page.Trashed {
			continue
		}
		there[page.ID] = true
		m.comparePage(page, columns)
	}
	for id, lead := range m.last {
		// One that was gone already, and came back and went another way unseen,
		// may still be in the first state.
		if want, isGone := m.gone[id]; isGone && leadlake.State(lead.Text(leadlake.ColumnState)).Counts() {
			m.t.Fatalf("%s is %s; it should be %s", id, lead.Text(leadlake.ColumnState), want)
		} else if !isGone && !there[id] {
			m.t.Fatalf("the table holds %s, which nobody knows", id)
		}
	}
}

func (m *model) comparePage(page fakenotion.Page, columns map[string]string) {
	lead, stored := m.last[page.ID]
	if !stored {
		m.t.Fatalf("%s is not in the table", page.ID)
	}
	state := leadlake.Active
	if page.Archived {
		state = leadlake.Archived
	}
	if got := lead.Text(leadlake.ColumnState); got != string(state) {
		m.t.Fatalf("%s is %s, and %s in Notion", page.ID, got, state)
	}
	for name, column := range columns {
		want := ""
		switch v := page.Values[name].(type) {
		case string:
			want = v
		case fakenotion.Date:
			want = v.Start
		case nil:
		default:
			m.t.Fatalf("the model knows no %T", v)
		}
		got := ""
		switch v := lead.Values[column].(type) {
		case string:
			got = v
		case leadlake.Date:
			got = v.String()
		case float64:
			got = strconv.FormatFloat(v, 'g', -1, 64)
		}
		if got != want {
			m.t.Fatalf("%s of %s is %q in column %s, and %q in Notion", name, page.ID, got, column, want)
		}
	}
}

// TestTheLakeFollows does anything that can be done in a workspace, in any
// order, and syncs in between in every way, in fair weather and in foul. At no
// moment is a lead that is there marked as gone; every change of a date that
// two syncs see is in the history, and no other; and once it is quiet the lake
// is the workspace.
func TestTheLakeFollows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(rt, t.TempDir())
		m.add(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"add": m.add, "edit": m.edit, "edit again": m.edit, "clear a date": m.clearDate,
			"archive": m.archive, "trash": m.trash, "take back": m.takeBack, "move": m.move, "purge": m.purge,
			"rename": m.rename, "add property": m.addProperty, "rename option": m.renameOption, "conceal": m.conceal,
			"wait": m.wait, "wait more": m.wait, "sync": m.sync, "sync again": m.sync, "restart": m.restart,
		})
		m.settle()
	})
}
