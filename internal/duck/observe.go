package duck

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"leadlake"
)

// begin starts a span of work on files, in the trace of whoever asks. Where
// nobody traces it costs nothing.
func begin(ctx context.Context, operation string, files []leadlake.File) (context.Context, trace.Span) {
	ctx, span := trace.SpanFromContext(ctx).TracerProvider().Tracer("leadlake/duck").Start(ctx, operation)
	if span.IsRecording() {
		size := int64(0)
		for _, f := range files {
			size += f.Size
		}
		span.SetAttributes(
			attribute.String("db.system.name", "duckdb"), attribute.String("db.operation.name", operation),
			attribute.Int("leadlake.files", len(files)), attribute.Int64("leadlake.files.size", size),
		)
	}
	return ctx, span
}

// end ends a span. The text of an error stays out of it: the log has it.
func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", string(leadlake.KindOf(err))))
	}
	span.End()
}
