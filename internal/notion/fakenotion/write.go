package fakenotion

import (
	"encoding/json"
	"slices"
	"strings"
)

// patchPage changes properties of a page, or moves it to the trash and back.
func (s *Server) patchPage(c *call) ([]byte, *problem) {
	p, refusal := s.visible(c)
	if refusal != nil {
		return nil, refusal
	}
	var body struct {
		Properties map[string]json.RawMessage `json:"properties"`
		InTrash    *bool                      `json:"in_trash"`
	}
	if refusal = parseBody(c.body, &body, "properties", "in_trash"); refusal != nil {
		return nil, refusal
	}
	values, refusal := p.source.written(p.values, body.Properties)
	if refusal != nil {
		return nil, refusal
	}
	p.values = values
	if body.InTrash != nil {
		p.trashed = *body.InTrash
	}
	s.touch(p, s.o.Now())
	return s.render(p, nil), nil
}

// createPage adds a page to a data source.
func (s *Server) createPage(c *call) ([]byte, *problem) {
	var body struct {
		Parent struct {
			DataSource string `json:"data_source_id"`
		} `json:"parent"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if refusal := parseBody(c.body, &body, "parent", "properties"); refusal != nil {
		return nil, refusal
	}
	ds, ok := s.sources[dashed(body.Parent.DataSource)]
	if !ok || ds.database.hidden {
		return nil, notFound("data source", body.Parent.DataSource)
	}
	values, refusal := ds.written(nil, body.Properties)
	if refusal != nil {
		return nil, refusal
	}
	p, err := ds.newPage(Page{})
	if err != nil {
		return nil, invalid("%s", err)
	}
	p.values = values
	ds.insert(p)
	return s.render(p, nil), nil
}

func parseBody(body []byte, into any, known ...string) *problem {
	var keys map[string]json.RawMessage
	if json.Unmarshal(body, &keys) != nil {
		return invalidJSON()
	}
	for k, v := range keys {
		if !slices.Contains(known, k) {
			return invalid("body failed validation: body.%s should be not present, instead was `%s`.", k, v)
		}
	}
	if err := json.Unmarshal(body, into); err != nil {
		return invalid("body failed validation: %s.", err)
	}
	return nil
}

// written returns a copy of values with the changes of a body in it.
func (d *DataSource) written(values []Value, changes map[string]json.RawMessage) ([]Value, *problem) {
	changed := make([]Value, len(d.properties))
	copy(changed, values)
	for name, raw := range changes {
		i, err := d.position(name)
		if err != nil {
			return nil, invalid("%s is not a property that exists.", name)
		}
		kind := d.properties[i].Type
		var holder map[string]json.RawMessage
		if json.Unmarshal(raw, &holder) != nil || holder[kind] == nil {
			return nil, invalid("%s is expected to be %s.", name, kind)
		}
		v, ok := parseValue(kind, holder[kind])
		if !ok {
			return nil, invalid("body failed validation: body.properties.%s.%s is not valid, instead was `%s`.", name, kind, holder[kind])
		}
		changed[i] = v
	}
	return changed, nil
}

// parseValue reads a value as clients write it.
func parseValue(kind string, raw json.RawMessage) (Value, bool) {
	if string(raw) == "null" {
		return nil, true
	}
	switch kind {
	case "title", "rich_text":
		return parseText(raw)
	case "select", "status":
		var v struct{ Name string }
		err := json.Unmarshal(raw, &v)
		return v.Name, err == nil && v.Name != ""
	case "number":
		return parseAs[float64](raw)
	case "checkbox":
		return parseAs[bool](raw)
	case "url", "email", "phone_number":
		return parseAs[string](raw)
	case "date":
		var v Date
		err := json.Unmarshal(raw, &v)
		return v, err == nil && len(v.Start) >= len("2006-01-02")
	case "multi_select", "people", "relation":
		return parseNamed(raw)
	}
	return nil, false
}

func parseAs[T any](raw json.RawMessage) (Value, bool) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err == nil
}

func parseText(raw json.RawMessage) (Value, bool) {
	var runs []struct {
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	if json.Unmarshal(raw, &runs) != nil {
		return nil, false
	}
	var text strings.Builder
	for _, r := range runs {
		text.WriteString(r.Text.Content)
	}
	return text.String(), true
}

func parseNamed(raw json.RawMessage) (Value, bool) {
	var items []struct{ ID, Name string }
	if json.Unmarshal(raw, &items) != nil {
		return nil, false
	}
	names := make([]string, 0, len(items))
	for _, item := range items {
		if item.Name != "" {
			names = append(names, item.Name)
		} else {
			names = append(names, item.ID)
		}
	}
	return names, true
}
