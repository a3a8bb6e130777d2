package ingest

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"leadlake"
)

// RunnerOptions are what a Runner can be told.
type RunnerOptions struct {
	Options
	Schedule
	// Recall returns what earlier runs have done. It is asked at the start, and
	// whenever somebody else was syncing; nil knows of none.
	Recall func(ctx context.Context) (Recall, error)
}

// Runner repeats runs of one source, one at a time. It opens the source when
// it first needs it, and again after a failure to.
type Runner struct {
	open    func(context.Context) (Source, error)
	table   Table
	journal Journal
	options RunnerOptions
	wake    chan struct{}

	running sync.Mutex // held by a run
	opening sync.Mutex // guards syncer
	syncer  *Syncer    // nil until the source is open

	mu       sync.Mutex
	schedule Schedule
	deadline time.Duration   // of a run that begins now
	renew    bool            // whether the source has to be opened anew
	asked    bool            // whether Start asked for a run that has not begun
	named    map[string]bool // leads that are said to have changed
	flood    bool            // whether they were too many to name
	recall   Recall
	status   leadlake.Ingestion
}

// NewRunner returns a runner; nothing runs before Run or Once.
func NewRunner(open func(context.Context) (Source, error), table Table, journal Journal, o RunnerOptions) *Runner {
	o.Options, o.Schedule = o.Options.withDefaults(), o.Schedule.withDefaults()
	return &Runner{
		open: open, table: table, journal: journal, options: o,
		schedule: o.Schedule, deadline: o.Deadline,
		wake: make(chan struct{}, 1), named: map[string]bool{},
	}
}

// Run syncs at once with the mode first, then whenever something is due or
// asked for, until ctx ends. A run that fails is logged, and tried again like
// any other. report hears the progress; it may be nil.
func (r *Runner) Run(ctx context.Context, first leadlake.Mode, report func(leadlake.Run)) error {
	r.Remember(ctx)
	for tasks := []leadlake.Task{{Mode: first}}; ; tasks = r.due() {
		for _, task := range tasks {
			if _, err := r.traced(ctx, task, report, slog.LevelWarn); err != nil {
				break // what comes next would need it
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(r.pause()):
		case <-r.wake:
		}
	}
}

// Remember asks what earlier runs have done.
func (r *Runner) Remember(ctx context.Context) {
	recall := Recall{}
	if r.options.Recall != nil {
		var err error
		if recall, err = r.options.Recall(ctx); err != nil && ctx.Err() == nil {
			r.options.Log.WarnContext(ctx, "earlier runs cannot be read", slog.Any("error", err))
		}
	}
	now := r.now()
	// Where nothing is known, the lake tells whether a full scan is needed. A
	// time to come is that of a clock which was wrong then.
	for _, at := range []*time.Time{&recall.LastFull, &recall.LastSweep} {
		if at.IsZero() || at.After(now) {
			*at = now
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recall = recall
	r.status.LastSuccess, r.status.Held = later(r.status.LastSuccess, recall.LastSuccess), recall.Held
}

// due returns the tasks of a run that begins now.
func (r *Runner) due() []leadlake.Task {
	now, derived := r.now(), r.derived()
	r.mu.Lock()
	defer r.mu.Unlock()
	modes := r.schedule.due(now, r.recall, derived)
	switch ids := slices.Sorted(maps.Keys(r.named)); {
	case r.flood:
		modes = []leadlake.Mode{"", leadlake.Sweep}
	case len(ids) > 0 && !r.asked && slices.Equal(modes, []leadlake.Mode{""}):
		r.named = map[string]bool{}
		return []leadlake.Task{{Mode: leadlake.Named, IDs: ids}}
	}
	r.named, r.flood = map[string]bool{}, false
	var tasks []leadlake.Task
	for _, mode := range modes {
		tasks = append(tasks, leadlake.Task{Mode: mode})
	}
	return tasks
}

// Start asks for a run: now, or joins the one that goes on or is asked for.
func (r *Runner) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked || r.status.Current != nil {
		return
	}
	r.asked = true
	r.signal()
}

func (r *Runner) signal() {
	select {
	case r.wake <- struct{}{}:
	default: // the last one is not read yet
	}
}

const (
	// debounce is how long more news of changed leads is waited for: one edit in
	// Notion tells of itself several times.
	debounce = 5 * time.Second
	// mostNamed is how many leads are read one by one; more are found by an
	// incremental run and a sweep.
	mostNamed = 500
)

// Changed says that leads may have changed in the source, or be gone. They are
// read soon, and all at once; which of them did is found out then.
func (r *Runner) Changed(ids ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.named) == 0 && !r.flood {
		time.AfterFunc(debounce, r.signal) // a run in between takes them along; then it wakes for nothing
	}
	for _, id := range ids {
		r.named[id] = true
	}
	if len(r.named) > mostNamed {
		r.named, r.flood = map[string]bool{}, true
	}
}

// Status returns what is known about the runs. The caller must not change it.
func (r *Runner) Status() leadlake.Ingestion {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Once does one task, after the run that goes on. See Syncer.Run; report may
// be nil.
func (r *Runner) Once(ctx context.Context, task leadlake.Task, report func(leadlake.Run)) (leadlake.Run, error) {
	return r.traced(ctx, task, report, slog.LevelInfo) // the caller hears of a failure, and says so
}

// traced does a task as one trace, and logs it in that, a failure at the level
// failed.
func (r *Runner) traced(ctx context.Context, task leadlake.Task, report func(leadlake.Run), failed slog.Level) (leadlake.Run, error) {
	ctx, span := r.begin(ctx)
	run, err := r.once(ctx, task, report)
	r.log(ctx, run, err, failed)
	end(span, run, err)
	return run, err
}

func (r *Runner) once(ctx context.Context, task leadlake.Task, report func(leadlake.Run)) (leadlake.Run, error) {
	r.running.Lock()
	defer r.running.Unlock()
	r.mu.Lock()
	r.asked = false
	r.status.Current = &leadlake.Run{Mode: task.Mode, StartedAt: r.options.Now(), Before: -1, Version: -1}
	r.mu.Unlock()
	run, err := r.sync(ctx, task, func(run leadlake.Run) {
		r.mu.Lock()
		r.status.Current = &run
		r.mu.Unlock()
		if report != nil {
			report(run)
		}
	})
	if errors.Is(err, ErrBusy) {
		r.Remember(ctx) // they keep the lake fresh
	}
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended(run, now.Add(-run.FinishedAt.Sub(run.StartedAt)), err)
	return run, err
}

// ended notes what is known since a run has ended that began, by the source's
// clock, at began.
func (r *Runner) ended(run leadlake.Run, began time.Time, err error) {
	s := &r.status
	s.Current, s.Elsewhere = nil, ""
	switch {
	case errors.Is(err, ErrBusy):
		s.Elsewhere = leadlake.MessageOf(err)
		return
	case err == nil && !run.DryRun && run.Mode != leadlake.Verify:
		s.LastSuccess, s.LastFailure, s.FailingSince = r.options.Now(), nil, time.Time{}
	case err != nil && !errors.Is(err, context.Canceled):
		if s.LastFailure == nil {
			s.FailingSince = run.FinishedAt
		}
		s.LastFailure = &run
	}
	s.Last = &run
	if err == nil && !run.DryRun {
		r.swept(run, began)
	}
}

// swept notes what is known since a run has looked which leads are gone.
func (r *Runner) swept(run leadlake.Run, began time.Time) {
	if run.Mode != leadlake.Full && run.Mode != leadlake.Sweep {
		return
	}
	r.recall.LastSweep = began
	if run.Mode == leadlake.Full {
		r.recall.LastFull = began
	}
	if r.status.Held = nil; run.Held > 0 {
		r.status.Held = &run
	}
}

func (r *Runner) sync(ctx context.Context, task leadlake.Task, report func(leadlake.Run)) (leadlake.Run, error) {
	syncer, err := r.opened(ctx)
	if err != nil {
		now := r.options.Now()
		run := leadlake.Run{Mode: task.Mode, StartedAt: now, FinishedAt: now, Before: -1, Version: -1, Err: err}
		report(run)
		return run, err
	}
	return syncer.Run(ctx, task, report)
}

func (r *Runner) log(ctx context.Context, run leadlake.Run, err error, failed slog.Level) {
	attrs := []any{
		slog.String("run", run.ID), slog.String("mode", string(run.Mode)), slog.Int("seen", run.Seen),
		slog.Int("inserted", run.Inserted), slog.Int("updated", run.Updated), slog.Int("unchanged", run.Unchanged),
		slog.Int("gone", run.Moves.Gone()), slog.Int("held", run.Held),
		slog.Int64("version", run.Version), slog.Int("requests", run.Requests),
		slog.Duration("waited", run.Waited), slog.Duration("took", run.FinishedAt.Sub(run.StartedAt)),
	}
	switch {
	case errors.Is(err, context.Canceled):
		r.options.Log.InfoContext(ctx, "sync interrupted", attrs...)
	case errors.Is(err, ErrBusy):
		r.options.Log.InfoContext(ctx, "sync left to another process", slog.String("holder", leadlake.MessageOf(err)))
	case err != nil:
		r.options.Log.Log(ctx, failed, "sync failed", append(attrs, slog.Any("error", err))...)
	default:
		r.options.Log.InfoContext(ctx, "sync done", attrs...)
	}
}
