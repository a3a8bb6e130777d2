package notion

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// oddities counts what could not be read as it should, by kind.
type oddities struct {
	mu     sync.Mutex
	counts map[string]int
}

// note counts one more of a kind. kind names properties and types, no value.
func (o *oddities) note(kind string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.counts == nil {
		o.counts = map[string]int{}
	}
	o.counts[kind]++
}

func (o *oddities) list() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := []string{}
	for _, kind := range slices.Sorted(maps.Keys(o.counts)) {
		if n := o.counts[kind]; n > 1 {
			kind = fmt.Sprintf("%s (%d times)", kind, n)
		}
		lines = append(lines, kind)
	}
	return lines
}
