package telemetry_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"leadlake/internal/telemetry"
	"leadlake/internal/telemetry/otlptest"
)

// to returns settings that lead to a collector.
func to(c *otlptest.Collector, more string) telemetry.Settings {
	all := variables(strings.Join(c.Environment(), " ") + " " + more)
	return telemetry.Settings{OTel: all}
}

// work makes a trace of two spans with a line in it.
func work(ctx context.Context, tel *telemetry.Telemetry) trace.SpanContext {
	ctx, outer := tel.Tracer().Tracer("leadlake/ingest").Start(ctx, "sync", trace.WithAttributes(attribute.String("leadlake.sync.mode", "full")))
	_, inner := trace.SpanFromContext(ctx).TracerProvider().Tracer("leadlake/leadtable").Start(ctx, "upsert")
	inner.SetAttributes(attribute.Int("leadlake.leads.inserted", 40), attribute.Int("leadlake.leads.updated", 2), attribute.Int("leadlake.leads.gone", 0))
	inner.SetStatus(codes.Error, "")
	inner.End()
	tel.Log().With(telemetry.PackageKey, "ingest").InfoContext(ctx, "sync done", "took", time.Second, "error", errors.New("none"))
	outer.End()
	return outer.SpanContext()
}

func TestAllThreeSignalsArrive(t *testing.T) {
	for _, protocol := range otlptest.Protocols() {
		for _, compression := range []string{"none", "gzip"} {
			c := otlptest.New(t, protocol)
			tel, out := open(t, to(c, "OTEL_EXPORTER_OTLP_COMPRESSION="+compression+
				" OTEL_EXPORTER_OTLP_HEADERS=x-team=a%20b,x-other=1 OTEL_EXPORTER_OTLP_LOGS_HEADERS=x-other=2"+
				" OTEL_SERVICE_NAME=prospects OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=test,service.name=no"),
				telemetry.Options{Version: "1.2.3"})
			of := work(t.Context(), tel)
			if err := tel.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			spans, lines := c.Spans(), c.Lines()
			if len(spans) != 2 || spans[0].Name != "sync" || spans[1].Parent != spans[0].SpanID || !spans[1].Failed || spans[0].Scope != "leadlake/ingest" ||
				spans[0].TraceID != of.TraceID().String() || spans[0].Attributes["leadlake.sync.mode"] != "full" {
				t.Errorf("%s: the spans are %+v", protocol, spans)
			}
			if len(lines) != 1 || lines[0].Message != "sync done" || lines[0].TraceID != of.TraceID().String() || lines[0].SpanID != of.SpanID().String() ||
				lines[0].Attributes["package"] != "ingest" || lines[0].Level != "INFO" {
				t.Errorf("%s: the log is %+v", protocol, lines)
			}
			if !strings.Contains(out.String(), "trace_id="+of.TraceID().String()+" span_id="+of.SpanID().String()) {
				t.Errorf("here, the log is %s", out)
			}
			for name, want := range map[string]string{
				"service.name": "prospects", "service.version": "1.2.3", "deployment.environment.name": "test", "process.runtime.version": runtime.Version(),
			} {
				if got := spans[0].Resource[name]; got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if team := c.Headers("x-team"); len(team) != 3 || team[0] != "a b" || !slices.Contains(c.Headers("x-other"), "2") {
				t.Errorf("the headers are %q and %q", team, c.Headers("x-other"))
			}
			checkPoints(t, c, of)
		}
	}
}

// checkPoints looks at the metrics that work makes.
func checkPoints(t *testing.T, c *otlptest.Collector, of trace.SpanContext) {
	t.Helper()
	changed := map[string]float64{}
	synced := false
	for _, p := range c.Points() {
		switch p.Name {
		case "leadlake.leads.changed":
			changed[p.Attributes["leadlake.lead.change"]] = p.Value
		case "leadlake.sync.duration":
			synced = p.Value == 1 && p.Attributes["leadlake.sync.mode"] == "full" && slices.Equal(p.Exemplars, []string{of.TraceID().String()})
		}
	}
	if changed["inserted"] != 40 || changed["updated"] != 2 || len(changed) != 2 || !synced {
		t.Errorf("the metrics are %+v", c.Points())
	}
}

func TestALogfireTokenGoesAlong(t *testing.T) {
	c := otlptest.New(t, "http/protobuf")
	s := to(c, "")
	s.LogfireToken = "pylf_v1_eu_geheim"
	tel, out := open(t, s, telemetry.Options{})
	work(t.Context(), tel)
	if err := tel.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.Headers("Authorization"); len(got) != 3 || got[0] != "pylf_v1_eu_geheim" {
		t.Errorf("the headers are %q", got)
	}
	if paths := c.Paths(); !slices.Equal(paths, []string{"/v1/logs", "/v1/metrics", "/v1/traces"}) {
		t.Errorf("it went to %q", paths)
	}
	if strings.Contains(out.String()+c.Text(), "geheim") {
		t.Error("the token is told")
	}
}

func TestTLS(t *testing.T) {
	for _, protocol := range otlptest.Protocols() {
		c, authority := otlptest.NewTLS(t, protocol)
		for believed, variable := range map[bool]string{true: "OTEL_EXPORTER_OTLP_CERTIFICATE=" + authority, false: ""} {
			before := len(c.Spans())
			tel, out := open(t, to(c, variable), telemetry.Options{Flush: time.Second})
			work(t.Context(), tel)
			if err := tel.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := len(c.Spans()) > before; got != believed || strings.Contains(out.String(), "not delivered") == believed {
				t.Errorf("%s, where it is believed %t: it got %t, the log is %s", protocol, believed, got, out)
			}
		}
	}
}

func TestWhatASamplerLeavesOutIsStillMeasured(t *testing.T) {
	c := otlptest.New(t, "grpc")
	tel, _ := open(t, to(c, "OTEL_TRACES_SAMPLER=always_off"), telemetry.Options{})
	work(t.Context(), tel)
	if err := tel.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if spans := c.Spans(); len(spans) != 0 {
		t.Errorf("the spans are %+v", spans)
	}
	measured := slices.ContainsFunc(c.Points(), func(p otlptest.Point) bool { return p.Name == "leadlake.sync.duration" && p.Value == 1 })
	if !measured || len(c.Lines()) != 1 || c.Lines()[0].TraceID == "" {
		t.Errorf("the metrics are %+v, the log %+v", c.Points(), c.Lines())
	}
}

// TestNothingIsSetNothingRuns also proves that a program that tells nobody has
// no goroutine for it.
func TestNothingIsSetNothingRuns(t *testing.T) {
	before := runtime.NumGoroutine()
	tel, out := open(t, telemetry.Settings{OTel: variables("OTEL_SERVICE_NAME=x")}, telemetry.Options{})
	of := work(t.Context(), tel)
	if after := runtime.NumGoroutine(); after > before || of.IsValid() {
		t.Errorf("%d goroutines became %d, the trace is %v", before, after, of)
	}
	if !strings.Contains(out.String(), "sync done") || strings.Contains(out.String(), "trace_id") {
		t.Errorf("the log is %s", out)
	}
	carrier := propagation.MapCarrier{}
	tel.Propagator().Inject(trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}})), carrier)
	if carrier["traceparent"] == "" {
		t.Error("a trace that comes in does not go on")
	}
}
