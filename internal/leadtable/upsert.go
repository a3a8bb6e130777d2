package leadtable

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"leadlake"
	"leadlake/internal/delta"
)

// Upsert makes the batch true in one commit: leads that are new are inserted,
// leads that differ are updated, the others are left alone, and the cursor
// moves with them. It goes on when others commit first, until ctx ends.
//
// A batch with leads of which none changes anything does not move the cursor; a
// batch without leads does if that is new. Labels that changed are stored in
// any case, and the key of a request. Where there is nothing to store, nothing
// is committed.
func (t *Table) Upsert(ctx context.Context, b leadlake.Batch) (tally leadlake.Tally, err error) {
	ctx, span := begin(ctx, b)
	defer func() { end(span, b, tally, err) }()
	t.writing.Lock()
	defer t.writing.Unlock()
	for {
		if err := ctx.Err(); err != nil {
			return leadlake.Tally{}, err
		}
		tally, outcome, err := t.tryUpsert(ctx, b)
		if err != nil {
			return leadlake.Tally{}, Explain("storing leads", err)
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
	if tally, known, err := t.answer(ctx, base, b.Request); err != nil || known {
		return tally, delta.Committed, err
	}
	columns, stored := evolve(snap.Columns, b.Columns)
	leads, err := normalise(b.Leads, columns, stored)
	if err != nil {
		return leadlake.Tally{}, 0, err
	}
	found, err := t.engine.Lookup(ctx, snap, leads)
	if err == nil {
		err = checkOwner(b, found)
	}
	if err != nil {
		return leadlake.Tally{}, 0, err
	}
	m := t.merge(b, leads, found)
	tally := leadlake.Tally{Version: snap.Version, Inserted: m.inserted, Updated: m.updated, Unchanged: m.same, Moves: m.moves}
	if b.DryRun {
		tally.Samples = m.samples(found)
		return tally, delta.Committed, nil
	}
	change, err := t.changeFor(base, b, m, columns)
	if err != nil || change == nil {
		return tally, delta.Committed, err
	}
	result, err := t.commit(ctx, base, *change, columns, plan(snap.Files, m), m)
	tally.Version = result.Version
	return tally, result.Outcome, err
}

// changeFor returns what is to be committed, beside the data files; nil where
// there is nothing.
func (t *Table) changeFor(base *delta.Snapshot, b leadlake.Batch, m merged, columns []leadlake.Column) (*delta.Change, error) {
	change := &delta.Change{Operation: "MERGE", Parameters: parameters(b, m), Reads: delta.ReadsAllFiles}
	if len(m.leads) > 0 || len(b.Leads) == 0 {
		change.Txns = txnsFor(base, b.Source, b.Cursor)
	}
	change.Txns = append(change.Txns, t.txnOf(base, b.Request)...)
	anything := len(m.leads) > 0 || len(change.Txns) > 0
	if base == nil && !anything {
		return nil, nil //nolint:nilnil // no change is an answer
	}
	var err error
	if change.Protocol, change.Metadata, err = t.metadataFor(base, columns); err != nil {
		return nil, err
	}
	if !anything && (change.Metadata == nil || len(b.Columns) == 0) {
		return nil, nil //nolint:nilnil // no change is an answer
	}
	held, err := fence(base, b)
	change.Txns = append(change.Txns, held...)
	return change, err
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
	rewrite := leadlake.Rewrite{Folder: Folder, Columns: columns, StatsColumns: statsColumns()}
	var rewrites []leadlake.Rewrite
	stay := map[string]bool{}
	for _, f := range l.apart {
		r := rewrite
		r.From, r.Without, r.Leads = []leadlake.File{f}, m.touched[f.Name].ids, m.staying(f)
		if len(r.Leads) > 0 {
			r.InPlace = &leadlake.InPlace{Changed: slices.Sorted(maps.Keys(m.touched[f.Name].changed)), Rows: m.touched[f.Name].rows}
		}
		for _, lead := range r.Leads {
			stay[lead.ID] = true
		}
		rewrites = append(rewrites, r)
	}
	rewrite.From = l.together
	rewrite.Leads = slices.DeleteFunc(slices.Clone(m.leads), func(lead leadlake.Lead) bool { return stay[lead.ID] })
	rewrite.Without = idsOf(rewrite.Leads)
	if l.into > 1 {
		rewrite.OrderBy, rewrite.Into = leadlake.ColumnCreatedTime, l.into
	}
	if len(rewrite.Leads)+len(rewrite.From) > 0 {
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

func parameters(b leadlake.Batch, m merged) map[string]string {
	p := map[string]string{
		"source":   b.Source,
		"inserted": strconv.Itoa(m.inserted),
		"updated":  strconv.Itoa(m.updated),
	}
	if b.Request != nil {
		p["unchanged"] = strconv.Itoa(m.same)
		p[keyParameter], p[bodyParameter] = b.Request.Key, b.Request.Body
	}
	return p
}

func idsOf(leads []leadlake.Lead) []string {
	ids := make([]string, len(leads))
	for i, l := range leads {
		ids[i] = l.ID
	}
	return ids
}
