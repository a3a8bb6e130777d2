package journal_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/journal"
)

type world struct {
	disk    *local.Bucket
	engine  *duck.Engine
	journal *journal.Journal
}

func open(t *testing.T) world {
	t.Helper()
	disk, err := local.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := duck.Open(t.Context(), disk, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(engine.Close(), disk.Close()); err != nil {
			t.Error(err)
		}
	})
	return world{disk, engine, journal.Open(disk, engine, disk.Path)}
}

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func TestRunsComeBack(t *testing.T) {
	t.Parallel()
	w := open(t)
	if runs, err := w.journal.Runs(t.Context(), journal.RunsQuery{}); err != nil || len(runs) > 0 {
		t.Fatalf("at first there are %v, %v", runs, err)
	}
	first := leadlake.Run{
		ID: "one", Source: "notion:x", Mode: leadlake.Full, StartedAt: now, FinishedAt: now.Add(time.Minute),
		Since: now.Add(-time.Hour), Seen: 5, Inserted: 1, Updated: 2, Unchanged: 2, Moves: leadlake.Moves{Trashed: 1},
		Held: 3, Balance: &leadlake.Balance{Active: 4, Archived: 1, Stored: 5}, Requests: 7, Retries: 1, Waited: 1500 * time.Millisecond,
		Before: -1, Version: 2, Warnings: []leadlake.Warning{{Text: "odd", Count: 2, Examples: []string{"a"}}},
		Drift:      []leadlake.Drift{{At: now, Kind: leadlake.PropertyAdded, Is: "Ville", Property: leadlake.Property{ID: "p", Label: "Ville"}}},
		RequestIDs: []string{"r"},
	}
	second := leadlake.Run{
		ID: "two", Source: "notion:x", Mode: leadlake.Incremental, StartedAt: now.Add(time.Hour), FinishedAt: now.Add(2 * time.Hour),
		Err: leadlake.Errorf(leadlake.Unavailable, "Notion is away."), Before: 2, Version: 2,
	}
	for _, run := range []leadlake.Run{first, second} {
		if err := w.journal.AddRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	got, err := w.journal.Runs(t.Context(), journal.RunsQuery{})
	if err != nil || len(got) != 2 || fmt.Sprintf("%+v", got[0]) != fmt.Sprintf("%+v", second) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if balance := got[1].Balance; balance == nil || *balance != *first.Balance {
		t.Errorf("got the balance %+v", balance)
	}
	got[1].Balance = first.Balance
	if fmt.Sprintf("%+v", got[1]) != fmt.Sprintf("%+v", first) {
		t.Errorf("got  %+v\nwant %+v", got[1], first)
	}
	for _, q := range []journal.RunsQuery{{Succeeded: true}, {Modes: []leadlake.Mode{leadlake.Full, leadlake.Sweep}}} {
		if got, err := w.journal.Runs(t.Context(), q); err != nil || len(got) != 1 || got[0].ID != "one" {
			t.Errorf("%+v: got %+v, %v", q, got, err)
		}
	}
}

// TestACauseIsNotWrittenDown: what went wrong below may quote anything.
func TestACauseIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	w := open(t)
	if err := w.journal.AddRun(t.Context(), leadlake.Run{ID: "x", StartedAt: now, Err: errors.New("jeanne@example.com")}); err != nil {
		t.Fatal(err)
	}
	runs, err := w.journal.Runs(t.Context(), journal.RunsQuery{Limit: 1})
	if err != nil || leadlake.MessageOf(runs[0].Err) != "The sync failed for a reason of ours; the log tells the cause." {
		t.Errorf("got %+v, %v", runs, err)
	}
}

func TestSchemaComesBack(t *testing.T) {
	t.Parallel()
	w := open(t)
	a := leadlake.Property{
		ID: "a%3A", Label: "État", Kind: "select", Column: "statut", Type: leadlake.Text, FirstSeen: now,
		Options: []leadlake.Option{{ID: "1", Name: "Nouveau"}},
	}
	b := leadlake.Property{ID: "b", Label: "Budget", Kind: "number", Column: "budget", Type: leadlake.Number, FirstSeen: now}
	gone := b
	gone.RemovedAt = now.Add(time.Hour)
	back := b
	back.Kind, back.Column, back.Type = "rich_text", "budget__v2", leadlake.Text
	for _, drifts := range [][]leadlake.Drift{
		leadlake.Drifts(nil, []leadlake.Property{a, b}, now),
		leadlake.Drifts([]leadlake.Property{a, b}, []leadlake.Property{a, gone}, now.Add(time.Hour)),
		leadlake.Drifts([]leadlake.Property{a, gone}, []leadlake.Property{a, back}, now.Add(2*time.Hour)),
		nil,
	} {
		if err := w.journal.AddDrifts(t.Context(), "notion:x", drifts); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.journal.AddDrifts(t.Context(), "notion:y", leadlake.Drifts(nil, []leadlake.Property{b}, now)); err != nil {
		t.Fatal(err)
	}
	back.Former = []leadlake.Column{{Name: "budget", Type: leadlake.Number}}
	byID := map[string]leadlake.Property{}
	properties, err := w.journal.Schema(t.Context(), "notion:x")
	for _, p := range properties {
		byID[p.ID] = p
	}
	if err != nil || !reflect.DeepEqual(byID, map[string]leadlake.Property{"a%3A": a, "b": back}) {
		t.Errorf("got %+v, %v", properties, err)
	}
	if sources, err := w.journal.Sources(t.Context()); err != nil || !reflect.DeepEqual(sources, []string{"notion:x", "notion:y"}) {
		t.Errorf("sources are %v, %v", sources, err)
	}
}

// TestTheLastChangeHolds has changes follow each other within one tick of the
// clock.
func TestTheLastChangeHolds(t *testing.T) {
	t.Parallel()
	w := open(t)
	p := leadlake.Property{ID: "a", Label: "0", Column: "a", Type: leadlake.Text, FirstSeen: now}
	var known []leadlake.Property
	for i := range 12 {
		p.Label = fmt.Sprintf("name %d", i)
		if err := w.journal.AddDrifts(t.Context(), "notion:x", leadlake.Drifts(known, []leadlake.Property{p}, now)); err != nil {
			t.Fatal(err)
		}
		known = []leadlake.Property{p}
	}
	got, err := w.journal.Schema(t.Context(), "notion:x")
	if err != nil || len(got) != 1 || got[0].Label != "name 11" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	w := open(t)
	if err := w.journal.SetMissing(t.Context(), "notion:other", map[string]time.Time{"z": now}); err != nil {
		t.Fatal(err)
	}
	if got, err := w.journal.Missing(t.Context(), "notion:x"); err != nil || len(got) > 0 {
		t.Errorf("before any sweep: %v, %v", got, err)
	}
	for _, want := range []map[string]time.Time{{"a": now}, {"b": now, "c": now.Add(time.Hour)}, {}} {
		if err := w.journal.SetMissing(t.Context(), "notion:x", want); err != nil {
			t.Fatal(err)
		}
		if got, err := w.journal.Missing(t.Context(), "notion:x"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	}
}

// TestManyRunsStayFewFiles also has the log cleaned of nothing that is young.
func TestManyRunsStayFewFiles(t *testing.T) {
	t.Parallel()
	w := open(t)
	const runs = 120
	for i := range runs {
		if err := w.journal.AddRun(t.Context(), leadlake.Run{ID: string(rune('a' + i)), StartedAt: now.Add(time.Duration(i) * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		if err := w.journal.Maintain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	table := delta.Open(w.disk, journal.RunsFolder, delta.Options{Root: w.disk.Path(journal.RunsFolder), Parquet: w.engine})
	at, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for range at.Files() {
		files++
	}
	got, err := w.journal.Runs(t.Context(), journal.RunsQuery{})
	if err != nil || len(got) != runs || files > 60 {
		t.Errorf("%d runs in %d files, %v; want %d in 60 at most", len(got), files, err, runs)
	}
}
