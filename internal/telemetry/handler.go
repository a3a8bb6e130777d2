package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/trace"
)

// handler stands before where lines go: it drops those that nobody wants, adds
// what they belong to, and holds back repeats.
type handler struct {
	shared *shared
	owner  string       // the package whose logger this is
	group  bool         // whether a group is open, in which no attribute is ours
	local  slog.Handler // this machine's
	export slog.Handler // OTLP's; nil where nothing is exported
}

// shared is what all loggers of a Telemetry have in common.
type shared struct {
	levels  *Levels
	quiet   slog.Level // the least level of this machine's lines while nobody has chosen levels
	context func(context.Context) []slog.Attr
	repeats repeats
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.shared.levels.of(h.owner) && (h.export != nil || h.isLocal(level))
}

// isLocal reports whether this machine shows lines of a level.
func (h *handler) isLocal(level slog.Level) bool {
	return level >= h.shared.quiet || h.shared.levels.chosenByUser()
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	belongs := h.shared.context(ctx)
	if len(belongs) == 0 { // a line about a request is said once by itself: people search for its id
		say, unsaid := h.shared.repeats.take(r, h.owner)
		if !say {
			return nil
		}
		if unsaid > 0 {
			r = r.Clone()
			r.AddAttrs(slog.Int("repeated", unsaid))
		}
	}
	belongs = lacking(r, belongs)
	var errs []error
	if h.export != nil {
		exported := r.Clone()
		exported.AddAttrs(belongs...)
		errs = append(errs, h.export.Handle(ctx, exported))
	}
	if h.isLocal(r.Level) {
		shown := r.Clone()
		shown.AddAttrs(belongs...)
		shown.AddAttrs(traceAttrs(ctx)...)
		errs = append(errs, h.local.Handle(ctx, shown))
	}
	return errors.Join(errs...)
}

// lacking returns those attributes that a line does not have by itself.
func lacking(r slog.Record, attrs []slog.Attr) []slog.Attr {
	if len(attrs) == 0 {
		return nil
	}
	left := slices.Clone(attrs)
	r.Attrs(func(a slog.Attr) bool {
		left = slices.DeleteFunc(left, func(b slog.Attr) bool { return a.Key == b.Key })
		return true
	})
	return left
}

// traceAttrs returns the ids of the span that ctx belongs to.
func traceAttrs(ctx context.Context) []slog.Attr {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return nil
	}
	return []slog.Attr{slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String())}
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	for _, a := range attrs {
		if a.Key == PackageKey && !h.group {
			next.owner = a.Value.String()
		}
	}
	next.local = h.local.WithAttrs(attrs)
	if h.export != nil {
		next.export = h.export.WithAttrs(attrs)
	}
	return &next
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	next := *h
	next.group = true
	next.local = h.local.WithGroup(name)
	if h.export != nil {
		next.export = h.export.WithGroup(name)
	}
	return &next
}
