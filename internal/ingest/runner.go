package ingest

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"leadlake"
)

// RunnerOptions are what a Runner can be told.
type RunnerOptions struct {
	Options
	Every time.Duration // from the end of a run to the next; default 5 minutes
	// LastSuccess is what is known of runs before this process.
	LastSuccess time.Time
}

// Runner repeats runs of one source, one at a time. It opens the source when
// it first needs it, and again after a failure to.
type Runner struct {
	open    func(context.Context) (Source, error)
	table   table
	options RunnerOptions
	wake    chan struct{}

	running sync.Mutex // held by a run
	opening sync.Mutex // guards syncer
	syncer  *Syncer    // nil until the source is open

	mu     sync.Mutex
	asked  bool // whether a run is about to begin because Start asked
	status leadlake.Ingestion
}

// NewRunner returns a runner; nothing runs before Run or Once.
func NewRunner(open func(context.Context) (Source, error), table table, o RunnerOptions) *Runner {
	if o.Every == 0 {
		o.Every = 5 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Runner{
		open: open, table: table, options: o, wake: make(chan struct{}, 1),
		status: leadlake.Ingestion{LastSuccess: o.LastSuccess},
	}
}

// Run syncs at once with the mode first, then whenever the interval has passed
// or Start asks, until ctx ends. A run that fails is logged, and tried again
// like any other. report hears the progress; it may be nil.
func (r *Runner) Run(ctx context.Context, first leadlake.Mode, report func(leadlake.Run)) error {
	for mode := first; ; mode = "" {
		run, err := r.Once(ctx, mode, report)
		r.log(ctx, run, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(r.options.Every):
		case <-r.wake:
		}
	}
}

// Open opens the source now, to learn at once whether it can be.
func (r *Runner) Open(ctx context.Context) error {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.syncer != nil {
		return nil
	}
	source, err := r.open(ctx)
	if err != nil {
		return err
	}
	r.syncer = New(source, r.table, r.options.Options)
	return nil
}

// Start asks for a run: now, or joins the one that goes on or is asked for.
func (r *Runner) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked || r.status.Current != nil {
		return
	}
	r.asked = true
	select {
	case r.wake <- struct{}{}:
	default: // the last one is not read yet
	}
}

// Status returns what is known about the runs. The caller must not change it.
func (r *Runner) Status() leadlake.Ingestion {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Once runs one sync, after the one that goes on. See Syncer.Run; report may
// be nil.
func (r *Runner) Once(ctx context.Context, mode leadlake.Mode, report func(leadlake.Run)) (leadlake.Run, error) {
	r.running.Lock()
	defer r.running.Unlock()
	r.set(func(s *leadlake.Ingestion) {
		s.Current = &leadlake.Run{Mode: mode, StartedAt: r.options.Now(), Version: -1}
	})
	run, err := r.sync(ctx, mode, func(run leadlake.Run) {
		run.Warnings = slices.Clone(run.Warnings)
		r.set(func(s *leadlake.Ingestion) { s.Current = &run })
		if report != nil {
			report(run)
		}
	})
	r.set(func(s *leadlake.Ingestion) {
		s.Current, s.Last = nil, &run
		if err == nil {
			s.LastSuccess, s.LastFailure = r.options.Now(), nil
		} else if !errors.Is(err, context.Canceled) {
			s.LastFailure = &run
		}
	})
	return run, err
}

func (r *Runner) sync(ctx context.Context, mode leadlake.Mode, report func(leadlake.Run)) (leadlake.Run, error) {
	if err := r.Open(ctx); err != nil {
		now := r.options.Now()
		run := leadlake.Run{Mode: mode, StartedAt: now, FinishedAt: now, Version: -1, Err: err}
		report(run)
		return run, err
	}
	return r.syncer.Run(ctx, mode, report)
}

func (r *Runner) set(change func(*leadlake.Ingestion)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.status)
}

func (r *Runner) log(ctx context.Context, run leadlake.Run, err error) {
	attrs := []any{
		slog.String("mode", string(run.Mode)), slog.Int("seen", run.Seen),
		slog.Int("inserted", run.Inserted), slog.Int("updated", run.Updated), slog.Int("unchanged", run.Unchanged),
		slog.Int64("version", run.Version), slog.Int("requests", run.Requests),
		slog.Duration("waited", run.Waited), slog.Duration("took", run.FinishedAt.Sub(run.StartedAt)),
	}
	switch {
	case errors.Is(err, context.Canceled):
		r.options.Log.InfoContext(ctx, "sync interrupted", attrs...)
	case err != nil:
		r.options.Log.WarnContext(ctx, "sync failed", append(attrs, slog.Any("error", err))...)
	default:
		r.options.Log.InfoContext(ctx, "sync done", attrs...)
	}
}
