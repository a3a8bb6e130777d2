package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel/attribute"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// open begins what the plan asks for.
func (t *Telemetry) open(ctx context.Context, p plan) error {
	res, err := t.resource(ctx, p)
	if err != nil {
		return err
	}
	t.exports = len(p.targets) > 0
	if err := t.openMetrics(ctx, p, res); err != nil {
		return err
	}
	if err := t.openTraces(ctx, p, res); err != nil {
		return err
	}
	return t.openLogs(ctx, p, res)
}

// resource says who speaks. The name of the machine is not in it: it is often a
// person's.
func (t *Telemetry) resource(ctx context.Context, p plan) (*resource.Resource, error) {
	attrs := []attribute.KeyValue{
		semconv.ServiceVersion(t.options.Version), semconv.ProcessRuntimeName("go"), semconv.ProcessRuntimeVersion(runtime.Version()),
	}
	attrs = append(append(attrs, p.resource...), semconv.ServiceName(p.service))
	res, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(attrs...))
	if err != nil {
		return nil, fmt.Errorf("describing this program: %w", err)
	}
	return res, nil
}

func (t *Telemetry) openMetrics(ctx context.Context, p plan, res *resource.Resource) error {
	options := []sdkmetric.Option{sdkmetric.WithResource(res)}
	if p.prometheus {
		t.registry = prometheus.NewRegistry()
		reader, err := otelprometheus.New(otelprometheus.WithRegisterer(t.registry), otelprometheus.WithoutScopeInfo())
		if err != nil {
			return fmt.Errorf("preparing metrics for Prometheus: %w", err)
		}
		options = append(options, sdkmetric.WithReader(reader))
	}
	if to, leaves := p.targets[metrics]; leaves {
		exporter, err := newMetricExporter(ctx, to)
		if err != nil {
			return fmt.Errorf("preparing the export of metrics: %w", err)
		}
		options = append(options, sdkmetric.WithReader(sdkmetric.NewPeriodicReader(
			metricExporter{exporter, t.dropping(metrics)},
			sdkmetric.WithInterval(p.every), sdkmetric.WithTimeout(p.timeout),
		)))
	}
	if len(options) == 1 {
		return nil
	}
	provider := sdkmetric.NewMeterProvider(options...)
	t.outlets = append(t.outlets, provider)
	api := provider.Meter("leadlake", metric.WithInstrumentationVersion(t.options.Version))
	var err error
	if t.meter, err = newMeter(api); err != nil {
		return fmt.Errorf("preparing metrics: %w", err)
	}
	return t.watch(api)
}

// metricExporter reports what cannot be delivered to us, and not to the SDK's
// global error handler.
type metricExporter struct {
	sdkmetric.Exporter
	drop func(ctx context.Context, n int, err error)
}

// Export implements sdkmetric.Exporter.
func (e metricExporter) Export(ctx context.Context, rm *metricdata.ResourceMetrics) error {
	if err := e.Exporter.Export(ctx, rm); err != nil {
		e.drop(ctx, 1, err)
	}
	return nil
}

func (t *Telemetry) openTraces(ctx context.Context, p plan, res *resource.Resource) error {
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(res), sdktrace.WithSampler(p.sampler)}
	if t.meter != nil {
		sampler := p.sampler
		if _, leaves := p.targets[traces]; !leaves {
			sampler = sdktrace.NeverSample()
		}
		options = append(options, sdktrace.WithSampler(measuring{sampler}), sdktrace.WithSpanProcessor(t.meter))
	}
	if to, leaves := p.targets[traces]; leaves {
		exporter, err := newSpanExporter(ctx, to)
		if err != nil {
			return fmt.Errorf("preparing the export of traces: %w", err)
		}
		options = append(options, sdktrace.WithSpanProcessor(&spanProcessor{
			exporter: exporter,
			queue:    newQueue(p.spans, exporter.ExportSpans, t.dropping(traces)),
		}))
	}
	if len(options) == 2 { // nobody wants spans
		return nil
	}
	provider := sdktrace.NewTracerProvider(options...)
	t.outlets, t.tracer = append(t.outlets, provider), provider
	return nil
}

// measuring samples as another sampler does, and has the other spans recorded
// all the same: their durations are metrics.
type measuring struct{ sdktrace.Sampler }

// ShouldSample implements sdktrace.Sampler.
func (m measuring) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	result := m.Sampler.ShouldSample(p)
	if result.Decision == sdktrace.Drop {
		result.Decision = sdktrace.RecordOnly
	}
	return result
}

// spanProcessor queues the spans that were sampled.
type spanProcessor struct {
	exporter sdktrace.SpanExporter
	queue    *queue[sdktrace.ReadOnlySpan]
}

// OnStart implements sdktrace.SpanProcessor.
func (*spanProcessor) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements sdktrace.SpanProcessor.
func (p *spanProcessor) OnEnd(s sdktrace.ReadOnlySpan) {
	if s.SpanContext().IsSampled() {
		p.queue.put(context.Background(), s) // the end of a span is told without one
	}
}

// ForceFlush implements sdktrace.SpanProcessor. Nobody calls it.
func (*spanProcessor) ForceFlush(context.Context) error { return nil }

// Shutdown implements sdktrace.SpanProcessor.
func (p *spanProcessor) Shutdown(ctx context.Context) error {
	p.queue.close(ctx)
	return p.exporter.Shutdown(ctx)
}

func (t *Telemetry) openLogs(ctx context.Context, p plan, res *resource.Resource) error {
	to, leaves := p.targets[logs]
	if !leaves {
		return nil
	}
	exporter, err := newLogExporter(ctx, to)
	if err != nil {
		return fmt.Errorf("preparing the export of logs: %w", err)
	}
	provider := sdklog.NewLoggerProvider(sdklog.WithResource(res), sdklog.WithProcessor(&logProcessor{
		exporter: exporter,
		queue:    newQueue(p.logs, exporter.Export, t.dropping(logs)),
	}))
	t.outlets = append(t.outlets, provider)
	t.setLog(otelslog.NewHandler("leadlake", otelslog.WithLoggerProvider(provider)))
	return nil
}

// logProcessor queues lines.
type logProcessor struct {
	exporter sdklog.Exporter
	queue    *queue[sdklog.Record]
}

// Enabled implements sdklog.Processor.
func (*logProcessor) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }

// OnEmit implements sdklog.Processor.
func (p *logProcessor) OnEmit(ctx context.Context, r *sdklog.Record) error {
	p.queue.put(ctx, r.Clone())
	return nil
}

// ForceFlush implements sdklog.Processor. Nobody calls it.
func (*logProcessor) ForceFlush(context.Context) error { return nil }

// Shutdown implements sdklog.Processor.
func (p *logProcessor) Shutdown(ctx context.Context) error {
	p.queue.close(ctx)
	return p.exporter.Shutdown(ctx)
}

// dropping returns what counts how much of a signal was lost, and says so on
// this machine.
func (t *Telemetry) dropping(s signal) func(ctx context.Context, n int, err error) {
	return func(ctx context.Context, n int, err error) {
		if t.meter != nil {
			t.meter.dropped(ctx, s, n, err)
		}
		if err != nil {
			t.local.WarnContext(ctx, "telemetry was not delivered", slog.String("signal", string(s)), slog.String("cause", err.Error()))
		}
	}
}
