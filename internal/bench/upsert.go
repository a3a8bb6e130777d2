package main

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

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

// upserted is what an upsert cost and did.
type upserted struct {
	usage

	Tally leadlake.Tally
	Fresh string // the file whose last rows are the edited leads, below the table's folder
}

// measureUpsert stores edits of t.Count stored leads in one commit.
func measureUpsert(ctx context.Context, t task) (u upserted, err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	batch := leadlake.Batch{Source: "bench", Columns: attributes()}
	for i := range t.Count {
		number := t.Leads - t.Count + i
		if t.Pick == uniform {
			number = i * (t.Leads / t.Count)
		}
		batch.Leads = append(batch.Leads, lead(number, t.Leads, 1))
	}
	if u.usage, err = cost(func() (err error) { u.Tally, err = l.leads.Upsert(ctx, batch); return err }); err != nil {
		return u, err
	}
	if u.Tally.Updated != t.Count {
		return u, fmt.Errorf("of %d edited leads, %d were updated", t.Count, u.Tally.Updated)
	}
	snap, err := l.leads.Latest(ctx)
	if err != nil {
		return u, err
	}
	smallest := slices.MinFunc(snap.Files, func(a, b leadlake.File) int { return cmp.Compare(a.Rows, b.Rows) })
	u.Fresh = strings.TrimPrefix(smallest.Name, leadtable.Folder+"/")
	return u, nil
}

func (b bench) upsertRows(ctx context.Context) ([]row, error) {
	var rows []row
	for _, c := range []struct {
		pick  pickKind
		count int
		bound bool // whether there is a target
	}{{recent, 10_000, true}, {uniform, 10_000, false}, {recent, 20, false}} {
		got, err := b.upsertCase(ctx, c.pick, min(c.count, b.leads/2), c.bound)
		if err != nil {
			return nil, err
		}
		rows = append(rows, got...)
	}
	return rows, nil
}

// upsertCase measures on fresh copies of the big lake: an upsert changes it.
func (b bench) upsertCase(ctx context.Context, pick pickKind, count int, bound bool) ([]row, error) {
	var cpu, peak, theirCPU, theirPeak []float64
	for range b.runs {
		copied, err := b.copyOfBig()
		if err != nil {
			return nil, err
		}
		u, err := child[upserted](ctx, "upsert", task{Lake: copied, Leads: b.leads, Pick: pick, Count: count})
		if err != nil {
			return nil, err
		}
		cpu, peak = append(cpu, u.CPU), append(peak, u.PeakMB)
		if b.python != "" && len(theirCPU) < 3 {
			their, err := b.merge(ctx, filepath.Join(copied, leadtable.Folder, filepath.FromSlash(u.Fresh)), count)
			if err != nil {
				return nil, err
			}
			theirCPU, theirPeak = append(theirCPU, their.CPU), append(theirPeak, their.PeakMB)
		}
		if err := os.RemoveAll(copied); err != nil {
			return nil, err
		}
	}
	what := fmt.Sprintf("upsert of %d %s leads", count, pick)
	ours, memory := median(cpu), median(peak)
	rows := []row{{what: what + " (CPU)", ours: seconds(ours)}, {what: what + " (peak memory)", ours: megabytes(memory)}}
	if bound {
		rows[0].target, rows[0].met = "≤ 0.6 s", verdict(ours <= 0.6)
		rows[1].target, rows[1].met = "≤ 700 MB", verdict(memory <= 700)
	}
	if len(theirCPU) == 0 {
		rows[0].note = "no deltalake here: make interop installs it"
		return rows, nil
	}
	rows[0].base, rows[0].than, rows[0].ratio = seconds(median(theirCPU)), "deltalake", times(median(theirCPU), ours)
	rows[1].base, rows[1].than, rows[1].ratio = megabytes(median(theirPeak)), "deltalake", times(median(theirPeak), memory)
	return rows, nil
}

// copyOfBig returns a lake that shares its data files with the big one: data
// files never change.
func (b bench) copyOfBig() (string, error) {
	to, err := os.MkdirTemp(b.work, "copy-")
	if err != nil {
		return "", err
	}
	for _, folder := range []string{leadtable.Folder, filepath.Join(leadtable.Folder, "_delta_log")} {
		if err := os.MkdirAll(filepath.Join(to, folder), 0o700); err != nil {
			return "", err
		}
		files, err := filepath.Glob(filepath.Join(b.big, folder, "*.*"))
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

// merge has delta-rs merge the last count leads of a file into a copy of the
// big lake.
func (b bench) merge(ctx context.Context, fresh string, count int) (u usage, err error) {
	copied, err := b.copyOfBig()
	if err != nil {
		return u, err
	}
	cmd := exec.CommandContext(ctx, b.python, "-c", mergePy, filepath.Join(copied, leadtable.Folder), fresh, strconv.Itoa(count)) //nolint:gosec // chosen by who runs this
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
