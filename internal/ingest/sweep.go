package ingest

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"leadlake"
)

const (
	// fewGone is how many leads may be gone at once before that is suspicious,
	// where it is more than a tenth of them as well.
	fewGone = 20
	// twice is how far apart two sweeps have to be that both miss a lead which
	// the source does not show at all: a page of which the access is taken away
	// and given back is not gone.
	twice = 10 * time.Minute
	// manyNew is from how many leads on that a sweep finds and the lake does not
	// know a full scan reads them better than one question for each.
	manyNew = 500
)

// comparison is what the source lists and the lake holds.
type comparison struct {
	stored  int      // leads that count: active and archived
	missing []string // of these, the ones that are not listed
	changed []string // those that are listed in another state
	news    []string // listed, and not stored
	balance leadlake.Balance
}

// sweep finds out which leads are gone. listed is every lead that the source
// has, if that was just read.
func (c *copying) sweep(ctx context.Context, listed map[string]leadlake.State) error {
	return step(ctx, "sweep", func(ctx context.Context) error { return c.findGone(ctx, listed) })
}

func (c *copying) findGone(ctx context.Context, listed map[string]leadlake.State) error {
	if listed == nil {
		listed = map[string]leadlake.State{}
		for lead, err := range c.syncer.source.IDs(ctx) {
			if err != nil {
				return err // what is not listed then is not gone
			}
			listed[lead.ID] = leadlake.State(lead.Text(leadlake.ColumnState))
			c.listing(len(listed))
		}
	}
	found, err := c.compare(ctx, listed)
	if err != nil {
		return err
	}
	c.run.Balance = &found.balance
	switch {
	case c.task.DryRun && c.run.Mode == leadlake.Full: // what the scan has read is not stored
		found.news, found.changed = nil, nil
	case len(found.news) > manyNew:
		if err := c.reopen(ctx); err != nil {
			return err
		}
		found.news = nil
	}
	if err := c.reread(ctx, slices.Concat(found.changed, found.news), func(string) {}); err != nil {
		return err
	}
	if c.suspicious(found, len(listed)) {
		c.run.Held = len(found.missing)
		c.syncer.options.Log.WarnContext(ctx, "deletions held", slog.Int("missing", len(found.missing)), slog.Int("stored", found.stored))
		return nil
	}
	if err := c.bury(ctx, found.missing); err != nil {
		return err
	}
	return c.count(ctx, found)
}

// listing reports the progress of a list of ids now and then.
func (c *copying) listing(n int) {
	if n%(10*reportEvery) == 0 {
		c.run.Seen = max(c.run.Seen, n)
		c.progress()
	}
}

// compare lays what is listed beside what is stored.
func (c *copying) compare(ctx context.Context, listed map[string]leadlake.State) (comparison, error) {
	var found comparison
	for _, state := range listed {
		if state == leadlake.Archived {
			found.balance.Archived++
		} else {
			found.balance.Active++
		}
	}
	known := make(map[string]bool, len(listed))
	for lead, err := range c.syncer.table.Known(ctx, c.run.Source) {
		if err != nil {
			return found, err
		}
		known[lead.ID] = true
		state := leadlake.State(lead.Text(leadlake.ColumnState))
		is, there := listed[lead.ID]
		if state.Counts() {
			found.stored++
		}
		switch {
		case there && is != state:
			found.changed = append(found.changed, lead.ID)
		case !there && state.Counts():
			found.missing = append(found.missing, lead.ID)
		}
	}
	for id := range listed {
		if !known[id] {
			found.news = append(found.news, id)
		}
	}
	slices.Sort(found.news)
	slices.Sort(found.missing)
	slices.Sort(found.changed)
	found.balance.Stored = found.stored
	return found, nil
}

// suspicious reports whether so much is missing that the source is more likely
// wrong than the lake.
func (c *copying) suspicious(found comparison, listed int) bool {
	if len(found.missing) == 0 || c.task.MassDelete {
		return false
	}
	return listed == 0 || len(found.missing) > max(fewGone, found.stored/10)
}

// bury asks for each lead that is missing what became of it, and stores that. A
// lead that the source lists no more and still shows as ever stays: its index
// is late. One that it does not show at all is unreachable once two sweeps have
// missed it.
func (c *copying) bury(ctx context.Context, missing []string) error {
	before, err := c.syncer.journal.Missing(ctx, c.run.Source)
	if err != nil {
		return err
	}
	now, still := c.syncer.source.Now(), map[string]time.Time{}
	var gone []leadlake.Lead
	err = c.reread(ctx, missing, func(id string) {
		since, known := before[id]
		if !known {
			since = now
		}
		still[id] = since
		if now.Sub(since) >= twice {
			delete(still, id)
			gone = append(gone, leadlake.Lead{ID: id, Values: map[string]leadlake.Value{leadlake.ColumnState: string(leadlake.Unreachable)}})
		}
	})
	if err != nil {
		return err
	}
	if err := c.copy(ctx, all(gone), noCursor); err != nil {
		return err
	}
	if c.task.DryRun || maps.Equal(before, still) {
		return nil
	}
	return c.syncer.journal.SetMissing(ctx, c.run.Source, still)
}

// all yields leads that were read before.
func all(leads []leadlake.Lead) func(func(leadlake.Lead, error) bool) {
	return func(yield func(leadlake.Lead, error) bool) {
		for _, lead := range leads {
			if !yield(lead, nil) {
				return
			}
		}
	}
}

// count counts what is stored now.
func (c *copying) count(ctx context.Context, found comparison) error {
	if len(found.changed)+len(found.news)+len(found.missing) == 0 {
		return nil
	}
	c.run.Balance.Stored = 0
	for lead, err := range c.syncer.table.Known(ctx, c.run.Source) {
		if err != nil {
			return err
		}
		if leadlake.State(lead.Text(leadlake.ColumnState)).Counts() {
			c.run.Balance.Stored++
		}
	}
	return nil
}
