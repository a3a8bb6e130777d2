package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"leadlake"
	"leadlake/internal/httpapi"
)

const (
	traceOfClient = "4bf92f3577b34da6a3ce929d0e0e4736"
	spanOfClient  = "00f067aa0ba902b7"
)

// traced returns a server and the spans of its requests.
func traced(t *testing.T, l *lake, o httpapi.Options, sampler sdktrace.Sampler) (*httpapi.Server, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans), sdktrace.WithSampler(sampler))
	t.Cleanup(func() { _ = provider.Shutdown(context.WithoutCancel(t.Context())) })
	o.Tracer, o.Propagator = provider, propagation.TraceContext{}
	return serve(t, l, o), spans
}

// TestWhoseTraceARequestBelongsTo sends requests that name a trace, in every way
// right and wrong.
func TestWhoseTraceARequestBelongsTo(t *testing.T) {
	const sent = "00-" + traceOfClient + "-" + spanOfClient + "-01"
	for _, tt := range []struct {
		name    string
		headers []string
		parent  string
	}{
		{"nobody's", nil, "0000000000000000"},
		{"a client's", []string{"Traceparent", sent}, spanOfClient},
		{"a page's", []string{"Cookie", "other=1; leadlake_trace=" + sent}, spanOfClient},
		{"a client's, not the page's", []string{"Traceparent", sent, "Cookie", "leadlake_trace=00-" + traceOfClient + "-1111111111111111-01"}, spanOfClient},
		{"the page before's", []string{"Cookie", "leadlake_trace=" + sent, "Accept", "text/html"}, "0000000000000000"},
		{"garbage", []string{"Traceparent", "00-x-y-01", "Cookie", "leadlake_trace=<script>"}, "0000000000000000"},
	} {
		s, spans := traced(t, filled(), httpapi.Options{}, sdktrace.AlwaysSample())
		send(s, http.MethodGet, "/fr/", "", tt.headers...)
		if all := spans.Ended(); len(all) != 1 || all[0].Parent().SpanID().String() != tt.parent || all[0].Name() != "GET /" {
			t.Errorf("%s: the spans are %v", tt.name, all)
		}
	}
}

func TestOnlyAPageNamesItsTrace(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("page")) })
	for _, tt := range []struct {
		target, accept string
		sampler        sdktrace.Sampler
		named          bool
	}{
		{"/fr/", "text/html,application/xhtml+xml", sdktrace.AlwaysSample(), true},
		{"/fr/", "text/html", sdktrace.NeverSample(), false},
		{"/_next/static/x.js", "*/*", sdktrace.AlwaysSample(), false},
		{weeks, "text/html", sdktrace.AlwaysSample(), false},
	} {
		s, spans := traced(t, filled(), httpapi.Options{Pages: pages}, tt.sampler)
		w := send(s, http.MethodGet, tt.target, "", "Accept", tt.accept)
		timing, cookie := w.Header().Get("Server-Timing"), w.Header().Get("Set-Cookie")
		if (timing != "") != tt.named || (cookie != "") != tt.named {
			t.Errorf("%s, %s names %q and %q", tt.target, tt.accept, timing, cookie)
		}
		if !tt.named {
			continue
		}
		of := spans.Ended()[0].SpanContext()
		if parent := "00-" + of.TraceID().String() + "-" + of.SpanID().String() + "-01"; timing != `traceparent;desc="`+parent+`"` ||
			cookie != "leadlake_trace="+parent+"; Path=/; Max-Age=5; HttpOnly; SameSite=Strict" {
			t.Errorf("the page names %q and %q", timing, cookie)
		}
	}
	w := send(serve(t, filled(), httpapi.Options{Pages: pages}), http.MethodGet, "/fr/", "", "Accept", "text/html")
	if w.Header().Get("Server-Timing") != "" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("where nobody traces, the page names %v", w.Header())
	}
}

// TestASpanTellsNothingOfAPerson also has a request fail.
func TestASpanTellsNothingOfAPerson(t *testing.T) {
	const marker = "MARKER"
	l := filled()
	l.fail = leadlake.Errorf(leadlake.Internal, marker)
	s, spans := traced(t, l, httpapi.Options{}, sdktrace.AlwaysSample())
	send(s, http.MethodGet, "/"+marker+"?q="+marker, marker, "User-Agent", marker, "Host", marker, "X-Forwarded-For", marker)
	send(s, marker, "/", "")
	send(s, http.MethodPost, "/api/v1/ingestion/notion", "", "X-Request-Id", "r-1")
	send(s, http.MethodGet, "/healthz", "")
	send(s, http.MethodGet, "/readyz", "")
	all := spans.Ended()
	if len(all) != 3 {
		t.Fatalf("there are %d spans", len(all))
	}
	for _, span := range all {
		attributes := attribute.NewSet(span.Attributes()...)
		text := span.Name() + span.Status().Description + attributes.Encoded(attribute.DefaultEncoder())
		if strings.Contains(text, marker) || len(span.Events()) > 0 {
			t.Errorf("a span is %s", text)
		}
	}
	failed := attribute.NewSet(all[2].Attributes()...)
	for key, want := range map[attribute.Key]string{
		"http.route": "/api/v1/ingestion/notion", "http.response.status_code": "500", "error.type": "500", "leadlake.request.id": "r-1", "url.scheme": "http",
	} {
		if got, _ := failed.Value(key); got.String() != want {
			t.Errorf("%s is %q, want %q", key, got.String(), want)
		}
	}
	if all[2].Status().Code != codes.Error {
		t.Errorf("the status is %v", all[2].Status())
	}
}
