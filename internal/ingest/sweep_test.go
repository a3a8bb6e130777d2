package ingest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/ingest"
)

func do(t *testing.T, w *workspace, dst *table, task leadlake.Task) leadlake.Run {
	t.Helper()
	run, err := ingest.New(w, dst, dst, ingest.Options{Batch: 7}).Run(t.Context(), task, func(leadlake.Run) {})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func (t *table) state(id string) leadlake.State {
	return leadlake.State(t.leads[id].Text(leadlake.ColumnState))
}

// TestWhatBecameOfALead has leads leave the list in every way there is, and
// come back.
func TestWhatBecameOfALead(t *testing.T) {
	t.Parallel()
	for _, mode := range []leadlake.Mode{leadlake.Sweep, leadlake.Full} {
		w, dst := newWorkspace(100), newTable()
		must(t, w, dst, "")
		w.become("lead-001", leadlake.Trashed)
		w.become("lead-002", leadlake.Moved)
		w.become("lead-003", leadlake.Archived)
		w.hidden["lead-004"], w.lagging["lead-005"] = true, true
		run := do(t, w, dst, leadlake.Task{Mode: mode})
		for id, want := range map[string]leadlake.State{
			"lead-000": leadlake.Active, "lead-001": leadlake.Trashed, "lead-002": leadlake.Moved, "lead-003": leadlake.Archived,
			"lead-004": leadlake.Active, "lead-005": leadlake.Active,
		} {
			if got := dst.state(id); got != want {
				t.Errorf("%s: %s is %s, want %s", mode, id, got, want)
			}
		}
		want := leadlake.Balance{Active: 95, Archived: 1, Stored: 98}
		if run.Moves != (leadlake.Moves{Archived: 1, Trashed: 1, Moved: 1}) || run.Held != 0 || *run.Balance != want {
			t.Errorf("%s: the run was %+v, balance %+v", mode, run, run.Balance)
		}
		do(t, w, dst, leadlake.Task{Mode: mode})
		if got := dst.state("lead-004"); got != leadlake.Active {
			t.Errorf("%s: missed twice in a moment, it is %s", mode, got)
		}
		w.now = w.now.Add(11 * time.Minute)
		do(t, w, dst, leadlake.Task{Mode: mode})
		if got := dst.state("lead-004"); got != leadlake.Unreachable || dst.state("lead-005") != leadlake.Active {
			t.Errorf("%s: missed for eleven minutes, it is %s, and %s that lags", mode, got, dst.state("lead-005"))
		}
		w.become("lead-001", leadlake.Active)
		w.become("lead-003", leadlake.Active)
		w.hidden, w.lagging = map[string]bool{}, map[string]bool{}
		run = do(t, w, dst, leadlake.Task{Mode: mode})
		for _, id := range []string{"lead-001", "lead-003", "lead-004", "lead-005"} {
			if got := dst.state(id); got != leadlake.Active {
				t.Errorf("%s: back again, %s is %s", mode, id, got)
			}
		}
		if run.Moves.Active != 3 || len(dst.missing) != 0 {
			t.Errorf("%s: the run was %+v; missing are %v", mode, run, dst.missing)
		}
	}
}

// TestAShortListDeletesNothing has listings that break off, end early, or are
// empty, and questions that fail.
func TestAShortListDeletesNothing(t *testing.T) {
	t.Parallel()
	for _, mode := range []leadlake.Mode{leadlake.Sweep, leadlake.Full} {
		w, dst := newWorkspace(300), newTable()
		must(t, w, dst, "")
		for n := range 300 {
			w.breakAfter = n
			if _, err := run(t, w, dst, mode); !errors.Is(err, errBroken) {
				t.Fatalf("%s broken after %d: %v", mode, n, err)
			}
		}
		w.breakAfter = -1
		for _, lost := range []int{31, 150, 300} {
			for n := range lost {
				w.hidden[fmt.Sprintf("lead-%03d", n)] = true
			}
			before := dst.cursor
			run := do(t, w, dst, leadlake.Task{Mode: mode})
			if run.Held != lost || run.Moves.Gone() != 0 {
				t.Errorf("%s with %d of 300 lost: %+v", mode, lost, run)
			}
			if lost == 300 && dst.cursor != before {
				t.Errorf("%s: an empty listing moved the cursor from %+v to %+v", mode, before, dst.cursor)
			}
		}
		for id := range dst.leads {
			if dst.state(id) != leadlake.Active {
				t.Fatalf("%s: %s is %s", mode, id, dst.state(id))
			}
		}
		w.now = w.now.Add(time.Hour)
		w.hidden = map[string]bool{}
		if run := do(t, w, dst, leadlake.Task{Mode: mode}); run.Held != 0 || run.Moves != (leadlake.Moves{}) {
			t.Errorf("%s when all are back: %+v", mode, run)
		}
	}
}

// TestTheGuardOpensOnlyToItsKey.
func TestTheGuardOpensOnlyToItsKey(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(60), newTable()
	must(t, w, dst, "")
	for n := range 21 {
		w.become(fmt.Sprintf("lead-%03d", n), leadlake.Trashed)
	}
	for _, mode := range []leadlake.Mode{leadlake.Sweep, leadlake.Full, "", leadlake.Incremental} {
		if run := do(t, w, dst, leadlake.Task{Mode: mode}); run.Moves.Gone() != 0 {
			t.Errorf("a %q run took %d leads away", mode, run.Moves.Gone())
		}
	}
	if run := do(t, w, dst, leadlake.Task{Mode: leadlake.Sweep, MassDelete: true, DryRun: true}); run.Moves.Trashed != 21 || dst.state("lead-000") != leadlake.Active {
		t.Errorf("a dry run was %+v and left lead-000 %s", run, dst.state("lead-000"))
	}
	run := do(t, w, dst, leadlake.Task{Mode: leadlake.Sweep, MassDelete: true})
	if run.Moves.Trashed != 21 || run.Held != 0 || dst.state("lead-000") != leadlake.Trashed {
		t.Errorf("with its key the guard let %+v through", run)
	}
	w.become("lead-030", leadlake.Trashed)
	if run := do(t, w, dst, leadlake.Task{Mode: leadlake.Sweep}); run.Moves.Trashed != 1 {
		t.Errorf("a single lead: %+v", run)
	}
}

// TestASweepFindsWhatWasMissed: a lead that no listing of edits has shown.
func TestASweepFindsWhatWasMissed(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(30), newTable()
	must(t, w, dst, "")
	w.now = w.now.Add(-30 * 24 * time.Hour)
	w.edit("moved-in", "x") // last edited before the watermark
	w.now = w.now.Add(31 * 24 * time.Hour)
	if do(t, w, dst, leadlake.Task{}); dst.equals(w) {
		t.Fatal("the incremental run has found it; then this test shows nothing")
	}
	if run := do(t, w, dst, leadlake.Task{Mode: leadlake.Sweep}); run.Inserted != 1 || !dst.equals(w) {
		t.Errorf("the sweep was %+v", run)
	}
}

// TestADryRun tells what a first run would do, asks for no lead twice, and
// leaves nothing behind.
func TestADryRun(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(30), newTable()
	run := do(t, w, dst, leadlake.Task{DryRun: true})
	if run.Mode != leadlake.Full || run.Inserted != 30 || run.Seen != 30 || !run.DryRun {
		t.Errorf("the run was %+v", run)
	}
	if len(dst.leads)+len(dst.runs)+len(dst.schema) > 0 || dst.cursor != (leadlake.Cursor{}) || dst.version != -1 {
		t.Errorf("it left %+v", dst)
	}
	if run := must(t, w, dst, ""); run.Inserted != 30 {
		t.Errorf("the run behind it was %+v", run)
	}
}

func TestNamedLeads(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(30), newTable()
	must(t, w, dst, "")
	w.edit("lead-001", "y")
	w.edit("lead-002", "y")
	w.become("lead-003", leadlake.Trashed)
	w.hidden["lead-004"] = true
	run := do(t, w, dst, leadlake.Task{Mode: leadlake.Named, IDs: []string{"lead-001", "lead-003", "lead-004", "nobody"}})
	if run.Updated != 2 || dst.leads["lead-001"].Text("nom") != "y" || dst.state("lead-003") != leadlake.Trashed ||
		dst.leads["lead-002"].Text("nom") == "y" || dst.state("lead-004") != leadlake.Active {
		t.Errorf("the run was %+v", run)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(30), newTable()
	must(t, w, dst, "")
	version := dst.version
	if run := do(t, w, dst, leadlake.Task{Mode: leadlake.Verify, Sample: 20}); run.Seen != 20 || run.Unchanged != 20 || run.Different != 0 {
		t.Errorf("a faithful table: %+v", run)
	}
	broken := dst.leads["lead-007"]
	broken.Values = map[string]leadlake.Value{leadlake.ColumnState: "active", leadlake.ColumnNom: "wrong"}
	dst.leads["lead-007"] = broken
	w.now = w.now.Add(time.Hour)
	run := do(t, w, dst, leadlake.Task{Mode: leadlake.Verify, Sample: 1000})
	if run.Seen != 30 || run.Different != 0 { // edited later than what is stored: it may have changed
		t.Errorf("a lead without a time of its edit: %+v", run)
	}
	broken.Values[leadlake.ColumnLastEditedTime] = w.leads["lead-007"].Time(leadlake.ColumnLastEditedTime)
	run = do(t, w, dst, leadlake.Task{Mode: leadlake.Verify, Sample: 1000})
	if run.Different != 1 || run.Samples[0].ID != "lead-007" || run.Samples[0].Columns[len(run.Samples[0].Columns)-1] != "nom" || dst.version != version {
		t.Errorf("a lead that differs: %+v", run)
	}
	if len(dst.runs) != 1 {
		t.Errorf("%d runs are recorded; want the first alone", len(dst.runs))
	}
}

// TestSchemaDrift has a schema change between runs and in the middle of one.
func TestSchemaDrift(t *testing.T) {
	t.Parallel()
	w, dst := newWorkspace(30), newTable()
	if must(t, w, dst, ""); len(dst.drifts) != 1 || dst.drifts[0].Kind != leadlake.PropertyAdded {
		t.Fatalf("at first: %+v", dst.drifts)
	}
	renamed := w.schema[0]
	renamed.Label = "Lieu"
	w.schema = []leadlake.Property{renamed}
	if run := must(t, w, dst, ""); run.Mode != leadlake.Incremental || len(run.Drift) != 1 || run.Drift[0].Kind != leadlake.PropertyRenamed {
		t.Errorf("a rename: %+v", run)
	}
	w.schema = append(w.schema, leadlake.Property{ID: "b", Label: "Budget", Kind: "number", Column: "budget", Type: leadlake.Number})
	w.breakAfter = 3
	if _, err := run(t, w, dst, ""); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	w.breakAfter = -1
	if len(dst.drifts) != 3 {
		t.Errorf("the journal has %+v", dst.drifts)
	}
	if run := must(t, w, dst, ""); run.Mode != leadlake.Full || run.Seen != 30 {
		t.Errorf("after a new property, and a run that broke off, the next was %+v; want a full one", run)
	}
	if run := must(t, w, dst, ""); run.Mode != leadlake.Incremental {
		t.Errorf("then it was %+v; want an incremental one", run)
	}
}
