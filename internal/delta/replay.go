package delta

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
)

// state is a table after some commits. Only replay changes one, and only
// before it is in a Snapshot.
type state struct {
	version  int64
	at       int64 // when it was committed, by the committer's clock; Unix milliseconds
	protocol *Protocol
	metadata *Metadata
	files    map[string]Add // live, by decoded path
	txns     map[string]int64
}

func emptyState() *state {
	return &state{version: -1, files: map[string]Add{}, txns: map[string]int64{}}
}

// clone returns a copy that replay may change.
func (s *state) clone() *state {
	c := *s
	c.files, c.txns = maps.Clone(s.files), maps.Clone(s.txns)
	return &c
}

// replay makes c true in s, as version s.version+1: the newest action about a
// thing wins.
func (s *state) replay(c Commit) error {
	for _, r := range c.Removes {
		name, err := fileName(r.Path)
		if err != nil {
			return err
		}
		delete(s.files, name)
	}
	for _, a := range c.Adds {
		name, err := fileName(a.Path)
		if err != nil {
			return err
		}
		if hasDeletionVector(a) {
			return fmt.Errorf("%w: deletionVectors", ErrUnsupported)
		}
		s.files[name] = a
	}
	for _, t := range c.Txns {
		s.txns[t.AppID] = t.Version
	}
	if c.Info != nil {
		s.at = c.Info.Timestamp
	}
	if c.Protocol != nil {
		s.protocol = c.Protocol
	}
	if c.Metadata != nil {
		s.metadata = c.Metadata
	}
	s.version++
	return nil
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
	return nil
}

func hasDeletionVector(a Add) bool {
	return len(a.DeletionVector) > 0 && string(a.DeletionVector) != "null"
}

// fileName decodes the path of an add or remove into a key of the table's
// folder. Absolute paths, other schemes and paths that leave the folder are
// refused.
func fileName(uri string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return "", fmt.Errorf("%w: file path %q: %w", ErrDamaged, uri, err)
	}
	if u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "/") {
		return "", fmt.Errorf("%w: absolute file path %q", ErrUnsupported, uri)
	}
	name := path.Clean(u.Path)
	if name == "." || name == ".." || strings.HasPrefix(name, "../") || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%w: file path %q leaves the table or is not escaped", ErrDamaged, uri)
	}
	return name, nil
}

// names returns the live files' names, sorted.
func (s *state) names() []string { return slices.Sorted(maps.Keys(s.files)) }

// isRefusal reports whether err says that a table is not to be read, rather
// than that reading it did not work.
func isRefusal(err error) bool {
	return errors.Is(err, ErrUnsupported) || errors.Is(err, ErrDamaged)
}
