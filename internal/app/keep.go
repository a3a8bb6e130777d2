package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"leadlake"
)

// keepEvery is how often the lake is looked at for work that is due.
const keepEvery = 10 * time.Second

// newest tells which version of the leads is the newest.
type newest interface {
	Latest(ctx context.Context) (leadlake.Snapshot, error)
}

// keep keeps the lake in order beside whatever is going on, until ctx ends.
// What fails is logged, and tried again.
func (l *lake) keep(ctx context.Context, leads newest, log *slog.Logger) error {
	kept := int64(-1)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(keepEvery):
		}
		snap, err := leads.Latest(ctx)
		if err == nil && snap.Version != kept {
			kept = snap.Version
			l.tidy(ctx, log)
		}
	}
}

// tidy does once what is due.
func (l *lake) tidy(ctx context.Context, log *slog.Logger) {
	if l.sealed {
		return
	}
	if err := errors.Join(l.leads.Maintain(ctx), l.journal.Maintain(ctx)); err != nil && !errors.Is(err, context.Canceled) {
		log.WarnContext(ctx, "keeping the lake in order failed", slog.Any("error", err))
	}
}
