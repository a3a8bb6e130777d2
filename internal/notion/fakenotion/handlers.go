package fakenotion

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// dashed returns an id from a path in the form in which the server keeps
// it; "" where it is none.
func dashed(id string) string {
	hex := strings.ToLower(strings.ReplaceAll(id, "-", ""))
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(hex) {
		return ""
	}
	return hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]
}

func badID(what, id string) *problem {
	return invalid("path failed validation: path.%s_id should be a valid uuid, instead was `%q`.", what, id)
}

func (s *Server) getDatabase(c *call) ([]byte, *problem) {
	raw := c.r.PathValue("id")
	id := dashed(raw)
	if id == "" {
		return nil, badID("database", raw)
	}
	if s.pages[id] != nil || s.plain[id] != nil {
		return nil, invalid("Provided ID %s is a page, not a database. Use the retrieve page API instead.", id)
	}
	db, ok := s.dbs[id]
	if !ok || db.hidden {
		return nil, notFound("database", id)
	}
	sources := []map[string]string{}
	for _, ds := range db.sources {
		sources = append(sources, map[string]string{"id": ds.id, "name": ds.name})
	}
	return appendJSON(nil, map[string]any{
		"object": "database", "id": db.id, "title": richText(db.title), "description": []any{},
		"parent": map[string]any{"type": "workspace", "workspace": true}, "is_inline": false,
		"in_trash": db.trashed, "is_locked": false, "data_sources": sources, "icon": nil, "cover": nil,
		"created_time": "2025-01-06T08:00:00.000Z", "last_edited_time": "2025-01-06T08:00:00.000Z",
		"url": "https://app.notion.com/p/" + strings.ReplaceAll(db.id, "-", ""), "public_url": nil,
	}), nil
}

func (s *Server) getDataSource(c *call) ([]byte, *problem) {
	raw := c.r.PathValue("id")
	id := dashed(raw)
	if id == "" {
		return nil, badID("data_source", raw)
	}
	ds, ok := s.sources[id]
	if !ok || ds.database.hidden {
		return nil, notFound("data source", id)
	}
	properties := map[string]any{}
	for _, p := range ds.properties {
		if !p.concealed {
			properties[p.Name] = p.schema()
		}
	}
	return appendJSON(nil, map[string]any{
		"object": "data_source", "id": ds.id, "title": richText(ds.name), "description": []any{},
		"parent":          map[string]string{"type": "database_id", "database_id": ds.database.id},
		"database_parent": map[string]any{"type": "workspace", "workspace": true},
		"properties":      properties, "in_trash": ds.database.trashed, "icon": nil, "cover": nil,
		"created_time": "2025-01-06T08:00:00.000Z", "last_edited_time": "2025-01-06T08:00:00.000Z",
	}), nil
}

func richText(s string) json.RawMessage { return appendRichText(nil, Runs{s}) }

func (s *Server) visible(c *call) (*page, *problem) {
	raw := c.r.PathValue("id")
	id := dashed(raw)
	if id == "" {
		return nil, badID("page", raw)
	}
	p, ok := s.pages[id]
	if !ok || p.source.database.hidden {
		return nil, notFound("page", id)
	}
	return p, nil
}

func (s *Server) getPage(c *call) ([]byte, *problem) {
	if plain, ok := s.plain[dashed(c.r.PathValue("id"))]; ok {
		return plain.json(), nil
	}
	p, refusal := s.visible(c)
	if refusal != nil {
		return nil, refusal
	}
	return s.render(p, c.r.URL.Query()["filter_properties[]"]), nil
}

// getProperty gives the items of a relation in pages, anything else as one item.
func (s *Server) getProperty(c *call) ([]byte, *problem) {
	p, refusal := s.visible(c)
	if refusal != nil {
		return nil, refusal
	}
	name := c.r.PathValue("property")
	i := slices.IndexFunc(p.source.properties, func(p Property) bool {
		id, err := url.PathUnescape(p.ID) // ids are given as they stand in paths
		return !p.concealed && (err == nil && id == name || p.Name == name)
	})
	if i < 0 {
		return nil, invalid("Could not find property with name or id: %s", name)
	}
	property := p.source.properties[i]
	if property.Type != "relation" {
		b := []byte(`{"object":"property_item","id":"` + property.ID + `","type":"` + property.Type + `","` + property.Type + `":`)
		return append(s.renderValue(b, property, p.value(i)), '}'), nil
	}
	ids, _ := p.value(i).([]string)
	return relationItems(property, ids, c)
}

func relationItems(property Property, ids []string, c *call) ([]byte, *problem) {
	const size = 25
	from := 0
	if cursor := c.r.URL.Query().Get("start_cursor"); cursor != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(cursor, "item-"))
		if err != nil || n < 0 || n > len(ids) {
			return nil, badCursor(cursor)
		}
		from = n
	}
	to := min(from+size, len(ids))
	items := []any{}
	for _, id := range ids[from:to] {
		items = append(items, map[string]any{
			"object": "property_item", "id": property.ID, "type": "relation",
			"relation": map[string]string{"id": id},
		})
	}
	var next any
	if to < len(ids) {
		next = fmt.Sprintf("item-%d", to)
	}
	return appendJSON(nil, map[string]any{
		"object": "list", "results": items, "next_cursor": next, "has_more": next != nil, "type": "property_item",
		"property_item": map[string]any{"id": property.ID, "next_url": nil, "type": "relation", "relation": map[string]any{}},
	}), nil
}
