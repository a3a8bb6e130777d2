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
		known := newSeen()
		current := &listing{source: s, timestamp: timestamp, scope: scope{from: from}, seen: known}
		archived := &listing{source: s, timestamp: timestamp, scope: scope{from: from}, seen: known, archived: true}
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

// IDs yields every page of the data source, archived ones too, each once, by
// its id, state and times only; a page that is listed but cannot be read has no
// times. A listing that is not whole ends in an error.
func (s *Source) IDs(ctx context.Context) iter.Seq2[leadlake.Lead, error] {
	return func(yield func(leadlake.Lead, error) bool) {
		known := newSeen()
		for _, archived := range []bool{false, true} {
			l := &listing{source: s, timestamp: byCreated, seen: known, archived: archived, bare: true}
			for p, err := range l.pages(ctx) {
				if err != nil {
					yield(leadlake.Lead{}, err)
					return
				}
				if !yield(s.bare(p, archived), nil) {
					return
				}
			}
		}
	}
}

// bare turns a page into a lead that says only that it is there.
func (s *Source) bare(p page, archived bool) leadlake.Lead {
	if !p.whole() {
		p.IsArchived = archived // what is not said is taken from where it was listed
		return leadlake.Lead{ID: p.ID, Values: map[string]leadlake.Value{leadlake.ColumnState: string(p.state())}}
	}
	return s.system(p)
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
		if x.err == nil {
			y.pull()
		}
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

// seen is which pages a walk has given, by id, and as of which edit. A page that
// shows again with a later edit is new: what came first may have been an old
// reading of it. Of a quarter of a million pages it takes about 15 MB.
type seen struct {
	edited map[uuid]int64
	given  int
}

func newSeen() *seen { return &seen{edited: map[uuid]int64{}} }

// add reports whether the page was not there yet, as it is.
func (s *seen) add(p page) bool {
	id, _ := parseUUID(p.ID) // it was read as one before
	edited := p.LastEditedTime.Unix()
	if known, there := s.edited[id]; there && edited <= known {
		return false
	}
	s.edited[id] = edited
	s.given++
	return true
}
