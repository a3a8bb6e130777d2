package delta

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"leadlake/internal/blob"
)

// Checkpoint writes the whole state of a snapshot into one file beside the
// log, so that readers need not replay what came before. It reads the file
// back, and only if that gives the same state tells readers of it. A checkpoint
// that is there already is left as it is.
func (t *Table) Checkpoint(ctx context.Context, at *Snapshot) error {
	if t.options.Parquet == nil {
		return errors.New("writing a checkpoint: nothing here writes Parquet")
	}
	s := at.state
	if err := s.protocol.writable(*s.metadata); err != nil {
		return fmt.Errorf("writing a checkpoint: %w", err)
	}
	c := checkpoint{version: s.version, names: []string{t.log.checkpointName(s.version)}}
	back := newReadBack(s, t.options.Now().Add(-s.metadata.DeletedFileRetention()))
	err := t.options.Parquet.WriteActions(ctx, c.names[0], s.actions(back.files, back.expired))
	switch {
	case errors.Is(err, blob.ErrExist):
		back.ours, back.expired = false, forever() // another writer may keep other tombstones
	case err != nil:
		return fmt.Errorf("writing a checkpoint: %w", err)
	}
	if err := t.verifyCheckpoint(ctx, c, back); err != nil {
		return err
	}
	return t.point(ctx, c, s)
}

// point tells readers of a checkpoint, if they do not know of a newer one.
func (t *Table) point(ctx context.Context, c checkpoint, s *state) error {
	if t.checkpointed(ctx) > c.version {
		return nil
	}
	size, err := t.log.bucket.Size(ctx, c.names[0])
	if err != nil {
		return fmt.Errorf("pointing to a checkpoint: %w", err)
	}
	content, err := json.Marshal(lastCheckpoint{
		Version: c.version, Size: int64(2 + len(s.txns) + len(s.domains) + len(s.gone) + len(s.files)),
		SizeInBytes: size, NumOfAddFiles: int64(len(s.files)),
	})
	if err == nil {
		err = t.log.bucket.Put(ctx, t.log.path(lastPointer), bytes.NewReader(content))
	}
	if err != nil {
		return fmt.Errorf("pointing to a checkpoint: %w", err)
	}
	return nil
}

// actions yields the state as the rows of a checkpoint: files are its live ones.
// Tombstones of files that were removed before expired are left out.
func (s *state) actions(files []liveFile, expired time.Time) iter.Seq[Action] {
	few := []Action{{Protocol: s.protocol}, {Metadata: s.metadata}}
	for _, id := range slices.Sorted(maps.Keys(s.txns)) {
		few = append(few, Action{Txn: new(s.txns[id])})
	}
	for _, name := range slices.Sorted(maps.Keys(s.domains)) {
		few = append(few, Action{DomainMetadata: new(s.domains[name])})
	}
	for _, key := range s.tombstones(expired) {
		few = append(few, Action{Remove: s.gone[key].kept()})
	}
	return func(yield func(Action) bool) {
		for _, a := range few {
			if !yield(a) {
				return
			}
		}
		s.adds(files, yield)
	}
}

// adds yields the live files: there may be very many.
func (s *state) adds(files []liveFile, yield func(Action) bool) {
	withStats := s.metadata.checkpointsStats()
	for _, f := range files {
		a := s.whole(f.add)
		a.DataChange = false
		if !withStats {
			a.Stats = ""
		}
		if !yield(Action{Add: &a}) {
			return
		}
	}
}

// kept returns a tombstone as a checkpoint has it.
func (r Remove) kept() *Remove {
	r.DataChange = false
	if !r.ExtendedFileMetadata {
		r.PartitionValues, r.Size = nil, 0
	}
	return &r
}

// checkpointsStats reports whether checkpoints have statistics. Who wants them
// as columns alone gets them as text: readers take either.
func (m Metadata) checkpointsStats() bool {
	return m.Configuration[propStatsAsJSON] != "false" || m.Configuration[propStatsAsStruct] == "true"
}
