package notion

import (
	"context"
	"iter"
	"time"

	"leadlake"
)

// walk yields the leads of both listings, archived and not, in one order.
func (s *Source) walk(ctx context.Context, timestamp string, from time.Time) iter.Seq2[leadlake.Lead, error] {
	return func(yield func(leadlake.Lead, error) bool) {
		known := seen{}
		current := &listing{source: s, timestamp: timestamp, start: from, seen: known}
		archived := &listing{source: s, timestamp: timestamp, start: from, seen: known, archived: true}
		for p, err := range merge(current.pages(ctx), archived.pages(ctx), current.at) {
			var lead leadlake.Lead
			if err == nil {
				lead, err = s.lead(ctx, p)
			}
			if err != nil {
				yield(leadlake.Lead{}, err)
				return
			}
			if !yield(lead, nil) {
				return
			}
		}
	}
}

// merge yields the pages of two ordered sequences in order. It ends with the
// first error.
func merge(a, b iter.Seq2[page, error], at func(page) time.Time) iter.Seq2[page, error] {
	return func(yield func(page, error) bool) {
		nextA, stopA := iter.Pull2(a)
		defer stopA()
		nextB, stopB := iter.Pull2(b)
		defer stopB()
		x, y := &head{next: nextA}, &head{next: nextB}
		x.pull()
		y.pull()
		for x.ok || y.ok {
			first := x
			if !x.ok || y.ok && (y.err != nil || at(y.page).Before(at(x.page))) {
				first = y
			}
			if !yield(first.page, first.err) || first.err != nil {
				return
			}
			first.pull()
		}
	}
}

// head is the next page of a sequence, if there is one.
type head struct {
	next func() (page, error, bool)
	page page
	err  error
	ok   bool
}

func (h *head) pull() { h.page, h.err, h.ok = h.next() }

// seen is which pages a walk has given, by id, and for an edit its time.
type seen map[edition]struct{}

type edition struct {
	id     string
	edited int64 // 0 where an edit makes no difference
}

// add reports whether the page was not there yet.
func (s seen) add(p page, edits bool) bool {
	e := edition{id: p.ID}
	if edits {
		e.edited = p.LastEditedTime.Unix()
	}
	if _, there := s[e]; there {
		return false
	}
	s[e] = struct{}{}
	return true
}

func (s seen) count() int { return len(s) }
