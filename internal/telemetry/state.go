package telemetry

import (
	"context"
	"errors"
	"runtime"
	runtimemetrics "runtime/metrics"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// State is how the lake stands: what the gauges show.
type State struct {
	Version       int64 // newest of the table of leads; negative where there is none
	Rows          int64 // negative where unknown
	Files         int
	SmallFiles    int
	Bytes         int64
	LogCommits    int64     // since the last checkpoint; negative where unknown
	LastSuccess   time.Time // of a sync; zero where there was none
	SyncFailing   bool      // whether the last one failed
	DeletionsHeld int
	DiskFree      int64 // negative where unknown
	DiskSize      int64
}

// stateTime bounds how long a look at the lake may take.
const stateTime = 5 * time.Second

// Observe has state asked whenever somebody looks at the metrics, until stop is
// called; what it said last is shown from then on. Where metrics leave by
// themselves, stop asks once more. state must be safe to call from many
// goroutines.
func (t *Telemetry) Observe(state func(context.Context) (State, error)) (stop func(context.Context)) {
	t.watching.Store(&state)
	return func(ctx context.Context) {
		if t.exports {
			t.state(ctx)
		}
		t.watching.CompareAndSwap(&state, nil)
	}
}

// state returns how the lake stands, or last stood.
func (t *Telemetry) state(ctx context.Context) (State, bool) {
	if ask := t.watching.Load(); ask != nil {
		ctx, cancel := context.WithTimeout(ctx, stateTime)
		defer cancel()
		if s, err := (*ask)(ctx); err == nil {
			t.last.Store(&s)
		}
	}
	if last := t.last.Load(); last != nil {
		return *last, true
	}
	return State{}, false
}

// watch makes every gauge.
func (t *Telemetry) watch(api metric.Meter) error {
	gauges := map[string]metric.Float64Observable{}
	var all []metric.Observable
	var errs []error
	for _, i := range Instruments() {
		if i.Kind == Gauge {
			g, err := api.Float64ObservableGauge(i.Name, metric.WithUnit(i.Unit), metric.WithDescription(i.Text))
			gauges[i.Name], all, errs = g, append(all, g), append(errs, err)
		}
	}
	_, err := api.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		show := func(name string, value float64, attrs ...attribute.KeyValue) {
			o.ObserveFloat64(gauges[name], value, metric.WithAttributes(attrs...))
		}
		t.showProgram(show)
		if s, known := t.state(ctx); known {
			s.show(show)
		}
		return nil
	}, all...)
	return errors.Join(append(errs, err)...)
}

func (t *Telemetry) showProgram(show func(string, float64, ...attribute.KeyValue)) {
	show(buildInfo, 1, attribute.String("service.version", t.options.Version), attribute.String("process.runtime.version", runtime.Version()))
	show(goroutines, float64(runtime.NumGoroutine()))
	memory := []runtimemetrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	runtimemetrics.Read(memory)
	show(memoryUsed, float64(memory[0].Value.Uint64()-memory[1].Value.Uint64()))
	taken := t.reloaded.Load()
	show(configReloaded, number(taken == nil || *taken))
}

// show shows what is known.
func (s State) show(show func(string, float64, ...attribute.KeyValue)) {
	if !s.LastSuccess.IsZero() {
		show(dataAge, max(0, time.Since(s.LastSuccess).Seconds()))
	}
	show(syncFailing, number(s.SyncFailing))
	show(deletionsHeld, float64(s.DeletionsHeld))
	if s.DiskFree >= 0 {
		show(diskFree, float64(s.DiskFree))
		show(diskSize, float64(s.DiskSize))
	}
	if s.Version < 0 {
		return
	}
	show(lakeVersion, float64(s.Version))
	if s.Rows >= 0 {
		show(lakeRows, float64(s.Rows))
	}
	show(lakeFiles, float64(s.Files))
	show(lakeSmallFiles, float64(s.SmallFiles))
	show(lakeSize, float64(s.Bytes))
	if s.LogCommits >= 0 {
		show(logCommits, float64(s.LogCommits))
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
