package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/metric"
)

// originalSQL is how the original system asks for the weeks.
//
//go:embed sql/original.sql
var originalSQL string

// counted is what counting weeks cost, and whether both ways agree.
type counted struct {
	Ours, Original []float64 // CPU seconds
	Weeks          int
	Same           bool
}

// measureCount asks for the weeks in both ways, in turn, on the same files and
// the same DuckDB. Ours is asked as on the first request of a process: no day
// counts of any file are known.
func measureCount(ctx context.Context, t task) (c counted, err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	snap, err := l.leads.Latest(ctx)
	if err != nil {
		return c, err
	}
	c.Same = true
	for i := range t.Runs + 1 {
		var ours, original []string
		first, err := cost(func() (err error) { ours, err = l.weeks(ctx); return err })
		if err != nil {
			return c, err
		}
		second, err := cost(func() (err error) { original, err = l.originalWeeks(ctx, snap); return err })
		if err != nil {
			return c, err
		}
		c.Weeks, c.Same = len(ours), c.Same && slices.Equal(ours, original)
		if i > 0 { // the first is a warm-up of the disk's cache
			c.Ours, c.Original = append(c.Ours, first.CPU), append(c.Original, second.CPU)
		}
	}
	return c, nil
}

// weeks returns the answer of a service that knows nothing yet, a line a week.
func (l *lake) weeks(ctx context.Context) ([]string, error) {
	series, err := metric.New(l.leads, l.engine, metric.Options{}).Count(ctx, leadlake.Query{Grain: leadlake.ByWeek})
	lines := make([]string, 0, len(series.Points))
	for _, p := range series.Points {
		lines = append(lines, weekLine(p.Period.Start, p.Counts))
	}
	return lines, err
}

func weekLine(start leadlake.Date, counts leadlake.Counts) string {
	var line strings.Builder
	line.WriteString(start.String())
	for _, e := range leadlake.Events() {
		fmt.Fprintf(&line, " %s=%d", e, counts[e])
	}
	return line.String()
}

// originalWeeks returns the same from the original's SQL over the bare files.
func (l *lake) originalWeeks(ctx context.Context, snap leadlake.Snapshot) ([]string, error) {
	files := make([]string, len(snap.Files))
	for i, f := range snap.Files {
		files[i] = "'" + strings.ReplaceAll(l.disk.Path(f.Name), "'", "''") + "'"
	}
	question := strings.ReplaceAll(originalSQL, "{source}", "read_parquet(["+strings.Join(files, ", ")+"])")
	var lines []string
	for row, err := range l.engine.Query(ctx, snap, question) {
		if err != nil {
			return nil, err
		}
		start, _ := row[0].(time.Time)
		counts := leadlake.Counts{}
		for i, e := range []leadlake.Event{ // PIVOT orders its columns by name
			leadlake.AppelBooke, leadlake.AppelPropose, leadlake.PriseContact, leadlake.Relance, leadlake.ReponseProspect,
		} {
			counts[e], _ = row[i+1].(int64)
		}
		lines = append(lines, weekLine(leadlake.DateOf(start), counts))
	}
	return lines, nil
}

func (b bench) countRows(ctx context.Context) ([]row, error) {
	c, err := child[counted](ctx, "count", task{Lake: b.big, Leads: b.leads, Runs: b.runs})
	if err != nil {
		return nil, err
	}
	if !c.Same || c.Weeks == 0 {
		return nil, errors.New("the two ways of counting weeks do not agree, so that their cost means nothing")
	}
	ours, original := median(c.Ours), median(c.Original)
	return []row{{
		what: fmt.Sprintf("count %d weeks, nothing cached (CPU)", c.Weeks), ours: seconds(ours),
		base: seconds(original), than: "UNPIVOT/PIVOT, same answer",
		ratio: times(original, ours), target: "≥ 7×", met: verdict(original >= 7*ours),
	}}, nil
}
