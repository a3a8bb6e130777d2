package notion

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/naming"
)

// mapping says which column each property feeds. It is immutable.
//
// A property is told by its id. What it feeds is decided once and kept in what
// is known of the schema: a rename changes a label, a property that vanishes
// keeps its column for when it returns. A core column, once fed by a property,
// is fed by no other until leadlake.yaml says so: not by one that has taken the
// name, because the first may come back.
type mapping struct {
	byID       map[string]leadlake.Column // what feeds a column now, by property id
	relations  map[string]string          // the relation that a rollup follows, by the rollup's id
	attributes []leadlake.Column          // ordered by name
	properties []leadlake.Property        // all that were ever known, ordered by column
	lacks      []string
	derived    bool
}

// mapper works out a mapping.
type mapper struct {
	mapping

	present []property
	known   map[string]leadlake.Property // by id
	options Options
	now     time.Time
}

// newMapping lays a schema over what is known of it.
func newMapping(raw map[string]json.RawMessage, known []leadlake.Property, o Options, now time.Time) (*mapping, error) {
	m := newMapper(raw, known, o, now)
	if _, wrong := m.mapCore(); wrong != nil {
		return nil, wrong
	}
	m.mapAttributes()
	m.describe()
	return &m.mapping, nil
}

func newMapper(raw map[string]json.RawMessage, known []leadlake.Property, o Options, now time.Time) *mapper {
	m := &mapper{
		mapping: mapping{byID: map[string]leadlake.Column{}, relations: map[string]string{}},
		known:   map[string]leadlake.Property{}, options: o, now: now,
	}
	for _, p := range known {
		m.known[p.ID] = p
	}
	var strange []string
	m.present, strange = parseSchema(raw)
	for _, name := range strange {
		m.lack("The property %q has a shape that is not known and was left out", name)
	}
	return m
}

func (m *mapper) lack(format string, args ...any) {
	m.lacks = append(m.lacks, fmt.Sprintf(format, args...))
}

// mapAttributes gives every property that feeds no core column one of its own.
func (m *mapper) mapAttributes() {
	taken := map[string]bool{}
	for _, c := range leadlake.CoreColumns() {
		taken[c.Name] = true
	}
	for _, p := range m.known {
		taken[p.Column], taken[unversioned(p.Column)] = true, true
		for _, c := range p.Former {
			taken[c.Name] = true
		}
	}
	for _, p := range m.present {
		if _, core := m.byID[p.ID]; core {
			continue
		}
		c := leadlake.Column{Name: m.attribute(p, taken), Type: typeOf(p.Kind), Label: p.Name}
		taken[c.Name] = true
		m.byID[p.ID] = c
		m.attributes = append(m.attributes, c)
	}
	slices.SortFunc(m.attributes, func(a, b leadlake.Column) int { return cmp.Compare(a.Name, b.Name) })
}

// attribute returns the name of the column of p: the one it has, or had when it
// was of that type, else the next version of the one it has, else one after its
// name.
func (m *mapper) attribute(p property, taken map[string]bool) string {
	old, known := m.known[p.ID]
	typ, core := typeOf(p.Kind), isCore(old.Column)
	if known && !core && old.Type == typ {
		return old.Column
	}
	if name, had := formerly(old, typ); had {
		return name
	}
	if known && (!core || old.Type == leadlake.Day && !dated(p.Kind)) {
		return nextVersion(old.Column, taken)
	}
	name := naming.Slug(p.Name)
	for name == "" || taken[name] {
		name = naming.Suffixed(name, p.ID)
	}
	return name
}

// formerly returns the column that p had last when it was of the type.
func formerly(p leadlake.Property, typ leadlake.Type) (name string, had bool) {
	for _, c := range slices.Backward(p.Former) {
		if !isCore(c.Name) && c.Type == typ {
			return c.Name, true
		}
	}
	return "", false
}

// nextVersion returns the name of the column that goes on where column has to
// stop, since its type cannot change. A slug never holds what marks a version.
func nextVersion(column string, taken map[string]bool) string {
	base := unversioned(column)
	for n := 2; ; n++ {
		if name := fmt.Sprintf("%s__v%d", base, n); !taken[name] {
			return name
		}
	}
}

func unversioned(column string) string {
	base, _, _ := strings.Cut(column, "__v")
	return base
}

func isCore(column string) bool {
	return slices.ContainsFunc(leadlake.CoreColumns(), func(c leadlake.Column) bool { return c.Name == column })
}

// describe notes what is known of every property from now on.
func (m *mapper) describe() {
	there := map[string]bool{}
	for _, p := range m.present {
		there[p.ID] = true
		m.derived = m.derived || derived(p.Kind)
		if p.Relation != "" {
			m.relations[p.ID] = p.Relation
		}
		c := m.byID[p.ID]
		entry := leadlake.Property{
			ID: p.ID, Label: p.Name, Kind: p.Kind, Column: c.Name, Type: c.Type, Options: p.Options, FirstSeen: m.now,
		}
		if old, known := m.known[p.ID]; known {
			entry.FirstSeen = old.FirstSeen
			entry = entry.Following(old)
		}
		m.properties = append(m.properties, entry)
	}
	for id, p := range m.known {
		if there[id] {
			continue
		}
		if p.RemovedAt.IsZero() {
			p.RemovedAt = m.now
		}
		m.properties = append(m.properties, p)
	}
	slices.SortFunc(m.properties, func(a, b leadlake.Property) int {
		return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.ID, b.ID))
	})
}
