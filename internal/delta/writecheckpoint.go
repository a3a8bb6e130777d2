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
	expired := t.options.Now().Add(-s.metadata.DeletedFileRetention())
	err := t.options.Parquet.WriteActions(ctx, c.names[0], s.actions(expired))
	switch {
	case errors.Is(err, blob.ErrExist):
		expired = forever() // another writer may keep other tombstones
	case err != nil:
		return fmt.Errorf("writing a checkpoint: %w", err)
	}
	if err := t.verifyCheckpoint(ctx, c, s, expired); err != nil {
		return err
	}
	return t.point(ctx, c, s)
}

// verifyCheckpoint reads a checkpoint back and compares it with the state that
// it is to hold.
func (t *Table) verifyCheckpoint(ctx context.Context, c checkpoint, want *state, expired time.Time) error {
	got := emptyState(t.options.Root)
	got.version = c.version
	seen := make(map[string]bool, len(want.files)) // adds are many: they are compared one by one
	for a, err := range t.checkpointRows(ctx, c) {
		switch {
		case err != nil:
		case a.Add == nil:
			err = got.load(a)
		default:
			err = want.expects(a.Add, seen)
		}
		if err != nil {
			return fmt.Errorf("reading a checkpoint back: %w", err)
		}
	}
	got.files = want.files
	difference := want.differs(got, expired)
	if len(seen) != len(want.files) {
		difference = fmt.Sprintf("it has %d live files, not %d", len(seen), len(want.files))
	}
	if difference != "" {
		return fmt.Errorf("%w: checkpoint %s: %s", ErrDamaged, c.names[0], difference)
	}
	return nil
}

// expects refuses an add that is not a live file of s, or not for the first
// time.
func (s *state) expects(a *Add, seen map[string]bool) error {
	name, err := canonical(a.Path, s.root)
	if err != nil {
		return err
	}
	if live, ok := s.files[name]; !ok || seen[name] || !live.same(a) {
		return fmt.Errorf("%w: %s is no live file as it stands there", ErrDamaged, a.Path)
	}
	seen[name] = true
	return nil
}

// same reports whether two adds of a file say the same of its rows.
func (a *Add) same(b *Add) bool {
	return a.Size == b.Size && a.DeletionVector.id() == b.DeletionVector.id() && len(a.PartitionValues) == len(b.PartitionValues) &&
		maps.EqualFunc(a.PartitionValues, b.PartitionValues, func(x, y *string) bool { return text(x) == text(y) })
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

// actions yields the state as the rows of a checkpoint, without tombstones of
// files that were removed before expired.
func (s *state) actions(expired time.Time) iter.Seq[Action] {
	few := []Action{{Protocol: s.protocol}, {Metadata: s.metadata}}
	for _, id := range slices.Sorted(maps.Keys(s.txns)) {
		few = append(few, Action{Txn: new(s.txns[id])})
	}
	for _, name := range slices.Sorted(maps.Keys(s.domains)) {
		few = append(few, Action{DomainMetadata: new(s.domains[name])})
	}
	for _, key := range slices.Sorted(maps.Keys(s.gone)) {
		if r := *s.gone[key]; r.DeletionTimestamp >= expired.UnixMilli() {
			r.DataChange = false
			few = append(few, Action{Remove: &r})
		}
	}
	return func(yield func(Action) bool) {
		for _, a := range few {
			if !yield(a) {
				return
			}
		}
		s.adds(yield)
	}
}

// adds yields the live files: there may be very many.
func (s *state) adds(yield func(Action) bool) {
	// Who wants statistics as columns alone gets them as text: readers take either.
	withStats := s.metadata.Configuration[propStatsAsJSON] != "false" || s.metadata.Configuration[propStatsAsStruct] == "true"
	for _, name := range s.names() {
		a := s.whole(s.files[name])
		a.DataChange = false
		if !withStats {
			a.Stats = ""
		}
		if !yield(Action{Add: &a}) {
			return
		}
	}
}

// differs says in what two states of one version differ, "" for nothing that
// matters: tombstones from before expired do not.
func (s *state) differs(o *state, expired time.Time) string {
	ours, theirs := s.tombstones(expired), o.tombstones(expired)
	switch {
	case o.protocol == nil || o.metadata == nil:
		return "it lacks protocol or metaData"
	case !maps.EqualFunc(s.files, o.files, (*Add).same):
		return fmt.Sprintf("it has other live files: %d, not %d", len(o.files), len(s.files))
	case !maps.EqualFunc(s.txns, o.txns, func(a, b Txn) bool { return a.Version == b.Version }):
		return "it has other transaction identifiers"
	case !maps.Equal(s.domains, o.domains):
		return "it has other domain metadata"
	case !slices.Equal(ours, theirs):
		return fmt.Sprintf("it has other tombstones: %d, not %d", len(theirs), len(ours))
	case !s.protocol.equal(*o.protocol):
		return "it has another protocol"
	case !s.metadata.equal(*o.metadata):
		return "it has other metaData"
	}
	return ""
}

// tombstones returns the keys of the files that were removed after expired.
func (s *state) tombstones(expired time.Time) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.gone)), func(key string) bool {
		return s.gone[key].DeletionTimestamp < expired.UnixMilli()
	})
}

func (m Metadata) equal(o Metadata) bool {
	return m.ID == o.ID && m.SchemaString == o.SchemaString &&
		slices.Equal(m.PartitionColumns, o.PartitionColumns) && maps.Equal(m.Configuration, o.Configuration)
}

// text compares partition values: null and empty text are one value.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (p Protocol) equal(o Protocol) bool {
	return p.MinReaderVersion == o.MinReaderVersion && p.MinWriterVersion == o.MinWriterVersion &&
		slices.Equal(sorted(p.ReaderFeatures), sorted(o.ReaderFeatures)) &&
		slices.Equal(sorted(p.WriterFeatures), sorted(o.WriterFeatures))
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
