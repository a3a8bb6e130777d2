package delta

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"time"
)

// AsOf returns the table as it was at an instant: the newest version that was
// committed by then. Before the oldest version that can be read it is
// ErrNoVersion.
func (t *Table) AsOf(ctx context.Context, at time.Time) (*Snapshot, error) {
	newest, err := t.Latest(ctx)
	if err != nil {
		return nil, err
	}
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return nil, err
	}
	versions := found.readable()
	if len(versions) == 0 {
		return nil, fmt.Errorf("%w: no commit is left whose time could be told", ErrNoVersion)
	}
	times := t.commitTimes(ctx, newest.Metadata(), found, versions)
	var failure error
	later := sort.Search(len(versions), func(i int) bool {
		committed, err := times(i)
		if err != nil && failure == nil {
			failure = err
		}
		return committed.After(at)
	})
	switch {
	case failure != nil:
		return nil, failure
	case later == 0:
		first, err := times(0)
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w: the oldest that can be read is version %d of %s", ErrNoVersion, versions[0], first.UTC().Format(time.RFC3339))
	}
	return t.At(ctx, versions[later-1])
}

// readable returns the versions that have a commit and can be read, ascending.
func (l listing) readable() []int64 {
	versions := l.versions()
	for len(versions) > 0 && (l.first() < 0 || versions[0] < l.first()) {
		versions = versions[1:]
	}
	return versions
}

// commitTimes returns when each of the versions was committed, so that they
// ascend: by the time in the commit from the version on from which the table
// has that, before by the time of the commit's file.
func (t *Table) commitTimes(ctx context.Context, m Metadata, found listing, versions []int64) func(i int) (time.Time, error) {
	byFile := make([]time.Time, len(versions))
	last := time.Time{}
	for i, version := range versions {
		at := found.commits[version].Modified.Truncate(time.Millisecond)
		if !at.After(last) {
			at = last.Add(time.Millisecond)
		}
		byFile[i], last = at, at
	}
	enabled := m.Configuration["delta.enableInCommitTimestamps"] == "true"
	since, err := strconv.ParseInt(m.Configuration["delta.inCommitTimestampEnablementVersion"], 10, 64)
	if err != nil {
		since = 0 // from the beginning
	}
	return func(i int) (time.Time, error) {
		if !enabled || versions[i] < since {
			return byFile[i], nil
		}
		c, err := t.log.read(ctx, versions[i])
		if err != nil {
			return time.Time{}, err
		}
		if c.Info == nil || c.Info.InCommitTimestamp == nil {
			return time.Time{}, fmt.Errorf("%w: version %d has no inCommitTimestamp", ErrDamaged, versions[i])
		}
		return time.UnixMilli(*c.Info.InCommitTimestamp), nil
	}
}
