// Package ingest copies a source of leads into the lake: when, how much, in
// which batches, and how far it has come. It knows neither Notion nor the
// table format.
//
// Start reading at Syncer.Run; runner.go repeats it.
package ingest

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"leadlake"
)

// Source is where leads come from.
type Source interface {
	// ID names the source for as long as its leads are the same.
	ID() string
	// Now returns the time by the source's clock.
	Now() time.Time
	// Columns reads what the leads speak of beside the core columns.
	Columns(ctx context.Context) ([]leadlake.Column, error)
	// Scan yields every lead that was created at or after from, ordered by
	// creation. A listing that is not whole ends in an error.
	Scan(ctx context.Context, from time.Time) iter.Seq2[leadlake.Lead, error]
	// Changed yields every lead that was edited at or after since, ordered by
	// edit. A listing that is not whole ends in an error.
	Changed(ctx context.Context, since time.Time) iter.Seq2[leadlake.Lead, error]
	// Effort returns what reading has cost so far.
	Effort() leadlake.Effort
}

// table is where leads go to.
type table interface {
	Cursor(ctx context.Context, source string) (leadlake.Cursor, error)
	Upsert(ctx context.Context, b leadlake.Batch) (leadlake.Tally, error)
}

// Options are what a Syncer can be told; the zero Options are fine.
type Options struct {
	Batch int // leads per commit; default 500
	// Overlap is how far an incremental sync looks back behind the watermark,
	// for edits that the source's index showed late; default 5 minutes.
	Overlap time.Duration
	Now     func() time.Time // when runs start and end; default time.Now
	Log     *slog.Logger     // default discards
}

// Syncer copies one source into one table. One run at a time.
type Syncer struct {
	source  Source
	table   table
	options Options
	// proved is a watermark that a run without changes has earned but not
	// committed. Losing it costs a longer look back, nothing else.
	proved time.Time
}

// New returns a syncer from source to table.
func New(source Source, table table, o Options) *Syncer {
	if o.Batch == 0 {
		o.Batch = 500
	}
	if o.Overlap == 0 {
		o.Overlap = 5 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Syncer{source: source, table: table, options: o}
}

// Run copies what mode says; the empty mode is Incremental once a full scan
// has succeeded, and Full until then. It tells report of its progress, and
// returns the run as it ended. After an error, everything committed so far
// stays, and the next run carries on from there.
func (s *Syncer) Run(ctx context.Context, mode leadlake.Mode, report func(leadlake.Run)) (leadlake.Run, error) {
	cursor, err := s.table.Cursor(ctx, s.source.ID())
	if mode == "" {
		mode = leadlake.Incremental
	}
	if cursor.Watermark.IsZero() {
		mode = leadlake.Full
	}
	c := &copying{
		syncer: s, known: cursor, report: report, effortBefore: s.source.Effort(),
		run: leadlake.Run{Mode: mode, StartedAt: s.options.Now(), Version: -1},
	}
	if err == nil {
		c.columns, err = s.source.Columns(ctx)
	}
	if err == nil && mode == leadlake.Full {
		err = c.full(ctx)
	} else if err == nil {
		err = c.incremental(ctx)
	}
	if err == nil && c.run.Version < 0 {
		err = c.commit(ctx, nil, nil) // nothing to store: only asks for the version
	}
	c.progress()
	c.run.Remaining = 0
	c.run.FinishedAt = s.options.Now()
	c.run.Err = err
	report(c.run)
	return c.run, err
}

// resumable is the age up to which an interrupted full scan is carried on
// rather than begun again.
const resumable = 24 * time.Hour

// full reads every lead. The watermark becomes the moment at which the scan
// began: what is edited behind the scan's back is found by the next
// incremental run.
func (c *copying) full(ctx context.Context) error {
	started, from := minute(c.syncer.source.Now()), time.Time{}
	if known := c.known.ScanStarted; !known.IsZero() && started.Sub(known) < resumable {
		started, from = known, c.known.ScanPosition
	}
	cursor := func(last leadlake.Lead) *leadlake.Cursor {
		return &leadlake.Cursor{
			Watermark: c.known.Watermark, ScanStarted: started, ScanPosition: last.Time(leadlake.ColumnCreatedTime),
		}
	}
	if err := c.copy(ctx, c.syncer.source.Scan(ctx, from), cursor); err != nil {
		return err
	}
	if c.run.Seen == 0 && from.IsZero() {
		return nil // an empty listing proves nothing
	}
	c.syncer.proved = later(c.syncer.proved, started)
	known, err := c.syncer.table.Cursor(ctx, c.syncer.source.ID())
	if err != nil || (known.ScanStarted.IsZero() && !known.Watermark.IsZero()) {
		return err // no batch changed anything, so no scan is on record
	}
	return c.commit(ctx, nil, &leadlake.Cursor{Watermark: later(known.Watermark, started)})
}

// incremental reads what was edited since the watermark.
func (c *copying) incremental(ctx context.Context) error {
	started := minute(c.syncer.source.Now())
	since := later(c.known.Watermark, c.syncer.proved).Add(-c.syncer.options.Overlap)
	newest := time.Time{}
	cursor := func(last leadlake.Lead) *leadlake.Cursor {
		// Edits come in order, so all before the last one have been seen. A
		// time in the future, which Notion has been seen to give, proves
		// nothing beyond the start of the run.
		newest = later(newest, minute(last.Time(leadlake.ColumnLastEditedTime)))
		next := c.known
		next.Watermark = later(next.Watermark, earlier(newest, started))
		return &next
	}
	if err := c.copy(ctx, c.syncer.source.Changed(ctx, since), cursor); err != nil {
		return err
	}
	c.syncer.proved = later(c.syncer.proved, started)
	return nil
}

// minute cuts a time to its minute: sources may know no more of it.
func minute(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
