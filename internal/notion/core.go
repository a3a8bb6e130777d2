package notion

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/naming"
)

// target is a core column that some property is to feed.
type target struct {
	column  string
	typ     leadlake.Type
	names   []string // what the property may be called
	kind    string   // else the first property of this type; "" for none
	chosen  string   // in leadlake.yaml, by name or id
	decided bool     // whether the property was decided on, be it there or not
}

// targets returns the core columns that properties feed: events, then fields;
// and an error where leadlake.yaml speaks of others.
func (m *mapper) targets() ([]*target, error) {
	var list []*target
	for _, e := range leadlake.Events() {
		list = append(list, &target{
			column: string(e), typ: leadlake.Day, names: append(naming.Template(string(e)), string(e)), chosen: m.options.Events[e],
		})
	}
	for _, f := range templateFields() {
		list = append(list, &target{
			column: f.column, typ: leadlake.Text, names: f.names, kind: f.kind, chosen: m.options.Fields[f.column],
		})
	}
	for _, e := range slices.Sorted(maps.Keys(m.options.Events)) {
		if !e.Valid() {
			return list, leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps an unknown event %q: under events: there can be %v", string(e), leadlake.Events())
		}
	}
	for _, column := range slices.Sorted(maps.Keys(m.options.Fields)) {
		if !slices.ContainsFunc(templateFields(), func(f field) bool { return f.column == column }) {
			return list, leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps an unknown field %q: under fields: there can be nom, email, telephone and statut", column)
		}
	}
	return list, nil
}

// mapCore decides what feeds the core columns: what leadlake.yaml says, else
// what has fed them so far, else what has the name, else the type. It returns
// the first thing that is wrong with that, and what it decided all the same.
func (m *mapper) mapCore() (targets []*target, wrong error) {
	targets, wrong = m.targets()
	for _, t := range targets {
		if err := m.choose(t); err != nil && wrong == nil {
			wrong = err
		}
	}
	for _, step := range []func(*target){m.keep, m.recognise, m.guess} {
		for _, t := range targets {
			if !t.decided {
				step(t)
			}
		}
	}
	if decided := m.checkEvents(targets); decided == 0 && wrong == nil {
		wrong = m.noEvent()
	}
	return targets, wrong
}

// checkEvents notes the events that nothing feeds, and returns how many others
// there are.
func (m *mapper) checkEvents(targets []*target) (decided int) {
	for _, t := range targets {
		switch {
		case t.typ != leadlake.Day:
		case t.decided:
			decided++
		default:
			m.lack("No date property is called %q, so %s stays empty: name the property that holds it in leadlake.yaml, as  events: {%s: \"its name\"}",
				t.names[0], t.column, t.column)
		}
	}
	return decided
}

// choose follows leadlake.yaml. A name that is no longer there is passed over
// where the column was fed before: the property may have been renamed.
func (m *mapper) choose(t *target) error {
	if t.chosen == "" {
		return nil
	}
	suitable := slices.DeleteFunc(slices.Clone(m.present), func(p property) bool { return !t.suits(p) })
	p, there := find(suitable, t.chosen)
	taken, twice := m.byID[p.ID]
	_, fed := m.feeder(t)
	switch {
	case there && twice:
		return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps both %s and %s to %q: a property can feed only one of them", taken.Name, t.column, t.chosen)
	case there:
		m.feed(t, p)
	case fed:
		m.lack("The file leadlake.yaml maps %s to %q, which the database no longer has: it stays with the property that has fed it so far", t.column, t.chosen)
	case t.typ == leadlake.Day:
		return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps %s to %q, and the database has no date property of that name: it has %s",
			t.column, t.chosen, m.datesPresent())
	default:
		return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml maps %s to %q, and the database has no property of that name", t.column, t.chosen)
	}
	return nil
}

// suits reports whether p can feed the column.
func (t *target) suits(p property) bool { return t.typ != leadlake.Day || dated(p.Kind) }

func (m *mapper) feed(t *target, p property) {
	m.byID[p.ID] = leadlake.Column{Name: t.column, Type: t.typ, Label: p.Name}
	t.decided = true
}

// feeder returns the property that has fed the column so far: one that is
// there before one that is not, one that feeds it before one whose type has
// changed since.
func (m *mapper) feeder(t *target) (leadlake.Property, bool) {
	var candidates []leadlake.Property
	for _, p := range m.known {
		if unversioned(p.Column) == t.column {
			candidates = append(candidates, p)
		}
	}
	if len(candidates) == 0 {
		return leadlake.Property{}, false
	}
	rank := func(p leadlake.Property) int {
		rank := 0
		if !p.RemovedAt.IsZero() {
			rank++
		}
		if p.Column != t.column {
			rank += 2
		}
		return rank
	}
	return slices.MinFunc(candidates, func(a, b leadlake.Property) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID))
	}), true
}

// keep leaves the column with the property that has fed it so far, even if
// that one is not there at the moment.
func (m *mapper) keep(t *target) {
	old, fed := m.feeder(t)
	if _, taken := m.byID[old.ID]; !fed || taken { // taken: leadlake.yaml has it feed another column
		return
	}
	t.decided = true
	i := slices.IndexFunc(m.present, func(p property) bool { return p.ID == old.ID })
	switch {
	case i < 0:
		m.lack("The property %q, which fed %s, is deleted or no longer shown to the integration: what is stored stays; "+
			"restore it, or name another one in leadlake.yaml%s", old.Label, t.column, m.successor(t))
	case !t.suits(m.present[i]):
		m.lack("The property %q, which fed %s, is now of the type %s and holds no day: what is stored stays; "+
			"make it a date again, or name another one in leadlake.yaml%s", m.present[i].Name, t.column, m.present[i].Kind, m.successor(t))
	default:
		m.feed(t, m.present[i])
	}
}

// successor says, as the rest of a sentence, which property has taken the name
// of the one that is gone.
func (m *mapper) successor(t *target) string {
	p, ok := m.named(t)
	if !ok {
		return ""
	}
	return fmt.Sprintf(", as %s: %q", t.column, p.Name)
}

// recognise finds the property by its name.
func (m *mapper) recognise(t *target) {
	if p, ok := m.named(t); ok {
		m.feed(t, p)
	}
}

func (m *mapper) named(t *target) (property, bool) {
	for _, name := range t.names {
		if p, ok := find(m.free(t), name); ok {
			return p, true
		}
	}
	return property{}, false
}

// guess takes the first property of the type that has no column yet.
func (m *mapper) guess(t *target) {
	for _, p := range m.free(t) {
		if _, known := m.known[p.ID]; !known && p.Kind == t.kind {
			m.feed(t, p)
			return
		}
	}
}

// free returns what could feed the column and feeds none.
func (m *mapper) free(t *target) []property {
	return slices.DeleteFunc(slices.Clone(m.present), func(p property) bool {
		_, taken := m.byID[p.ID]
		return taken || !t.suits(p)
	})
}

func (m *mapper) noEvent() error {
	return leadlake.Errorf(leadlake.Invalid, "None of the five events was recognised in this database: say in leadlake.yaml which date property is which, "+
		"as  events: {%s: \"its name\"}; the events are %v and the database has %s; leadlake doctor suggests which is meant", leadlake.PriseContact, leadlake.Events(), m.datesPresent())
}

func (m *mapper) datesPresent() string {
	names := []string{}
	for _, p := range m.present {
		if p.Kind == "date" {
			names = append(names, fmt.Sprintf("%q", p.Name))
		}
	}
	if len(names) == 0 {
		return "no date property"
	}
	return "the date properties " + strings.Join(names, ", ")
}
