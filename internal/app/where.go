package app

import (
	"context"
	"errors"

	"leadlake/internal/delta"
)

// ConditionError says that a condition cannot be asked of a table, and what to
// write instead.
type ConditionError struct{ err error }

func (e ConditionError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e ConditionError) Unwrap() error { return e.err }

// where reads conditions on the rows of a version, as a person types them.
func (t *Table) where(at *delta.Snapshot, conditions []string) ([]delta.Predicate, error) {
	columns, err := at.Columns()
	if err != nil {
		return nil, t.refusal(err)
	}
	var where []delta.Predicate
	for _, text := range conditions {
		p, err := delta.ParsePredicate(columns, text)
		if err != nil {
			return nil, ConditionError{err}
		}
		where = append(where, p)
	}
	return where, nil
}

// Deleted is what a delete has done, or would do.
type Deleted struct {
	Version        int64 `json:"version"`         // the newest now
	Rows           int64 `json:"rows"`            // that are gone
	FilesRemoved   int   `json:"files_removed"`   // every row of which is gone
	FilesRewritten int   `json:"files_rewritten"` // some rows of which are
	DryRun         bool  `json:"dry_run"`
}

// Delete takes the rows out of the table for which all conditions hold. Older
// versions still have them.
func (t *Table) Delete(ctx context.Context, conditions []string, dryRun bool) (Deleted, error) {
	at, err := t.delta.Latest(ctx)
	if err != nil {
		return Deleted{}, t.unchanged(err)
	}
	where, err := t.where(at, conditions)
	if err != nil {
		return Deleted{}, err
	}
	done, err := t.delta.Delete(ctx, where, delta.DeleteOptions{DryRun: dryRun})
	if errors.Is(err, delta.ErrPredicate) {
		return Deleted{}, ConditionError{err} // of a column that is another one by now
	}
	if err == nil && !dryRun && done.Rows > 0 {
		_, err = t.delta.Maintain(ctx)
	}
	if err != nil {
		return Deleted{}, t.unchanged(err)
	}
	return Deleted{
		Version: done.Version, Rows: done.Rows, FilesRemoved: done.FilesRemoved, FilesRewritten: done.FilesRewritten, DryRun: dryRun,
	}, nil
}
