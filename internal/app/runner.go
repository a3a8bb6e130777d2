package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/ingest"
	"leadlake/internal/journal"
	"leadlake/internal/leadtable"
	"leadlake/internal/lease"
)

func runnerOptions(c config.Config, o Options, l *lake) ingest.RunnerOptions {
	return ingest.RunnerOptions{
		Options: ingest.Options{
			Log: o.log("ingest"), Now: o.Now, Lock: syncLock{l, o}, Deadline: c.SyncDeadline, Tracer: o.telemetry.Tracer(),
		},
		Schedule: scheduleOf(c),
		Recall:   l.recall,
	}
}

func scheduleOf(c config.Config) ingest.Schedule {
	return ingest.Schedule{Every: c.SyncEvery, SweepEvery: c.SweepEvery, FullAt: c.FullAt, RefreshEvery: c.RefreshEvery, Zone: c.Zone}
}

// syncLock lets one process sync a lake at a time.
type syncLock struct {
	lake    *lake
	options Options
}

// Acquire implements ingest.Lock.
func (s syncLock) Acquire(ctx context.Context, source string) (context.Context, int64, func(), error) {
	folder := stateFolder + "/lease/" + strings.NewReplacer(":", "-", "/", "-").Replace(source)
	working, held, err := lease.Acquire(ctx, s.lake.disk, folder, lease.Options{
		Watching: func(h lease.Holder) {
			s.options.Tell("Another sync of this lake seems to be running (" + h.String() + "). Waiting to see whether it still does.")
		},
	})
	if other, ok := errors.AsType[*lease.HeldError](err); ok {
		return nil, 0, nil, leadlake.Errorf(leadlake.Conflict,
			"Another sync of this lake is running: %s, since %s. Its result will be in the lake; there is nothing to do.",
			other.Holder, other.Holder.Since.Format("15:04:05 UTC on 2006-01-02")).Because(ingest.ErrBusy)
	}
	if err != nil {
		return nil, 0, nil, leadtable.Explain("taking the right to sync", err)
	}
	release := func() {
		if err := held.Release(ctx); err != nil {
			s.options.Log.WarnContext(ctx, "giving back the right to sync failed; it ends by itself", slog.Any("error", err))
		}
	}
	return working, held.Term(), release, nil
}

// recall returns what earlier runs have done.
func (l *lake) recall(ctx context.Context) (ingest.Recall, error) {
	newest := func(modes ...leadlake.Mode) (leadlake.Run, error) {
		runs, err := l.journal.Runs(ctx, journal.RunsQuery{Limit: 1, Modes: modes, Succeeded: true})
		if err != nil || len(runs) == 0 {
			return leadlake.Run{}, err
		}
		return runs[0], nil
	}
	last, err := newest()
	full, errFull := newest(leadlake.Full)
	sweep, errSweep := newest(leadlake.Full, leadlake.Sweep)
	r := ingest.Recall{LastSuccess: last.FinishedAt, LastFull: full.StartedAt, LastSweep: sweep.StartedAt}
	if sweep.Held > 0 {
		r.Held = &sweep
	}
	return r, errors.Join(err, errFull, errSweep)
}
