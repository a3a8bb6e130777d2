package leadtable

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"leadlake"
	"leadlake/internal/delta"
)

// Upsert makes the batch true in one commit: leads that are new are inserted,
// leads that differ are updated, the others are left alone, and the cursor
// moves with them. It goes on when others commit first, until ctx ends.
//
// A batch with leads of which none changes anything commits nothing, its
// cursor included; a batch without leads commits its cursor if that is new.
func (t *Table) Upsert(ctx context.Context, b leadlake.Batch) (leadlake.Tally, error) {
	t.writing.Lock()
	defer t.writing.Unlock()
	for {
		if err := ctx.Err(); err != nil {
			return leadlake.Tally{}, err
		}
		tally, outcome, err := t.tryUpsert(ctx, b)
		if err != nil {
			return leadlake.Tally{}, explain("storing leads", err)
		}
		switch outcome {
		case delta.Committed:
			return tally, nil
		case delta.Conflicted: // somebody else's rows are there now: look again
		}
	}
}

func (t *Table) tryUpsert(ctx context.Context, b leadlake.Batch) (leadlake.Tally, delta.Outcome, error) {
	base, snap, err := t.latest(ctx)
	if err != nil {
		return leadlake.Tally{}, 0, err
	}
	columns, stored := evolve(snap.Columns, b.Columns)
	leads, err := normalise(b.Leads, columns, stored)
	if err != nil {
		return leadlake.Tally{}, 0, err
	}
	found, err := t.engine.Lookup(ctx, snap, idsOf(leads))
	if err != nil {
		return leadlake.Tally{}, 0, err
	}
	m := t.merge(b.Source, leads, found)
	tally := leadlake.Tally{Version: snap.Version, Inserted: m.inserted, Updated: m.updated, Unchanged: m.same}
	txns := txnsFor(base, b.Source, b.Cursor)
	if len(m.leads) == 0 && (len(b.Leads) > 0 || len(txns) == 0) {
		return tally, delta.Committed, nil
	}
	change := delta.Change{Operation: "MERGE", Parameters: parameters(b.Source, m), Reads: delta.ReadsAllFiles, Txns: txns}
	if change.Protocol, change.Metadata, err = t.metadataFor(base, snap.Columns, columns); err != nil {
		return leadlake.Tally{}, 0, err
	}
	result, err := t.commit(ctx, base, change, columns, plan(snap.Files, m), m)
	tally.Version = result.Version
	return tally, result.Outcome, err
}

// commit writes the data files of a change and commits it. The files of a
// change that is proved not to be true are deleted again.
func (t *Table) commit(ctx context.Context, base *delta.Snapshot, change delta.Change, columns []leadlake.Column, l layout, m merged) (delta.Result, error) {
	for _, f := range l.rewritten() {
		change.Removes = append(change.Removes, strings.TrimPrefix(f.Name, Folder+"/"))
	}
	var err error
	if change.Adds, err = t.write(ctx, columns, l, m); err != nil {
		return delta.Result{}, errors.Join(err, t.log.Discard(ctx, change.Adds))
	}
	result, err := t.log.Commit(ctx, base, change)
	if errors.Is(err, delta.ErrNotCommitted) || err == nil && result.Outcome == delta.Conflicted {
		err = errors.Join(err, t.log.Discard(ctx, change.Adds))
	}
	return result, err
}

// write makes the data files that the layout asks for. After an error it
// returns those that it has made.
func (t *Table) write(ctx context.Context, columns []leadlake.Column, l layout, m merged) ([]delta.Add, error) {
	rewrite := leadlake.Rewrite{
		Folder: Folder, Columns: columns, StatsColumns: statsColumns(), Without: idsOf(m.leads),
	}
	var rewrites []leadlake.Rewrite
	for _, f := range l.apart {
		r := rewrite
		r.From = []leadlake.File{f}
		rewrites = append(rewrites, r)
	}
	if len(m.leads) > 0 {
		rewrite.From, rewrite.Leads = l.together, m.leads
		if l.into > 1 {
			rewrite.OrderBy, rewrite.Into = leadlake.ColumnCreatedTime, l.into
		}
		rewrites = append(rewrites, rewrite)
	}
	var adds []delta.Add
	for _, r := range rewrites {
		made, err := t.engine.Write(ctx, r)
		adds = append(adds, made...)
		if err != nil {
			return adds, err
		}
	}
	return adds, nil
}

func parameters(source string, m merged) map[string]string {
	return map[string]string{
		"source":   source,
		"inserted": strconv.Itoa(m.inserted),
		"updated":  strconv.Itoa(m.updated),
	}
}

func idsOf(leads []leadlake.Lead) []string {
	ids := make([]string, len(leads))
	for i, l := range leads {
		ids[i] = l.ID
	}
	return ids
}
