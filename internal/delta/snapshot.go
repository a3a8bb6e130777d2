package delta

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// Snapshot is a table at one version. It never changes.
type Snapshot struct {
	state *state
}

// Version returns the version, from 0.
func (s *Snapshot) Version() int64 { return s.state.version }

// CommittedAt returns when the version was committed, by the committer's clock;
// the zero time where its commit is gone or does not say.
func (s *Snapshot) CommittedAt() time.Time {
	if s.state.info == nil || s.state.info.Timestamp == 0 {
		return time.Time{}
	}
	return time.UnixMilli(s.state.info.Timestamp).UTC()
}

// Metadata returns what describes the table at this version.
func (s *Snapshot) Metadata() Metadata {
	m := *s.state.metadata
	m.Configuration = maps.Clone(m.Configuration)
	return m
}

// Protocol returns what the table demands of readers and writers.
func (s *Snapshot) Protocol() Protocol { return *s.state.protocol }

// Writable returns an error that names what of the table we cannot write; nil
// where there is nothing. Such a table is plain to read, too: its data files
// hold the columns by their names, and every row in them is live.
func (s *Snapshot) Writable() error {
	if err := s.Protocol().writable(s.Metadata()); err != nil {
		return err
	}
	for name, a := range s.state.files {
		if a.DeletionVector != nil {
			return fmt.Errorf("%w: writing a table with deletionVectors, such as that of %s", ErrUnsupported, name)
		}
	}
	return nil
}

// Schema returns the columns as they are written.
func (s *Snapshot) Schema() (Schema, error) { return ParseSchema(s.state.metadata.SchemaString) }

// Columns returns the columns as a reader looks for them in data files.
func (s *Snapshot) Columns() ([]Column, error) {
	schema, err := s.Schema()
	if err != nil {
		return nil, err
	}
	mode := byOwnName
	if s.state.protocol.reads("columnMapping") {
		mode = mapping(s.state.metadata.Configuration["delta.columnMapping.mode"])
	}
	switch mode {
	case "":
		mode = byOwnName
	case byOwnName, byPhysicalName, byFieldID:
	default:
		return nil, fmt.Errorf("%w: columnMapping mode %q", ErrUnsupported, mode)
	}
	return columnsOf(schema.Fields, mode)
}

// PartitionColumns returns the columns whose values stand in the log instead of
// the data files, in the order of the partitioning.
func (s *Snapshot) PartitionColumns() ([]Column, error) {
	columns, err := s.Columns()
	if err != nil {
		return nil, err
	}
	var found []Column
	for _, name := range s.state.metadata.PartitionColumns {
		i := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%w: no column %q, by which the table is partitioned", ErrDamaged, name)
		}
		found = append(found, columns[i])
	}
	return found, nil
}

// Files yields the live files' names (keys of the table's folder) and adds,
// ordered by name.
func (s *Snapshot) Files() iter.Seq2[string, Add] {
	return func(yield func(string, Add) bool) {
		for _, f := range s.state.liveFiles() {
			if !yield(f.name, s.state.whole(f.add)) {
				return
			}
		}
	}
}

// File returns the add of a live file.
func (s *Snapshot) File(name string) (Add, bool) {
	a, ok := s.state.files[name]
	if !ok {
		return Add{}, false
	}
	return s.state.whole(a), true
}

// Applications returns the ids of those who have said how far they have come,
// sorted.
func (s *Snapshot) Applications() []string { return slices.Sorted(maps.Keys(s.state.txns)) }

// Txn returns how far the application has come, and whether it ever said.
func (s *Snapshot) Txn(appID string) (int64, bool) {
	t, ok := s.state.txns[appID]
	return t.Version, ok
}

// Only returns the snapshot with those of its live files alone that keep
// chooses by their names.
func (s *Snapshot) Only(keep func(name string) bool) *Snapshot {
	some := *s.state
	some.files = maps.Clone(some.files)
	maps.DeleteFunc(some.files, func(name string, _ *Add) bool { return !keep(name) })
	return &Snapshot{state: &some}
}

// Beside returns the snapshot with those of its live files alone whose rows are
// not all in the same file of o.
func (s *Snapshot) Beside(o *Snapshot) *Snapshot {
	names := map[string]bool{}
	for _, name := range s.state.namesBeside(o.state) {
		names[name] = true
	}
	return s.Only(func(name string) bool { return names[name] })
}
