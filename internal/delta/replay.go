package delta

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// state is a table after some commits. Only replay and load change one, and
// only before it is in a Snapshot.
type state struct {
	root     string // the absolute URI of the table's folder, "" for none
	version  int64
	info     *CommitInfo // of the version, nil where it was not read
	protocol *Protocol
	metadata *Metadata
	files    map[string]*Add    // live, by canonical path; whole returns their statistics
	like     string             // statistics that others are packed by
	kept     *keptAdds          // where more of files go
	gone     map[string]*Remove // tombstones, by canonical path and deletion vector
	txns     map[string]Txn
	domains  map[string]DomainMetadata
}

func emptyState(root string) *state {
	return &state{
		root: root, version: -1, files: map[string]*Add{}, kept: &keptAdds{}, gone: map[string]*Remove{},
		txns: map[string]Txn{}, domains: map[string]DomainMetadata{},
	}
}

// clone returns a copy that replay may change.
func (s *state) clone() *state {
	c := *s
	c.kept = &keptAdds{} // two may not go on in one
	c.files, c.gone = maps.Clone(s.files), maps.Clone(s.gone)
	c.txns, c.domains = maps.Clone(s.txns), maps.Clone(s.domains)
	return &c
}

// replay makes c true in s, as the given version: the newest action about a
// thing wins.
func (s *state) replay(c Commit, version int64) error {
	for i := range c.Removes {
		if err := s.remove(&c.Removes[i]); err != nil {
			return err
		}
	}
	for i := range c.Adds {
		if err := s.add(&c.Adds[i]); err != nil {
			return err
		}
	}
	for _, t := range c.Txns {
		s.txns[t.AppID] = t
	}
	for _, d := range c.Domains {
		s.setDomain(d)
	}
	if c.Protocol != nil {
		s.protocol = c.Protocol
	}
	if c.Metadata != nil {
		s.metadata = c.Metadata
	}
	s.info, s.version = c.Info, version
	return nil
}

// load takes one row of a checkpoint into s.
func (s *state) load(a Action) error {
	switch {
	case a.Add != nil:
		return s.add(a.Add)
	case a.Remove != nil:
		return s.remove(a.Remove)
	case a.Txn != nil:
		s.txns[a.Txn.AppID] = *a.Txn
	case a.DomainMetadata != nil:
		s.setDomain(*a.DomainMetadata)
	case a.Protocol != nil:
		s.protocol = a.Protocol
	case a.Metadata != nil:
		s.metadata = a.Metadata
	}
	return nil
}

func (s *state) setDomain(d DomainMetadata) {
	if d.Removed {
		delete(s.domains, d.Domain)
		return
	}
	s.domains[d.Domain] = d
}

// add makes a file live. Other rows of it may be deleted than before only
// after a remove has said so: otherwise they would be there twice.
func (s *state) add(a *Add) error {
	name, err := canonical(a.Path, s.root)
	if err != nil {
		return err
	}
	if a.Size < 0 {
		return fmt.Errorf("%w: the add of %s has the size %d", ErrDamaged, a.Path, a.Size)
	}
	if live, ok := s.files[name]; ok && live.DeletionVector.id() != a.DeletionVector.id() {
		return fmt.Errorf("%w: %s is added with a second deletion vector", ErrDamaged, a.Path)
	}
	kept := s.packed(a)
	if name == kept.Path {
		name = kept.Path // not to keep the other text, too
	}
	s.files[name] = kept
	delete(s.gone, fileKey(name, a.DeletionVector))
	return nil
}

// packed returns a copy of an add that takes little memory: there may be very
// many.
func (s *state) packed(a *Add) *Add {
	kept, packed := *a, ""
	if len(a.PartitionValues) == 0 {
		kept.PartitionValues = nil
	}
	if len(a.Stats) >= leastStats {
		if s.like == "" {
			s.like = a.Stats
		}
		packed = packStats(s.like, a.Stats)
	}
	if packed == "" || len(packed) >= len(a.Stats) {
		return s.kept.keep(kept, "")
	}
	kept.Stats = ""
	return s.kept.keep(kept, packed)
}

// whole returns a live file's add as it was written.
func (s *state) whole(a *Add) Add {
	w := *a
	if w.PartitionValues == nil {
		w.PartitionValues = map[string]*string{}
	}
	if a.packed != "" {
		w.Stats, w.packed = unpackStats(s.like, a.packed), ""
	}
	return w
}

func (s *state) remove(r *Remove) error {
	name, err := canonical(r.Path, s.root)
	if err != nil {
		return err
	}
	if live, ok := s.files[name]; ok && live.DeletionVector.id() == r.DeletionVector.id() {
		delete(s.files, name)
	}
	s.gone[fileKey(name, r.DeletionVector)] = r
	return nil
}

// fileKey tells the logical files of the protocol apart.
func fileKey(name string, d *DeletionVector) string {
	if d == nil {
		return name
	}
	return name + "\x00" + d.id()
}

// check refuses a state that cannot be read as a table.
func (s *state) check() error {
	if s.protocol == nil || s.metadata == nil {
		return fmt.Errorf("%w: no protocol or no metaData up to version %d", ErrDamaged, s.version)
	}
	if err := s.protocol.readable(); err != nil {
		return err
	}
	if s.metadata.Format.Provider != "parquet" {
		return fmt.Errorf("%w: files of format %q", ErrUnsupported, s.metadata.Format.Provider)
	}
	vectors := s.protocol.reads("deletionVectors")
	for name, a := range s.files {
		if err := checkInside(name); err != nil {
			return err
		}
		if a.DeletionVector != nil && !vectors {
			return fmt.Errorf("%w: %s has a deletion vector, but the protocol lacks deletionVectors", ErrDamaged, a.Path)
		}
	}
	return nil
}

// liveFile is one of a state's files.
type liveFile struct {
	name string
	add  *Add
}

// liveFiles returns the live files, sorted by name.
func (s *state) liveFiles() []liveFile {
	files := make([]liveFile, 0, len(s.files))
	for name, a := range s.files {
		files = append(files, liveFile{name, a})
	}
	slices.SortFunc(files, func(a, b liveFile) int { return strings.Compare(a.name, b.name) })
	return files
}

// names returns the live files' names, sorted.
func (s *state) names() []string { return slices.Sorted(maps.Keys(s.files)) }

// isRefusal reports whether err says that a table is not to be read, rather
// than that reading it did not work.
func isRefusal(err error) bool {
	return errors.Is(err, ErrUnsupported) || errors.Is(err, ErrDamaged)
}
