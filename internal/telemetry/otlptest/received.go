package otlptest

import (
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	metricpb "go.opentelemetry.io/proto/otlp/metrics/v1"
	spanpb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

// Span is a span that was received.
type Span struct {
	Scope, Name, Kind        string
	TraceID, SpanID, Parent  string // in hexadecimal digits
	Failed                   bool
	Attributes, Resource     map[string]string
	StartNanos, DurationNano uint64
}

// Line is a line of a log that was received.
type Line struct {
	Level, Message  string
	TraceID, SpanID string
	Attributes      map[string]string
}

// Point is the newest value of a metric for some attributes.
type Point struct {
	Name       string
	Attributes map[string]string
	Value      float64  // of a histogram, how many
	Exemplars  []string // the traces of a histogram's examples
}

// Spans returns what was received, in the order in which they began.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Span
	for _, r := range c.traces {
		for _, of := range r.GetResourceSpans() {
			for _, scope := range of.GetScopeSpans() {
				for _, s := range scope.GetSpans() {
					all = append(all, Span{
						Scope: scope.GetScope().GetName(), Name: s.GetName(), Kind: strings.ToLower(strings.TrimPrefix(s.GetKind().String(), "SPAN_KIND_")),
						TraceID: hex.EncodeToString(s.GetTraceId()), SpanID: hex.EncodeToString(s.GetSpanId()), Parent: hex.EncodeToString(s.GetParentSpanId()),
						Failed: s.GetStatus().GetCode() == spanpb.Status_STATUS_CODE_ERROR, Attributes: texts(s.GetAttributes()),
						Resource: texts(of.GetResource().GetAttributes()), StartNanos: s.GetStartTimeUnixNano(), DurationNano: s.GetEndTimeUnixNano() - s.GetStartTimeUnixNano(),
					})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Span) int { return int(a.StartNanos) - int(b.StartNanos) }) //nolint:gosec // nanoseconds of this century
	return all
}

// Lines returns the log that was received.
func (c *Collector) Lines() []Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Line
	for _, r := range c.logs {
		for _, of := range r.GetResourceLogs() {
			for _, scope := range of.GetScopeLogs() {
				for _, l := range scope.GetLogRecords() {
					all = append(all, Line{
						Level: l.GetSeverityText(), Message: l.GetBody().GetStringValue(), Attributes: texts(l.GetAttributes()),
						TraceID: hex.EncodeToString(l.GetTraceId()), SpanID: hex.EncodeToString(l.GetSpanId()),
					})
				}
			}
		}
	}
	return all
}

// Points returns the newest metrics that were received.
func (c *Collector) Points() []Point {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.metrics) == 0 {
		return nil
	}
	var all []Point
	for _, of := range c.metrics[len(c.metrics)-1].GetResourceMetrics() {
		for _, scope := range of.GetScopeMetrics() {
			for _, m := range scope.GetMetrics() {
				all = append(all, pointsOf(m)...)
			}
		}
	}
	return all
}

func pointsOf(m *metricpb.Metric) []Point {
	var all []Point
	for _, p := range slices.Concat(m.GetGauge().GetDataPoints(), m.GetSum().GetDataPoints()) {
		value := p.GetAsDouble()
		if i := p.GetAsInt(); i != 0 {
			value = float64(i)
		}
		all = append(all, Point{Name: m.GetName(), Attributes: texts(p.GetAttributes()), Value: value})
	}
	for _, p := range m.GetHistogram().GetDataPoints() {
		point := Point{Name: m.GetName(), Attributes: texts(p.GetAttributes()), Value: float64(p.GetCount())}
		for _, e := range p.GetExemplars() {
			point.Exemplars = append(point.Exemplars, hex.EncodeToString(e.GetTraceId()))
		}
		all = append(all, point)
	}
	return all
}

// Headers returns the values of a header in the requests that were received.
func (c *Collector) Headers(name string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, headers := range c.headers {
		for key, values := range headers {
			if strings.EqualFold(key, name) {
				all = append(all, values...)
			}
		}
	}
	return all
}

// Paths returns where requests went, sorted.
func (c *Collector) Paths() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.paths))
}

// Text returns everything that was received, to be searched.
func (c *Collector) Text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all strings.Builder
	for _, r := range c.traces {
		all.WriteString(protojson.Format(r))
	}
	for _, r := range c.metrics {
		all.WriteString(protojson.Format(r))
	}
	for _, r := range c.logs {
		all.WriteString(protojson.Format(r))
	}
	return all.String()
}

func texts(attributes []*commonpb.KeyValue) map[string]string {
	all := map[string]string{}
	for _, a := range attributes {
		switch v := a.GetValue().GetValue().(type) {
		case *commonpb.AnyValue_StringValue:
			all[a.GetKey()] = v.StringValue
		case *commonpb.AnyValue_IntValue:
			all[a.GetKey()] = strconv.FormatInt(v.IntValue, 10)
		case *commonpb.AnyValue_BoolValue:
			all[a.GetKey()] = strconv.FormatBool(v.BoolValue)
		default:
			all[a.GetKey()] = protojson.Format(a.GetValue())
		}
	}
	return all
}
