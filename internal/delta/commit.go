package delta

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/google/uuid"

	"leadlake/internal/blob"
)

// Change is what a commit is to make true.
type Change struct {
	Operation  string            // for the history, for example "MERGE"
	Parameters map[string]string // for the history; no personal data
	Protocol   *Protocol         // where it is new
	Metadata   *Metadata         // where it is new
	Adds       []Add
	Removes    []string // names of live files of the base
	Txns       []Txn
	Reads      Reads
	// Rearranges says that the rows stay what they are: adds and removes are
	// written with dataChange=false.
	Rearranges bool
}

// Reads says what of the base a change was computed from.
type Reads int

// How much a change can have read.
const (
	ReadsNothing  Reads = iota // a blind append
	ReadsRemoved               // the files that it removes
	ReadsAllFiles              // every file, such as an upsert that looked for keys
)

// Outcome says how a commit ended.
type Outcome int

// The outcomes.
const (
	// Committed: the change is true, in the version of the Result.
	Committed Outcome = iota
	// Conflicted: somebody else committed what contradicts the change. Nothing
	// of it is true; compute it again from a newer snapshot.
	Conflicted
)

// Result is how a commit ended.
type Result struct {
	Outcome Outcome
	Version int64  // of the commit, or of the winner it conflicts with
	Reason  string // why it conflicts
}

// Commit makes change true on top of base, the snapshot it was computed from;
// base nil creates the table. Where others commit first, it goes behind them
// if they do not contradict it, for as long as ctx lasts.
//
// An error with ErrNotCommitted is proof that nothing of the change is true,
// as is Conflicted; files of the change may be deleted then. After any other
// error it may still be true.
func (t *Table) Commit(ctx context.Context, base *Snapshot, change Change) (result Result, err error) {
	ctx, span := begin(ctx, t.log.folder, change)
	defer func() { end(span, result, err) }()
	commit, err := t.prepare(base, change)
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrNotCommitted, err)
	}
	content, err := commit.encode()
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrNotCommitted, err)
	}
	version := int64(0)
	if base != nil {
		version = base.Version() + 1
	}
	switch newest, err := t.overtaken(ctx, version-1); {
	case err != nil:
		return Result{}, fmt.Errorf("%w: %w", ErrNotCommitted, err)
	case newest >= version:
		return Result{Outcome: Conflicted, Version: newest, Reason: "the log was cleaned up since"}, nil
	}
	for ; ; version++ {
		winner, err := t.claim(ctx, version, commit.Info.TxnID, content)
		if err != nil {
			return Result{}, err
		}
		if winner == nil {
			return Result{Outcome: Committed, Version: version}, nil
		}
		if reason := conflict(change, *winner, t.options.Root); reason != "" {
			return Result{Outcome: Conflicted, Version: version, Reason: reason}, nil
		}
	}
}

// Discard deletes the data files of a change that is proved not to be true:
// those that were written for it, never one that it only brings back, which
// older versions need. It goes on when ctx has ended: that is often why there
// is something to discard.
func (t *Table) Discard(ctx context.Context, adds []Add) error {
	var errs []error
	for _, a := range adds {
		name, err := canonical(a.Path, t.options.Root)
		if err == nil {
			err = t.log.bucket.Delete(context.WithoutCancel(ctx), path.Join(t.log.folder, name))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// overtaken returns the newest version if the log has been cleaned up beyond a
// base, -1 as a rule. The name of the next commit is free then, and a commit
// there would be seen by nobody.
func (t *Table) overtaken(ctx context.Context, base int64) (int64, error) {
	_, err := t.log.bucket.Size(ctx, t.log.name(max(base, 0)))
	if err == nil || !errors.Is(err, blob.ErrNotExist) {
		return -1, err
	}
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return -1, err
	}
	newest := found.newest()
	if newest <= base {
		return -1, nil // the commit alone is gone, behind its checkpoint, or there is no table yet
	}
	t.mu.Lock()
	t.latest = nil // what comes next is not found by its name any more
	t.mu.Unlock()
	return newest, nil
}

// attempts bounds how often claim asks for the truth about one version.
const attempts = 5

// claim tries to make content the commit of version. It returns nil if it is
// now, and the commit of whoever was first if it is not. A bucket's client may
// try again by itself and find its own success in the way, so the token
// decides whose the commit is. That it can be read does not prove that it is
// durable; that Create finds it in the way does.
func (t *Table) claim(ctx context.Context, version int64, token string, content []byte) (*Commit, error) {
	name := t.log.name(version)
	var failure error
	for range attempts {
		err := t.log.bucket.Create(ctx, name, bytes.NewReader(content))
		if err == nil {
			return nil, nil
		}
		if errors.Is(err, blob.ErrNotCreated) && failure == nil {
			return nil, fmt.Errorf("%w: committing version %d: %w", ErrNotCommitted, version, err)
		}
		failure = errors.Join(failure, err)
		taken := errors.Is(err, blob.ErrExist)
		holder, err := t.log.read(ctx, version)
		switch {
		case err == nil && holder.Info != nil && holder.Info.TxnID == token:
			if taken {
				return nil, nil
			}
		case err == nil:
			return &holder, nil
		case isRefusal(err):
			return nil, fmt.Errorf("%w: %w", ErrNotCommitted, err)
		}
	}
	return nil, fmt.Errorf("committing version %d, which may or may not have worked: %w", version, failure)
}

// prepare checks the change against base and writes it out as a commit.
func (t *Table) prepare(base *Snapshot, change Change) (Commit, error) {
	now := t.options.Now().UnixMilli()
	c := Commit{
		Info: &CommitInfo{
			Timestamp: now, Operation: change.Operation, OperationParameters: map[string]any{},
			IsolationLevel: "Serializable", IsBlindAppend: change.Reads == ReadsNothing && len(change.Removes) == 0,
			EngineInfo: t.options.Engine, TxnID: uuid.NewString(),
		},
		Protocol: change.Protocol, Metadata: change.Metadata, Txns: slices.Clone(change.Txns),
	}
	for name, value := range change.Parameters {
		c.Info.OperationParameters[name] = value
	}
	if err := c.setBase(base, change); err != nil {
		return Commit{}, err
	}
	for i := range c.Txns {
		c.Txns[i].LastUpdated = now
	}
	for _, a := range change.Adds {
		a.DataChange = !change.Rearranges
		if a.PartitionValues == nil {
			a.PartitionValues = map[string]*string{}
		}
		c.Adds = append(c.Adds, a)
	}
	return c, c.check()
}

// setBase fills in what depends on the base: read version and removes.
func (c *Commit) setBase(base *Snapshot, change Change) error {
	if base == nil {
		if c.Protocol == nil || c.Metadata == nil || len(change.Removes) > 0 {
			return errors.New("a new table needs a protocol and metaData, and has nothing to remove")
		}
		return c.Protocol.writable(*c.Metadata)
	}
	if err := base.allows(change); err != nil {
		return err
	}
	version := base.Version()
	c.Info.ReadVersion = &version
	for _, name := range change.Removes {
		live, ok := base.File(name)
		if !ok {
			return fmt.Errorf("removing %s, which is no live file of version %d", name, version)
		}
		c.Removes = append(c.Removes, Remove{
			Path: live.Path, DeletionTimestamp: c.Info.Timestamp, DataChange: !change.Rearranges,
			ExtendedFileMetadata: true, PartitionValues: live.PartitionValues, Size: live.Size,
			DeletionVector: live.DeletionVector,
		})
	}
	return nil
}

// allows refuses a change that breaks what the table promises.
func (s *Snapshot) allows(change Change) error {
	metadata := s.Metadata()
	if change.Metadata != nil {
		metadata = *change.Metadata
	}
	err := s.Protocol().writable(metadata)
	if !s.replacedBy(change) { // else nothing of what the table is now remains
		err = cmp.Or(s.Writable(), err)
	}
	if err != nil {
		return err
	}
	if metadata.appendOnly() && len(change.Removes) > 0 && !change.Rearranges {
		return fmt.Errorf("%w: removing rows from a table with %s=true", ErrUnsupported, propAppendOnly)
	}
	return checkPartitions(metadata, change.Adds)
}

// replacedBy reports whether a change describes the table anew and leaves none
// of its files.
func (s *Snapshot) replacedBy(change Change) bool {
	return change.Metadata != nil && len(change.Removes) == len(s.state.files)
}

// checkPartitions refuses an add that does not say in which partition it is.
func checkPartitions(m Metadata, adds []Add) error {
	for _, a := range adds {
		if len(a.PartitionValues) != len(m.PartitionColumns) {
			return fmt.Errorf("adding %s with %d partition values, not %d", a.Path, len(a.PartitionValues), len(m.PartitionColumns))
		}
		for _, column := range m.PartitionColumns {
			if _, ok := a.PartitionValues[column]; !ok {
				return fmt.Errorf("adding %s without a value of the partition column %q", a.Path, column)
			}
		}
	}
	return nil
}
