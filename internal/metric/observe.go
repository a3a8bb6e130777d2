package metric

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"leadlake"
)

// begin starts the span of a question, in the trace of whoever asks it. Where
// nobody traces it costs nothing.
func begin(ctx context.Context, q leadlake.Query) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("leadlake/metric").Start(ctx, "count",
		trace.WithAttributes(attribute.String("leadlake.grain", string(q.Grain))))
}

// end ends the span of a question that was answered from version; kept says
// whether the answer was there already.
func end(span trace.Span, version int64, kept bool, err error) {
	span.SetAttributes(attribute.Int64("leadlake.version", version), attribute.Bool("leadlake.answer.kept", kept))
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
