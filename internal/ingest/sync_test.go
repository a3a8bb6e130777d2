package ingest_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/ingest"
)

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

// TestAClockThatWasWrong sets the source's clock ahead for some runs: what is
// edited when it is right again is read at once, and once.
func TestAClockThatWasWrong(t *testing.T) {
	t.Parallel()
	for _, while := range []leadlake.Mode{"", leadlake.Full} {
		w, dst := newWorkspace(10), newTable()
		syncer := ingest.New(w, dst, dst, ingest.Options{})
		run := func(mode leadlake.Mode) leadlake.Run {
			t.Helper()
			r, err := syncer.Run(t.Context(), leadlake.Task{Mode: mode}, func(leadlake.Run) {})
			if err != nil || !dst.equals(w) {
				t.Fatalf("after a run of mode %q: %v, or the table differs", mode, err)
			}
			return r
		}
		run("")
		right := w.now
		w.now = right.Add(48 * time.Hour)
		w.edit("lead-001", "at a time to come")
		run(while)
		run(while)
		w.now = right.Add(time.Hour)
		w.edit("lead-002", "when the clock is right")
		if r := run(""); r.Mode != leadlake.Full {
			t.Errorf("the first run is %s; want that all is read again", r.Mode)
		}
		w.edit("lead-003", "a little later")
		if r := run(""); r.Mode != leadlake.Incremental {
			t.Errorf("the next run is %s", r.Mode)
		}
		if dst.cursor.Watermark.After(w.now) {
			t.Errorf("the watermark is %s, at %s", dst.cursor.Watermark, w.now)
		}
	}
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

// TestALeadAstray has a listing begin with a lead that belongs far behind, and
// break off soon after: what lies between was not read.
func TestALeadAstray(t *testing.T) {
	t.Parallel()
	for given := range 8 {
		w, dst := newWorkspace(30), newTable()
		must(t, w, dst, "")
		for i := range 30 { // edits of the last hour, one in each two minutes
			w.edit(fmt.Sprintf("lead-%03d", i), "edited")
			w.now = w.now.Add(2 * time.Minute)
		}
		w.astray, w.breakAfter = "lead-027", given
		if _, err := run(t, w, dst, ""); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		w.astray, w.breakAfter = "", -1
		w.now = w.now.Add(time.Hour)
		must(t, w, dst, "")
	}
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
				must(t, w, dst, "") // also what was edited in the part of a scan that was read before
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
