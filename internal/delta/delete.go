package delta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// DeleteOptions are what a Delete can be told; the zero options are fine.
type DeleteOptions struct {
	DryRun bool // count only
}

// Deleted is what a Delete has done, or would do.
type Deleted struct {
	Version        int64 // that it made, or the newest
	Rows           int64 // that are gone
	FilesRemoved   int   // because every row in them is gone
	FilesRewritten int   // because some are
}

// Delete takes the rows out of the table for which all conditions hold. Files
// without one stay as they are; the older versions still have them all, until
// a vacuum.
//
// It has read every file, so it is worked out anew when somebody else changes
// rows first, until ctx ends. Where there is nothing to delete it commits
// nothing. The history names the columns of the conditions and not the values,
// which may be somebody's name.
func (t *Table) Delete(ctx context.Context, where []Predicate, o DeleteOptions) (Deleted, error) {
	if len(where) == 0 {
		return Deleted{}, fmt.Errorf("%w: say which rows are to be deleted", ErrPredicate)
	}
	for {
		if err := ctx.Err(); err != nil {
			return Deleted{}, fmt.Errorf("deleting rows: %w", err)
		}
		at, err := t.Latest(ctx)
		if err != nil {
			return Deleted{}, err
		}
		plan, err := t.planDelete(ctx, at, where)
		if err != nil {
			return Deleted{}, err
		}
		if o.DryRun || plan.done.Rows == 0 {
			return plan.done, nil
		}
		result, err := t.commitDelete(ctx, at, where, plan)
		if err != nil {
			return Deleted{}, fmt.Errorf("deleting rows: %w", err)
		}
		if result.Outcome == Committed {
			plan.done.Version = result.Version
			return plan.done, nil
		}
	}
}

// deletion is what a delete is about to do.
type deletion struct {
	done    Deleted
	removes []string      // files of which every row goes
	parts   []partDeleted // files of which some rows go
}

// partDeleted is a file of which some rows go.
type partDeleted struct {
	name   string
	where  []Predicate // those that are not about the file's partition
	remain int64       // rows
}

// planDelete looks into the files that may hold a row to delete.
func (t *Table) planDelete(ctx context.Context, at *Snapshot, where []Predicate) (deletion, error) {
	plan := deletion{done: Deleted{Version: at.Version()}}
	if err := at.allows(Change{Removes: []string{"any"}}); err != nil {
		return plan, err
	}
	conditions, err := at.conditions(where)
	if err != nil {
		return plan, err
	}
	for name, a := range at.Files() {
		if !conditions.mayHold(a) {
			continue
		}
		rest, err := conditions.within(&a)
		if err != nil {
			return plan, fmt.Errorf("deleting rows of %s: %w", name, err)
		}
		matches, rows, err := t.options.Parquet.CountMatches(ctx, t, at, name, rest)
		said, known := a.Rows()
		switch {
		case err != nil:
			return plan, fmt.Errorf("deleting rows of %s: %w", name, err)
		case known && rows < said:
			return plan, fmt.Errorf("%w: deleting rows of %s: it has %d rows, not %d; nothing was changed", ErrDamaged, name, rows, said)
		case matches == 0:
			continue
		case matches == rows:
			plan.removes = append(plan.removes, name)
			plan.done.FilesRemoved++
		default:
			plan.parts = append(plan.parts, partDeleted{name: name, where: rest, remain: rows - matches})
			plan.done.FilesRewritten++
		}
		plan.done.Rows += matches
	}
	return plan, nil
}

// within returns the conditions that are left to ask of the rows of a file,
// which may hold a row that matches: those that are not about its partition.
func (c conditions) within(a *Add) ([]Predicate, error) {
	var rest []Predicate
	for _, one := range c {
		if !one.partition {
			rest = append(rest, one.Predicate)
			continue
		}
		text, known := a.PartitionValues[one.column.Physical]
		if !known {
			return nil, fmt.Errorf("%w: no value for the partition column %q", ErrDamaged, one.column.Name)
		}
		if _, err := PartitionValue(one.column.Type, text); err != nil {
			return nil, err // it was kept because nobody knows what it is
		}
	}
	return rest, nil
}

// commitDelete rewrites files without the rows and commits that. New files that
// are proved not to be in the table are deleted again.
func (t *Table) commitDelete(ctx context.Context, at *Snapshot, where []Predicate, plan deletion) (Result, error) {
	change := Change{Operation: "DELETE", Reads: ReadsAllFiles, Removes: plan.removes, Parameters: map[string]string{}}
	columns := make([]string, len(where))
	for i, p := range where {
		columns[i] = p.Column
	}
	quoted, err := json.Marshal(columns)
	if err != nil {
		return Result{}, err
	}
	change.Parameters["columns"] = string(quoted)
	for _, part := range plan.parts {
		adds, err := t.options.Parquet.Compact(ctx, t, Bin{At: at, Files: []string{part.name}, Into: 1, Without: part.where})
		change.Adds = append(change.Adds, adds...)
		if err == nil {
			err = part.check(adds)
		}
		if err != nil {
			return Result{}, errors.Join(err, t.Discard(ctx, change.Adds))
		}
		change.Removes = append(change.Removes, part.name)
	}
	result, err := t.Commit(ctx, at, change)
	if errors.Is(err, ErrNotCommitted) || err == nil && result.Outcome == Conflicted {
		err = errors.Join(err, t.Discard(ctx, change.Adds))
	}
	return result, err
}

// check makes sure that a file lost the rows that were counted, and no others.
func (p partDeleted) check(adds []Add) error {
	left := int64(0)
	for _, a := range adds {
		rows, _ := a.Rows()
		left += rows
	}
	if left != p.remain {
		return fmt.Errorf("rewriting %s: %d rows are left of it, not %d; nothing was changed", p.name, left, p.remain)
	}
	return nil
}
