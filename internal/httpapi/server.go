// Package httpapi speaks HTTP and nothing else: routes, their shapes, problem
// details, caching, and the guards in front of them. Start reading at New.
package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"leadlake"
	"leadlake/internal/metric"
)

// Numbers answers questions about the leads.
type Numbers interface {
	Count(ctx context.Context, q leadlake.Query) (leadlake.Series, error)
	// Progress compares the current period of a grain (week or month) with its
	// objectives.
	Progress(ctx context.Context, grain leadlake.Grain) (metric.Progress, error)
	// Funnel takes two zero dates as the default range: the last 12 ISO weeks,
	// the current one included.
	Funnel(ctx context.Context, from, to leadlake.Date) (metric.Funnel, error)
	// Today is the current day in the team's time zone.
	Today() leadlake.Date
}

// Leads stores leads.
type Leads interface {
	Upsert(ctx context.Context, b leadlake.Batch) (leadlake.Tally, error)
	// Answered returns what came of a request, where it is stored already.
	Answered(ctx context.Context, r *leadlake.Request) (tally leadlake.Tally, known bool, err error)
	// Columns returns the columns of the newest version.
	Columns(ctx context.Context) ([]leadlake.Column, error)
	// Size returns the newest version of the table and how many leads it
	// holds; the version is negative while there is no table. It is called on
	// every request, so that it should be cheap.
	Size(ctx context.Context) (version, rows int64, err error)
}

// Ingestion copies leads from their source.
type Ingestion interface {
	Status() leadlake.Ingestion
	// Start begins a run, which outlives ctx, or joins the one that goes on.
	// Without a source it returns an error of kind Conflict.
	Start(ctx context.Context) error
	// Runs returns the last runs, the newest first.
	Runs(ctx context.Context, limit int) ([]leadlake.Run, error)
	// Schema returns what is known of the source's properties, and how they
	// changed, the oldest change first.
	Schema(ctx context.Context) ([]leadlake.Property, []leadlake.Drift, error)
}

// Webhooks takes what the source tells of by itself.
type Webhooks interface {
	// Receive takes one message with its signature. An error of kind Denied says
	// that it is not from the source.
	Receive(ctx context.Context, signature string, body []byte) error
}

// Source is where the leads come from.
type Source struct {
	Kind string `doc:"What kind of source it is" example:"notion" json:"kind"`
	Name string `doc:"What people call it" example:"Prospection" json:"name"`
}

// Options is what a Server can be told; the zero value works.
type Options struct {
	// Pages serves everything outside the API, with GET and HEAD.
	Pages http.Handler
	// Zone is the team's time zone; default UTC.
	Zone *time.Location
	// CORSOrigins may read the API from a browser, and write to it; default
	// none but the same origin.
	CORSOrigins []string
	// LocalOnly refuses requests that name another host than this machine. Set
	// it when listening on loopback: a page elsewhere could otherwise point
	// its own name at 127.0.0.1 and read the leads.
	LocalOnly bool
	// Demo says in the status that the data are made up.
	Demo bool
	// Source returns where the leads come from, nil where from nowhere.
	Source func() *Source
	// Webhooks, where it is not nil, takes the source's messages.
	Webhooks Webhooks
	// Condition says how the service is.
	Condition func(context.Context) Condition
	// Version of the program and Table, something that tells this table from
	// another one that may stand in its place later, go into every ETag.
	Version, Table string
	// Drain is for how long Run still takes requests once it is told to end,
	// while /readyz says so; default not at all.
	Drain time.Duration
	// Grace is how long running requests may take then; default 5 s.
	Grace time.Duration
	Now   func() time.Time // default time.Now
	Log   *slog.Logger     // default discards
	// Tracer makes a span of every request, and Propagator says how a trace
	// travels; default none.
	Tracer     trace.TracerProvider
	Propagator propagation.TextMapPropagator
}

func (o Options) withDefaults() Options {
	if o.Pages == nil {
		o.Pages = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			writeProblem(w, http.StatusNotFound, "There are no pages here; /docs tells what there is.")
		})
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Source == nil {
		o.Source = func() *Source { return nil }
	}
	if o.Condition == nil {
		o.Condition = func(context.Context) Condition { return Condition{} }
	}
	if o.Grace == 0 {
		o.Grace = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider()
	}
	if o.Propagator == nil {
		o.Propagator = propagation.NewCompositeTextMapPropagator()
	}
	return o
}

// Server is the HTTP API and, where it is given any, the pages.
type Server struct {
	numbers   Numbers
	leads     Leads
	ingestion Ingestion
	options   Options

	api     huma.API
	routes  *routes
	handler http.Handler

	everything http.Handler                 // behind the guards
	guarded    atomic.Pointer[http.Handler] // the same, with the guards that know origins
	decoding   chan struct{}                // a place per body that may be taken apart at a time
	ending     chan struct{}                // closed when Run is told to end
}

// New returns a Server that answers from its three parts.
func New(n Numbers, l Leads, i Ingestion, o Options) (*Server, error) {
	s := &Server{
		numbers: n, leads: l, ingestion: i,
		options:  o.withDefaults(),
		routes:   &routes{ServeMux: http.NewServeMux()},
		decoding: make(chan struct{}, 2),
		ending:   make(chan struct{}),
	}
	s.register()
	if err := s.serveDocs(); err != nil {
		return nil, fmt.Errorf("preparing the documentation: %w", err)
	}
	everything, err := s.routes.handler(s.options.Pages)
	if err != nil {
		return nil, fmt.Errorf("preparing the routes: %w", err)
	}
	s.everything = everything
	if err := s.AllowOrigins(s.options.CORSOrigins); err != nil {
		return nil, fmt.Errorf("preparing the guards: %w", err)
	}
	s.handler = s.observe(http.HandlerFunc(s.guard))
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Run serves ln until ctx ends. Then /readyz says that it ends, connections are
// not kept for another request, and running requests may end. It closes ln.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("serving HTTP: %w", err)
	case <-ctx.Done():
	}
	close(s.ending)
	server.SetKeepAlivesEnabled(false)
	time.Sleep(s.options.Drain)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Grace)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = leadlake.Errorf(leadlake.Unavailable, "requests were still running after %s, and were cut off", s.options.Grace).
			Because(server.Close())
	}
	return errors.Join(err, ended(<-served))
}

// ended is what http.Server.Serve returned, without the error that says that
// it was told to end.
func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
