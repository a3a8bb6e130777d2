package delta

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// readBack compares a checkpoint with the state that it is to hold. One
// that we have written has to say the same of everything; another writer's only
// what matters to who reads the table.
type readBack struct {
	want    *state
	ours    bool
	expired time.Time // tombstones from before do not matter
	stats   bool      // ours has statistics

	got *state // what it holds, without the adds

	// Adds are many: they are compared one by one, as they come.
	files []liveFile
	next  int             // so many of files have come
	early map[string]bool // and these, by name, before their turn
}

func newReadBack(want *state, expired time.Time) *readBack {
	return &readBack{
		want: want, ours: true, expired: expired, stats: want.metadata.checkpointsStats(),
		got: emptyState(want.root), files: want.liveFiles(), early: map[string]bool{},
	}
}

// verifyCheckpoint reads a checkpoint back. What it says otherwise than it
// should is an error.
func (t *Table) verifyCheckpoint(ctx context.Context, c checkpoint, r *readBack) error {
	for a, err := range t.checkpointRows(ctx, c) {
		switch {
		case err != nil:
		case a.Add == nil:
			err = r.got.load(a)
		default:
			err = r.add(a.Add)
		}
		if err != nil {
			return fmt.Errorf("reading a checkpoint back: %w", err)
		}
	}
	difference := r.want.differsBesideAdds(r.got, r.expired)
	switch {
	case r.next+len(r.early) != len(r.files):
		difference = fmt.Sprintf("it has %d live files, not %d", r.next+len(r.early), len(r.files))
	case difference == "" && r.ours:
		difference = r.want.differsFrom(r.got, r.expired)
	}
	if difference != "" {
		return fmt.Errorf("%w: checkpoint %s: %s", ErrDamaged, c.names[0], difference)
	}
	return nil
}

// add refuses one that is not a live file, or not for the first time.
func (r *readBack) add(a *Add) error {
	name, err := canonical(a.Path, r.want.root)
	if err != nil {
		return err
	}
	live := r.take(name)
	if live == nil || !live.same(a) || r.ours && !r.equal(live, a) {
		return fmt.Errorf("%w: %s is no live file as it stands there", ErrDamaged, a.Path)
	}
	return nil
}

// take returns the live file of that name; nil if there is none, or if it has
// come already. Ours come in the order in which they were written.
func (r *readBack) take(name string) *Add {
	if r.next < len(r.files) && r.files[r.next].name == name && !r.early[name] {
		r.next++
		return r.files[r.next-1].add
	}
	live := r.want.files[name]
	if live == nil || r.early[name] || r.next > 0 && name <= r.files[r.next-1].name {
		return nil
	}
	r.early[name] = true
	return live
}

// same reports whether two adds of a file say the same of its rows.
func (a *Add) same(b *Add) bool {
	return a.Size == b.Size && a.DeletionVector.id() == b.DeletionVector.id() && len(a.PartitionValues) == len(b.PartitionValues) &&
		maps.EqualFunc(a.PartitionValues, b.PartitionValues, func(x, y *string) bool { return text(x) == text(y) })
}

// equal reports whether a is word for word what a checkpoint of ours says of a
// live file.
func (r *readBack) equal(live, a *Add) bool {
	stats := a.Stats == ""
	switch {
	case r.stats && live.packed != "":
		stats = samePacked(r.want.like, live.packed, a.Stats)
	case r.stats:
		stats = live.Stats == a.Stats
	}
	return stats && live.Path == a.Path && live.ModificationTime == a.ModificationTime && !a.DataChange && maps.Equal(live.Tags, a.Tags) &&
		live.DeletionVector.equal(a.DeletionVector) && maps.EqualFunc(live.PartitionValues, a.PartitionValues, equalPointers)
}

func equalPointers[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// equal compares deletion vectors, of which an empty one is none.
func (d *DeletionVector) equal(o *DeletionVector) bool {
	var a, b DeletionVector
	if d != nil {
		a = *d
	}
	if o != nil {
		b = *o
	}
	return d.id() == o.id() && a.StorageType == b.StorageType && a.SizeInBytes == b.SizeInBytes && a.Cardinality == b.Cardinality
}

// differsFrom says in what a checkpoint of ours differs from s beside the adds,
// where differsBesideAdds finds nothing.
func (s *state) differsFrom(o *state, expired time.Time) string {
	switch m, theirs := s.metadata, o.metadata; {
	case !maps.Equal(s.txns, o.txns):
		return "it has other times of transaction identifiers"
	case m.SchemaString != theirs.SchemaString || m.Name != theirs.Name || m.Description != theirs.Description || m.CreatedTime != theirs.CreatedTime ||
		m.Format.Provider != theirs.Format.Provider || !maps.Equal(m.Format.Options, theirs.Format.Options):
		return "it has other words in metaData"
	}
	for _, key := range s.tombstones(expired) {
		if !s.gone[key].kept().equal(o.gone[key]) {
			return "it has another tombstone of " + s.gone[key].Path
		}
	}
	return ""
}

func (r *Remove) equal(o *Remove) bool {
	return r.Path == o.Path && r.DeletionTimestamp == o.DeletionTimestamp && r.DataChange == o.DataChange &&
		r.ExtendedFileMetadata == o.ExtendedFileMetadata && r.Size == o.Size && r.DeletionVector.equal(o.DeletionVector) &&
		maps.EqualFunc(r.PartitionValues, o.PartitionValues, equalPointers)
}

// differs says in what two states of one version differ, "" for nothing that
// matters: tombstones from before expired do not.
func (s *state) differs(o *state, expired time.Time) string {
	if !maps.EqualFunc(s.files, o.files, (*Add).same) {
		return fmt.Sprintf("it has other live files: %d, not %d", len(o.files), len(s.files))
	}
	return s.differsBesideAdds(o, expired)
}

// differsBesideAdds does the same for all that is no live file.
func (s *state) differsBesideAdds(o *state, expired time.Time) string {
	ours, theirs := s.tombstones(expired), o.tombstones(expired)
	switch {
	case o.protocol == nil || o.metadata == nil:
		return "it lacks protocol or metaData"
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
	return m.ID == o.ID && sameJSON(m.SchemaString, o.SchemaString) &&
		slices.Equal(m.PartitionColumns, o.PartitionColumns) && maps.Equal(m.Configuration, o.Configuration)
}

// sameJSON reports whether two texts say the same in JSON: a writer may put it
// down again with other spaces.
func sameJSON(a, b string) bool {
	var left, right any
	return a == b || json.Unmarshal([]byte(a), &left) == nil && json.Unmarshal([]byte(b), &right) == nil && reflect.DeepEqual(left, right)
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
