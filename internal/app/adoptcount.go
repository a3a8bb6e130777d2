package app

import (
	"context"
	"maps"
	"time"

	"leadlake"
	"leadlake/internal/adopt"
)

// compare counts the events in the new rows, and refuses them where a day has
// others than the table.
func (a *adoption) compare(ctx context.Context, l *lake, snap leadlake.Snapshot) error {
	rows, err := l.count(ctx, snap, "SELECT NULL, count(*) FROM leads WHERE _state = 'active' AND id IS NOT NULL")
	if err != nil {
		return err
	}
	total := int64(0)
	for _, n := range rows {
		total += n
	}
	if total != a.done.Plan.Rows {
		return leadlake.Errorf(leadlake.Internal, "The new rows are %d leads, and the table has %d. Nothing was changed.", total, a.done.Plan.Rows)
	}
	for _, before := range a.done.Plan.Events {
		after := adopt.Event{Event: before.Event, First: before.First, Last: before.Last}
		if after.Days, err = l.count(ctx, snap, "SELECT "+string(before.Event)+", count(*) FROM leads WHERE "+string(before.Event)+" IS NOT NULL GROUP BY 1"); err != nil {
			return err
		}
		for _, n := range after.Days {
			after.Leads += n
		}
		if !maps.Equal(before.Days, after.Days) {
			return leadlake.Errorf(leadlake.Internal, "The new rows count %d leads with %s, and the table %d, or on other days. Nothing was changed.", after.Leads, before.Event, before.Leads)
		}
		a.done.After = append(a.done.After, after)
	}
	return nil
}

// count asks for days and how often they come.
func (l *lake) count(ctx context.Context, snap leadlake.Snapshot, question string) (map[leadlake.Date]int64, error) {
	days := map[leadlake.Date]int64{}
	for row, err := range l.engine.Query(ctx, snap, question) {
		if err != nil {
			return nil, err
		}
		at, _ := row[0].(time.Time)
		n, _ := row[1].(int64)
		days[leadlake.DateOf(at)] += n
	}
	return days, nil
}
