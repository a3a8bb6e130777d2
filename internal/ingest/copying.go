package ingest

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"leadlake"
)

// reportEvery is how many leads are read between two reports.
const reportEvery = 100

// copying is one run while it goes on.
type copying struct {
	syncer       *Syncer
	columns      []leadlake.Column
	known        leadlake.Cursor // at the start of the run
	report       func(leadlake.Run)
	effortBefore leadlake.Effort
	run          leadlake.Run
	first        time.Time // created time of the first lead, for the estimate
}

// copy stores leads in batches. Each batch moves the cursor to what cursor
// returns for its last lead. The leads read before an error are stored: they
// are true, and the next run need not read them again.
func (c *copying) copy(ctx context.Context, leads iter.Seq2[leadlake.Lead, error], cursor func(leadlake.Lead) *leadlake.Cursor) error {
	seen := map[string]bool{} // ids of the batch: a row may come on two pages
	var batch []leadlake.Lead
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := c.commit(ctx, batch, cursor(batch[len(batch)-1]))
		batch = batch[:0]
		clear(seen)
		return err
	}
	for lead, err := range leads {
		if err != nil {
			if ctx.Err() == nil {
				if stored := flush(); stored != nil {
					return stored
				}
			}
			return err
		}
		if !seen[lead.ID] {
			seen[lead.ID] = true
			c.run.Seen++
		}
		batch = append(batch, lead)
		if c.run.Seen%reportEvery == 0 {
			c.estimate(lead)
			c.progress()
		}
		if len(batch) >= c.syncer.options.Batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (c *copying) commit(ctx context.Context, leads []leadlake.Lead, cursor *leadlake.Cursor) error {
	tally, err := c.syncer.table.Upsert(ctx, leadlake.Batch{
		Source: c.syncer.source.ID(), Columns: c.columns, Leads: leads, Cursor: cursor, TakesOver: true,
	})
	if err != nil {
		return err
	}
	c.run.Inserted += tally.Inserted
	c.run.Updated += tally.Updated
	c.run.Unchanged += tally.Unchanged
	c.run.Version = tally.Version
	c.syncer.options.Log.DebugContext(ctx, "batch stored", slog.Int64("version", tally.Version),
		slog.Int("inserted", tally.Inserted), slog.Int("updated", tally.Updated), slog.Int("unchanged", tally.Unchanged))
	c.progress()
	return nil
}

// progress reports the run as it stands.
func (c *copying) progress() {
	effort := c.syncer.source.Effort()
	c.run.Requests = effort.Requests - c.effortBefore.Requests
	c.run.Waited = effort.Waited - c.effortBefore.Waited
	c.run.Warnings = effort.Warnings
	c.report(c.run)
}

// estimate guesses what is left of a full scan from how far its creation times
// have come between the first one and now.
func (c *copying) estimate(lead leadlake.Lead) {
	created := lead.Time(leadlake.ColumnCreatedTime)
	if c.first.IsZero() {
		c.first = created
	}
	way, done := c.syncer.source.Now().Sub(c.first), created.Sub(c.first)
	if c.run.Mode != leadlake.Full || way <= 0 || done <= 0 {
		return
	}
	spent := c.syncer.options.Now().Sub(c.run.StartedAt)
	c.run.Remaining = max(0, time.Duration(float64(spent)*(float64(way)/float64(done)-1)))
}
