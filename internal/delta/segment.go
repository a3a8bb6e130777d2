package delta

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"leadlake/internal/blob"
)

// newestVersion asks for whatever version is the newest.
const newestVersion int64 = -1

// load reads the state at a version, newestVersion for the newest: from the
// newest checkpoint that can be read, and the commits behind it. A checkpoint
// that cannot be read is passed over where the log goes back far enough.
func (t *Table) load(ctx context.Context, version int64) (*state, error) {
	from := t.hint(ctx, version)
	s, err := t.loadFrom(ctx, from, version)
	if from > 0 && err != nil && ctx.Err() == nil {
		return t.loadFrom(ctx, 0, version) // the hint was wrong, or its checkpoint is broken
	}
	return s, err
}

// hint returns the version of the checkpoint that the log's pointer names, 0
// where that is of no use: the pointer may be missing, stale or broken.
func (t *Table) hint(ctx context.Context, version int64) int64 {
	data, err := t.log.bucket.Get(ctx, t.log.path(lastPointer))
	if err != nil {
		return 0
	}
	var pointer lastCheckpoint
	if json.Unmarshal(data, &pointer) != nil || pointer.Version < 0 || version != newestVersion && pointer.Version > version {
		return 0
	}
	return pointer.Version
}

func (t *Table) loadFrom(ctx context.Context, from, version int64) (*state, error) {
	found, err := t.log.list(ctx, from)
	if err != nil {
		return nil, err
	}
	switch newest := found.newest(); {
	case newest < 0:
		return nil, fmt.Errorf("%w in %q", ErrNoTable, t.log.folder)
	case version == newestVersion:
		version = newest
	case version > newest:
		return nil, fmt.Errorf("%w: %d; the newest is %d", ErrNoVersion, version, newest)
	}
	var broken error // why the newest checkpoint is of no use
	for _, c := range found.checkpoints {
		if c.version > version {
			continue
		}
		if err := found.contiguous(c.version+1, version); err != nil {
			return nil, err
		}
		s, err := t.openCheckpoint(ctx, c)
		if err == nil {
			return s, t.replayUpTo(ctx, s, found, version)
		}
		if ctx.Err() != nil {
			return nil, err
		}
		broken = cmp.Or(broken, err)
	}
	if err := found.contiguous(0, version); err != nil {
		return nil, cmp.Or(broken, err)
	}
	s := emptyState(t.options.Root)
	return s, t.replayUpTo(ctx, s, found, version)
}

// contiguous refuses a log in which a commit is missing that a version needs.
func (l listing) contiguous(from, to int64) error {
	for version := from; version <= to; version++ {
		if _, ok := l.commits[version]; ok {
			continue
		}
		if from == 0 && version < l.first() {
			return fmt.Errorf("%w: %d; what the log still has begins at version %d", ErrNoVersion, to, l.first())
		}
		return fmt.Errorf("%w: the commit of version %d is missing", ErrDamaged, version)
	}
	return nil
}

// first returns the oldest version that the log can still tell; -1 for none.
func (l listing) first() int64 {
	if _, ok := l.commits[0]; ok {
		return 0
	}
	first := int64(-1)
	for _, c := range l.checkpoints { // newest first
		first = c.version
	}
	return first
}

// replayUpTo makes the commits behind s true up to a version. Compactions
// stand for the commits that they cover, where they can be read and say one
// thing of everything.
func (t *Table) replayUpTo(ctx context.Context, s *state, found listing, version int64) error {
	for s.version < version {
		next := s.version + 1
		c, last, ok := t.compacted(ctx, found, next, version)
		if !ok {
			var err error
			if c, err = t.log.read(ctx, next); errors.Is(err, blob.ErrNotExist) {
				return fmt.Errorf("%w: the commit of version %d is missing", ErrDamaged, next)
			} else if err != nil {
				return err
			}
			last = next
		}
		if err := s.replay(c, last); err != nil {
			return fmt.Errorf("replaying version %d: %w", last, err)
		}
	}
	return s.check()
}

// compacted returns the longest compaction that begins at a version and does
// not go beyond to.
func (t *Table) compacted(ctx context.Context, found listing, from, to int64) (Commit, int64, bool) {
	best := span{last: -1}
	for _, s := range found.compactions[from] {
		if s.last <= to && s.last > best.last {
			best = s
		}
	}
	if best.last < 0 {
		return Commit{}, 0, false
	}
	c, err := t.log.readFile(ctx, best.name, best.last)
	return c, best.last, err == nil && t.reconciled(c)
}

// reconciled reports whether a compaction says one thing of everything, as the
// protocol wants it. One that says more is commits put together in an order
// that nobody tells.
func (t *Table) reconciled(c Commit) bool {
	said := map[string]bool{}
	once := func(kind, name string) bool {
		key := kind + "\x00" + name
		defer func() { said[key] = true }()
		return !said[key]
	}
	file := func(path string, d *DeletionVector, live bool) bool {
		name, err := canonical(path, t.options.Root)
		return err == nil && once("file", fileKey(name, d)) && (!live || once("live file", name))
	}
	ok := true
	for _, a := range c.Adds {
		ok = ok && file(a.Path, a.DeletionVector, true)
	}
	for _, r := range c.Removes {
		ok = ok && file(r.Path, r.DeletionVector, false)
	}
	for _, x := range c.Txns {
		ok = ok && once("txn", x.AppID)
	}
	for _, d := range c.Domains {
		ok = ok && once("domain", d.Domain)
	}
	return ok
}

// lastCheckpoint is the content of the pointer to the newest checkpoint.
type lastCheckpoint struct {
	Version       int64 `json:"version"`
	Size          int64 `json:"size"` // number of actions
	Parts         int64 `json:"parts,omitempty"`
	SizeInBytes   int64 `json:"sizeInBytes,omitempty"`
	NumOfAddFiles int64 `json:"numOfAddFiles,omitempty"`
}
