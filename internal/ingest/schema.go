package ingest

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"leadlake"
)

// readSchema reads the schema before the leads, and writes down how it has
// changed. Where values may have changed without an edit of their leads, the
// run becomes a full one; the lake knows that before the journal does, so that
// a run that ends here does not lose it.
func (c *copying) readSchema(ctx context.Context) error {
	drifts, err := c.drift(ctx)
	if err != nil || len(drifts) == 0 {
		return err
	}
	if !c.first && slices.ContainsFunc(drifts, leadlake.Drift.Rereads) && c.run.Mode != leadlake.Verify {
		if err := c.reopen(ctx); err != nil {
			return err
		}
		c.run.Mode = leadlake.Full
	}
	return c.addDrifts(ctx, drifts)
}

// readSchemaAgain reads the schema behind the leads: where it changed while
// they were read, the next run is a full one.
func (c *copying) readSchemaAgain(ctx context.Context) error {
	drifts, err := c.drift(ctx)
	if err != nil || len(drifts) == 0 {
		return err
	}
	if slices.ContainsFunc(drifts, leadlake.Drift.Rereads) {
		if err := c.reopen(ctx); err != nil {
			return err
		}
	}
	return c.addDrifts(ctx, drifts)
}

// reopen notes in the lake that a full scan has to begin.
func (c *copying) reopen(ctx context.Context) error {
	if c.task.DryRun {
		return nil
	}
	known, err := c.syncer.table.Cursor(ctx, c.run.Source)
	if err != nil || known.Watermark.IsZero() {
		return err
	}
	next := leadlake.Cursor{Watermark: known.Watermark, ScanStarted: minute(c.syncer.source.Now())}
	if err := c.commit(ctx, nil, &next); err != nil {
		return err
	}
	c.known = next
	return nil
}

func (c *copying) drift(ctx context.Context) ([]leadlake.Drift, error) {
	if c.properties == nil {
		known, err := c.syncer.journal.Schema(ctx, c.run.Source)
		if err != nil {
			return nil, err
		}
		c.properties, c.first = known, len(known) == 0
	}
	now, err := c.syncer.source.Schema(ctx, c.properties)
	if err != nil {
		return nil, err
	}
	drifts := leadlake.Drifts(c.properties, now, c.syncer.source.Now())
	c.properties, c.columns = now, c.syncer.source.Columns()
	return drifts, nil
}

func (c *copying) addDrifts(ctx context.Context, drifts []leadlake.Drift) error {
	first := c.first
	if c.first = false; !first { // all of a schema that is read for the first time is new, and none of it a change
		c.run.Drift = append(slices.Clip(c.run.Drift), drifts...)
	}
	if c.task.DryRun || c.run.Mode == leadlake.Verify {
		return nil
	}
	if first {
		c.syncer.options.Log.InfoContext(ctx, "schema read", slog.Int("properties", len(drifts)))
	} else {
		c.syncer.options.Log.InfoContext(ctx, "schema changed", slog.Any("changes", kinds(drifts)))
	}
	return c.syncer.journal.AddDrifts(ctx, c.run.Source, drifts)
}

// kinds returns what changed, without the names, which may be a person's.
func kinds(drifts []leadlake.Drift) []string {
	found := map[string]bool{}
	for _, d := range drifts {
		found[string(d.Kind)] = true
	}
	return slices.Sorted(maps.Keys(found))
}
