package leadtable

import (
	"slices"
	"time"

	"leadlake"
)

// longestHistory is how many changes of a lead are kept, the newest: an event
// that somebody feeds with a formula may change every day.
const longestHistory = 500

// historyOf returns the history of a stored lead once lead is laid over it, nil
// where no event's date changes.
func historyOf(stored, lead leadlake.Lead, seenAt time.Time) []leadlake.Change {
	var fresh []leadlake.Change
	for _, e := range leadlake.Events() {
		now, spoken := lead.Values[string(e)]
		before := stored.Values[string(e)]
		if !spoken || leadlake.SameValue(before, now) {
			continue
		}
		fresh = append(fresh, leadlake.Change{
			Event: e, Old: dateOf(before), New: dateOf(now),
			SeenAt: seenAt, EditedAt: lead.Time(leadlake.ColumnLastEditedTime),
		})
	}
	if fresh == nil {
		return nil
	}
	known, _ := stored.Values[leadlake.ColumnHistory].([]leadlake.Change)
	history := slices.Concat(known, fresh)
	return history[max(0, len(history)-longestHistory):]
}

func dateOf(v leadlake.Value) *leadlake.Date {
	d, ok := v.(leadlake.Date)
	if !ok {
		return nil
	}
	return &d
}
