package leadtable

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"leadlake"
)

// begin starts the span of a batch, in the trace of whoever brings it. Where
// nobody traces it costs nothing.
func begin(ctx context.Context, b leadlake.Batch) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("leadlake/leadtable").Start(ctx, "upsert",
		trace.WithAttributes(attribute.Int("leadlake.batch.size", len(b.Leads)), attribute.Bool("leadlake.batch.dry_run", b.DryRun)))
}

// end ends the span of a batch with what became of its leads. Attributes that
// begin with leadlake.leads are counted.
func end(span trace.Span, b leadlake.Batch, tally leadlake.Tally, err error) {
	defer span.End()
	if err != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", string(leadlake.KindOf(err))))
		return
	}
	span.SetAttributes(attribute.Int64("leadlake.version", tally.Version))
	if b.DryRun {
		return
	}
	span.SetAttributes(
		attribute.Int("leadlake.leads.inserted", tally.Inserted), attribute.Int("leadlake.leads.updated", tally.Updated),
		attribute.Int("leadlake.leads.unchanged", tally.Unchanged), attribute.Int("leadlake.leads.gone", tally.Moves.Gone()),
	)
}
