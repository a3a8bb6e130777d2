package fakenotion

import (
	"bytes"
	"encoding/json"
	"regexp"
	"time"
)

// DeadCursor lets the query's cursor expire; a query without one is answered.
func DeadCursor() Effect {
	return Effect{question: func(q *question) *problem {
		if q.StartCursor == "" {
			return nil
		}
		return badCursor(q.StartCursor)
	}}
}

// ShortPage answers a query with at most size rows.
func ShortPage(size int) Effect {
	return Effect{question: func(q *question) *problem {
		q.size = min(q.size, size)
		return nil
	}}
}

// EmptyPage answers a query without a row, though more are to come.
func EmptyPage() Effect { return ShortPage(0) }

// RepeatRow gives the last row of the query before once more.
func RepeatRow() Effect {
	return Effect{list: func(s *Server, l *list) {
		if s.lastRow != nil {
			l.rows = append([][]byte{s.lastRow}, l.rows...)
		}
	}}
}

// RepeatCursor answers with the cursor that was asked with.
func RepeatCursor() Effect {
	return Effect{list: func(_ *Server, l *list) { l.next = l.asked }}
}

// LoseCursor says that there is more and not how to get it.
func LoseCursor() Effect {
	return Effect{list: func(_ *Server, l *list) { l.more, l.next = true, "" }}
}

// PartialPages gives every row as a stub of its id.
func PartialPages() Effect {
	return Effect{list: func(_ *Server, l *list) {
		for i, row := range l.rows {
			var p struct {
				ID string `json:"id"`
			}
			_ = json.Unmarshal(row, &p) // our own row
			l.rows[i] = []byte(`{"object":"page","id":"` + p.ID + `"}`)
		}
	}}
}

// DataSourceAmongRows puts a data source between the pages, as wikis do.
func DataSourceAmongRows() Effect {
	return Effect{list: func(s *Server, l *list) {
		l.rows = append(l.rows, []byte(`{"object":"data_source","id":"`+s.newID()+`","properties":{}}`))
	}}
}

// OffsetTimes writes the times of every row with an offset and milliseconds.
func OffsetTimes() Effect {
	return Effect{list: func(_ *Server, l *list) {
		for i, row := range l.rows {
			l.rows[i] = bytes.ReplaceAll(row, []byte(`:00.000Z"`), []byte(`:00.000+00:00"`))
		}
	}}
}

// EditedMeanwhile gives the last row with a later edit than the one by which it
// has its place: it was edited while the answer was made.
func EditedMeanwhile(edited time.Time) Effect {
	stamp := regexp.MustCompile(`"last_edited_time":"[^"]*"`)
	return Effect{list: func(_ *Server, l *list) {
		if n := len(l.rows); n > 0 {
			l.rows[n-1] = stamp.ReplaceAll(l.rows[n-1], []byte(`"last_edited_time":"`+edited.UTC().Format("2006-01-02T15:04:05.000Z")+`"`))
		}
	}}
}

// IncompleteEarly says on an answer that more follows and that not all will.
func IncompleteEarly() Effect {
	return Effect{list: func(_ *Server, l *list) { l.incomplete = true }}
}
