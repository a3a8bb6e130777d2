package notion

import (
	"cmp"
	"context"
	"slices"
	"time"

	"leadlake"
	"leadlake/internal/naming"
)

// Inspection is what can be told of a database before it is synced.
type Inspection struct {
	Name       string
	ViaRow     bool                // it was found by the address of one of its rows
	Properties []leadlake.Property // that are there
	Cores      []Core              // the events, then nom, email, telephone and statut
	Lacks      []string            // as Source.Lacks
	Wrong      error               // why it cannot be synced as it is set up; nil where it can
	Rows       int                 // that are not archived, counted up to 1,000
	MoreRows   bool
	Archived   bool          // whether archived rows can be listed, without which nothing can be known to be gone
	Skew       time.Duration // how far this machine's clock is ahead of Notion's
}

// Core is a core column, and what feeds it.
type Core struct {
	Column   string
	Property string // what the property is called; "" where nothing feeds the column
	// Suggested is the property that is most likely meant where nothing feeds
	// the column; "" where none is.
	Suggested string
}

// Inspect looks at everything that a sync needs, and changes nothing. known is
// as for Schema. What is wrong with the set-up is in the Inspection; an error
// says why there is none.
func (s *Source) Inspect(ctx context.Context, known []leadlake.Property) (Inspection, error) {
	const most = 1000
	in := Inspection{Name: s.Name(), ViaRow: s.viaRow}
	ds, err := s.readDataSource(ctx, s.id)
	switch {
	case missing(err):
		return in, notShared().Because(err)
	case err != nil:
		return in, err
	case ds.InTrash || ds.Archived:
		return in, trashed(plain(ds.Title))
	}
	m := newMapper(ds.Properties, known, s.options, s.Now())
	targets, wrong := m.mapCore()
	in.Wrong = wrong
	in.Cores = m.cores(targets)
	m.mapAttributes()
	m.describe()
	in.Properties = slices.DeleteFunc(m.properties, func(p leadlake.Property) bool { return !p.RemovedAt.IsZero() })
	in.Lacks = m.lacks
	if in.Rows, in.MoreRows, err = s.count(ctx, false, most); err != nil {
		return in, err
	}
	_, _, err = s.count(ctx, true, 1)
	if in.Archived = err == nil; err != nil && !refusesArchived(err) {
		return in, err
	}
	in.Skew = s.client.skew()
	return in, nil
}

// cores says what feeds each column, and suggests what might.
func (m *mapper) cores(targets []*target) []Core {
	suggested := m.suggest(targets)
	list := make([]Core, 0, len(targets))
	for _, t := range targets {
		c := Core{Column: t.column, Suggested: suggested[t.column]}
		for _, fed := range m.byID {
			if fed.Name == t.column {
				c.Property, c.Suggested = fed.Label, ""
			}
		}
		list = append(list, c)
	}
	return list
}

// suggest returns the likely property of each column that has none, by name:
// the likest pair first, and each property once.
func (m *mapper) suggest(targets []*target) map[string]string {
	const likely = 0.6
	type pair struct {
		column, property string
		likeness         float64
	}
	var pairs []pair
	for _, t := range targets {
		if t.decided {
			continue
		}
		for _, p := range m.free(t) {
			if l := naming.Likeness(p.Name, t.column); l >= likely && t.takes(p.Kind) {
				pairs = append(pairs, pair{t.column, p.Name, l})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.likeness, a.likeness), cmp.Compare(naming.Rank(a.property, a.column), naming.Rank(b.property, b.column)))
	})
	suggested, used := map[string]string{}, map[string]bool{}
	for _, p := range pairs {
		if suggested[p.column] == "" && !used[p.property] {
			suggested[p.column], used[p.property] = p.property, true
		}
	}
	return suggested
}

// takes reports whether a property of the kind may be suggested for the column.
func (t *target) takes(kind string) bool {
	text := []string{"title", "rich_text", "formula", "rollup"}
	return slices.Contains(map[string][]string{
		leadlake.ColumnNom:       text,
		leadlake.ColumnEmail:     append(text, "email"),
		leadlake.ColumnTelephone: append(text, "phone_number", "number"),
		leadlake.ColumnStatut:    append(text, "status", "select"),
	}[t.column], kind) || t.typ == leadlake.Day && dated(kind)
}
