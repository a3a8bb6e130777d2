package notion

import (
	"maps"
	"slices"
	"sync"

	"leadlake"
)

// oddities counts what could not be read as it should, by kind.
type oddities struct {
	mu    sync.Mutex
	kinds map[string]*leadlake.Warning
}

// note counts one more of a kind, met on a page. kind names properties and
// types, no value.
func (o *oddities) note(kind, page string) {
	const examples = 3
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kinds == nil {
		o.kinds = map[string]*leadlake.Warning{}
	}
	w := o.kinds[kind]
	if w == nil {
		w = &leadlake.Warning{Text: kind}
		o.kinds[kind] = w
	}
	w.Count++
	if page == "" {
		return
	}
	w.Examples = slices.DeleteFunc(w.Examples, func(old string) bool { return old == page })
	w.Examples = append(w.Examples, page)
	w.Examples = w.Examples[max(0, len(w.Examples)-examples):]
}

// list returns the kinds in the order of their words.
func (o *oddities) list() []leadlake.Warning {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []leadlake.Warning
	for _, kind := range slices.Sorted(maps.Keys(o.kinds)) {
		w := *o.kinds[kind]
		w.Examples = slices.Clone(w.Examples)
		list = append(list, w)
	}
	return list
}
