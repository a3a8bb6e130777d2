package delta

import (
	"fmt"
	"slices"
	"strings"
)

// readable refuses tables that need more of a reader than we can do. A table
// that is read in spite of it gives wrong rows, so it names what is missing.
func (p Protocol) readable() error {
	switch {
	case p.MinReaderVersion == 1:
		return nil
	case p.MinReaderVersion == 2:
		return fmt.Errorf("%w: reader version 2 (columnMapping)", ErrUnsupported)
	case p.MinReaderVersion == 3 && len(p.ReaderFeatures) > 0:
		return fmt.Errorf("%w: reader features %s", ErrUnsupported, strings.Join(p.ReaderFeatures, ", "))
	case p.MinReaderVersion == 3 && p.MinWriterVersion == 7:
		return nil // features only a writer needs
	default:
		return fmt.Errorf("%w: reader version %d", ErrUnsupported, p.MinReaderVersion)
	}
}

// writable refuses tables that need more of a writer than we can do: writing
// to them in spite of it breaks a promise that they make to others.
func (p Protocol) writable(m Metadata) error {
	if err := p.readable(); err != nil {
		return err
	}
	if p.MinWriterVersion > 2 {
		features := p.WriterFeatures
		if len(features) == 0 {
			features = []string{fmt.Sprintf("all of version %d", p.MinWriterVersion)}
		}
		return fmt.Errorf("%w: writer features %s", ErrUnsupported, strings.Join(features, ", "))
	}
	if len(m.PartitionColumns) > 0 {
		return fmt.Errorf("%w: writing to a partitioned table", ErrUnsupported)
	}
	if strings.Contains(m.SchemaString, `delta.invariants`) {
		return fmt.Errorf("%w: column invariants", ErrUnsupported)
	}
	known := []string{"delta.dataSkippingStatsColumns", "delta.dataSkippingNumIndexedCols"}
	for key := range m.Configuration {
		if strings.HasPrefix(key, "delta.") && !slices.Contains(known, key) {
			return fmt.Errorf("%w: table property %s=%s", ErrUnsupported, key, m.Configuration[key])
		}
	}
	return nil
}
