package notion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

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
	for name, raw := range p.Properties {
		var c cell
		if json.Unmarshal(raw, &c.parts) != nil || !c.parse() {
			s.oddities.note(fmt.Sprintf("The property %q of a page has a shape that is not known", name), p.ID)
			continue
		}
		column, known := m.byID[c.id]
		if !known {
			continue // a button, or newer than the schema: the next Schema has it
		}
		value, err := s.value(ctx, p.ID, c, column)
		if err != nil {
			return leadlake.Lead{}, err
		}
		if value != unknown {
			lead.Values[column.Name] = value
		}
	}
	return lead, nil
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
		case leadlake.KindOf(err) == leadlake.NotFound: // the page went away, or is no longer shared
			s.oddities.note(fmt.Sprintf("The relation %q could only be read in part", column.Label), page)
		case err != nil:
			return nil, err
		default:
			raw = whole
		}
	}
	d := decoder{zone: s.options.Zone}
	v, err := d.decode(c.kind, raw)
	if err == nil {
		v, err = convert(v, column.Type)
	}
	switch {
	case errors.Is(err, errUnsupported):
		v = unknown
		s.oddities.note(fmt.Sprintf("Notion does not give the value of %q (%s)", column.Label, c.kind), page)
	case err != nil:
		v = unknown
		s.oddities.note(fmt.Sprintf("A value of %q (%s) could not be read as %s", column.Label, c.kind, column.Type), page)
	case d.raw:
		s.oddities.note(fmt.Sprintf("%q is of a type that is not known (%s); its values are kept as Notion writes them", column.Label, c.kind), page)
	}
	return v, nil
}

// relation reads all of a relation that the page shows in part, in the form in
// which a page would show it.
func (s *Source) relation(ctx context.Context, page, property string) (json.RawMessage, error) {
	const most = 1000 // answers
	var all []json.RawMessage
	cursor := ""
	for range most {
		path := "/v1/pages/" + page + "/properties/" + property // ids come as they stand in paths
		if strings.ContainsAny(property, "/?#") || strings.Contains(property, "..") {
			path = "/v1/pages/" + page + "/properties/" + url.PathEscape(property)
		}
		if cursor != "" {
			path += "?start_cursor=" + url.QueryEscape(cursor)
		}
		var list struct {
			Results []struct {
				Relation json.RawMessage `json:"relation"`
			} `json:"results"`
			HasMore    bool   `json:"has_more"`
			NextCursor string `json:"next_cursor"`
		}
		if err := s.client.do(ctx, request{method: http.MethodGet, path: path}, &list); err != nil {
			return nil, err
		}
		for _, item := range list.Results {
			all = append(all, item.Relation)
		}
		if !list.HasMore || list.NextCursor == "" || list.NextCursor == cursor {
			break
		}
		cursor = list.NextCursor
	}
	whole, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("joining a relation: %w", err)
	}
	return whole, nil
}
