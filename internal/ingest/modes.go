package ingest

import (
	"context"
	"iter"
	"time"

	"leadlake"
)

// resumable is the age up to which an interrupted full scan is carried on
// rather than begun again.
const resumable = 24 * time.Hour

// full reads every lead, and then which are gone. The watermark becomes the
// moment at which the scan began: what is edited behind the scan's back is
// found by the next incremental run. A scan that another run began is followed by
// such a reading at once, because that may be long ago.
func (c *copying) full(ctx context.Context) error {
	started, from := minute(c.syncer.source.Now()), time.Time{}
	if known := c.known.ScanStarted; !known.IsZero() && started.Sub(known) < resumable && !c.toCome(known) {
		started, from = known, c.known.ScanPosition
	}
	c.run.Since = from
	position := from
	cursor := func(batch []leadlake.Lead, _ bool) *leadlake.Cursor {
		position = later(position, reached(batch, leadlake.ColumnCreatedTime))
		return &leadlake.Cursor{Watermark: c.known.Watermark, ScanStarted: started, ScanPosition: position}
	}
	c.listed = map[string]leadlake.State{}
	if err := c.copy(ctx, c.syncer.source.Scan(ctx, from), cursor); err != nil {
		return err
	}
	listed := c.listed
	if c.listed = nil; !from.IsZero() {
		listed = nil // the first part was listed by another run
	}
	if c.run.Seen == 0 && from.IsZero() {
		return c.sweep(ctx, listed) // an empty listing proves nothing
	}
	if err := c.prove(ctx, started); err != nil {
		return err
	}
	if !from.IsZero() && !c.task.DryRun {
		if err := c.catchUp(ctx); err != nil {
			return err
		}
	}
	return c.sweep(ctx, listed)
}

// catchUp reads what was edited in the part of a scan that another run has read.
func (c *copying) catchUp(ctx context.Context) (err error) {
	began := c.run.Since
	defer func() { c.run.Since = began }()
	if c.known, err = c.syncer.table.Cursor(ctx, c.run.Source); err != nil {
		return err
	}
	return c.incremental(ctx)
}

// prove moves the watermark to the start of a scan that came to its end.
func (c *copying) prove(ctx context.Context, started time.Time) error {
	if c.task.DryRun {
		return nil
	}
	if c.toCome(c.syncer.proved) {
		c.syncer.proved = time.Time{}
	}
	c.syncer.proved = later(c.syncer.proved, started)
	known, err := c.syncer.table.Cursor(ctx, c.run.Source)
	wrong := c.toCome(known.Watermark)
	if err != nil || known.ScanStarted.IsZero() && !known.Watermark.IsZero() && !wrong {
		return err // no batch changed anything, so no scan is on record
	}
	if wrong {
		known.Watermark = time.Time{}
	}
	return c.commit(ctx, nil, &leadlake.Cursor{Watermark: later(known.Watermark, started)})
}

// toCome reports whether a watermark is of a time to come. The source's clock
// was wrong then: what is edited now would not be looked for until that time.
func (c *copying) toCome(watermark time.Time) bool {
	return watermark.After(c.syncer.source.Now().Add(c.syncer.options.Overlap))
}

// settled is how old an edit has to be for its place in the order of edits to be
// certain.
const settled = 2 * time.Minute

// incremental reads what was edited since the watermark.
func (c *copying) incremental(ctx context.Context) error {
	started := minute(c.syncer.source.Now())
	since := later(c.known.Watermark, c.syncer.proved).Add(-c.syncer.options.Overlap)
	c.run.Since = since
	newest := time.Time{}
	cursor := func(batch []leadlake.Lead, whole bool) *leadlake.Cursor {
		// Edits come in order, so all before the last ones have been seen: if those
		// were not edited again while they were listed, which their time tells, nor
		// have a time to come, as Notion has been seen to give.
		if at := minute(reached(batch, leadlake.ColumnLastEditedTime)); at.Before(started.Add(-settled)) {
			newest = later(newest, at)
		}
		if whole {
			newest = started
		}
		next := c.known
		next.Watermark = later(next.Watermark, newest)
		return &next
	}
	if err := c.copy(ctx, c.syncer.source.Changed(ctx, since), cursor); err != nil {
		return err
	}
	if !c.task.DryRun {
		c.syncer.proved = later(c.syncer.proved, started)
	}
	return nil
}

// named reads the leads that the task names, whether they are listed or not. One
// that the lake does not know and that is gone already never was a lead.
func (c *copying) named(ctx context.Context) error {
	stored, err := c.syncer.table.Leads(ctx, c.task.IDs)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, lead := range stored {
		known[lead.ID] = true
	}
	leads := func(yield func(leadlake.Lead, error) bool) {
		for lead, err := range c.read(ctx, c.task.IDs, func(string) {}) {
			if err == nil && !known[lead.ID] && !leadlake.State(lead.Text(leadlake.ColumnState)).Counts() {
				continue
			}
			if !yield(lead, err) {
				return
			}
		}
	}
	return c.copy(ctx, leads, noCursor)
}

func noCursor([]leadlake.Lead, bool) *leadlake.Cursor { return nil }

// reread reads leads one by one and stores them in batches. missing hears of
// those that the source does not show.
func (c *copying) reread(ctx context.Context, ids []string, missing func(id string)) error {
	return c.copy(ctx, c.read(ctx, ids, missing), noCursor)
}

// read yields leads, read one by one.
func (c *copying) read(ctx context.Context, ids []string, missing func(id string)) iter.Seq2[leadlake.Lead, error] {
	return func(yield func(leadlake.Lead, error) bool) {
		for _, id := range ids {
			lead, err := c.syncer.source.Lead(ctx, id)
			if leadlake.KindOf(err) == leadlake.NotFound {
				missing(id)
				continue
			}
			if !yield(lead, err) || err != nil {
				return
			}
		}
	}
}

// minute cuts a time to its minute: sources may know no more of it.
func minute(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
