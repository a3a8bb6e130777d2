package main

import (
	"context"
	"crypto/md5" //nolint:gosec // what SQL makes ids with, too
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/delta"
	"leadlake/internal/leadtable"
)

// lotsSQL makes the leads of the very big table.
//
//go:embed sql/lots.sql
var lotsSQL string

// lotsID returns the id of a lead of the very big table.
func lotsID(number int) string {
	m := fmt.Sprintf("%x", md5.Sum(fmt.Append(nil, number))) //nolint:gosec // no secret
	return strings.Join([]string{m[:8], m[8:12], m[12:16], m[16:20], m[20:]}, "-")
}

// generateLots makes a lake of t.Leads, t.Batch in each file, in one commit
// behind the one that makes the table.
func generateLots(ctx context.Context, t task) (err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	first := leadlake.Batch{Source: "bench", Columns: attributes()[:1], Leads: []leadlake.Lead{one(0, lead(0, t.Leads, 0))}}
	if _, err := l.leads.Upsert(ctx, first); err != nil {
		return err
	}
	change := delta.Change{Operation: "WRITE"}
	for from := 1; from < t.Leads; from += t.Batch {
		add, err := makeFile(ctx, l, t, from)
		if err != nil {
			return err
		}
		change.Adds = append(change.Adds, add)
	}
	at, err := l.log.Latest(ctx)
	if err != nil {
		return err
	}
	_, err = l.log.Commit(ctx, at, change)
	return err
}

// one returns a lead as one of the very big table, which has one attribute.
func one(number int, l leadlake.Lead) leadlake.Lead {
	for _, c := range attributes()[1:] {
		delete(l.Values, c.Name)
	}
	l.ID = lotsID(number)
	return l
}

func makeFile(ctx context.Context, l *lake, t task, from int) (delta.Add, error) {
	to := min(from+t.Batch, t.Leads)
	name := fmt.Sprintf("part-%08d.snappy.parquet", from)
	file := l.disk.Path(leadtable.Folder + "/" + name)
	step := (spanDays * 24 * time.Hour / time.Duration(t.Leads)).Microseconds()
	question := strings.NewReplacer("{from}", strconv.Itoa(from), "{to}", strconv.Itoa(to), "{step}", strconv.FormatInt(step, 10)).Replace(lotsSQL)
	question = "COPY (" + question + ") TO '" + strings.ReplaceAll(file, "'", "''") + "' (FORMAT parquet, COMPRESSION snappy)"
	for _, err := range l.engine.Query(ctx, leadlake.Snapshot{Columns: leadlake.CoreColumns()}, question) {
		if err != nil {
			return delta.Add{}, err
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		return delta.Add{}, err
	}
	stats, err := delta.Stats{NumRecords: int64(to - from)}.Encode()
	return delta.Add{Path: name, Size: info.Size(), ModificationTime: info.ModTime().UnixMilli(), Stats: stats}, err
}

func (b bench) lotsRows(ctx context.Context) ([]row, error) {
	if b.lots == 0 {
		return nil, nil
	}
	lake := filepath.Join(b.work, "lots")
	if _, err := child[any](ctx, "lots", task{Lake: lake, Leads: b.lots, Batch: fileRows}); err != nil {
		return nil, err
	}
	size, err := folderMB(lake)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("%d leads, %.0f MB: upsert of ", b.lots, size)
	recently, _, err := b.upserts(ctx, lake, task{Leads: b.lots, Lots: true, Pick: recent, Count: min(10_000, b.lots/2)}, min(b.runs, 3), 0)
	if err != nil {
		return nil, err
	}
	uniformly, _, err := b.upserts(ctx, lake, task{Leads: b.lots, Lots: true, Pick: uniform, Count: min(1000, b.lots/2)}, 1, 0)
	if err != nil {
		return nil, err
	}
	return []row{
		{what: what + "10000 recent (CPU)", ours: seconds(recently.CPU), target: "≤ 1 s", met: verdict(recently.CPU <= 1)},
		{what: "its peak memory", ours: megabytes(recently.PeakMB), target: "≤ 700 MB", met: verdict(recently.PeakMB <= 700)},
		{what: what + "1000 uniform (CPU)", ours: seconds(uniformly.CPU)},
		{what: "its peak memory", ours: megabytes(uniformly.PeakMB), target: "≤ 700 MB", met: verdict(uniformly.PeakMB <= 700)},
	}, os.RemoveAll(lake)
}
