package fakenotion

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options configure a Server. The zero value works.
type Options struct {
	Token string           // the one token that is let in; default "ntn_fake"
	Rate  int              // requests per fixed window of 60 s; default 180; negative: no limit
	Cap   int              // rows that one query gives at most; default 10,000
	Seed  uint64           // where the ids come from
	Now   func() time.Time // default time.Now
	// Sleep is how Stall passes time; default time.Sleep.
	Sleep func(time.Duration)
	// Lag is how long queries do not know of an edit: their index is late.
	Lag time.Duration
	// CursorLife is how long a cursor is good; default for ever.
	CursorLife time.Duration
	// Gzip compresses every answer for clients that take it.
	Gzip bool
}

// Server is a Notion workspace behind its API. It is safe for concurrent use.
type Server struct {
	o   Options
	mux *http.ServeMux

	mu        sync.Mutex
	random    *rand.Rand
	dbs       map[string]*Database
	sources   map[string]*DataSource
	pages     map[string]*page
	plain     map[string]*plainPage
	born      int // pages ever added
	faults    []*Fault
	window    time.Time // when the current window of the rate limit began
	spent     int       // requests in it
	requests  int
	nonce     int    // of the last cursor
	signature int    // of the last file URL
	lastRow   []byte // the last row that a query gave away
	lagging   []lagging
}

// New returns a server with an empty workspace.
func New(o Options) *Server {
	if o.Token == "" {
		o.Token = "ntn_fake"
	}
	if o.Rate == 0 {
		o.Rate = 180
	}
	if o.Cap == 0 {
		o.Cap = 10_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = time.Sleep
	}
	s := &Server{
		o:       o,
		mux:     http.NewServeMux(),
		random:  rand.New(rand.NewPCG(o.Seed, 1)), //nolint:gosec // ids that repeat with the seed are the point
		dbs:     map[string]*Database{},
		sources: map[string]*DataSource{},
		pages:   map[string]*page{},
		plain:   map[string]*plainPage{},
	}
	s.route(GetDatabase, s.getDatabase)
	s.route(GetDataSource, s.getDataSource)
	s.route(Query, s.query)
	s.route(GetPage, s.getPage)
	s.route(GetProperty, s.getProperty)
	s.route(GetChildren, s.getChildren)
	s.route(PatchPage, s.patchPage)
	s.route(CreatePage, s.createPage)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.write(w, s.Requests(), nil, invalidURL())
	})
	return s
}

// Token returns the token that the server lets in.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.o.Token
}

// SetToken lets in another token in place of the one so far.
func (s *Server) SetToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Token = token
}

// Requests returns how many requests the server has had, refused ones too.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Route names one endpoint of the API.
type Route string

// The endpoints that the server has.
const (
	GetDatabase   Route = "GET /v1/databases/{id}"
	GetDataSource Route = "GET /v1/data_sources/{id}"
	Query         Route = "POST /v1/data_sources/{id}/query"
	GetPage       Route = "GET /v1/pages/{id}"
	GetProperty   Route = "GET /v1/pages/{id}/properties/{property}"
	GetChildren   Route = "GET /v1/blocks/{id}/children"
	PatchPage     Route = "PATCH /v1/pages/{id}"
	CreatePage    Route = "POST /v1/pages"
)

// call is one request on its way through the server.
type call struct {
	r      *http.Request
	body   []byte
	effect Effect
}

// ServeHTTP answers one request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.o.Gzip || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		s.mux.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	defer func() { _ = packed.Close() }() // a client that left needs no answer
	s.mux.ServeHTTP(compressed{w, packed}, r)
}

// compressed is a ResponseWriter whose body goes through gzip.
type compressed struct {
	http.ResponseWriter

	body io.Writer
}

// Write compresses b.
func (c compressed) Write(b []byte) (int, error) { return c.body.Write(b) }

func (s *Server) route(route Route, handle func(*call) ([]byte, *problem)) {
	s.mux.HandleFunc(string(route), func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 500<<10))
		s.mu.Lock()
		s.requests++
		number := s.requests
		c := &call{r: r, body: body, effect: s.effectOn(route)}
		s.mu.Unlock()

		if c.effect.pause > 0 {
			s.o.Sleep(c.effect.pause)
		}
		if c.effect.instead != nil {
			w.Header().Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
			c.effect.instead(w, r)
			return
		}
		if err != nil {
			s.write(w, number, nil, tooLarge())
			return
		}
		answer, refusal := s.answer(c, handle)
		s.write(w, number, answer, refusal)
	})
}

func (s *Server) answer(c *call, handle func(*call) ([]byte, *problem)) ([]byte, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.admit(c.r); p != nil {
		return nil, p
	}
	return handle(c)
}

// admit checks what the real API checks before it looks at the question.
func (s *Server) admit(r *http.Request) *problem {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme != "Bearer" {
		return &problem{Status: 401, Code: "unauthorized", Message: `Authorization header must use the format "Bearer <token>".`}
	}
	if token != s.o.Token {
		return &problem{Status: 401, Code: "unauthorized", Message: "API token is invalid."}
	}
	switch version := r.Header.Get("Notion-Version"); {
	case version == "":
		return &problem{Status: 400, Code: "missing_version", Message: "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`."}
	case !slices.Contains([]string{"2025-09-03", "2026-03-11"}, version):
		return invalid("Notion-Version header failed validation: Notion-Version header should be `\"2025-09-03\"` or `\"2026-03-11\"`, instead was `%q`.", version)
	}
	return s.spend()
}

// spend takes one request out of the fixed window of 60 s.
func (s *Server) spend() *problem {
	const length = time.Minute
	now := s.o.Now()
	if since := now.Sub(s.window); since >= length || since < 0 {
		s.window, s.spent = now, 0
	}
	if s.spent++; s.o.Rate < 0 || s.spent <= s.o.Rate {
		return nil
	}
	return rateLimited(s.window.Add(length).Sub(now), "public_api_request_rate_limit")
}

func (s *Server) write(w http.ResponseWriter, number int, answer []byte, p *problem) {
	id := fmt.Sprintf("00000000-0000-4000-8000-%012x", number)
	h := w.Header()
	h.Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Notion-Request-Id", id)
	status := http.StatusOK
	if p != nil {
		status = p.Status
		p.Object, p.RequestID = "error", id
		if p.RetryAfter != "" {
			h.Set("Retry-After", p.RetryAfter)
		}
		answer, _ = json.Marshal(p) // strings only: cannot fail
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer) // a client that left needs no answer
}
