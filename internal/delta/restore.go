package delta

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"

	"leadlake/internal/blob"
)

// ErrGone says that data files of an old version have been deleted since, by a
// vacuum as a rule.
var ErrGone = errors.New("data files are gone")

// Restore makes the table what it was at a version, in a new version: files
// that were live then are added, others removed. Schema, partitioning and properties go
// back, the protocol never does. So do the txns, so that a writer goes on from where
// it was then.
//
// It is worked out anew when others commit first, until ctx ends. Where data
// files of the version are gone, nothing is changed (ErrGone). A table that is
// that already is left alone.
func (t *Table) Restore(ctx context.Context, version int64) (Result, error) {
	to, err := t.At(ctx, version)
	if err != nil {
		return Result{}, err
	}
	for {
		base, err := t.Latest(ctx)
		if err != nil {
			return Result{}, err
		}
		change := restoring(base.state, to.state)
		if len(change.Adds)+len(change.Removes)+len(change.Txns) == 0 && change.Metadata == nil {
			return Result{Outcome: Committed, Version: base.Version()}, nil
		}
		if err := t.present(ctx, change.Adds); err != nil {
			return Result{}, fmt.Errorf("restoring version %d: %w", version, err)
		}
		result, err := t.Commit(ctx, base, change)
		if err != nil || result.Outcome == Committed {
			return result, err
		}
	}
}

// restoring returns the change that makes now what then was.
func restoring(now, then *state) Change {
	c := Change{
		Operation: "RESTORE", Parameters: map[string]string{"version": strconv.FormatInt(then.version, 10)},
		Reads: ReadsAllFiles,
	}
	for _, name := range then.namesBeside(now) {
		c.Adds = append(c.Adds, then.whole(then.files[name]))
	}
	c.Removes = now.namesBeside(then)
	if was, is := then.metadata, now.metadata; is.SchemaString != was.SchemaString || !maps.Equal(is.Configuration, was.Configuration) ||
		!slices.Equal(is.PartitionColumns, was.PartitionColumns) {
		m := *was
		c.Metadata = &m
	}
	c.Txns = rewound(now, then)
	return c
}

// namesBeside returns the live files of s that are not those of o, sorted.
func (s *state) namesBeside(o *state) []string {
	return slices.DeleteFunc(s.names(), func(name string) bool {
		other, ok := o.files[name]
		return ok && other.DeletionVector.id() == s.files[name].DeletionVector.id()
	})
}

// rewound returns the txns that put every writer back to where it was.
func rewound(now, then *state) []Txn {
	var txns []Txn
	for _, id := range slices.Sorted(maps.Keys(now.txns)) {
		switch was, ok := then.txns[id]; {
		case !ok && now.txns[id].Version >= 0:
			txns = append(txns, Txn{AppID: id, Version: -1}) // as if it had never begun
		case ok && was.Version != now.txns[id].Version:
			txns = append(txns, was)
		}
	}
	return txns
}

// present makes sure that the data files of adds are there.
func (t *Table) present(ctx context.Context, adds []Add) error {
	for _, a := range adds {
		name, err := canonical(a.Path, t.options.Root)
		if err == nil {
			_, err = t.log.bucket.Size(ctx, path.Join(t.log.folder, name))
		}
		if errors.Is(err, blob.ErrNotExist) {
			return fmt.Errorf("%w: %s", ErrGone, a.Path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
