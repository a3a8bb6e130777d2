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
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/httpapi"
	"leadlake/internal/ingest"
	"leadlake/internal/metric"
	"leadlake/internal/webui"
)

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
	stopping := context.AfterFunc(ctx, func() { o.Stage(Stopping) })
	defer stopping()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	p := &product{config: c, options: o, lake: l, serving: serving, shown: &shown{table: l.leads, now: o.Now}, changes: newChanges(c, o)}
	if err := p.start(ctx, group, listener); err != nil {
		stop() // what has begun already ends before the lake is closed
		return errors.Join(err, group.Wait())
	}
	url := pageAt(listener.Addr())
	o.log("app").InfoContext(ctx, "serving", slog.String("url", url), slog.String("leads", string(serving)))
	o.Ready(url, serving)
	o.Stage(Running)
	return group.Wait()
}

// pageAt returns the address of the page for a browser on this machine.
func pageAt(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + addr.String()
}

// product is everything that is served.
type product struct {
	config  config.Config // that it began with; of a demo, the demo's
	options Options
	lake    *lake
	serving Serving
	shown   *shown
	changes *changes

	source *connection    // nil where nothing is synced
	runner *ingest.Runner // nil where nothing is synced
	server *httpapi.Server
}

// start begins everything that is served, in group.
func (p *product) start(ctx context.Context, group *errgroup.Group, listener net.Listener) (err error) {
	first := leadlake.Mode("")
	if p.serving == Demo {
		if p.config, err = startDemo(ctx, group, p.config, p.options); err != nil {
			return err
		}
		first = leadlake.Full // yesterday's demo leads have other dates today
	}
	if p.serving != OwnLake {
		if err = p.newRunner(ctx); err != nil {
			return err
		}
	}
	if err = p.newServer(); err != nil {
		return err
	}
	if p.runner != nil {
		group.Go(func() error { return p.runner.Run(ctx, first, p.options.Report) })
	}
	group.Go(func() error { return p.server.Run(ctx, listener) })
	group.Go(func() error { return p.lake.keep(ctx, p.shown, p.options.log("app")) })
	group.Go(func() error { return p.changes.follow(ctx, p.reconfigure) })
	return p.observe(ctx, group)
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
	l, err := openLake(ctx, c)
	switch {
	case err != nil:
		return nil, "", err
	case l.sealed && !wantsDemo:
		o.Tell(c.Lake + " is a place of backups. It is shown as it is, and nothing is synced into it.")
		return l, OwnLake, nil
	case c.Connected() && !wantsDemo:
		l, err = l.own(ctx, c, o)
		return l, OwnNotion, err
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

// firstPatience is how long the first start of a lake waits for Notion.
const firstPatience = 10 * time.Second

// newRunner makes what syncs the lake. While the lake is empty, a token or a
// database that is wrong is an error at once; later, or where Notion does not
// answer, it is told on the page, which stays up with what is there.
func (p *product) newRunner(ctx context.Context) error {
	snap, err := p.lake.leads.Latest(ctx)
	if err != nil {
		return err
	}
	p.source = newConnection(p.config, p.options, p.lake)
	p.runner = ingest.NewRunner(p.source.open, p.lake.leads, p.lake.journal, runnerOptions(p.config, p.options, p.lake))
	p.runner.Remember(ctx) // so that old data shows its age while Notion is away
	if snap.Version >= 0 {
		return nil
	}
	first, cancel := context.WithTimeout(ctx, firstPatience)
	defer cancel()
	err = p.runner.Open(first)
	if leadlake.KindOf(err) == leadlake.Unavailable || errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil
	}
	return err
}

func (p *product) newServer() (err error) {
	pages, err := webui.New(webui.Options{})
	if err != nil {
		return fmt.Errorf("preparing the dashboard: %w", err)
	}
	drain := time.Duration(0)
	if !p.config.Loopback() {
		drain = drainFor
	}
	p.server, err = httpapi.New(
		metric.New(p.shown, p.lake.engine, metric.Options{Zone: p.config.Zone, Now: p.options.Now}),
		storedLeads{p.lake.leads, p.shown},
		ingestion{p.runner, p.lake.journal},
		httpapi.Options{
			Pages: pages, Zone: p.config.Zone, CORSOrigins: p.config.CORSOrigins, LocalOnly: p.config.Loopback(),
			Demo: p.serving == Demo, Version: p.options.Version, Log: p.options.log("httpapi"), Now: p.options.Now, Drain: drain,
			Tracer: p.options.telemetry.Tracer(), Propagator: p.options.telemetry.Propagator(),
			Table:     rand.Text(), // no answer that a browser keeps outlives this process
			Source:    p.describeSource,
			Webhooks:  inbox(p.options, p.lake, p.runner),
			Condition: p.condition,
		})
	return err
}

// drainFor is for how long requests are still taken after the end was asked
// for, where a load balancer may stand before the product.
const drainFor = time.Second

func (p *product) describeSource() *httpapi.Source {
	if p.source == nil || p.source.name() == "" {
		return nil
	}
	return &httpapi.Source{Kind: "notion", Name: p.source.name()}
}
