package delta

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// readFeatures are the features of the protocol that we can read.
func readFeatures() []string {
	return []string{
		"columnMapping", "deletionVectors", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck",
		"typeWidening", "typeWidening-preview",
	}
}

// readable refuses tables that need more of a reader than we can do. A table
// that is read in spite of it gives wrong rows, so it names what is missing.
func (p Protocol) readable() error {
	switch {
	case p.MinReaderVersion == 1, p.MinReaderVersion == 2:
		return nil
	case p.MinReaderVersion != 3:
		return fmt.Errorf("%w: reader version %d", ErrUnsupported, p.MinReaderVersion)
	case p.MinWriterVersion != 7 || p.ReaderFeatures == nil:
		return fmt.Errorf("%w: reader version 3 needs writer version 7 and a list of reader features", ErrDamaged)
	}
	var unknown []string
	for _, f := range p.ReaderFeatures {
		if !slices.Contains(readFeatures(), f) {
			unknown = append(unknown, f)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%w: reader features %s", ErrUnsupported, strings.Join(unknown, ", "))
	}
	return nil
}

// reads reports whether the protocol allows the table to use a feature that
// readers have to understand.
func (p Protocol) reads(feature string) bool {
	return p.MinReaderVersion == 2 && feature == "columnMapping" || slices.Contains(p.ReaderFeatures, feature)
}

// writable refuses tables that need more of a writer than we can do: writing
// to them in spite of it breaks a promise that they make to others.
func (p Protocol) writable(m Metadata) error {
	if err := p.readable(); err != nil {
		return err
	}
	if p.MinWriterVersion == 7 && p.WriterFeatures == nil {
		return fmt.Errorf("%w: writer version 7 needs a list of writer features", ErrDamaged)
	}
	if features := p.demands(); len(features) > 0 {
		return fmt.Errorf("%w: writing with the features %s", ErrUnsupported, strings.Join(features, ", "))
	}
	if strings.Contains(m.SchemaString, `delta.invariants`) {
		return fmt.Errorf("%w: writing with column invariants", ErrUnsupported)
	}
	for _, key := range slices.Sorted(maps.Keys(m.Configuration)) {
		if promises(key, m.Configuration[key]) {
			return fmt.Errorf("%w: table property %s=%s", ErrUnsupported, key, m.Configuration[key])
		}
	}
	return nil
}

// idleFeatures are those that ask nothing of a writer as long as the table does
// not use them: a property turns them on, or a column or a file has them. No
// feature is ever taken out of a protocol, so tables outlive what they needed
// one for.
func idleFeatures() []string {
	return []string{"appendOnly", "invariants", "columnMapping", "deletionVectors", "timestampNtz", "vacuumProtocolCheck"}
}

// demands returns the features of the protocol that ask something of a writer
// which we cannot do.
func (p Protocol) demands() []string {
	if p.MinReaderVersion == 1 && p.MinWriterVersion <= 2 {
		return nil
	}
	if features, ok := p.legacyFeatures(); ok {
		return features
	}
	if p.MinWriterVersion != 7 {
		return []string{fmt.Sprintf("all of writer version %d", p.MinWriterVersion)}
	}
	features := slices.Compact(slices.Sorted(slices.Values(slices.Concat(p.ReaderFeatures, p.WriterFeatures))))
	return slices.DeleteFunc(features, func(f string) bool { return slices.Contains(idleFeatures(), f) })
}

// legacyFeatures returns those features that we cannot write which a writer
// version demands by itself.
func (p Protocol) legacyFeatures() (features []string, ok bool) {
	if p.MinWriterVersion < 3 || p.MinWriterVersion > 6 {
		return nil, false
	}
	since := []string{"checkConstraints", "changeDataFeed and generatedColumns", "columnMapping", "identityColumns"}
	features = since[:p.MinWriterVersion-2]
	features[len(features)-1] += fmt.Sprintf(" (writer version %d)", p.MinWriterVersion)
	return features, true
}

// Overwritable returns an error that names what keeps us from describing the
// table anew and replacing every file of it; nil where nothing does. It may use
// features then that it will not use any more, which Writable does not allow.
func (s *Snapshot) Overwritable() error {
	m := s.Metadata()
	m.SchemaString = "" // what columns demand goes with them
	if _, said := m.Configuration[propVectors]; said {
		m.Configuration[propVectors] = "false"
	}
	if m.appendOnly() {
		return fmt.Errorf("%w: replacing the rows of a table with %s=true", ErrUnsupported, propAppendOnly)
	}
	return s.Protocol().writable(m)
}
