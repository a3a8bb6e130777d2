// Package telemetry says how logs, traces and metrics leave the program: lines
// to a terminal or a container's log, all three signals by OTLP, and metrics
// to Prometheus. Everything else sees OpenTelemetry's API and slog only.
//
// Start reading at Open. What can be measured stands in instruments.go.
package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sync/errgroup"
)

// Settings say what leaves, and where to. The zero Settings export nothing.
type Settings struct {
	// LogfireToken alone sends all signals to Logfire, in the token's region.
	LogfireToken string
	// OTel holds the standard variables (OTEL_EXPORTER_OTLP_ENDPOINT, …) that
	// are set, by their names.
	OTel map[string]string
	// Prometheus says that metrics are kept for Handler.
	Prometheus bool
	// Levels is for Levels.Set.
	Levels string
}

// Options are what a Telemetry can be told; the zero Options are fine.
type Options struct {
	Version string       // of the program
	Log     slog.Handler // where lines go on this machine; default os.Stderr
	// Quiet is the least level of those lines while Settings.Levels is empty.
	Quiet slog.Level
	// Context returns what a line belongs to, such as its request's id.
	Context func(context.Context) []slog.Attr
	// Flush is how long Close may take; default 3 s.
	Flush time.Duration
}

// Telemetry is how the program tells of itself. Its methods may be called from
// many goroutines.
type Telemetry struct {
	options    Options
	levels     *Levels
	log        *slog.Logger
	local      *slog.Logger // for what must not be exported
	tracer     trace.TracerProvider
	propagator propagation.TextMapPropagator
	registry   *prometheus.Registry // nil where nobody scrapes
	meter      *meter               // nil where nothing is measured
	outlets    []outlet
	exports    bool

	closing  sync.Once
	watching atomic.Pointer[func(context.Context) (State, error)]
	last     atomic.Pointer[State]
	reloaded atomic.Pointer[bool]
}

// outlet is one signal on its way out.
type outlet interface {
	Shutdown(ctx context.Context) error
}

// Off returns a Telemetry that exports nothing.
func Off(o Options) *Telemetry {
	t := start(o)
	t.setLog(nil)
	return t
}

// Open begins what the settings ask for. Where they ask for nothing there is no
// goroutine and no connection. An error says what to write instead in which
// variable. Nothing is sent yet: a collector that is away is no error.
func Open(ctx context.Context, s Settings, o Options) (*Telemetry, error) {
	t := start(o)
	if err := t.levels.Set(s.Levels); err != nil {
		return nil, err
	}
	plan, err := planOf(s)
	if err != nil {
		return nil, err
	}
	t.propagator = plan.propagator
	t.setLog(nil) // what fails while the outlets open is said here
	if len(plan.targets) > 0 || plan.prometheus {
		t.hearSDK() //nolint:contextcheck // an error of the SDK belongs to nobody's work
	}
	if err := t.open(ctx, plan); err != nil {
		return nil, errors.Join(err, t.Close(ctx))
	}
	return t, nil
}

// hearSDK takes over what the SDK says by itself, which is of the process and
// not of a provider: errors go to this machine's log, and its own log to
// nobody, because it may repeat what a variable holds, such as a token.
func (t *Telemetry) hearSDK() {
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		t.local.WarnContext(context.Background(), "telemetry is in trouble", slog.String("cause", err.Error()))
	}))
}

func start(o Options) *Telemetry {
	if o.Log == nil {
		o.Log = NewHandler(Output{To: os.Stderr})
	}
	if o.Context == nil {
		o.Context = func(context.Context) []slog.Attr { return nil }
	}
	if o.Flush == 0 {
		o.Flush = 3 * time.Second
	}
	return &Telemetry{
		options: o, levels: NewLevels(), tracer: noop.NewTracerProvider(), propagator: propagation.NewCompositeTextMapPropagator(),
	}
}

// setLog makes the loggers; export takes the lines that leave, nil for none.
func (t *Telemetry) setLog(export slog.Handler) {
	common := &shared{levels: t.levels, quiet: t.options.Quiet, context: t.options.Context}
	h := &handler{shared: common, local: t.options.Log, export: export}
	t.log = slog.New(h)
	if t.local == nil {
		t.local = slog.New(h)
	}
}

// Log returns the logger of everything. A package's own says so in PackageKey.
func (t *Telemetry) Log() *slog.Logger { return t.log }

// Levels returns what decides which lines are written.
func (t *Telemetry) Levels() *Levels { return t.levels }

// Tracer returns what makes spans: the durations of many become metrics, too.
func (t *Telemetry) Tracer() trace.TracerProvider { return t.tracer }

// Propagator returns how a trace travels between programs.
func (t *Telemetry) Propagator() propagation.TextMapPropagator { return t.propagator }

// ConfigReloaded notes whether the configuration was taken when it was last
// read anew.
func (t *Telemetry) ConfigReloaded(taken bool) { t.reloaded.Store(&taken) }

// Close sends what has not left yet, for as long as Options.Flush, and ends
// everything. What could not be sent by then is dropped. The logger goes on
// writing on this machine.
func (t *Telemetry) Close(ctx context.Context) (err error) {
	t.closing.Do(func() { err = t.shutdown(ctx) })
	return err
}

func (t *Telemetry) shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.options.Flush)
	defer cancel()
	var group errgroup.Group
	for _, o := range t.outlets {
		group.Go(func() error { return o.Shutdown(ctx) })
	}
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil // a collector that does not answer is no reason to fail
}
