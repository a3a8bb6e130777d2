package ingest

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"leadlake"
)

const scope = "leadlake/ingest"

// begin starts the trace of a run.
func (r *Runner) begin(ctx context.Context) (context.Context, trace.Span) {
	return r.options.Tracer.Tracer(scope).Start(ctx, "sync", trace.WithNewRoot())
}

// end ends the span of a run with how it went.
func end(span trace.Span, run leadlake.Run, err error) {
	outcome := "done"
	switch {
	case errors.Is(err, ErrBusy):
		outcome = "busy"
	case errors.Is(err, context.Canceled):
		outcome = "interrupted"
	case err != nil:
		outcome = "failed"
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", string(leadlake.KindOf(err))))
	}
	span.SetAttributes(
		attribute.String("leadlake.sync.mode", string(run.Mode)), attribute.String("leadlake.sync.outcome", outcome),
		attribute.String("leadlake.sync.run", run.ID), attribute.Int("leadlake.sync.seen", run.Seen),
		attribute.Int("leadlake.sync.held", run.Held), attribute.Int("leadlake.sync.requests", run.Requests),
		attribute.Int64("leadlake.version", run.Version),
	)
	span.End()
}

// step does a step of a run in a span of its own. The reading of leads is none:
// it goes on between the steps, request by request.
func step(ctx context.Context, name string, do func(context.Context) error) error {
	ctx, span := trace.SpanFromContext(ctx).TracerProvider().Tracer(scope).Start(ctx, name,
		trace.WithAttributes(attribute.String("leadlake.sync.step", name)))
	err := do(ctx)
	if err != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attribute.String("error.type", string(leadlake.KindOf(err))))
	}
	span.End()
	return err
}
