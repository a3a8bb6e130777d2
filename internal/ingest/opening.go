package ingest

import (
	"context"
	"time"
)

// Open opens the source now, to learn at once whether it can be.
func (r *Runner) Open(ctx context.Context) error {
	_, err := r.opened(ctx)
	return err
}

func (r *Runner) opened(ctx context.Context) (*Syncer, error) {
	r.opening.Lock()
	defer r.opening.Unlock()
	o := r.options.Options
	r.mu.Lock()
	if o.Deadline = r.deadline; r.renew {
		r.syncer, r.renew = nil, false
	}
	r.mu.Unlock()
	if r.syncer != nil {
		return r.syncer, nil
	}
	source, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	r.syncer = New(source, r.table, r.journal, o)
	return r.syncer, nil
}

// Reconfigure gives the runs to come another schedule and another deadline, and
// has the source opened anew for them. The next one begins at once, or after
// the one that goes on, which stays as it is.
func (r *Runner) Reconfigure(s Schedule, deadline time.Duration) {
	o := Options{Deadline: deadline}.withDefaults()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.schedule, r.deadline, r.renew = s.withDefaults(), o.Deadline, true
	r.signal()
}

// Source returns the id of the source, "" while it is not open.
func (r *Runner) Source() string {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.syncer == nil {
		return ""
	}
	return r.syncer.source.ID()
}

// now returns the time by the source's clock, by this machine's while there is
// no source.
func (r *Runner) now() time.Time {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.syncer == nil {
		return r.options.Now()
	}
	return r.syncer.source.Now()
}

func (r *Runner) derived() bool {
	r.opening.Lock()
	defer r.opening.Unlock()
	return r.syncer != nil && r.syncer.source.Derived()
}

func (r *Runner) pause() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.schedule.pause()
}
