// Package ingest copies a source of leads into the lake: when, how much, in
// which batches, and how far it has come. It knows neither Notion nor the
// table format.
//
// Start reading at Syncer.Run. modes.go has what each mode reads, copying.go
// the batches, sweep.go which leads are gone, schema.go how a schema drifts,
// verify.go the comparison with the source. runner.go repeats runs,
// opening.go opens the source for them, and schedule.go says when.
package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"leadlake"
)

// Source is where leads come from.
//
//nolint:interfacebloat // a sync needs every one of these of its source
type Source interface {
	// ID names the source for as long as its leads are the same.
	ID() string
	// Now returns the time by the source's clock.
	Now() time.Time
	// Schema reads the schema and lays it over what is known of it. It returns
	// every property that there ever was. Leads are read by it until the next
	// call.
	Schema(ctx context.Context, known []leadlake.Property) ([]leadlake.Property, error)
	// Columns returns what the leads speak of beside the core columns.
	Columns() []leadlake.Column
	// Derived reports whether values can change without an edit of their lead.
	Derived() bool
	// Scan yields every lead that was created at or after from, ordered by
	// creation. A listing that is not whole ends in an error.
	Scan(ctx context.Context, from time.Time) iter.Seq2[leadlake.Lead, error]
	// Changed yields every lead that was edited at or after since, ordered by
	// edit. A listing that is not whole ends in an error.
	Changed(ctx context.Context, since time.Time) iter.Seq2[leadlake.Lead, error]
	// IDs yields every lead with no more than its id and state. A listing that
	// is not whole ends in an error.
	IDs(ctx context.Context) iter.Seq2[leadlake.Lead, error]
	// Lead reads one lead, whether it is listed or not. One that the source
	// does not show is an error of kind NotFound.
	Lead(ctx context.Context, id string) (leadlake.Lead, error)
	// Effort returns what reading has cost so far.
	Effort() leadlake.Effort
}

// Table is where leads go to.
type Table interface {
	Cursor(ctx context.Context, source string) (leadlake.Cursor, error)
	Upsert(ctx context.Context, b leadlake.Batch) (leadlake.Tally, error)
	// Known yields the id and state of every lead of source.
	Known(ctx context.Context, source string) iter.Seq2[leadlake.Lead, error]
	// Leads returns what is stored of some leads.
	Leads(ctx context.Context, ids []string) ([]leadlake.Lead, error)
}

// Journal is what syncs write down beside the leads.
type Journal interface {
	AddRun(ctx context.Context, run leadlake.Run) error
	Schema(ctx context.Context, source string) ([]leadlake.Property, error)
	AddDrifts(ctx context.Context, source string, drifts []leadlake.Drift) error
	// Missing returns the leads that the last sweep could not find, and since
	// when.
	Missing(ctx context.Context, source string) (map[string]time.Time, error)
	SetMissing(ctx context.Context, source string, missing map[string]time.Time) error
}

// ErrBusy says that another sync of the same lake goes on.
var ErrBusy = errors.New("another sync goes on")

// Lock lets one sync of a source run at a time, on all machines.
type Lock interface {
	// Acquire returns a context that ends when the lock is lost, the number of
	// the holder's term, and what gives the lock back. Somebody else who holds
	// it is an error with ErrBusy that names them.
	Acquire(ctx context.Context, source string) (working context.Context, term int64, release func(), err error)
}

// Options are what a Syncer can be told; the zero Options are fine.
type Options struct {
	Batch int // leads per commit; default 500
	// Overlap is how far an incremental sync looks back behind the watermark,
	// for edits that the source's index showed late; default 5 minutes.
	Overlap time.Duration
	// Deadline is how long a run may take; default 12 hours.
	Deadline time.Duration
	Lock     Lock             // default: none is needed
	Now      func() time.Time // when runs start and end; default time.Now
	Log      *slog.Logger     // default discards
	// Tracer makes a trace of every run of a Runner; default none.
	Tracer trace.TracerProvider
}

func (o Options) withDefaults() Options {
	if o.Batch == 0 {
		o.Batch = 500
	}
	if o.Overlap == 0 {
		o.Overlap = 5 * time.Minute
	}
	if o.Deadline == 0 {
		o.Deadline = 12 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider()
	}
	return o
}

// Syncer copies one source into one table. One run at a time.
type Syncer struct {
	source  Source
	table   Table
	journal Journal
	options Options
	// proved is a watermark that a run without changes has earned but not
	// committed. Losing it costs a longer look back, nothing else.
	proved time.Time
}

// New returns a syncer from source to table, which keeps its records in
// journal.
func New(source Source, table Table, journal Journal, o Options) *Syncer {
	return &Syncer{source: source, table: table, journal: journal, options: o.withDefaults()}
}

// Run does a task. It tells report of its progress, and returns the run as it
// ended. After an error, everything committed so far stays, and the next run
// carries on from there.
func (s *Syncer) Run(ctx context.Context, task leadlake.Task, report func(leadlake.Run)) (leadlake.Run, error) {
	c := &copying{
		syncer: s, task: task, report: report, effortBefore: s.source.Effort(),
		run: leadlake.Run{
			ID: rand.Text(), Source: s.source.ID(), Mode: task.Mode, DryRun: task.DryRun,
			StartedAt: s.options.Now(), Before: -1, Version: -1,
		},
	}
	err := c.locked(ctx)
	c.progress()
	c.run.Remaining = 0
	c.run.FinishedAt = s.options.Now()
	c.run.Err = err
	if recorded := c.record(ctx); recorded != nil && err == nil {
		c.run.Err, err = recorded, recorded
	}
	report(c.run)
	return c.run, err
}

// locked does the task as the only one, where it writes.
func (c *copying) locked(ctx context.Context) error {
	o := c.syncer.options
	ctx, cancel := context.WithTimeoutCause(ctx, o.Deadline, leadlake.Errorf(leadlake.Unavailable,
		"The sync was stopped because it took longer than %s. What it has read is kept; the next one carries on.", o.Deadline))
	defer cancel()
	if o.Lock != nil && c.writes() {
		working, term, release, err := o.Lock.Acquire(ctx, c.run.Source)
		if err != nil {
			return err
		}
		defer release()
		ctx, c.term = working, term
	}
	err := c.do(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(cause, context.Canceled) {
		return errors.Join(cause, err)
	}
	return err
}

func (c *copying) writes() bool { return !c.task.DryRun && c.task.Mode != leadlake.Verify }

// do does the task.
func (c *copying) do(ctx context.Context) (err error) {
	s := c.syncer
	if c.known, err = s.table.Cursor(ctx, c.run.Source); err != nil {
		return err
	}
	c.run.Mode = c.mode()
	if err := c.commit(ctx, nil, nil); err != nil { // nothing to store: asks for the version
		return err
	}
	c.run.Before = c.run.Version
	if err := step(ctx, "schema", c.readSchema); err != nil {
		return err
	}
	if c.run.Mode == leadlake.Incremental && c.toCome(later(c.known.Watermark, s.proved)) {
		c.run.Mode = leadlake.Full // who asked for the schema knows the source's clock
	}
	switch c.run.Mode {
	case leadlake.Full:
		err = c.full(ctx)
	case leadlake.Sweep:
		err = c.sweep(ctx, nil)
	case leadlake.Verify:
		return c.verify(ctx)
	case leadlake.Named:
		err = c.named(ctx)
	default:
		err = c.incremental(ctx)
	}
	if err != nil {
		return err
	}
	return step(ctx, "schema", c.readSchemaAgain)
}

// mode returns what the task means for what is in the lake: without a full
// scan, or with one that was interrupted, there is nothing else to do.
func (c *copying) mode() leadlake.Mode {
	mode := c.task.Mode
	switch {
	case mode == leadlake.Verify:
		return mode
	case c.known.Watermark.IsZero(), mode == "" && !c.known.ScanStarted.IsZero():
		return leadlake.Full
	case mode == "":
		return leadlake.Incremental
	}
	return mode
}

// record writes the run down, also when its context has ended: that is when
// one wants to know.
func (c *copying) record(ctx context.Context) error {
	if !c.writes() || errors.Is(c.run.Err, ErrBusy) {
		return nil // somebody else works, and writes down that they do
	}
	if errors.Is(c.run.Err, context.Canceled) {
		c.run.Err = leadlake.Errorf(leadlake.Unavailable, "The sync was interrupted; the next one carries on.").Because(c.run.Err)
		defer func(err error) { c.run.Err = err }(context.Canceled)
	}
	patience := 10 * time.Second
	if ctx.Err() != nil {
		patience = 3 * time.Second // somebody waits for the process to end
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := step(ctx, "record", func(ctx context.Context) error { return c.syncer.journal.AddRun(ctx, c.run) }); err != nil {
		return fmt.Errorf("recording the run: %w", err)
	}
	return nil
}
