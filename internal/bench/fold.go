package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"leadlake"
	"leadlake/internal/delta"
	"leadlake/internal/leadtable"
	"leadlake/internal/metric"
)

// folded is what counting weeks costs on a table after many syncs, and on the
// same once it is optimised.
type folded struct {
	Synced, Optimized           []float64 // CPU seconds
	SyncedFiles, OptimizedFiles int
	LogMB                       float64 // once its commits are older than the retention
}

// measureFolded asks t.Runs times on both. It optimises the table for that, so
// that the other is asked for as an older version.
func measureFolded(ctx context.Context, t task) (f folded, err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	synced, err := l.leads.Latest(ctx)
	if err != nil {
		return f, err
	}
	if _, err := l.log.Optimize(ctx, delta.OptimizeOptions{}); err != nil {
		return f, err
	}
	optimized, err := l.leads.Latest(ctx)
	if err != nil {
		return f, err
	}
	f.SyncedFiles, f.OptimizedFiles = len(synced.Files), len(optimized.Files)
	for range t.Runs {
		a, err := l.countAt(ctx, synced)
		if err != nil {
			return f, err
		}
		b, err := l.countAt(ctx, optimized)
		if err != nil {
			return f, err
		}
		f.Synced, f.Optimized = append(f.Synced, a), append(f.Optimized, b)
	}
	f.LogMB, err = cleanedLog(ctx, t)
	return f, err
}

// pinned is a table that does not move on.
type pinned leadlake.Snapshot

// Latest returns the snapshot.
func (p pinned) Latest(context.Context) (leadlake.Snapshot, error) { return leadlake.Snapshot(p), nil }

// countAt returns what counting weeks costs on a snapshot, with nothing cached.
func (l *lake) countAt(ctx context.Context, snap leadlake.Snapshot) (float64, error) {
	service := metric.New(pinned(snap), l.engine, metric.Options{})
	used, err := cost(func() error {
		_, err := service.Count(ctx, leadlake.Query{Grain: leadlake.ByWeek})
		return err
	})
	return used.CPU, err
}

// cleanedLog returns the size of the log a month and a day later: after some
// more syncs and the upkeep that is due then.
func cleanedLog(ctx context.Context, t task) (mb float64, err error) {
	later := func() time.Time { return time.Now().AddDate(0, 0, 32) }
	l, err := openLakeAt(ctx, t.Lake, later)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	for k := range 10 {
		if _, err := l.leads.Upsert(ctx, syncBatch(t.Leads, t.Count+k)); err != nil {
			return 0, err
		}
	}
	if err := l.leads.Maintain(ctx); err != nil {
		return 0, err
	}
	return folderMB(filepath.Join(t.Lake, leadtable.Folder, "_delta_log"))
}

func (b bench) foldRows(ctx context.Context) ([]row, error) {
	lake := filepath.Join(b.work, "folded")
	if _, err := child[any](ctx, "generate", task{Lake: lake, Leads: b.small, Batch: fileRows}); err != nil {
		return nil, err
	}
	s, err := child[synced](ctx, "syncs", task{Lake: lake, Leads: b.small, Runs: b.syncs})
	if err != nil {
		return nil, err
	}
	f, err := child[folded](ctx, "folded", task{Lake: lake, Leads: b.small, Runs: 4*b.runs + 1, Count: b.syncs})
	if err != nil {
		return nil, err
	}
	ours, optimized := median(f.Synced[1:]), median(f.Optimized[1:])
	what := fmt.Sprintf("after %d syncs into %d leads: ", b.syncs, b.small)
	return []row{
		{
			what: what + "week count, nothing cached (CPU)", ours: seconds(ours), base: seconds(optimized), than: "freshly optimised",
			ratio: times(optimized, ours), target: "≥ 1/1.3 = 0.77×", met: verdict(ours <= 1.3*optimized),
		},
		{what: "live files", ours: strconv.Itoa(f.SyncedFiles), base: strconv.Itoa(f.OptimizedFiles), than: "freshly optimised"},
		{what: "one of those syncs: median (CPU)", ours: seconds(median(s.CPU))},
		{what: "written by one: median", ours: megabytes(median(s.MB))},
		{what: "size of the log, clean-up a month later", ours: megabytes(f.LogMB), base: megabytes(s.LogMB), than: "as it was"},
	}, os.RemoveAll(lake)
}
