package notion

import (
	"context"
	"slices"

	"leadlake"
)

// Schema reads the schema, lays it over what is known of it, and reads leads by
// it until the next call. It returns every property that was ever known, those
// that are gone with RemovedAt. After an error nothing has changed.
//
// A property whose type changes goes on in a column of the next version, x__v2,
// x__v3, and returns to the one it had where it returns to a type it had. No
// column ever holds two types, or the values of two properties; but for the core
// ones, which leadlake.yaml may give to another.
func (s *Source) Schema(ctx context.Context, known []leadlake.Property) ([]leadlake.Property, error) {
	ds, err := s.readDataSource(ctx, s.id)
	if missing(err) {
		return nil, notShared().Because(err)
	}
	if err != nil {
		return nil, err
	}
	if ds.InTrash || ds.Archived {
		return nil, trashed(plain(ds.Title))
	}
	m, err := newMapping(ds.Properties, known, s.options, s.Now())
	if err != nil && s.viaRow {
		return nil, leadlake.Errorf(leadlake.KindOf(err), "%s. DATABASE_ID is the address of a row of the database %q: is that the one you mean?",
			leadlake.MessageOf(err), s.Name()).Because(err)
	}
	if err != nil {
		return nil, err
	}
	s.mapping.Store(m)
	return slices.Clone(m.properties), nil
}

// Columns returns the columns that the database's properties feed, beside the
// core ones, ordered by name; nil before Schema. The caller owns the slice.
func (s *Source) Columns() []leadlake.Column {
	m := s.mapping.Load()
	if m == nil {
		return nil
	}
	return slices.Clone(m.attributes)
}

// Derived reports whether a property is a formula or a rollup, whose values
// change without an edit of their page.
func (s *Source) Derived() bool {
	m := s.mapping.Load()
	return m != nil && m.derived
}

// Lacks returns what the schema lacks, in words: events that nothing feeds,
// properties that are gone, of a shape that is not known. The caller owns the
// slice.
func (s *Source) Lacks() []string {
	m := s.mapping.Load()
	if m == nil {
		return nil
	}
	return slices.Clone(m.lacks)
}
