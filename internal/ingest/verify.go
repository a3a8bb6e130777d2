package ingest

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"

	"leadlake"
)

// verify reads some leads again, chosen by chance, and compares what the source
// shows with what is stored, value by value. It changes nothing. A lead that
// was edited since it was stored says nothing.
func (c *copying) verify(ctx context.Context) error {
	ids, err := c.choose(ctx)
	if err != nil {
		return err
	}
	stored, err := c.syncer.table.Leads(ctx, ids)
	if err != nil {
		return err
	}
	for _, was := range stored {
		is, err := c.syncer.source.Lead(ctx, was.ID)
		if leadlake.KindOf(err) == leadlake.NotFound {
			is, err = leadlake.Lead{Values: map[string]leadlake.Value{leadlake.ColumnState: string(leadlake.Unreachable)}}, nil
		}
		if err != nil {
			return err
		}
		c.run.Seen++
		if is.Time(leadlake.ColumnLastEditedTime).After(was.Time(leadlake.ColumnLastEditedTime)) {
			continue
		}
		columns := differing(was, is)
		if len(columns) == 0 {
			c.run.Unchanged++
			continue
		}
		c.run.Different++
		c.run.Samples = append(slices.Clip(c.run.Samples), leadlake.Sample{ID: was.ID, Columns: columns})
		c.progress()
	}
	return nil
}

// differing returns the columns of which the source says something else.
func differing(stored, lead leadlake.Lead) []string {
	var columns []string
	for _, column := range slices.Sorted(maps.Keys(lead.Values)) {
		if !leadlake.SameValue(stored.Values[column], lead.Values[column]) {
			columns = append(columns, column)
		}
	}
	return columns
}

// choose returns the ids of some leads that count, each equally likely.
func (c *copying) choose(ctx context.Context) ([]string, error) {
	var ids []string
	n := 0
	for lead, err := range c.syncer.table.Known(ctx, c.run.Source) {
		if err != nil {
			return nil, err
		}
		if !leadlake.State(lead.Text(leadlake.ColumnState)).Counts() {
			continue
		}
		n++
		if len(ids) < c.task.Sample {
			ids = append(ids, lead.ID)
		} else if at := rand.IntN(n); at < len(ids) { //nolint:gosec // a sample needs no secrecy
			ids[at] = lead.ID
		}
	}
	return ids, nil
}
