package fakenotion

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
)

// filter is a set of conditions, all of which must hold.
type filter struct {
	bounds []bound
	texts  []textTest
}

// bound is a condition on one of the two timestamps.
type bound struct {
	created bool
	test    string
	at      int64
}

// textTest is a condition on the text of a property. As far as is known, Notion
// does not tell capitals from small letters there.
type textTest struct {
	position int
	letters  string // in lower case
	without  bool
}

func (d *DataSource) parseFilter(raw json.RawMessage) (*filter, *problem) {
	f := &filter{}
	if len(raw) == 0 || string(raw) == "null" {
		return f, nil
	}
	return f, f.read(d, raw, 2)
}

// read adds the conditions of a node, below which there may be that many levels.
func (f *filter) read(d *DataSource, raw json.RawMessage, depth int) *problem {
	var node struct {
		And       []json.RawMessage `json:"and"`
		Timestamp string            `json:"timestamp"`
		Property  string            `json:"property"`
	}
	unknown := invalid("body failed validation: body.filter is not one that this workspace knows, instead was `%s`.", raw)
	if json.Unmarshal(raw, &node) != nil {
		return unknown
	}
	switch {
	case node.And != nil && (depth == 0 || len(node.And) > 100):
		return invalid("body failed validation: body.filter is nested too deep or has more than 100 elements.")
	case node.And != nil:
		for _, part := range node.And {
			if p := f.read(d, part, depth-1); p != nil {
				return p
			}
		}
		return nil
	case node.Timestamp != "":
		return f.readBound(node.Timestamp, raw)
	case node.Property != "":
		return f.readText(d, node.Property, raw)
	}
	return unknown
}

func (f *filter) readBound(timestamp string, raw json.RawMessage) *problem {
	var conditions map[string]json.RawMessage
	_ = json.Unmarshal(raw, &conditions) // was an object before
	var tests map[string]string
	if json.Unmarshal(conditions[timestamp], &tests) != nil || !slices.Contains([]string{"created_time", "last_edited_time"}, timestamp) {
		return invalid("body failed validation: body.filter.%s should be an object, instead was `%s`.", timestamp, raw)
	}
	for test, value := range tests {
		at, err := time.Parse(time.RFC3339, value)
		if err != nil || !slices.Contains([]string{"on_or_after", "after", "on_or_before", "before", "equals"}, test) {
			return invalid("body failed validation: body.filter.%s.%s should be a valid ISO 8601 date string, instead was `%q`.", timestamp, test, value)
		}
		f.bounds = append(f.bounds, bound{created: timestamp == "created_time", test: test, at: at.Unix()})
	}
	return nil
}

func (f *filter) readText(d *DataSource, property string, raw json.RawMessage) *problem {
	i, err := d.position(property)
	if err != nil {
		return invalid("Could not find property with name or id: %s", property)
	}
	kind := d.properties[i].Type
	var conditions map[string]json.RawMessage
	_ = json.Unmarshal(raw, &conditions) // was an object before
	var tests map[string]string
	if conditions[kind] == nil {
		return invalid("database property %s does not match filter", kind)
	}
	if json.Unmarshal(conditions[kind], &tests) != nil || !slices.Contains([]string{"title", "rich_text", "url", "email", "phone_number"}, kind) {
		return invalid("body failed validation: body.filter.%s is not one that this workspace knows, instead was `%s`.", kind, raw)
	}
	for test, letters := range tests {
		if letters == "" || test != "contains" && test != "does_not_contain" {
			return invalid("body failed validation: body.filter.%s.%s is not one that this workspace knows, instead was `%q`.", kind, test, letters)
		}
		f.texts = append(f.texts, textTest{position: i, letters: strings.ToLower(letters), without: test == "does_not_contain"})
	}
	return nil
}

// lowest returns a time below which no page matches.
func (f *filter) lowest(created bool) int64 {
	low := int64(math.MinInt64)
	for _, b := range f.bounds {
		if b.created == created && (b.test == "on_or_after" || b.test == "after") {
			low = max(low, b.at)
		}
	}
	return low
}

func (f *filter) match(p *page) bool {
	for _, b := range f.bounds {
		at := p.indexed
		if b.created {
			at = p.created
		}
		if !b.holds(at) {
			return false
		}
	}
	for _, t := range f.texts {
		if strings.Contains(strings.ToLower(textOf(p.value(t.position))), t.letters) == t.without {
			return false
		}
	}
	return true
}

func textOf(v Value) string {
	switch v := v.(type) {
	case string:
		return v
	case Runs:
		return strings.Join(v, "")
	}
	return ""
}

func (b bound) holds(at int64) bool {
	switch b.test {
	case "on_or_after":
		return at >= b.at
	case "after":
		return at > b.at
	case "on_or_before":
		return at <= b.at
	case "before":
		return at < b.at
	default:
		return at == b.at
	}
}
