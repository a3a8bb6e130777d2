package telemetry

import (
	"context"
	"errors"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// meter makes metrics of spans that end: what the packages do is said once, by
// a span, and measured here. It is an sdktrace.SpanProcessor.
type meter struct {
	measures map[source]measure
	leads    metric.Int64Counter
	lost     metric.Int64Counter
}

// source is a tracer and the name of a span; "" stands for the names that have
// no source of their own.
type source struct{ scope, span string }

// sources says which metric the duration of a span belongs to. It is the one
// place that knows what the packages call what they do.
func sources() map[source]string {
	return map[source]string{
		{"leadlake/httpapi", ""}:     requestDuration,
		{"leadlake/metric", ""}:      answerDuration,
		{"leadlake/duck", "query"}:   queryDuration,
		{"leadlake/duck", "lookup"}:  queryDuration,
		{"leadlake/duck", "write"}:   queryDuration,
		{"leadlake/cache", ""}:       downloadDuration,
		{"leadlake/ingest", ""}:      stepDuration,
		{"leadlake/ingest", "sync"}:  syncDuration,
		{"leadlake/notion", ""}:      notionDuration,
		{"leadlake/notion", "wait"}:  waitDuration,
		{"leadlake/delta", "commit"}: commitDuration,
	}
}

// measure is a metric and the attributes of the span that divide it.
type measure struct {
	histogram metric.Float64Histogram
	divided   []string
}

// leadsPrefix begins the attributes of a span that count leads, by what
// happened to them.
const leadsPrefix = "leadlake.leads."

// newMeter makes every instrument that is not a gauge.
func newMeter(api metric.Meter) (*meter, error) {
	m := &meter{measures: map[source]measure{}}
	made := map[string]measure{}
	var errs []error
	for _, i := range Instruments() {
		switch i.Kind {
		case Histogram:
			h, err := api.Float64Histogram(i.Name, metric.WithUnit(i.Unit), metric.WithDescription(i.Text), metric.WithExplicitBucketBoundaries(i.bounds...))
			made[i.Name], errs = measure{h, i.Attributes}, append(errs, err)
		case Counter:
			c, err := api.Int64Counter(i.Name, metric.WithUnit(i.Unit), metric.WithDescription(i.Text))
			errs = append(errs, err)
			if i.Name == leadsChanged {
				m.leads = c
			} else {
				m.lost = c
			}
		case Gauge: // see watch
		}
	}
	for from, name := range sources() {
		m.measures[from] = made[name]
	}
	return m, errors.Join(errs...)
}

// OnStart implements sdktrace.SpanProcessor.
func (*meter) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd implements sdktrace.SpanProcessor.
func (m *meter) OnEnd(s sdktrace.ReadOnlySpan) {
	scope := s.InstrumentationScope().Name
	found, ok := m.measures[source{scope, s.Name()}]
	if !ok {
		found, ok = m.measures[source{scope, ""}]
	}
	// The span is the example that a histogram shows for itself.
	ctx := trace.ContextWithSpanContext(context.Background(), s.SpanContext())
	var divided []attribute.KeyValue
	for _, a := range s.Attributes() {
		key := string(a.Key)
		if change, counts := strings.CutPrefix(key, leadsPrefix); counts && a.Value.AsInt64() > 0 {
			m.leads.Add(ctx, a.Value.AsInt64(), metric.WithAttributes(attribute.String("leadlake.lead.change", change)))
		}
		if ok && slices.Contains(found.divided, key) {
			divided = append(divided, a)
		}
	}
	if ok {
		found.histogram.Record(ctx, s.EndTime().Sub(s.StartTime()).Seconds(), metric.WithAttributes(divided...))
	}
}

// ForceFlush implements sdktrace.SpanProcessor.
func (*meter) ForceFlush(context.Context) error { return nil }

// Shutdown implements sdktrace.SpanProcessor.
func (*meter) Shutdown(context.Context) error { return nil }

// dropped counts what could not be delivered.
func (m *meter) dropped(ctx context.Context, s signal, n int, err error) {
	reason := "queue_full"
	if err != nil {
		reason = "not_delivered"
	}
	m.lost.Add(ctx, int64(n), metric.WithAttributes(
		attribute.String("leadlake.telemetry.signal", string(s)), attribute.String("leadlake.telemetry.reason", reason)))
}
