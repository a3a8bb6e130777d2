package notion

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"slices"
	"time"

	"leadlake"
)

const (
	byCreated = "created_time"
	byEdited  = "last_edited_time"
)

// listing is one walk over the pages of a data source in order of a timestamp,
// either those that are archived or the others. Notion gives 10,000 rows to a
// query and then stops, and forgets cursors: the walk goes on from the time it
// got to, in a new query, which is called a window here.
type listing struct {
	source    *Source
	timestamp string
	archived  bool
	bare      bool // only ids and times matter
	seen      *seen

	scope scope     // of the window
	next  time.Time // where another window would have to start
	last  time.Time // the time of the last row
	asked time.Time // when the window's query was asked, by Notion's clock
	size  pageSize
	tally *tally // of the texts of the window's rows; nil where it does not matter
}

// ending says how a window ended.
type ending int

const (
	complete ending = iota // there is no more
	capped                 // there is more than Notion gives to one query
	broken                 // the cursor was lost
	stopped                // the caller has had enough, or an error
)

// pages yields every page of the walk once, or an error as the last thing.
func (l *listing) pages(ctx context.Context) iter.Seq2[page, error] {
	return func(yield func(page, error) bool) {
		for {
			end, err := l.unbroken(ctx, yield)
			if end == capped {
				if end, err = l.proceed(ctx, yield); end == complete {
					continue
				}
			}
			if err != nil {
				yield(page{}, err)
			}
			return
		}
	}
}

// proceed moves the walk to where a window that was capped got to. A minute
// that fills a window by itself is listed in parts.
func (l *listing) proceed(ctx context.Context, yield func(page, error) bool) (ending, error) {
	if l.next.After(l.scope.from) {
		l.scope.from = l.next
		return complete, nil
	}
	if l.last.IsZero() {
		return stopped, leadlake.Errorf(leadlake.Unavailable, "Notion says that its list of leads is not whole, and shows no time from which to go on: try again later")
	}
	minute := l.scope.from.Truncate(time.Minute)
	end, err := l.crowd(ctx, minute, yield)
	l.scope = scope{from: minute.Add(time.Minute)}
	return end, err
}

// unbroken follows a query to its end, again from where it got to when its
// cursor is lost.
func (l *listing) unbroken(ctx context.Context, yield func(page, error) bool) (ending, error) {
	const patience = 5 // windows in a row that break off without anything new
	for fruitless := 0; ; {
		known := l.seen.given
		end, err := l.window(ctx, yield)
		if end != broken || err != nil {
			return end, err
		}
		if fruitless++; l.seen.given > known {
			fruitless = 0
		}
		if fruitless == patience {
			return stopped, leadlake.Errorf(leadlake.Unavailable, "Notion keeps breaking off the list of leads: try again later")
		}
		if l.next.After(l.scope.from) && l.scope.before.IsZero() {
			l.scope.from = l.next
		}
	}
}

// answer is one page of a query's results.
type answer struct {
	Results    []json.RawMessage `json:"results"`
	HasMore    bool              `json:"has_more"`
	NextCursor string            `json:"next_cursor"`
	Status     struct {
		Type string `json:"type"`
	} `json:"request_status"`
}

// window follows one query to its end.
func (l *listing) window(ctx context.Context, yield func(page, error) bool) (ending, error) {
	const emptiness = 20 // answers in a row without a row
	l.next, l.asked = l.scope.from, l.source.Now()
	used := map[string]bool{} // cursors
	full := false
	for cursor, empty := "", 0; ; {
		a, err := l.ask(ctx, cursor)
		if err != nil {
			return l.judge(cursor, err)
		}
		if more, err := l.give(ctx, a.Results, yield); err != nil || !more {
			return stopped, err
		}
		if full = full || a.Status.Type == "incomplete"; !a.HasMore {
			return lastOf(full), nil
		}
		if empty++; len(a.Results) > 0 {
			empty = 0
		}
		if cursor = a.NextCursor; cursor == "" || used[cursor] || empty == emptiness {
			return broken, nil
		}
		used[cursor] = true
	}
}

// lastOf says how a window ended after which Notion has no more to give.
func lastOf(full bool) ending {
	if full {
		return capped
	}
	return complete
}

// judge says what an error means for the window.
func (l *listing) judge(cursor string, err error) (ending, error) {
	switch {
	case cursor != "" && lostCursor(err):
		return broken, nil
	case l.archived && !l.bare && refusesArchived(err):
		l.source.oddities.note("Notion no longer lists archived pages; they were left out", "")
		return complete, nil
	case missing(err):
		return stopped, leadlake.Errorf(leadlake.NotFound, "Notion no longer shows this database to the integration: it was moved to the trash, "+
			"or is no longer shared; restore it, or press ••• → Connections there and add the integration").Because(err)
	default:
		return stopped, err
	}
}

// give yields the rows of an answer that are new, and notes how far the walk
// has come.
func (l *listing) give(ctx context.Context, rows []json.RawMessage, yield func(page, error) bool) (more bool, err error) {
	var times []time.Time // of the rows that stand where they belong
	for _, raw := range rows {
		p, ok, err := l.source.row(ctx, raw)
		if err != nil {
			return false, err
		}
		if !ok && (!l.bare || p.ID == "") { // to be listed is enough where only ids matter
			continue
		}
		if at := l.at(p); !at.IsZero() {
			l.last = at
			if l.inPlace(at) {
				times = append(times, at)
			}
		}
		if l.tally != nil {
			l.tally.add(p)
		}
		if l.seen.add(p) && !yield(p, nil) {
			return false, nil
		}
	}
	if at := reached(times); at.After(l.next) {
		l.next = at
	}
	return true, nil
}

// reached returns to where an answer shows that the walk has come: the least
// time of its second half, zero for a single row. Rows come in order, but for one
// that Notion gives once more at the head of an answer, from a place far behind:
// to go on from there would be to leave out all that lies between.
func reached(times []time.Time) time.Time {
	if len(times) < 2 {
		return time.Time{}
	}
	return slices.MinFunc(times[len(times)/2:], time.Time.Compare)
}

// inPlace reports whether a row of that time stands where its time belongs. One
// that was edited since the window was asked for, or so shortly before that its
// place is still that of an older edit, shows a later time than the one it is
// sorted by: that is no place to go on from.
func (l *listing) inPlace(at time.Time) bool {
	const lag = 2 * time.Minute // of Notion's index behind an edit
	return l.timestamp != byEdited || at.Before(l.asked.Add(-lag))
}

func (l *listing) at(p page) time.Time {
	if l.timestamp == byEdited {
		return p.LastEditedTime
	}
	return p.CreatedTime
}

func (l *listing) ask(ctx context.Context, cursor string) (answer, error) {
	var a answer
	path := "/v1/data_sources/" + l.source.id + "/query"
	if l.bare && l.tally == nil {
		path += "?filter_properties[]=title"
	}
	err := l.source.client.do(ctx, request{
		method:    http.MethodPost,
		path:      path,
		body:      func() any { return l.query(cursor) },
		struggled: l.size.shrink,
	}, &a)
	if err == nil {
		l.size.grow()
	}
	return a, err
}

// query is the body of a query; Notion refuses every key it does not expect.
type query struct {
	Filter      map[string]any      `json:"filter,omitempty"`
	Sorts       []map[string]string `json:"sorts"`
	StartCursor string              `json:"start_cursor,omitempty"`
	PageSize    int                 `json:"page_size"`
	IsArchived  bool                `json:"is_archived,omitempty"`
	ResultType  string              `json:"result_type"`
}

func (l *listing) query(cursor string) query {
	return query{
		Filter:      l.scope.filter(l.timestamp),
		Sorts:       []map[string]string{{"timestamp": l.timestamp, "direction": "ascending"}},
		StartCursor: cursor,
		PageSize:    l.size.rows(),
		IsArchived:  l.archived,
		ResultType:  "page",
	}
}
