package delta

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"leadlake/internal/blob"
)

// Maintain does what keeps the log short, if it is due: a checkpoint after so
// many commits as the table asks for (10), and the deletion of commits that are
// older than the table's retention (30 days) and stand behind a checkpoint. It
// blocks neither readers nor writers, and any process may call it. It reports
// whether anything was due.
func (t *Table) Maintain(ctx context.Context) (bool, error) {
	at, err := t.Latest(ctx)
	if errors.Is(err, ErrNoTable) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s := at.state
	ours := s.protocol.writable(*s.metadata) == nil
	if !ours || at.Version()-t.checkpointed(ctx) < s.metadata.checkpointInterval() {
		return false, nil
	}
	if err := t.Checkpoint(ctx, at); err != nil {
		return false, err
	}
	t.forget(at)
	return true, errors.Join(t.writeChecksum(ctx, at), t.cleanLog(ctx, s.metadata))
}

// Uncheckpointed returns how many commits stand behind the newest checkpoint:
// what has to be read of the log to open the table.
func (t *Table) Uncheckpointed(ctx context.Context) (int64, error) {
	at, err := t.Latest(ctx)
	if errors.Is(err, ErrNoTable) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return at.Version() - t.checkpointed(ctx), nil
}

// checkpointed returns the version of the newest checkpoint that the log's
// pointer tells readers of, 0 where that is not there.
func (t *Table) checkpointed(ctx context.Context) int64 {
	version := t.hint(ctx, newestVersion)
	if _, err := t.log.bucket.Size(ctx, t.log.checkpointName(version)); err != nil {
		return 0
	}
	return version
}

// forget drops tombstones that have expired from what is kept in memory.
func (t *Table) forget(at *Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.latest != at.state {
		return // it has moved on; the next time will do
	}
	next, expired := t.latest.clone(), t.options.Now().Add(-at.state.metadata.DeletedFileRetention())
	for key, r := range next.gone {
		if r.DeletionTimestamp < expired.UnixMilli() {
			delete(next.gone, key)
		}
	}
	t.latest = next
}

// cleanLog deletes what of the log is behind a checkpoint and older than the
// table's retention, up to the midnight (UTC) before. The checkpoint is read
// first: nothing is deleted behind one that is broken.
func (t *Table) cleanLog(ctx context.Context, m *Metadata) error {
	if m.Configuration[propLogCleanup] == "false" {
		return nil
	}
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return err
	}
	cutoff := t.options.Now().Add(-m.LogRetention()).UTC().Truncate(24 * time.Hour)
	keep, ok := found.checkpointBefore(cutoff)
	if !ok || keep.version <= found.oldest() {
		return nil
	}
	if _, err := t.openCheckpoint(ctx, keep); err != nil {
		return fmt.Errorf("cleaning the log: %w", err)
	}
	if err := t.log.deleteBefore(ctx, keep.version); err != nil {
		return fmt.Errorf("cleaning the log: %w", err)
	}
	return nil
}

// deleteBefore deletes what is of older versions, the oldest first.
func (l commitLog) deleteBefore(ctx context.Context, version int64) error {
	for o, err := range l.bucket.List(ctx, l.path()+"/", "") {
		if err != nil {
			return err
		}
		if of, ok := l.versionOf(o.Name); !ok || of >= version {
			continue
		}
		if err := l.bucket.Delete(ctx, o.Name); err != nil {
			return err
		}
	}
	return nil
}

// checkpointBefore returns the newest checkpoint of a version that was
// committed before cutoff, and of which the commit is there, too.
func (l listing) checkpointBefore(cutoff time.Time) (checkpoint, bool) {
	version := int64(-1) // the newest that is older than the cutoff
	for _, v := range l.versions() {
		if l.commits[v].Modified.After(cutoff) {
			break
		}
		version = v
	}
	for _, c := range l.checkpoints {
		if _, ok := l.commits[c.version]; ok && c.version <= version {
			return c, true
		}
	}
	return checkpoint{}, false
}

// oldest returns the oldest version of which there is anything.
func (l listing) oldest() int64 {
	oldest := l.newest()
	for version := range l.commits {
		oldest = min(oldest, version)
	}
	for _, c := range l.checkpoints {
		oldest = min(oldest, c.version)
	}
	return oldest
}

// checksum is what a version is to add up to, for others to check what they
// have read.
type checksum struct {
	TxnID          string    `json:"txnId,omitempty"`
	TableSizeBytes int64     `json:"tableSizeBytes"`
	NumFiles       int64     `json:"numFiles"`
	NumMetadata    int64     `json:"numMetadata"`
	NumProtocol    int64     `json:"numProtocol"`
	Metadata       *Metadata `json:"metadata"`
	Protocol       *Protocol `json:"protocol"`
}

func (s *state) checksum() checksum {
	sum := checksum{
		NumFiles: int64(len(s.files)), NumMetadata: 1, NumProtocol: 1, Metadata: s.metadata, Protocol: s.protocol,
	}
	if s.info != nil {
		sum.TxnID = s.info.TxnID
	}
	for _, a := range s.files {
		sum.TableSizeBytes += a.Size
	}
	return sum
}

// writeChecksum puts the checksum file of a version beside its commit.
func (t *Table) writeChecksum(ctx context.Context, at *Snapshot) error {
	content, err := json.Marshal(at.state.checksum())
	if err == nil {
		err = t.log.bucket.Create(ctx, t.log.path(fmt.Sprintf("%020d.crc", at.Version())), bytes.NewReader(content))
	}
	if err != nil && !errors.Is(err, blob.ErrExist) {
		return fmt.Errorf("writing a checksum: %w", err)
	}
	return nil
}
