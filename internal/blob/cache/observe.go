package cache

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"leadlake/internal/blob"
)

// begin starts the span of a download, in the trace of whoever needs the file.
// Where nobody traces it costs nothing.
func begin(ctx context.Context, o blob.Object) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("leadlake/cache").Start(ctx, "download",
		trace.WithAttributes(attribute.String("leadlake.file", o.Name), attribute.Int64("leadlake.file.size", o.Size)))
}

func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", "download"))
	}
	span.End()
}
