package ingest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"leadlake"
	"leadlake/internal/ingest"
)

func TestRunnerRepeatsAndIsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, dst := newWorkspace(3), newTable()
		w.ticking = true
		open := func(context.Context) (ingest.Source, error) { return w, nil }
		r := ingest.NewRunner(open, dst, dst, ingest.RunnerOptions{Schedule: ingest.Schedule{Every: time.Hour, SweepEvery: 100 * time.Hour}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx, leadlake.Full, nil) }()
		runs := func() int { synctest.Wait(); return len(w.asked) }
		if n := runs(); n != 1 || r.Status().Last.Mode != leadlake.Full || !dst.equals(w) {
			t.Errorf("after the start: %d runs, status %+v", n, r.Status())
		}
		time.Sleep(53 * time.Minute)
		if n := runs(); n != 1 {
			t.Errorf("before the interval has passed: %d runs", n)
		}
		r.Start()
		r.Start()
		if n := runs(); n != 2 || r.Status().Last.Mode != leadlake.Incremental {
			t.Errorf("asked twice at once: %d runs, status %+v", n, r.Status())
		}
		time.Sleep(67 * time.Minute)
		if n := runs(); n != 3 {
			t.Errorf("after the interval: %d runs", n)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestRunnerOutlivesFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, dst := newWorkspace(3), newTable()
		w.ticking = true
		wrong := leadlake.Errorf(leadlake.Unavailable, "Notion is away.")
		var failure error = wrong
		open := func(context.Context) (ingest.Source, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w, failure
		}
		change := func(to error, breakAfter int) {
			w.mu.Lock()
			defer w.mu.Unlock()
			failure, w.breakAfter = to, breakAfter
		}
		r := ingest.NewRunner(open, dst, dst, ingest.RunnerOptions{Schedule: ingest.Schedule{Every: time.Minute}})
		if err := r.Open(t.Context()); !errors.Is(err, wrong) {
			t.Errorf("Open: %v; want %v", err, wrong)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var told leadlake.Run
		go func() { _ = r.Run(ctx, "", func(run leadlake.Run) { told = run }) }()
		synctest.Wait()
		if !errors.Is(told.Err, wrong) || told.FinishedAt.IsZero() {
			t.Errorf("report heard %+v; want that the source cannot be opened", told)
		}
		if s := r.Status(); s.LastFailure == nil || !errors.Is(s.LastFailure.Err, wrong) || !s.LastSuccess.IsZero() || s.Current != nil {
			t.Errorf("while it cannot be opened: %+v", s)
		}
		change(nil, 1)
		time.Sleep(67 * time.Second)
		synctest.Wait()
		if s := r.Status(); s.LastFailure == nil || !errors.Is(s.LastFailure.Err, errBroken) {
			t.Errorf("while it breaks: %+v", s)
		}
		change(nil, -1)
		time.Sleep(67 * time.Second)
		synctest.Wait()
		if s := r.Status(); s.LastFailure != nil || s.LastSuccess.IsZero() || !dst.equals(w) {
			t.Errorf("when it works again: %+v", s)
		}
	})
}

// TestRunnerIsReconfigured gives a runner another schedule and another source:
// the run that goes on keeps what it has, the next one begins at once.
func TestRunnerIsReconfigured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second, dst := newWorkspace(3), newWorkspace(5), newTable()
		first.ticking, second.ticking = true, true
		opened := []*workspace{first, second}
		open := func(context.Context) (ingest.Source, error) {
			w := opened[0]
			opened = opened[1:]
			return w, nil
		}
		r := ingest.NewRunner(open, dst, dst, ingest.RunnerOptions{Schedule: ingest.Schedule{Every: time.Hour, SweepEvery: 100 * time.Hour}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx, leadlake.Full, nil) }()
		synctest.Wait()
		r.Reconfigure(ingest.Schedule{Every: time.Minute, SweepEvery: 100 * time.Hour}, time.Hour)
		synctest.Wait()
		if len(first.asked) != 1 || len(second.asked) != 1 || r.Status().LastFailure != nil {
			t.Errorf("at once: the sources were asked %d and %d times, status %+v", len(first.asked), len(second.asked), r.Status())
		}
		time.Sleep(67 * time.Second)
		synctest.Wait()
		if len(first.asked) != 1 || len(second.asked) != 2 {
			t.Errorf("after the new interval: the sources were asked %d and %d times", len(first.asked), len(second.asked))
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
