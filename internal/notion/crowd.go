package notion

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/naming"
)

// letters divide the rows of a minute that holds too many of them.
const letters = "eaisnrtoludcmpvbghfqyxjkwz0123456789"

// crowd lists a minute that holds more rows than Notion gives to one query, as
// an import or a bulk edit makes it. It divides the minute by what its texts
// contain, and each part again, until Notion gives every part as a whole.
// Together the parts hold every row, whatever Notion takes for equal letters: a
// row that is edited meanwhile, and so changes from a part to come into one that
// is done, has another time of its last edit, and comes with Changed.
func (l *listing) crowd(ctx context.Context, minute time.Time, yield func(page, error) bool) (ending, error) {
	parts := []scope{{from: minute, before: minute.Add(time.Minute)}}
	defer func() { l.tally = nil }()
	for len(parts) > 0 {
		last := len(parts) - 1
		l.scope, l.tally = parts[last], &tally{}
		parts = parts[:last]
		end, err := l.unbroken(ctx, yield)
		if end == stopped {
			return stopped, err
		}
		if end == complete {
			continue
		}
		smaller := l.tally.divide(l.scope)
		if smaller == nil {
			return stopped, crowded(minute)
		}
		parts = append(parts, smaller...)
	}
	return complete, nil
}

func crowded(at time.Time) error {
	return leadlake.Errorf(leadlake.Unavailable, "More than 10,000 leads have the same time %s and the same texts, and Notion gives no more than 10,000 of them: "+
		"nothing was left out silently, the listing stopped; give some of them another title in Notion", at.UTC().Format("2006-01-02 15:04 UTC"))
}

// tally counts in how many rows the text of a property contains a letter.
type tally struct {
	rows   int
	counts map[textTest]int
}

// add counts a row.
func (t *tally) add(p page) {
	t.rows++
	if t.counts == nil {
		t.counts = map[textTest]int{}
	}
	for name, raw := range p.Properties {
		var c cell
		if json.Unmarshal(raw, &c.parts) != nil || !c.parse() {
			continue
		}
		switch {
		case c.kind == "title":
			name = "title" // its id, whatever it is called
		case name == "title" || !slices.Contains([]string{"rich_text", "url", "email", "phone_number"}, c.kind):
			continue
		}
		d := decoder{}
		v, err := d.decode(c.kind, c.parts[c.kind])
		if err != nil {
			continue
		}
		s, _ := v.(string)
		s = naming.Fold(s)
		for _, letter := range letters {
			if strings.ContainsRune(s, letter) {
				t.counts[textTest{property: name, kind: c.kind, letter: string(letter)}]++
			}
		}
	}
}

// divide returns parts that together are s; nil where it cannot be divided any
// more. The test that comes nearest to halving the rows that were counted makes
// two parts. Where none tells them apart, each letter of the title makes one of
// what is unlike them, and the last part is what is like them in all letters.
func (t *tally) divide(s scope) []scope {
	const most = 90 // tests in one query; Notion takes 100 elements of a list
	best, found := t.best(s)
	if found && len(s.texts) < most {
		return []scope{s.with(best), s.with(best.opposite())}
	}
	var parts []scope
	for _, letter := range letters {
		test := textTest{property: "title", kind: "title", letter: string(letter)}
		if s.tests(test) || len(s.texts) >= most {
			continue
		}
		if t.counts[test] == 0 {
			test.without = true
		}
		parts = append(parts, s.with(test.opposite()))
		s = s.with(test)
	}
	if parts == nil {
		return nil
	}
	return append(parts, s)
}

// best returns the test that comes nearest to halving the rows.
func (t *tally) best(s scope) (best textTest, found bool) {
	off := t.rows // distance from the half, doubled
	for test, n := range t.counts {
		d := max(2*n-t.rows, t.rows-2*n)
		if s.tests(test) || d > off || d == t.rows {
			continue
		}
		if d < off || strings.Compare(test.property+test.letter, best.property+best.letter) < 0 {
			best, off, found = test, d, true
		}
	}
	return best, found
}

// tests reports whether the scope already tells rows apart by that letter.
func (s scope) tests(test textTest) bool {
	return slices.ContainsFunc(s.texts, func(t textTest) bool { return t.property == test.property && t.letter == test.letter })
}
