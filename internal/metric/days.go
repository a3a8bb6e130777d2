package metric

import (
	"context"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"leadlake"
)

//go:embed sql/day_counts.sql
var dayCountsSQL string

//go:embed sql/history_counts.sql
var historyCountsSQL string

// dayCount is how often an event happened on a day, or how much more often than
// by another count.
type dayCount struct {
	event      leadlake.Event
	day        leadlake.Date
	leads      int64
	occurrence leadlake.Occurrence
}

// days counts events per day. What a data file adds to the counts never
// changes, so it is asked once: a new version costs its new files only.
type days struct {
	engine   Engine
	question string // its rows: file, occurrence, event, day, leads

	mu      sync.Mutex
	byFile  map[string][]dayCount // of the files of the newest version asked
	version int64
	total   []dayCount // of version
}

func newDays(engine Engine, question string) *days {
	return &days{engine: engine, question: question, byFile: map[string][]dayCount{}, version: -1}
}

// of returns the counts of snap, in no order. The caller must not change them.
func (d *days) of(ctx context.Context, snap leadlake.Snapshot) ([]dayCount, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if snap.Version == d.version {
		return d.total, nil
	}
	byFile := make(map[string][]dayCount, len(snap.Files))
	unknown := snap
	unknown.Files = nil
	for _, f := range snap.Files {
		if counts, ok := d.byFile[f.Name]; ok {
			byFile[f.Name] = counts
		} else {
			byFile[f.Name] = nil // a file without events is known, too
			unknown.Files = append(unknown.Files, f)
		}
	}
	if err := d.ask(ctx, unknown, byFile); err != nil {
		return nil, fmt.Errorf("counting days of version %d: %w", snap.Version, err)
	}
	total := sum(byFile)
	if snap.Version > d.version { // an older version is answered, but not kept
		d.byFile, d.version, d.total = byFile, snap.Version, total
	}
	return total, nil
}

func (d *days) ask(ctx context.Context, snap leadlake.Snapshot, byFile map[string][]dayCount) error {
	if len(snap.Files) == 0 {
		return nil
	}
	for row, err := range d.engine.Query(ctx, snap, d.question) {
		if err != nil {
			return err
		}
		file, okFile := row[0].(int64)
		occurrence, okOccurrence := row[1].(string)
		event, okEvent := row[2].(string)
		day, okDay := row[3].(time.Time)
		leads, okLeads := row[4].(int64)
		if !okFile || !okOccurrence || !okEvent || !okDay || !okLeads || file < 0 || file >= int64(len(snap.Files)) {
			return fmt.Errorf("unexpected row %v", row)
		}
		name := snap.Files[file].Name
		byFile[name] = append(byFile[name], dayCount{leadlake.Event(event), leadlake.DateOf(day), leads, leadlake.Occurrence(occurrence)})
	}
	return nil
}

func sum(byFile map[string][]dayCount) []dayCount {
	type key struct {
		event      leadlake.Event
		day        leadlake.Date
		occurrence leadlake.Occurrence
	}
	sums := map[key]int64{}
	for _, counts := range byFile {
		for _, c := range counts {
			sums[key{c.event, c.day, c.occurrence}] += c.leads
		}
	}
	total := make([]dayCount, 0, len(sums))
	for k, leads := range sums {
		if leads != 0 { // there were some, but they do not count
			total = append(total, dayCount{k.event, k.day, leads, k.occurrence})
		}
	}
	return total
}
