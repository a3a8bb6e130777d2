package fakenotion

import (
	"iter"
	"math"
	"slices"
	"sort"
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
