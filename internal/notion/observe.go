package notion

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Requests to Notion are spans of the trace that they are made for. The trace
// does not travel on: nothing of it is told to Notion.

func tracer(ctx context.Context) trace.Tracer {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("leadlake/notion")
}

// begin starts the span of a request. Where nobody traces it costs nothing.
func (c *client) begin(ctx context.Context, req request) (context.Context, trace.Span) {
	ctx, span := tracer(ctx).Start(ctx, "request", trace.WithSpanKind(trace.SpanKindClient))
	if span.IsRecording() {
		route := template(req.path)
		span.SetName(req.method + " " + route)
		span.SetAttributes(attribute.String("http.request.method", req.method), attribute.String("url.template", route),
			attribute.String("server.address", c.host))
	}
	return ctx, span
}

// end ends the span of a request. What Notion says of an error stays out of it.
func end(span trace.Span, err error) {
	defer span.End()
	if err == nil {
		span.SetAttributes(attribute.Int("http.response.status_code", 200))
		return
	}
	span.SetStatus(codes.Error, "")
	e := new(apiError)
	switch {
	case !errors.As(err, &e):
		span.SetAttributes(attribute.String("error.type", "other"))
	case e.status == 0:
		span.SetAttributes(attribute.String("error.type", "unreachable"))
	default:
		span.SetAttributes(attribute.Int("http.response.status_code", e.status), attribute.String("error.type", known(e.code)),
			attribute.String("leadlake.notion.request_id", e.requestID))
	}
}

// waitedFor makes a span of a pause that is over.
func (c *client) waitedFor(ctx context.Context, reason string, d time.Duration) {
	if d <= 0 {
		return
	}
	_, span := tracer(ctx).Start(ctx, "wait", trace.WithTimestamp(time.Now().Add(-d)),
		trace.WithAttributes(attribute.String("leadlake.notion.wait.reason", reason)))
	span.End()
}

// template returns a path without the ids in it.
func template(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/") // "", "v1", kind, id, what, id
	for i := 3; i < len(parts); i += 2 {
		parts[i] = "{id}"
	}
	return strings.Join(parts, "/")
}
