package notion

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"leadlake"
	"leadlake/internal/naming"
)

// property is one entry of a schema.
type property struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// mapping says which column each property feeds. It is immutable.
type mapping struct {
	byID       map[string]leadlake.Column // by property id
	attributes []leadlake.Column          // ordered by name
	warnings   []string
}

// newMapping reads a schema. before is the mapping so far, or nil: what it has
// mapped keeps its column.
func newMapping(raw map[string]json.RawMessage, o Options, before *mapping) (*mapping, error) {
	m := &mapping{byID: map[string]leadlake.Column{}}
	properties := m.parse(raw)
	if err := m.mapEvents(properties, o.Events, before); err != nil {
		return nil, err
	}
	if err := m.mapFields(properties, o.Fields, before); err != nil {
		return nil, err
	}
	m.mapAttributes(properties, before)
	return m, nil
}

func (m *mapping) columns() []leadlake.Column { return slices.Clone(m.attributes) }

func (m *mapping) lacks() []string { return slices.Clone(m.warnings) }

// parse returns the properties in an order that does not change: by name, then
// by id.
func (m *mapping) parse(raw map[string]json.RawMessage) []property {
	properties := make([]property, 0, len(raw))
	for name, entry := range raw {
		var p property
		if json.Unmarshal(entry, &p) != nil || p.ID == "" || p.Type == "" {
			m.warnings = append(m.warnings, fmt.Sprintf("The property %q has a shape that is not known and was left out", name))
			continue
		}
		p.Name = norm.NFC.String(name)
		properties = append(properties, p)
	}
	slices.SortFunc(properties, func(a, b property) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	slices.Sort(m.warnings)
	return properties
}

// find returns the property of that id or name: exactly so, else folded.
func find(properties []property, nameOrID string) (property, bool) {
	if nameOrID == "" {
		return property{}, false
	}
	for _, same := range []func(property) bool{
		func(p property) bool { return p.ID == nameOrID || p.Name == norm.NFC.String(nameOrID) },
		func(p property) bool { return naming.Fold(p.Name) == naming.Fold(nameOrID) },
	} {
		if i := slices.IndexFunc(properties, same); i >= 0 {
			return properties[i], true
		}
	}
	return property{}, false
}

func (m *mapping) mapEvents(properties []property, chosen map[leadlake.Event]string, before *mapping) error {
	for e := range chosen {
		if !e.Valid() {
			return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps an unknown event %q: under events: there can be %v", string(e), leadlake.Events())
		}
	}
	found := 0
	for _, e := range leadlake.Events() {
		names := []string{naming.Template(string(e))[0], string(e), before.feeder(string(e))} // the last finds what was renamed
		name, wanted := chosen[e]
		if wanted {
			names = []string{name}
		}
		p, ok := firstDated(properties, names)
		switch {
		case ok:
			m.byID[p.ID] = leadlake.Column{Name: string(e), Type: leadlake.Day, Label: p.Name}
			found++
		case wanted:
			return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps %s to %q, and the database has no date property of that name: it has %s",
				e, name, datesOf(properties))
		default:
			m.warnings = append(m.warnings, fmt.Sprintf("No date property is called %q, so %s stays empty: "+
				"name the property that holds it in leadlake.yaml, as  events: {%s: \"its name\"}", names[0], e, e))
		}
	}
	if found == 0 {
		return leadlake.Errorf(leadlake.Invalid, "None of the five events was recognised in this database: say in leadlake.yaml which date property is which, "+
			"as  events: {%s: \"its name\"}; the events are %v and the database has %s", leadlake.PriseContact, leadlake.Events(), datesOf(properties))
	}
	return nil
}

// firstDated returns the property of the first name that one has whose values
// can be days.
func firstDated(properties []property, names []string) (property, bool) {
	kinds := []string{"date", "formula", "rollup", "created_time", "last_edited_time"}
	for _, name := range names {
		if p, ok := find(properties, name); ok && slices.Contains(kinds, p.Type) {
			return p, true
		}
	}
	return property{}, false
}

func datesOf(properties []property) string {
	names := []string{}
	for _, p := range properties {
		if p.Type == "date" {
			names = append(names, fmt.Sprintf("%q", p.Name))
		}
	}
	if len(names) == 0 {
		return "no date property"
	}
	return "the date properties " + strings.Join(names, ", ")
}

func (m *mapping) mapFields(properties []property, chosen map[string]string, before *mapping) error {
	fields := templateFields()
	for column := range chosen {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.column == column }) {
			return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps an unknown field %q: under fields: there can be nom, email, telephone and statut", column)
		}
	}
	for _, f := range fields {
		p, ok := find(properties, before.feeder(f.column))
		if !ok {
			p, ok = m.pick(properties, f)
		}
		if name, wanted := chosen[f.column]; wanted {
			if p, ok = find(properties, name); !ok {
				return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps %s to %q, and the database has no property of that name", f.column, name)
			}
			if taken, twice := m.byID[p.ID]; twice {
				return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps both %s and %s to %q: a property can feed only one of them", taken.Name, f.column, name)
			}
		}
		if ok {
			m.byID[p.ID] = leadlake.Column{Name: f.column, Type: leadlake.Text, Label: p.Name}
		}
	}
	return nil
}

// pick finds the property of a field that nobody has named.
func (m *mapping) pick(properties []property, f field) (property, bool) {
	free := slices.DeleteFunc(slices.Clone(properties), func(p property) bool {
		_, taken := m.byID[p.ID]
		return taken
	})
	for _, name := range f.names {
		if p, ok := find(free, name); ok {
			return p, true
		}
	}
	i := slices.IndexFunc(free, func(p property) bool { return p.Type == f.kind })
	if i < 0 {
		return property{}, false
	}
	return free[i], true
}

// mapAttributes gives every other property a column of its own.
func (m *mapping) mapAttributes(properties []property, before *mapping) {
	taken := map[string]bool{}
	for _, c := range leadlake.CoreColumns() {
		taken[c.Name] = true
	}
	if before != nil {
		for _, c := range before.byID {
			taken[c.Name] = true
		}
	}
	for _, p := range properties {
		if _, core := m.byID[p.ID]; core || p.Type == "button" {
			continue
		}
		c := leadlake.Column{Name: naming.Slug(p.Name), Type: typeOf(p.Type), Label: p.Name}
		if old, known := before.attribute(p.ID); known && old.Type == c.Type {
			c.Name = old.Name
		} else {
			for c.Name == "" || taken[c.Name] {
				c.Name = naming.Suffixed(c.Name, p.ID)
			}
		}
		taken[c.Name] = true
		m.byID[p.ID] = c
		m.attributes = append(m.attributes, c)
	}
	slices.SortFunc(m.attributes, func(a, b leadlake.Column) int { return cmp.Compare(a.Name, b.Name) })
}

// feeder returns the id of the property that feeds the column, or "".
func (m *mapping) feeder(column string) string {
	if m != nil {
		for id, c := range m.byID {
			if c.Name == column {
				return id
			}
		}
	}
	return ""
}

// attribute returns the column that the property feeds, unless it is a core one.
func (m *mapping) attribute(id string) (leadlake.Column, bool) {
	if m == nil {
		return leadlake.Column{}, false
	}
	c, ok := m.byID[id]
	core := slices.ContainsFunc(leadlake.CoreColumns(), func(other leadlake.Column) bool { return other.Name == c.Name })
	return c, ok && !core
}

// typeOf returns the type of the column of an attribute. A formula's or a
// rollup's values may differ in type from page to page, so they are text.
func typeOf(kind string) leadlake.Type {
	switch kind {
	case "number":
		return leadlake.Number
	case "checkbox":
		return leadlake.Flag
	case "date", "created_time", "last_edited_time":
		return leadlake.Day
	case "multi_select", "people", "relation", "files":
		return leadlake.List
	default:
		return leadlake.Text
	}
}
