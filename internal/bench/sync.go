package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"leadlake"
	"leadlake/internal/leadtable"
)

// Of a sync.
const (
	syncTouched = 18
	syncNew     = 2
	touchedDays = 30 // mean age of a touched lead: ages are exponential
)

// synced is what syncs cost, one after the other in one process.
type synced struct {
	PeakMB  float64
	CPU, MB []float64 // of each: seconds, and written data files
	Upkeep  []float64 // CPU seconds of each Maintain
	Files   int       // live ones, at the end
	LogMB   float64   // the log at the end
}

// syncBatch returns the leads of the k-th sync into a table of so many.
func syncBatch(leads, k int) leadlake.Batch {
	r := rand.New(rand.NewPCG(seed, uint64(k))) //nolint:gosec // made-up leads need no secret
	numbers := map[int]bool{leads + syncNew*k: true, leads + syncNew*k + 1: true}
	for len(numbers) < min(syncTouched+syncNew, leads) {
		age := int(r.ExpFloat64() * float64(leads) * touchedDays / spanDays)
		numbers[max(0, leads+syncNew*k-1-age)] = true
	}
	batch := leadlake.Batch{Source: "bench", Columns: attributes()}
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		batch.Leads = append(batch.Leads, lead(n, leads, k+1))
	}
	return batch
}

// measureSyncs does t.Runs syncs as a running server does: its maintenance
// comes between them.
func measureSyncs(ctx context.Context, t task) (s synced, err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	for k := range t.Runs {
		if err := l.sync(ctx, &s, syncBatch(t.Leads, k)); err != nil {
			return s, err
		}
	}
	s.PeakMB = peakMB()
	snap, err := l.leads.Latest(ctx)
	if err != nil {
		return s, err
	}
	s.Files = len(snap.Files)
	s.LogMB, err = folderMB(filepath.Join(t.Lake, leadtable.Folder, "_delta_log"))
	return s, err
}

// sync stores a batch, and notes what that cost and what its commit added.
func (l *lake) sync(ctx context.Context, s *synced, batch leadlake.Batch) error {
	before, err := l.log.Latest(ctx)
	if err != nil {
		return err
	}
	upsert, err := cost(func() error { _, err := l.leads.Upsert(ctx, batch); return err })
	if err != nil {
		return err
	}
	after, err := l.log.Latest(ctx)
	if err != nil {
		return err
	}
	written := 0.0
	for _, add := range after.Beside(before).Files() {
		written += float64(add.Size) / 1e6
	}
	upkeep, err := cost(func() error { return l.leads.Maintain(ctx) })
	s.CPU, s.MB, s.Upkeep = append(s.CPU, upsert.CPU), append(s.MB, written), append(s.Upkeep, upkeep.CPU)
	return err
}

func (b bench) syncRows(ctx context.Context) ([]row, error) {
	copied, err := b.copyOf(b.big)
	if err != nil {
		return nil, err
	}
	s, err := child[synced](ctx, "syncs", task{Lake: copied, Leads: b.leads, Runs: max(2, min(60, b.syncs))})
	if err != nil {
		return nil, err
	}
	cpu, mb := median(s.CPU[1:]), median(s.MB[1:])
	what := fmt.Sprintf("sync of %d touched and %d new leads", syncTouched, syncNew)
	return []row{
		{what: what + ", the first of a process (CPU)", ours: seconds(s.CPU[0])},
		{what: fmt.Sprintf("one of the %d after it: median (CPU)", len(s.CPU)-1), ours: seconds(cpu), target: "≤ 0.2 s", met: verdict(cpu <= 0.2)},
		{what: "90th percentile", ours: seconds(ninetieth(s.CPU[1:]))},
		{what: "written by the first", ours: megabytes(s.MB[0])},
		{what: "by one after it: median", ours: megabytes(mb), target: "≤ 6 MB", met: verdict(mb <= 6)},
		{what: "90th percentile", ours: megabytes(ninetieth(s.MB[1:]))},
		{what: "upkeep between them: mean (CPU)", ours: seconds(mean(s.Upkeep))},
		{what: "peak memory", ours: megabytes(s.PeakMB)},
	}, os.RemoveAll(copied)
}

func ninetieth(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)*9/10]
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// folderMB returns the size of the files in a folder.
func folderMB(dir string) (float64, error) {
	total := int64(0)
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return float64(total) / 1e6, err
}
