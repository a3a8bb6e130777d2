package delta

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Entry is one version in a table's history.
type Entry struct {
	Version     int64
	CommittedAt time.Time // by the committer's clock; zero where it does not say
	Info        CommitInfo
	Added       int // data files
	Removed     int
	Files       int    // live ones, after it
	Bytes       int64  // of the live files
	Rows        *int64 // after it; nil where a file does not say
}

// History returns the newest versions that can be read, the newest first: all
// of them if limit is 0.
func (t *Table) History(ctx context.Context, limit int) ([]Entry, error) {
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return nil, err
	}
	if found.newest() < 0 {
		return nil, fmt.Errorf("%w in %s", ErrNoTable, t.log.folder)
	}
	versions := found.readable()
	if limit > 0 && len(versions) > limit {
		versions = versions[len(versions)-limit:]
	}
	var entries []Entry
	err = t.walk(ctx, versions, func(s *state, c Commit) error {
		entries = append(entries, s.entry(c))
		return nil
	})
	slices.Reverse(entries)
	return entries, err
}

// walk visits versions that follow each other: what the table was, and the
// commit that made it so.
func (t *Table) walk(ctx context.Context, versions []int64, visit func(*state, Commit) error) error {
	var s *state
	for _, version := range versions {
		c, err := t.log.read(ctx, version)
		switch {
		case err != nil:
		case s == nil:
			s, err = t.load(ctx, version)
		case s.version+1 != version:
			err = fmt.Errorf("%w: the commit of version %d is missing", ErrDamaged, s.version+1)
		default:
			err = s.replay(c, version)
		}
		if err == nil {
			err = visit(s, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// entry describes the version that c has made of s.
func (s *state) entry(c Commit) Entry {
	e := Entry{Version: s.version, Added: len(c.Adds), Removed: len(c.Removes), Files: len(s.files), Rows: new(int64(0))}
	if c.Info != nil {
		e.Info = *c.Info
		if e.Info.Timestamp > 0 {
			e.CommittedAt = time.UnixMilli(e.Info.Timestamp).UTC()
		}
	}
	for _, a := range s.files {
		e.Bytes += a.Size
		rows, ok := s.whole(a).Rows()
		switch {
		case !ok:
			e.Rows = nil
		case e.Rows != nil:
			*e.Rows += rows
		}
	}
	return e
}
