package delta

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// begin starts the span of a commit, in the trace of whoever makes it. Where
// nobody traces it costs nothing.
func begin(ctx context.Context, folder string, change Change) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("leadlake/delta").Start(ctx, "commit", trace.WithAttributes(
		attribute.String("leadlake.table", folder), attribute.String("leadlake.commit.operation", change.Operation),
		attribute.Int("leadlake.commit.adds", len(change.Adds)), attribute.Int("leadlake.commit.removes", len(change.Removes)),
	))
}

// end ends the span of a commit with how it ended.
func end(span trace.Span, result Result, err error) {
	outcome := "committed"
	switch {
	case err != nil:
		outcome = "failed"
		span.SetStatus(codes.Error, "")
	case result.Outcome == Conflicted:
		outcome = "conflicted"
	}
	span.SetAttributes(attribute.String("leadlake.commit.outcome", outcome), attribute.Int64("leadlake.version", result.Version))
	span.End()
}
