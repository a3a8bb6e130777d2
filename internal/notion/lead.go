package notion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"leadlake"
)

// system returns a page as a lead with nothing but what Notion knows of every
// page.
func (s *Source) system(p page) leadlake.Lead {
	lead := leadlake.Lead{ID: p.ID, Values: map[string]leadlake.Value{
		leadlake.ColumnState:          string(p.state()),
		leadlake.ColumnCreatedTime:    p.CreatedTime.UTC(),
		leadlake.ColumnLastEditedTime: p.LastEditedTime.UTC(),
		leadlake.ColumnURL:            nil,
	}}
	if p.URL != "" {
		lead.Values[leadlake.ColumnURL] = p.URL
	}
	if s.elsewhere(p) {
		lead.Values[leadlake.ColumnState] = string(leadlake.Moved)
	}
	return lead
}

// lead turns a page into a lead. What cannot be read is left out of its
// values, which means unknown, and counted; one property never fails a page.
func (s *Source) lead(ctx context.Context, p page) (leadlake.Lead, error) {
	lead := s.system(p)
	if s.elsewhere(p) {
		return lead, nil
	}
	m := s.mapping.Load()
	if m == nil {
		return lead, leadlake.Errorf(leadlake.Internal, "The schema of the Notion database was not read before its leads")
	}
	cells := s.cells(p, m)
	for _, c := range cells {
		value, err := s.value(ctx, p.ID, c, m.byID[c.id])
		if err != nil {
			return leadlake.Lead{}, err
		}
		if value != unknown {
			lead.Values[m.byID[c.id].Name] = value
		}
		if relation, rollup := m.relations[c.id]; rollup && cut(cells, relation) {
			s.oddities.note(fmt.Sprintf("The rollup %q is approximate: it follows a relation to more than 25 pages, and Notion computes it on the first", m.byID[c.id].Label), p.ID)
		}
	}
	return lead, nil
}

// cells returns the properties of a page that feed a column. One that feeds
// none is newer than the schema: the next Schema has it.
func (s *Source) cells(p page, m *mapping) []cell {
	cells := make([]cell, 0, len(p.Properties))
	for name, raw := range p.Properties {
		var c cell
		if json.Unmarshal(raw, &c.parts) != nil || !c.parse() {
			s.oddities.note(fmt.Sprintf("The property %q of a page has a shape that is not known", name), p.ID)
			continue
		}
		if _, feeds := m.byID[c.id]; feeds {
			cells = append(cells, c)
		}
	}
	return cells
}

// cut reports whether the page shows only the beginning of the relation.
func cut(cells []cell, relation string) bool {
	return slices.ContainsFunc(cells, func(c cell) bool { return c.id == relation && c.more })
}

// elsewhere reports whether the page belongs to another data source. A page
// that does not say where it belongs is taken to be where it was found.
func (s *Source) elsewhere(p page) bool {
	ds, db := normal(p.Parent.DataSource), normal(p.Parent.Database)
	switch {
	case ds != "":
		return ds != s.id
	case db != "":
		return s.database != "" && db != s.database
	default:
		return p.Parent.Type != ""
	}
}

// cell is one property of a page.
type cell struct {
	parts map[string]json.RawMessage
	id    string
	kind  string // its type in Notion
	more  bool   // a relation that shows only its beginning
}

func (c *cell) parse() bool {
	if json.Unmarshal(c.parts["id"], &c.id) != nil || json.Unmarshal(c.parts["type"], &c.kind) != nil {
		return false
	}
	if raw, ok := c.parts["has_more"]; ok {
		_ = json.Unmarshal(raw, &c.more) // false where it is no bool
	}
	return true
}

// unknown stands for a value that could not be read.
const unknown = unreadable("unknown")

type unreadable string

// value reads a cell as the type of its column.
func (s *Source) value(ctx context.Context, page string, c cell, column leadlake.Column) (leadlake.Value, error) {
	raw := c.parts[c.kind]
	if c.more {
		whole, err := s.relation(ctx, page, c.id)
		switch {
		case withheld(err):
			s.oddities.note(fmt.Sprintf("The relation %q could only be read in part, so its value is not known", column.Label), page)
			return unknown, nil
		case err != nil:
			return nil, err
		}
		raw = whole
	}
	d := decoder{zone: s.options.Zone}
	v, err := d.decode(c.kind, raw)
	if err == nil {
		v, err = convert(v, column.Type)
	}
	for _, remark := range d.remarks {
		s.oddities.note(fmt.Sprintf("%q: %s", column.Label, remark), page)
	}
	switch {
	case errors.Is(err, errUnsupported):
		v = unknown
		s.oddities.note(fmt.Sprintf("Notion does not give the value of %q (%s)", column.Label, c.kind), page)
	case err != nil:
		v = unknown
		s.oddities.note(fmt.Sprintf("A value of %q (%s) could not be read as %s", column.Label, c.kind, column.Type), page)
	}
	return v, nil
}
