package app

import (
	"context"
	"io"
	"log/slog"
	"math"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/httpapi"
	"leadlake/internal/ingest"
	"leadlake/internal/telemetry"
)

// Stderr is where the log goes on this machine; the zero Stderr is nowhere.
type Stderr struct {
	io.Writer
	Terminal bool       // whether a person watches
	Quiet    slog.Level // the least level that is written where none is configured
}

// Logger returns a logger for what a command has to say beside the product.
func (o Options) Logger() *slog.Logger { return slog.New(o.handler(config.Config{LogEmoji: true})) }

// handler returns what writes the log as c says.
func (o Options) handler(c config.Config) slog.Handler {
	switch {
	case o.Log != nil:
		return o.Log.Handler()
	case o.Stderr.Writer == nil:
		return slog.DiscardHandler
	default:
		return telemetry.NewHandler(telemetry.Output{
			To: o.Stderr, Format: telemetry.Format(c.LogFormat), Terminal: o.Stderr.Terminal, Emoji: c.LogEmoji,
		})
	}
}

// observed begins what c says of logs, traces and metrics; end sends what has
// not left by then. metrics says whether they are served to Prometheus, where c
// names an address for that.
func (o Options) observed(ctx context.Context, c config.Config, metrics bool) (_ Options, end func(), err error) {
	variables := make(map[string]string, len(c.OTel))
	for name, value := range c.OTel {
		variables[name] = value.Reveal()
	}
	settings := telemetry.Settings{
		LogfireToken: c.LogfireToken.Reveal(), OTel: variables, Prometheus: metrics && c.MetricsAddr != "", Levels: c.LogLevel,
	}
	destinations, err := telemetry.Destinations(settings)
	if err != nil {
		return o, nil, leadlake.Errorf(leadlake.Invalid, "%s", err)
	}
	o.telemetry, err = telemetry.Open(ctx, settings, telemetry.Options{Version: o.Version, Log: o.handler(c), Quiet: o.Stderr.Quiet, Context: belongsTo})
	if err != nil {
		return o, nil, leadlake.Errorf(leadlake.Invalid, "%s", err)
	}
	o.Log = o.telemetry.Log()
	if log := o.log("app"); o.Tell == nil {
		o.Tell = func(sentence string) { log.InfoContext(ctx, "to be known", slog.String("sentence", sentence)) }
	}
	if len(destinations) > 0 {
		o.log("app").InfoContext(ctx, "telemetry leaves", slog.String("traces", destinations["traces"]),
			slog.String("metrics", destinations["metrics"]), slog.String("logs", destinations["logs"]))
	}
	return o.withDefaults(), func() { _ = o.telemetry.Close(ctx) }, nil // a collector that is away is no failure
}

// belongsTo returns the request that a line of the log belongs to.
func belongsTo(ctx context.Context) []slog.Attr {
	if id := httpapi.RequestID(ctx); id != "" {
		return []slog.Attr{slog.String("request_id", id)}
	}
	return nil
}

// log returns the logger of a package.
func (o Options) log(name string) *slog.Logger {
	return o.Log.With(slog.String(telemetry.PackageKey, name))
}

// lastLookFor is how long the last look at the lake may take.
const lastLookFor = time.Second

// observe serves metrics to Prometheus while group works, where the
// configuration says so, and shows in them how the lake stands.
func (p *product) observe(ctx context.Context, group *errgroup.Group) error {
	o := p.options
	stop := o.telemetry.Observe(func(ctx context.Context) (telemetry.State, error) { return stateOf(ctx, p.lake, p.shown, p.runner) })
	group.Go(func() error {
		<-ctx.Done() // the lake is closed next
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLookFor)
		defer cancel()
		stop(last)
		return nil
	})
	if p.config.MetricsAddr == "" {
		return nil
	}
	listener, err := listenForMetrics(ctx, p.config.MetricsAddr)
	if err != nil {
		return err
	}
	o.log("app").InfoContext(ctx, "metrics are served", slog.String("addr", listener.Addr().String()))
	group.Go(func() error { return o.telemetry.Serve(ctx, listener) })
	return nil
}

func listenForMetrics(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, leadlake.Errorf(leadlake.Unavailable,
			"Leadlake cannot listen on %s for metrics. Choose another address with LEADLAKE_METRICS_ADDR, or none.", addr).Because(err)
	}
	return listener, nil
}

// smallFile is the size below which a data file is called small.
const smallFile = 1 << 20

// stateOf returns how a lake stands.
func stateOf(ctx context.Context, l *lake, leads newest, runner *ingest.Runner) (telemetry.State, error) {
	snap, err := leads.Latest(ctx)
	if err != nil {
		return telemetry.State{}, err
	}
	s := telemetry.State{Version: snap.Version, Rows: snap.Rows(), Files: len(snap.Files)}
	for _, f := range snap.Files {
		s.Bytes += f.Size
		if f.Size < smallFile {
			s.SmallFiles++
		}
	}
	s.LogCommits = -1 // where the lake does not answer
	if n, err := l.leads.Uncheckpointed(ctx); err == nil {
		s.LogCommits = n
	}
	s.DiskFree = -1
	if free, total, known := space(l.disk.Scratch()); known {
		s.DiskFree, s.DiskSize = int64(min(free, math.MaxInt64)), int64(min(total, math.MaxInt64))
	}
	if runner != nil {
		status := runner.Status()
		s.LastSuccess, s.SyncFailing = status.LastSuccess, status.LastFailure != nil
		if status.Held != nil {
			s.DeletionsHeld = status.Held.Held
		}
	}
	return s, nil
}

// lastLook has the metrics show how a lake stands that is closed next.
func (o Options) lastLook(ctx context.Context, l *lake, runner *ingest.Runner) {
	stop := o.telemetry.Observe(func(ctx context.Context) (telemetry.State, error) { return stateOf(ctx, l, l.leads, runner) })
	stop(ctx)
}
