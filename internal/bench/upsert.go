package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"leadlake"
	"leadlake/internal/leadtable"
)

// mergePy merges the same leads with delta-rs, as the original does.
//
//go:embed merge.py
var mergePy string

// pickKind says which leads are edited.
type pickKind string

const (
	recent  pickKind = "recent"  // the newest
	uniform pickKind = "uniform" // spread over all files
)

// measureUpsert stores edits of t.Count stored leads in one commit.
func measureUpsert(ctx context.Context, t task) (u usage, err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	batch := edits(t)
	var tally leadlake.Tally
	if u, err = cost(func() (err error) { tally, err = l.leads.Upsert(ctx, batch); return err }); err != nil {
		return u, err
	}
	if tally.Updated != t.Count {
		return u, fmt.Errorf("of %d edited leads, %d were updated", t.Count, tally.Updated)
	}
	return u, nil
}

// edits are later states of t.Count leads.
func edits(t task) leadlake.Batch {
	columns := attributes()
	if t.Lots {
		columns = columns[:1]
	}
	batch := leadlake.Batch{Source: "bench", Columns: columns}
	for i := range t.Count {
		number := t.Leads - t.Count + i
		if t.Pick == uniform {
			number = i * (t.Leads / t.Count)
		}
		edited := lead(number, t.Leads, 1)
		if t.Lots {
			edited = one(number, edited)
		}
		batch.Leads = append(batch.Leads, edited)
	}
	return batch
}

// generateEdits makes a lake of the edited leads alone, and returns its file.
func generateEdits(ctx context.Context, t task) (file string, err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if _, err := l.leads.Upsert(ctx, edits(t)); err != nil {
		return "", err
	}
	snap, err := l.leads.Latest(ctx)
	if err != nil {
		return "", err
	}
	return filepath.Join(t.Lake, filepath.FromSlash(snap.Files[0].Name)), nil
}

func (b bench) upsertRows(ctx context.Context) ([]row, error) {
	count := min(10_000, b.leads/2)
	recently, err := b.upsertCase(ctx, task{Leads: b.leads, Pick: recent, Count: count}, 0.6)
	if err != nil {
		return nil, err
	}
	everywhere, err := b.upsertCase(ctx, task{Leads: b.leads, Pick: uniform, Count: count}, 2.5)
	return append(recently, everywhere...), err
}

func (b bench) upsertCase(ctx context.Context, t task, target float64) ([]row, error) {
	ours, theirs, err := b.upserts(ctx, b.big, t, b.runs, min(b.runs, 3))
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("upsert of %d %s leads", t.Count, t.Pick)
	cpu := row{what: what + " (CPU)", ours: seconds(ours.CPU), target: "≤ " + seconds(target), met: verdict(ours.CPU <= target)}
	memory := row{what: what + " (peak memory)", ours: megabytes(ours.PeakMB)}
	if b.python == "" {
		cpu.note = noOracle
		return []row{cpu, memory}, nil
	}
	cpu.against(theirs.CPU, ours.CPU, seconds)
	memory.against(theirs.PeakMB, ours.PeakMB, megabytes)
	return []row{cpu, memory}, nil
}

// upserts returns the medians of so many runs of ours, and of theirs where
// there is a deltalake. Each is on a fresh copy of the lake: an upsert changes it.
func (b bench) upserts(ctx context.Context, lake string, t task, ours, theirs int) (our, their usage, err error) {
	var all, others []usage
	for i := range max(ours, theirs) { // by turns: the machine's speed changes
		if i < ours {
			u, err := b.upsertOn(ctx, lake, t)
			if err != nil {
				return our, their, err
			}
			all = append(all, u)
		}
		if i < theirs && b.python != "" {
			u, err := b.merge(ctx, lake, t)
			if err != nil {
				return our, their, err
			}
			others = append(others, u)
		}
	}
	return medians(all), medians(others), nil
}

func (b bench) upsertOn(ctx context.Context, lake string, t task) (u usage, err error) {
	if t.Lake, err = b.copyOf(lake); err != nil {
		return u, err
	}
	u, err = child[usage](ctx, "upsert", t)
	return u, errors.Join(err, os.RemoveAll(t.Lake))
}

// medians returns the median of each figure; zero for none.
func medians(all []usage) usage {
	if len(all) == 0 {
		return usage{}
	}
	var cpu, peak []float64
	for _, u := range all {
		cpu, peak = append(cpu, u.CPU), append(peak, u.PeakMB)
	}
	return usage{CPU: median(cpu), PeakMB: median(peak)}
}

// noOracle is said where there is nothing to compare with.
const noOracle = "no deltalake here: make interop installs it"

// copyOf returns a lake that shares its files with another: files never change.
func (b bench) copyOf(lake string) (string, error) {
	to, err := os.MkdirTemp(b.work, "copy-")
	if err != nil {
		return "", err
	}
	for _, folder := range []string{leadtable.Folder, filepath.Join(leadtable.Folder, "_delta_log")} {
		if err := os.MkdirAll(filepath.Join(to, folder), 0o700); err != nil {
			return "", err
		}
		files, err := filepath.Glob(filepath.Join(lake, folder, "*.*"))
		if err != nil {
			return "", err
		}
		for _, file := range files {
			if err := os.Link(file, filepath.Join(to, folder, filepath.Base(file))); err != nil {
				return "", err
			}
		}
	}
	return to, nil
}

// merge has delta-rs merge the edits into a copy of the lake.
func (b bench) merge(ctx context.Context, lake string, t task) (u usage, err error) {
	copied, err := b.copyOf(lake)
	if err != nil {
		return u, err
	}
	t.Lake = filepath.Join(copied, "edits")
	fresh, err := child[string](ctx, "edits", t)
	if err != nil {
		return u, err
	}
	cmd := exec.CommandContext(ctx, b.python, "-c", mergePy, filepath.Join(copied, leadtable.Folder), fresh) //nolint:gosec // chosen by who runs this
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return u, fmt.Errorf("merging with deltalake: %w", err)
	}
	return u, errors.Join(json.Unmarshal(out, &u), os.RemoveAll(copied))
}

// oraclePython returns the Python that `make interop` installs, or "".
func oraclePython() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	python := filepath.Join(cache, "leadlake", "interop", "venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		return ""
	}
	return python
}
