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

// CommittedAt returns when the version was committed, by the committer's clock.
func (s *Snapshot) CommittedAt() time.Time { return time.UnixMilli(s.state.at).UTC() }

// Metadata returns what describes the table at this version.
func (s *Snapshot) Metadata() Metadata {
	m := *s.state.metadata
	m.Configuration = maps.Clone(m.Configuration)
	return m
}

// Protocol returns what the table demands of readers and writers.
func (s *Snapshot) Protocol() Protocol { return *s.state.protocol }

// Schema returns the columns.
func (s *Snapshot) Schema() (Schema, error) {
	schema, err := ParseSchema(s.state.metadata.SchemaString)
	if err != nil {
		return Schema{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return schema, nil
}

// Files yields the live files' names (keys of the table's folder) and adds,
// ordered by name.
func (s *Snapshot) Files() iter.Seq2[string, Add] {
	return func(yield func(string, Add) bool) {
		for _, name := range s.state.names() {
			if !yield(name, s.state.files[name]) {
				return
			}
		}
	}
}

// File returns the add of a live file.
func (s *Snapshot) File(name string) (Add, bool) {
	a, ok := s.state.files[name]
	return a, ok
}

// Applications returns the ids of those who have said how far they have come,
// sorted.
func (s *Snapshot) Applications() []string { return slices.Sorted(maps.Keys(s.state.txns)) }

// Txn returns how far the application has come, and whether it ever said.
func (s *Snapshot) Txn(appID string) (int64, bool) {
	v, ok := s.state.txns[appID]
	return v, ok
}
