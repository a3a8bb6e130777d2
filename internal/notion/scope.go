package notion

import (
	"slices"
	"time"
)

// scope is which rows a query asks for: all of these must hold.
type scope struct {
	from   time.Time // of the timestamp, to the minute; zero: no bound
	before time.Time // likewise
	texts  []textTest
}

// textTest is whether the text of a property contains a letter. A test and its
// opposite divide all rows: every row meets one of the two, an empty text the
// negative one.
type textTest struct {
	property string // its name, which filters take as it is; of the title the id
	kind     string // its type: title, rich_text, url, email or phone_number
	letter   string
	without  bool
}

// with returns the scope narrowed by another test.
func (s scope) with(t textTest) scope {
	s.texts = append(slices.Clip(s.texts), t)
	return s
}

func (t textTest) opposite() textTest {
	t.without = !t.without
	return t
}

// filter returns the scope as Notion reads it, one level deep; nil where it has
// no bound.
func (s scope) filter(timestamp string) map[string]any {
	var all []map[string]any
	bound := func(test string, at time.Time) {
		if !at.IsZero() {
			at := at.UTC().Truncate(time.Minute).Format("2006-01-02T15:04:05.000Z")
			all = append(all, map[string]any{"timestamp": timestamp, timestamp: map[string]string{test: at}})
		}
	}
	bound("on_or_after", s.from)
	bound("before", s.before)
	for _, t := range s.texts {
		test := "contains"
		if t.without {
			test = "does_not_contain"
		}
		all = append(all, map[string]any{"property": t.property, t.kind: map[string]string{test: t.letter}})
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	default:
		return map[string]any{"and": all}
	}
}
