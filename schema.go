package leadlake

import (
	"cmp"
	"slices"
	"time"
)

// Property is one thing that a source knows of its leads, and the column that
// it feeds. It is told by its id from all others, for as long as there is a
// lake: a name may change, vanish and come back.
type Property struct {
	ID    string
	Label string // what people call it now
	Kind  string // the source's own type, as "select" or "formula"
	// Column holds its values. It was named once, after the first Label; a
	// property whose type changes goes on in another column.
	Column string
	Type   Type
	// Former are the columns that held its values before, the oldest first: no
	// other property may have them.
	Former []Column
	// Options are what can be chosen, where that is a closed list.
	Options   []Option
	FirstSeen time.Time
	RemovedAt time.Time // zero while the source shows it
}

// Following returns p with the Former columns that follow from what it was.
func (p Property) Following(was Property) Property {
	p.Former = slices.DeleteFunc(slices.Clone(was.Former), func(c Column) bool { return c.Name == p.Column })
	if was.Column != p.Column {
		p.Former = append(p.Former, Column{Name: was.Column, Type: was.Type})
	}
	return p
}

// Option is one value that can be chosen.
type Option struct{ ID, Name string }

// DriftKind says how a schema changed.
type DriftKind string

// The kinds of drift.
const (
	PropertyAdded    DriftKind = "added"
	PropertyRenamed  DriftKind = "renamed"
	PropertyRetyped  DriftKind = "type_changed"
	PropertyRemoved  DriftKind = "removed" // deleted, or no longer shared: the source does not tell
	PropertyReturned DriftKind = "returned"
	OptionAdded      DriftKind = "option_added"
	OptionRenamed    DriftKind = "option_renamed"
	OptionRemoved    DriftKind = "option_removed"
)

// Drift is one change of a source's schema.
type Drift struct {
	At       time.Time
	Kind     DriftKind
	Property Property // as it is since
	Was, Is  string   // the names or types that differ; "" where none does
}

// Rereads reports whether values may have changed without an edit of their
// leads, so that all of them have to be read again.
func (d Drift) Rereads() bool {
	switch d.Kind {
	case PropertyRenamed, PropertyRemoved, OptionAdded:
		return false
	default:
		return true
	}
}

// Drifts returns what changed between two states of a schema, ordered by
// label, then by id.
func Drifts(before, after []Property, at time.Time) []Drift {
	var drifts []Drift
	known := map[string]Property{}
	for _, p := range before {
		known[p.ID] = p
	}
	for _, p := range after {
		was, there := known[p.ID]
		note := func(kind DriftKind, was, is string) {
			drifts = append(drifts, Drift{At: at, Kind: kind, Property: p, Was: was, Is: is})
		}
		if !there {
			note(PropertyAdded, "", p.Label)
			continue
		}
		p.drift(was, note)
	}
	slices.SortStableFunc(drifts, func(a, b Drift) int {
		return cmp.Or(cmp.Compare(a.Property.Label, b.Property.Label), cmp.Compare(a.Property.ID, b.Property.ID))
	})
	return drifts
}

// drift tells note how p differs from what it was.
func (p Property) drift(was Property, note func(kind DriftKind, was, is string)) {
	switch {
	case was.RemovedAt.IsZero() && !p.RemovedAt.IsZero():
		note(PropertyRemoved, was.Label, "")
		return
	case !was.RemovedAt.IsZero() && p.RemovedAt.IsZero():
		note(PropertyReturned, "", p.Label)
	}
	if was.Label != p.Label {
		note(PropertyRenamed, was.Label, p.Label)
	}
	if was.Kind != p.Kind || was.Column != p.Column {
		note(PropertyRetyped, was.Kind, p.Kind)
	}
	p.driftOptions(was, note)
}

func (p Property) driftOptions(was Property, note func(kind DriftKind, was, is string)) {
	name := func(options []Option, id string) (string, bool) {
		i := slices.IndexFunc(options, func(o Option) bool { return o.ID == id })
		if i < 0 {
			return "", false
		}
		return options[i].Name, true
	}
	for _, o := range p.Options {
		switch before, there := name(was.Options, o.ID); {
		case !there:
			note(OptionAdded, "", o.Name)
		case before != o.Name:
			note(OptionRenamed, before, o.Name)
		}
	}
	for _, o := range was.Options {
		if _, there := name(p.Options, o.ID); !there {
			note(OptionRemoved, o.Name, "")
		}
	}
}
