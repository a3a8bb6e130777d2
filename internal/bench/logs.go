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
	"strings"
	"time"

	"leadlake/internal/delta"
	"leadlake/internal/leadtable"
)

// openPy opens a table with delta-rs.
//
//go:embed open.py
var openPy string

// opened is what it cost to open a table, and how many files it has.
type opened struct {
	usage

	Files int
}

// generateLog makes a log of t.Count adds, t.Batch in each commit, without the
// data files. Its metadata and statistics are those of the table of leads in
// t.Lake, which it is made from. With t.Runs above 0 there is a checkpoint
// every so many commits, of which only the newest is what its name says:
// nobody reads the others.
func generateLog(ctx context.Context, t task) (err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	like, err := l.log.Latest(ctx)
	if err != nil {
		return err
	}
	folder := logFolder(t.To)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var stats string
	for _, a := range like.Files() {
		stats = a.Stats
	}
	for version := 0; version*t.Batch < t.Count; version++ {
		if err := writeCommit(folder, like, version, t, stats); err != nil {
			return err
		}
	}
	if t.Runs == 0 {
		return nil
	}
	return checkpoints(ctx, t)
}

func logFolder(lake string) string { return filepath.Join(lake, leadtable.Folder, "_delta_log") }

func logName(version int, suffix string) string { return fmt.Sprintf("%020d%s", version, suffix) }

// writeCommit writes it without waiting for the disk.
func writeCommit(folder string, like *delta.Snapshot, version int, t task, stats string) error {
	info := json.RawMessage(fmt.Sprintf(`{"timestamp":%d,"operation":"WRITE","operationParameters":{}}`, 1_700_000_000_000+version*1000))
	actions := []delta.Action{{CommitInfo: info}}
	if version == 0 {
		protocol, metadata := like.Protocol(), like.Metadata()
		actions = append(actions, delta.Action{Protocol: &protocol}, delta.Action{Metadata: &metadata})
	}
	for n := version * t.Batch; n < min((version+1)*t.Batch, t.Count); n++ {
		actions = append(actions, delta.Action{Add: &delta.Add{
			Path:            fmt.Sprintf("part-%08x-4f8e-4d1b-9a53-%012x.snappy.parquet", n, n),
			PartitionValues: map[string]*string{}, Size: int64(1_000_000 + n), ModificationTime: 1_700_000_000_000, DataChange: true,
			Stats: stats,
		}})
	}
	var lines strings.Builder
	encoder := json.NewEncoder(&lines)
	for _, a := range actions {
		if err := encoder.Encode(a); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, logName(version, ".json")), []byte(lines.String()), 0o600)
}

// checkpoints gives the log its checkpoints.
func checkpoints(ctx context.Context, t task) error {
	commits := (t.Count + t.Batch - 1) / t.Batch
	newest := (commits - 2) / t.Runs * t.Runs // some commits come behind it
	l, err := openLog(ctx, t.To, time.Now)
	if err != nil {
		return err
	}
	at, err := l.log.At(ctx, int64(newest))
	if err == nil {
		err = l.log.Checkpoint(ctx, at)
	}
	for version := t.Runs; err == nil && version < newest; version += t.Runs {
		err = os.Link(filepath.Join(logFolder(t.To), logName(newest, ".checkpoint.parquet")),
			filepath.Join(logFolder(t.To), logName(version, ".checkpoint.parquet")))
	}
	return errors.Join(err, l.Close())
}

// measureOpen opens the table in a process that has done nothing yet.
func measureOpen(ctx context.Context, t task) (o opened, err error) {
	l, err := openLog(ctx, t.Lake, time.Now)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	o.usage, err = cost(func() error {
		at, err := l.log.Latest(ctx)
		if err == nil {
			for range at.Files() {
				o.Files++
			}
		}
		return err
	})
	return o, err
}

// measureCheckpoint writes and verifies the checkpoint of an open table.
func measureCheckpoint(ctx context.Context, t task) (u usage, err error) {
	l, err := openLog(ctx, t.Lake, time.Now)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	at, err := l.log.Latest(ctx)
	if err != nil {
		return u, err
	}
	return cost(func() error { return l.log.Checkpoint(ctx, at) })
}

// logCase is a log to open.
type logCase struct {
	what    string
	lake    string
	adds    int
	seconds float64 // the target
	peak    float64 // the target in MB, 0 for none
}

func (b bench) logRows(ctx context.Context) ([]row, error) {
	long, many := filepath.Join(b.work, "long"), filepath.Join(b.work, "many")
	const per = 1000
	if _, err := child[any](ctx, "log", task{Lake: b.big, To: long, Count: b.adds, Batch: per}); err != nil {
		return nil, err
	}
	commits := max(b.adds/30, 20)
	if _, err := child[any](ctx, "log", task{Lake: b.big, To: many, Count: commits, Batch: 1, Runs: 10}); err != nil {
		return nil, err
	}
	rows, err := b.openCase(ctx, logCase{fmt.Sprintf("open %d adds in %d commits", b.adds, (b.adds+per-1)/per), long, b.adds, 3, 500})
	if err != nil {
		return nil, err
	}
	u, err := child[usage](ctx, "checkpoint", task{Lake: long})
	if err != nil {
		return nil, err
	}
	rows = append(rows, row{
		what: fmt.Sprintf("write and verify a checkpoint of %d adds (CPU)", b.adds),
		ours: seconds(u.CPU), target: "≤ 3 s", met: verdict(u.CPU <= 3),
	}, row{what: "its peak memory", ours: megabytes(u.PeakMB)})
	for _, c := range []logCase{
		{fmt.Sprintf("open %d adds in a checkpoint", b.adds), long, b.adds, 3, 500},
		{fmt.Sprintf("open after %d commits, a checkpoint every 10", commits), many, commits, 0.3, 0},
	} {
		more, err := b.openCase(ctx, c)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, errors.Join(os.RemoveAll(long), os.RemoveAll(many))
}

// openCase opens a table with ours and with theirs.
func (b bench) openCase(ctx context.Context, c logCase) ([]row, error) {
	var all, others []usage
	for range min(b.runs, 3) {
		o, err := child[opened](ctx, "open", task{Lake: c.lake})
		if err != nil {
			return nil, err
		}
		all = append(all, o.usage)
		if b.python != "" {
			other, err := b.openWithOracle(ctx, c.lake)
			if err != nil {
				return nil, err
			}
			others = append(others, other.usage)
			o.Files = min(o.Files, other.Files)
		}
		if o.Files != c.adds {
			return nil, fmt.Errorf("%s: %d files of %d", c.what, o.Files, c.adds)
		}
	}
	ours, theirs := medians(all), medians(others)
	cpu := row{what: c.what + " (CPU)", ours: seconds(ours.CPU), target: "≤ " + seconds(c.seconds), met: verdict(ours.CPU <= c.seconds)}
	peak := row{what: "its peak memory", ours: megabytes(ours.PeakMB)}
	if c.peak > 0 {
		peak.target, peak.met = "≤ "+megabytes(c.peak), verdict(ours.PeakMB <= c.peak)
	}
	if len(others) == 0 {
		cpu.note = noOracle
	} else {
		cpu.beside(theirs.CPU, ours.CPU, seconds)
		peak.beside(theirs.PeakMB, ours.PeakMB, megabytes)
	}
	return []row{cpu, peak}, nil
}

func (b bench) openWithOracle(ctx context.Context, lake string) (o opened, err error) {
	cmd := exec.CommandContext(ctx, b.python, "-c", openPy, filepath.Join(lake, leadtable.Folder)) //nolint:gosec // chosen by who runs this
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return o, fmt.Errorf("opening with deltalake: %w", err)
	}
	return o, json.Unmarshal(out, &o)
}
