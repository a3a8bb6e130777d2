// Package app puts the parts together: from a configuration to a running
// product. It decides nothing that a part can decide.
//
// Start reading at Serve.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"syscall"

	"golang.org/x/sync/errgroup"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/httpapi"
	"leadlake/internal/ingest"
	"leadlake/internal/metric"
	"leadlake/internal/telemetry"
	"leadlake/internal/webui"
)

// Options are what the product can be told beside its configuration; the zero
// Options are fine.
type Options struct {
	Version string                            // of the program
	Log     *slog.Logger                      // takes the log in place of Stderr
	Stderr  Stderr                            // default discards the log
	Report  func(leadlake.Run)                // hears the progress of every run
	Tell    func(sentence string)             // hears what a person should know
	Ready   func(url string, serving Serving) // is told once the page can be opened

	telemetry *telemetry.Telemetry // never nil after withDefaults
}

// Serving says whose leads are served.
type Serving string

// What can be served.
const (
	OwnNotion Serving = "notion" // a lake that follows the team's Notion database
	OwnLake   Serving = "lake"   // a lake as it is, no Notion connected
	Demo      Serving = "demo"   // made-up leads
)

func (o Options) withDefaults() Options {
	if o.telemetry == nil {
		o.telemetry = telemetry.Off(telemetry.Options{Version: o.Version, Log: o.handler(config.Config{LogEmoji: true}), Quiet: o.Stderr.Quiet})
		o.Log = o.telemetry.Log()
	}
	if o.Report == nil {
		o.Report = func(leadlake.Run) {}
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	if o.Ready == nil {
		o.Ready = func(string, Serving) {}
	}
	return o
}

// Serve runs the API, the dashboard and the sync until ctx ends. Where no
// Notion database is configured it serves what the lake holds, and if that is
// nothing, the demo.
func Serve(ctx context.Context, c config.Config, o Options) error {
	return serve(ctx, c, o, false)
}

// ServeDemo serves the demo, whatever is configured.
func ServeDemo(ctx context.Context, c config.Config, o Options) error {
	return serve(ctx, c, o, true)
}

func serve(ctx context.Context, c config.Config, o Options, wantsDemo bool) (err error) {
	o, end, err := o.observed(ctx, c, true)
	if err != nil {
		return err
	}
	defer end()
	listener, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // the server has closed it, unless it never ran
	l, serving, err := chooseLake(ctx, c, o, wantsDemo)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	if err := start(ctx, group, c, o, l, serving, listener); err != nil {
		stop() // what has begun already ends before the lake is closed
		return errors.Join(err, group.Wait())
	}
	o.Ready("http://"+listener.Addr().String(), serving)
	return group.Wait()
}

// start begins everything that is served, in group.
func start(ctx context.Context, group *errgroup.Group, c config.Config, o Options, l *lake, serving Serving, listener net.Listener) error {
	var err error
	first := leadlake.Mode("")
	if serving == Demo {
		if c, err = startDemo(ctx, group, c, o); err != nil {
			return err
		}
		first = leadlake.Full // yesterday's demo leads have other dates today
	}
	var name atomic.Value
	var runner *ingest.Runner
	if serving != OwnLake {
		if runner, err = newRunner(ctx, c, o, l, &name); err != nil {
			return err
		}
	}
	server, err := newServer(c, o, l, serving, runner, &name)
	if err != nil {
		return err
	}
	if runner != nil {
		group.Go(func() error { return runner.Run(ctx, first, o.Report) })
	}
	group.Go(func() error { return server.Run(ctx, listener) })
	group.Go(func() error { return l.keep(ctx, o.log("app")) })
	return observe(ctx, group, c, o, l, runner)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, leadlake.Errorf(leadlake.Unavailable,
			"The address %s is in use. Is Leadlake running already? Stop the other program, or choose another address with LEADLAKE_ADDR.", addr).Because(err)
	case err != nil:
		return nil, leadlake.Errorf(leadlake.Unavailable,
			"Leadlake cannot listen on %s. Choose another address with LEADLAKE_ADDR.", addr).Because(err)
	}
	return listener, nil
}

// chooseLake opens the lake and says what is served from it.
func chooseLake(ctx context.Context, c config.Config, o Options, wantsDemo bool) (*lake, Serving, error) {
	if c.Connected() && !wantsDemo {
		l, err := openOwn(ctx, c, o)
		return l, OwnNotion, err
	}
	l, err := openLake(ctx, c)
	if err != nil {
		return nil, "", err
	}
	what, err := l.holds(ctx)
	switch {
	case err != nil:
		return nil, "", errors.Join(err, l.Close())
	case what != ownData:
		return l, Demo, nil
	case wantsDemo:
		return nil, "", errors.Join(leadlake.Errorf(leadlake.Invalid,
			"The lake %s holds your own leads, which the demo must not touch. Give the demo a folder of its own with --lake.", c.Lake), l.Close())
	}
	return l, OwnLake, nil
}

// newRunner returns what syncs the lake. While the lake is empty, a token or a
// database that is wrong is an error at once; later it is told on the page,
// which stays up with what is there.
func newRunner(ctx context.Context, c config.Config, o Options, l *lake, name *atomic.Value) (*ingest.Runner, error) {
	snap, err := l.leads.Latest(ctx)
	if err != nil {
		return nil, err
	}
	runner := ingest.NewRunner(openNotion(c, o, l, name), l.leads, l.journal, runnerOptions(c, o, l))
	runner.Remember(ctx) // so that old data shows its age while Notion is away
	if snap.Version >= 0 {
		return runner, nil
	}
	if err := runner.Open(ctx); err != nil && leadlake.KindOf(err) != leadlake.Unavailable {
		return nil, err
	}
	return runner, nil
}

func newServer(c config.Config, o Options, l *lake, serving Serving, runner *ingest.Runner, name *atomic.Value) (*httpapi.Server, error) {
	pages, err := webui.New(webui.Options{})
	if err != nil {
		return nil, fmt.Errorf("preparing the dashboard: %w", err)
	}
	return httpapi.New(
		metric.New(l.leads, l.engine, metric.Options{Zone: c.Zone}),
		storedLeads{l.leads},
		ingestion{runner, l.journal},
		httpapi.Options{
			Pages: pages, Zone: c.Zone, CORSOrigins: c.CORSOrigins, LocalOnly: c.Loopback(),
			Demo: serving == Demo, Version: o.Version, Log: o.log("httpapi"),
			Tracer: o.telemetry.Tracer(), Propagator: o.telemetry.Propagator(),
			Table: rand.Text(), // no answer that a browser keeps outlives this process
			Source: func() *httpapi.Source {
				title, ok := name.Load().(string)
				if !ok {
					return nil
				}
				return &httpapi.Source{Kind: "notion", Name: title}
			},
			Webhooks: inbox(o, l, runner),
			Ready: func(ctx context.Context) []string {
				if _, err := l.leads.Latest(ctx); err != nil {
					return []string{leadlake.MessageOf(err)}
				}
				return nil
			},
		})
}
