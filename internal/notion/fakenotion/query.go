package fakenotion

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// question is the body of a query.
type question struct {
	Filter      json.RawMessage `json:"filter"`
	Sorts       []sortOrder     `json:"sorts"`
	StartCursor string          `json:"start_cursor"`
	PageSize    *int            `json:"page_size"`
	IsArchived  bool            `json:"is_archived"`
	ResultType  string          `json:"result_type"`

	size int
}

type sortOrder struct {
	Timestamp string `json:"timestamp"`
	Property  string `json:"property"`
	Direction string `json:"direction"`
}

// list is the answer to a query before it is written down.
type list struct {
	rows       [][]byte
	asked      string // the cursor of the question
	next       string
	more       bool
	incomplete bool
}

// cursor is what a start_cursor holds; to clients it is opaque.
type cursor struct {
	Query uint32 `json:"q"` // the question it belongs to
	After key    `json:"k"`
	Given int    `json:"n"` // rows that the query has given so far
	Born  int64  `json:"b"` // when the query gave its first answer
	Nonce int    `json:"x"` // no two cursors are equal
}

func (s *Server) query(c *call) ([]byte, *problem) {
	ds, ok := s.sources[dashed(c.r.PathValue("id"))]
	if !ok || ds.database.hidden || ds.database.trashed {
		return nil, notFound("database", c.r.PathValue("id"))
	}
	q, p := parseQuestion(c.body)
	if p != nil {
		return nil, p
	}
	if c.effect.question != nil {
		if p = c.effect.question(q); p != nil {
			return nil, p
		}
	}
	s.settle()
	l, p := s.ask(ds, q, c.r.URL.Query()["filter_properties[]"])
	if p != nil {
		return nil, p
	}
	if c.effect.list != nil {
		c.effect.list(s, l)
	}
	if n := len(l.rows); n > 0 {
		s.lastRow = l.rows[n-1]
	}
	return l.json(), nil
}

func parseQuestion(body []byte) (*question, *problem) {
	var keys map[string]json.RawMessage
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	if json.Unmarshal(body, &keys) != nil {
		return nil, invalidJSON()
	}
	known := []string{"filter", "sorts", "start_cursor", "page_size", "is_archived", "result_type"}
	for k, v := range keys {
		if !slices.Contains(known, k) {
			return nil, invalid("body failed validation: body.%s should be not present, instead was `%s`.", k, v)
		}
	}
	q := question{size: 100}
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, invalid("body failed validation: %s.", err)
	}
	if q.PageSize != nil {
		if *q.PageSize > 100 {
			return nil, invalid("body failed validation: body.page_size should be ≤ `100`, instead was `%d`.", *q.PageSize)
		}
		q.size = max(1, *q.PageSize)
	}
	return &q, nil
}

// ask walks the pages in the order asked for, from the cursor on.
func (s *Server) ask(ds *DataSource, q *question, wanted []string) (*list, *problem) {
	filter, p := ds.parseFilter(q.Filter)
	if p != nil {
		return nil, p
	}
	o, p := ds.ordered(q.Sorts)
	if p != nil {
		return nil, p
	}
	at, p := s.begin(q, ds, o)
	if p != nil {
		return nil, p
	}
	l := &list{asked: q.StartCursor}
	size := min(q.size, s.o.Cap-at.Given)
	for p := range o.walk(at.After, filter) {
		if p.archived != q.IsArchived || !p.row() || !filter.match(p) {
			continue
		}
		if len(l.rows) == size {
			l.more = true
			break
		}
		l.rows = append(l.rows, s.render(p, wanted))
		at.After = o.keyOf(p)
		at.Given++
	}
	if l.more && at.Given >= s.o.Cap {
		l.more, l.incomplete = false, true
	}
	if l.more {
		s.nonce++
		at.Nonce = s.nonce
		l.next = at.seal()
	}
	return l, nil
}

// begin returns the cursor that the question goes on from.
func (s *Server) begin(q *question, ds *DataSource, o order) (cursor, *problem) {
	now := s.o.Now()
	start := cursor{Query: q.hash(ds), After: o.start(), Born: now.UnixNano()}
	if q.StartCursor == "" {
		return start, nil
	}
	c, p := openCursor(q.StartCursor, start.Query)
	if p == nil && s.o.CursorLife > 0 && now.Sub(time.Unix(0, c.Born)) > s.o.CursorLife {
		p = badCursor(q.StartCursor)
	}
	return c, p
}

func (q *question) hash(ds *DataSource) uint32 {
	text, _ := json.Marshal([]any{ds.id, q.Filter, q.Sorts, q.IsArchived}) // was JSON before
	return sum(string(text))
}

func (c cursor) seal() string {
	text, _ := json.Marshal(c) // numbers only: cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

func openCursor(sealed string, query uint32) (cursor, *problem) {
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || json.Unmarshal(text, &c) != nil || c.Query != query {
		return c, badCursor(sealed)
	}
	return c, nil
}

func (l *list) json() []byte {
	b := []byte(`{"object":"list","results":[`)
	b = append(b, bytes.Join(l.rows, []byte{','})...)
	b = append(b, `],"next_cursor":`...)
	if l.next == "" {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendQuote(b, l.next)
	}
	b = append(b, `,"has_more":`+strconv.FormatBool(l.more)...)
	if l.incomplete {
		b = append(b, `,"request_status":{"type":"incomplete","incomplete_reason":"query_result_limit_reached"}`...)
	}
	return append(b, `,"type":"page_or_data_source","page_or_data_source":{}}`...)
}
