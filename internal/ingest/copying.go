package ingest

import (
	"context"
	"iter"
	"log/slog"
	"slices"
	"time"

	"leadlake"
)

// reportEvery is how many leads are read between two reports.
const reportEvery = 100

// mostSamples is how many samples a dry run gives.
const mostSamples = 10

// copying is one run while it goes on.
type copying struct {
	syncer       *Syncer
	task         leadlake.Task
	term         int64 // of the lock; 0 without one
	properties   []leadlake.Property
	first        bool // whether no schema was known before
	columns      []leadlake.Column
	listed       map[string]leadlake.State // what a full scan has seen; nil where nobody asks
	known        leadlake.Cursor           // at the start of the run
	report       func(leadlake.Run)
	effortBefore leadlake.Effort
	run          leadlake.Run
	oldest       time.Time // created time of the first lead, for the estimate
}

// copy stores leads in batches. Each batch moves the cursor to what cursor
// returns for it; whole says that there are no more. The leads read
// before an error are stored: they are true, and the next run need not read
// them again.
func (c *copying) copy(ctx context.Context, leads iter.Seq2[leadlake.Lead, error], cursor func(batch []leadlake.Lead, whole bool) *leadlake.Cursor) error {
	seen := map[string]bool{} // ids of the batch: a row may come on two pages
	var batch []leadlake.Lead
	flush := func(whole bool) error {
		if len(batch) == 0 {
			return nil
		}
		err := c.commit(ctx, batch, cursor(batch, whole))
		batch = batch[:0]
		clear(seen)
		return err
	}
	for lead, err := range leads {
		if err != nil {
			if ctx.Err() == nil {
				if stored := flush(false); stored != nil {
					return stored
				}
			}
			return err
		}
		if len(batch) >= c.syncer.options.Batch {
			if err := flush(false); err != nil { // only now, so that something is left to be the last batch
				return err
			}
		}
		if !seen[lead.ID] {
			seen[lead.ID] = true
			c.run.Seen++
		}
		if c.listed != nil {
			c.listed[lead.ID] = leadlake.State(lead.Text(leadlake.ColumnState))
		}
		batch = append(batch, lead)
		if c.run.Seen%reportEvery == 0 {
			c.estimate(lead)
			c.progress()
		}
	}
	return flush(true)
}

// reached returns how far an ordered listing has come with a batch, by the time
// in column: what the second half of it has at least. A row that is listed again
// in another place, or was edited on its way, does not look like progress; of so
// few that it could be half of them, there is none.
func reached(batch []leadlake.Lead, column string) time.Time {
	if len(batch) < 3 {
		return time.Time{}
	}
	half := batch[len(batch)/2:]
	at := half[0].Time(column)
	for _, lead := range half {
		if t := lead.Time(column); t.Before(at) {
			at = t
		}
	}
	return at
}

func (c *copying) commit(ctx context.Context, leads []leadlake.Lead, cursor *leadlake.Cursor) error {
	var tally leadlake.Tally
	err := step(ctx, "store", func(ctx context.Context) (err error) {
		tally, err = c.syncer.table.Upsert(ctx, leadlake.Batch{
			Source: c.run.Source, Columns: c.columns, Leads: leads, Cursor: cursor, TakesOver: true,
			SeenAt: c.syncer.source.Now(), Term: c.term, DryRun: !c.writes(),
		})
		return err
	})
	if err != nil {
		return err
	}
	c.run.Inserted += tally.Inserted
	c.run.Updated += tally.Updated
	c.run.Unchanged += tally.Unchanged
	c.run.Moves = c.run.Moves.Plus(tally.Moves)
	c.run.Version = tally.Version
	if room := mostSamples - len(c.run.Samples); c.task.DryRun && room > 0 {
		c.run.Samples = append(slices.Clip(c.run.Samples), tally.Samples[:min(room, len(tally.Samples))]...)
	}
	c.syncer.options.Log.DebugContext(ctx, "batch stored", slog.Int64("version", tally.Version),
		slog.Int("inserted", tally.Inserted), slog.Int("updated", tally.Updated), slog.Int("unchanged", tally.Unchanged))
	c.progress()
	return nil
}

// progress reports the run as it stands.
func (c *copying) progress() {
	effort, before := c.syncer.source.Effort(), c.effortBefore
	c.run.Requests = effort.Requests - before.Requests
	c.run.Retries = effort.Retries - before.Retries
	c.run.Waited = effort.Waited - before.Waited
	c.run.PausedUntil = effort.PausedUntil
	c.run.Warnings = leadlake.WarningsSince(before.Warnings, effort.Warnings)
	if len(effort.RequestIDs) > 0 && !slices.Equal(effort.RequestIDs, before.RequestIDs) {
		c.run.RequestIDs = effort.RequestIDs
	}
	c.report(c.run)
}

// estimate guesses what is left of a full scan from how far its creation times
// have come between the first one and now.
func (c *copying) estimate(lead leadlake.Lead) {
	created := lead.Time(leadlake.ColumnCreatedTime)
	if c.oldest.IsZero() {
		c.oldest = created
	}
	way, done := c.syncer.source.Now().Sub(c.oldest), created.Sub(c.oldest)
	if c.run.Mode != leadlake.Full || way <= 0 || done <= 0 {
		return
	}
	spent := c.syncer.options.Now().Sub(c.run.StartedAt)
	c.run.Remaining = max(0, time.Duration(float64(spent)*(float64(way)/float64(done)-1)))
}
