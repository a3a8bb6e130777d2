package notion

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
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
	seen      seen

	start time.Time // of the window; zero: from the beginning
	next  time.Time // where another window would have to start
	last  time.Time // the time of the last row
	size  pageSize
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
	const patience = 5 // windows in a row that break off without anything new
	return func(yield func(page, error) bool) {
		fail := func(err error) { yield(page{}, err) }
		for fruitless := 0; ; {
			known := l.seen.count()
			end, err := l.window(ctx, yield)
			switch {
			case err != nil:
				fail(err)
				return
			case end == stopped, end == complete:
				return
			case end == broken:
				if fruitless++; l.seen.count() > known {
					fruitless = 0
				}
				if fruitless == patience {
					fail(leadlake.Errorf(leadlake.Unavailable, "Notion keeps breaking off the list of leads: try again later"))
					return
				}
			case !l.next.After(l.start) && !l.last.After(l.start):
				fail(crowded(l.start))
				return
			case !l.next.After(l.start):
				l.next = l.last
			}
			l.start = l.next
		}
	}
}

func crowded(at time.Time) error {
	return leadlake.Errorf(leadlake.Unavailable, "More than 10,000 leads have the same time %s, and Notion gives no more than 10,000 of them: "+
		"this version of leadlake cannot list the rest, so nothing was left out silently, it stopped", at.UTC().Format("2006-01-02 15:04 UTC"))
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
	l.next = l.start
	asked := map[string]bool{}
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
		if cursor = a.NextCursor; cursor == "" || asked[cursor] || empty == emptiness {
			return broken, nil
		}
		asked[cursor] = true
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
	default:
		return stopped, err
	}
}

// give yields the rows that are new, and notes how far the walk has come.
func (l *listing) give(ctx context.Context, rows []json.RawMessage, yield func(page, error) bool) (more bool, err error) {
	var earliest time.Time
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
			if earliest.IsZero() || at.Before(earliest) {
				earliest = at
			}
		}
		if l.seen.add(p, l.timestamp == byEdited) && !yield(p, nil) {
			return false, nil
		}
	}
	l.advance(earliest)
	return true, nil
}

// advance moves the place where another window would have to start. A row that
// was edited on the way may show a later time than the one it is sorted by:
// there the earliest of the last rows is the safe place.
func (l *listing) advance(earliest time.Time) {
	progress := l.last
	if l.timestamp == byEdited {
		progress = earliest
	}
	if progress.After(l.next) {
		l.next = progress
	}
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
	if l.bare {
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
	q := query{
		Sorts:       []map[string]string{{"timestamp": l.timestamp, "direction": "ascending"}},
		StartCursor: cursor,
		PageSize:    l.size.rows(),
		IsArchived:  l.archived,
		ResultType:  "page",
	}
	if !l.start.IsZero() {
		from := l.start.UTC().Truncate(time.Minute).Format("2006-01-02T15:04:05.000Z")
		q.Filter = map[string]any{"timestamp": l.timestamp, l.timestamp: map[string]string{"on_or_after": from}}
	}
	return q
}

// pageSize is how many rows a query asks for: fewer when Notion struggles,
// more again when it copes.
type pageSize struct {
	step   int
	streak int // answers since the last change
}

func (s *pageSize) rows() int { return []int{100, 50, 25, 10}[s.step] }

func (s *pageSize) shrink() {
	s.step, s.streak = min(s.step+1, 3), 0
}

func (s *pageSize) grow() {
	const confidence = 3
	if s.streak++; s.streak >= confidence && s.step > 0 {
		s.step, s.streak = s.step-1, 0
	}
}
