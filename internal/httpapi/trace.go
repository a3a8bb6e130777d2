package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// traceCookie carries the trace of a page to the requests that the page makes:
// those that its HTML asks for before any script runs can have no header of
// ours. It lasts as long as a page takes to load.
const (
	traceCookie  = "leadlake_trace"
	traceSeconds = 5
)

// traceparent is the header of the W3C, by which a trace travels.
const traceparent = "traceparent"

// begin starts the span of a request, in the trace that the client or the page
// names. Health checks have none.
func (s *Server) begin(ctx context.Context, r *http.Request) (context.Context, trace.Span) {
	if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
		return ctx, trace.SpanFromContext(ctx)
	}
	carrier := propagation.HeaderCarrier(r.Header)
	ctx = s.options.Propagator.Extract(ctx, carrier)
	if page, err := r.Cookie(traceCookie); err == nil && carrier.Get(traceparent) == "" && !isPage(r) {
		ctx = s.options.Propagator.Extract(ctx, propagation.MapCarrier{traceparent: page.Value})
	}
	return s.options.Tracer.Tracer("leadlake/httpapi").Start(ctx, methodOf(r), trace.WithSpanKind(trace.SpanKindServer))
}

// isPage reports whether a browser asks for a page, and not for what belongs to
// one.
func isPage(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/")
}

// pass tells the browser which trace its page belongs to: for our requests in a
// cookie, and for scripts that measure pages in Server-Timing.
func (s *Server) pass(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if !isPage(r) || !trace.SpanContextFromContext(ctx).IsSampled() {
		return
	}
	carried := propagation.MapCarrier{}
	s.options.Propagator.Inject(ctx, carried)
	if carried[traceparent] == "" {
		return
	}
	w.Header().Set("Server-Timing", traceparent+`;desc="`+carried[traceparent]+`"`)
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // G124: on loopback there is no TLS
		Name: traceCookie, Value: carried[traceparent], Path: "/", MaxAge: traceSeconds,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
}

// end ends the span of a request. Like the log it knows the route only: paths,
// queries and headers may hold personal data.
func end(span trace.Span, r *http.Request, rec *recorder) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	route := routeOf(r)
	span.SetName(methodOf(r) + " " + route)
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	span.SetAttributes(
		attribute.String("http.request.method", methodOf(r)), attribute.String("http.route", route), attribute.String("url.scheme", scheme),
		attribute.Int("http.response.status_code", rec.status), attribute.Int64("http.response.body.size", rec.bytes),
		attribute.String("leadlake.request.id", requestOf(r.Context()).id),
	)
	if rec.status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", strconv.Itoa(rec.status)))
	}
}
