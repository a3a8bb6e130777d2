package leadlake

import (
	"fmt"
	"slices"
)

// Warning is one kind of thing that could not be read as it should.
type Warning struct {
	Text     string   // in words, without personal data
	Count    int      // how often it came; 0 for what holds of the source as a whole
	Examples []string // ids of the leads it befell last, the newest at the end; at most three
}

// String returns the warning in one line, without its examples.
func (w Warning) String() string {
	if w.Count > 1 {
		return fmt.Sprintf("%s (%d times)", w.Text, w.Count)
	}
	return w.Text
}

// WarningsSince returns what now holds beyond before, two states of the same
// counts: what one run has met, where they are counted for longer. What holds
// of the source as a whole stays.
func WarningsSince(before, now []Warning) []Warning {
	var since []Warning
	for _, w := range now {
		if i := slices.IndexFunc(before, func(old Warning) bool { return old.Text == w.Text }); i >= 0 && w.Count > 0 {
			if w.Count -= before[i].Count; w.Count <= 0 {
				continue
			}
			w.Examples = w.Examples[max(0, len(w.Examples)-w.Count):]
		}
		since = append(since, w)
	}
	return since
}
