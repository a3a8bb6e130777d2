package fakenotion

import (
	"encoding/json"
	"iter"
	"math"
	"slices"
	"sort"
	"time"
)

// order is one way to go through the pages of a data source.
type order struct {
	pages      []*page // ascending
	keyOf      func(*page) key
	created    bool
	descending bool
}

func (d *DataSource) ordered(sorts []sortOrder) (order, *problem) {
	byCreated := order{pages: d.byCreated, keyOf: (*page).createdKey, created: true, descending: true}
	if len(sorts) == 0 { // any order will do: nothing is promised
		return byCreated, nil
	}
	descending := sorts[0].Direction == "descending"
	switch sorts[0].Timestamp {
	case "created_time":
		byCreated.descending = descending
		return byCreated, nil
	case "last_edited_time":
		return order{pages: d.byEdited, keyOf: (*page).editedKey, descending: descending}, nil
	default:
		return order{}, invalid("Could not find sort property with name or id: %s", sorts[0].Property)
	}
}

// start is the key before the first page.
func (o order) start() key {
	if o.descending {
		return key{At: math.MaxInt64}
	}
	return key{At: math.MinInt64}
}

// walk yields the pages that come after k, passing over those below a bound of
// the filter where the order allows it.
func (o order) walk(k key, f *filter) iter.Seq[*page] {
	return func(yield func(*page) bool) {
		if o.descending {
			end := sort.Search(len(o.pages), func(i int) bool { return o.keyOf(o.pages[i]).compare(k) >= 0 })
			for _, p := range slices.Backward(o.pages[:end]) {
				if !yield(p) {
					return
				}
			}
			return
		}
		if low := (key{At: f.lowest(o.created), Age: -1}); k.compare(low) < 0 {
			k = low
		}
		for _, p := range o.pages[after(o.pages, o.keyOf, k):] {
			if !yield(p) {
				return
			}
		}
	}
}

// filter is a set of bounds on the two timestamps, all of which must hold.
type filter struct{ bounds []bound }

type bound struct {
	created bool
	test    string
	at      int64
}

func parseFilter(raw json.RawMessage) (*filter, *problem) {
	f := &filter{}
	if len(raw) == 0 || string(raw) == "null" {
		return f, nil
	}
	var node struct {
		And       []json.RawMessage `json:"and"`
		Timestamp string            `json:"timestamp"`
		Created   map[string]string `json:"created_time"`
		Edited    map[string]string `json:"last_edited_time"`
	}
	if json.Unmarshal(raw, &node) != nil || node.And == nil && node.Timestamp == "" {
		return nil, invalid("body failed validation: body.filter is not one that this workspace knows, instead was `%s`.", raw)
	}
	for _, part := range node.And {
		inner, p := parseFilter(part)
		if p != nil {
			return nil, p
		}
		f.bounds = append(f.bounds, inner.bounds...)
	}
	created := node.Timestamp == "created_time"
	conditions := node.Edited
	if created {
		conditions = node.Created
	}
	for test, value := range conditions {
		at, err := time.Parse(time.RFC3339, value)
		if err != nil || !slices.Contains([]string{"on_or_after", "after", "on_or_before", "before", "equals"}, test) {
			return nil, invalid("body failed validation: body.filter.%s.%s should be a valid ISO 8601 date string, instead was `%q`.", node.Timestamp, test, value)
		}
		f.bounds = append(f.bounds, bound{created: created, test: test, at: at.Unix()})
	}
	return f, nil
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
		at := p.edited
		if b.created {
			at = p.created
		}
		if !b.holds(at) {
			return false
		}
	}
	return true
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
