package leadtable

import (
	"context"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/delta"
)

// A Cursor is stored as three txn actions, whose versions are Unix
// milliseconds, 0 for the zero time. It thus moves in the commit that holds
// the leads it speaks of, and a conflict on it is a conflict of commits.
const (
	scanStarted  = "/scan_started"
	scanPosition = "/scan_position"
	term         = "/term" // of the lease under which the last batch was stored
)

func cursorOf(base *delta.Snapshot, source string) leadlake.Cursor {
	at := func(appID string) time.Time {
		ms, ok := base.Txn(appID)
		if !ok || ms <= 0 { // a restore puts back those who had not begun to -1
			return time.Time{}
		}
		return time.UnixMilli(ms).UTC()
	}
	return leadlake.Cursor{
		Watermark:    at(source),
		ScanStarted:  at(source + scanStarted),
		ScanPosition: at(source + scanPosition),
	}
}

// Sources returns the sources that have a cursor, as the newest version says,
// and others who have written the table and said how far they are.
func (t *Table) Sources(ctx context.Context) ([]string, error) {
	base, _, err := t.latest(ctx)
	if err != nil || base == nil {
		return nil, err
	}
	var sources []string
	for _, id := range base.Applications() {
		source := id
		for _, part := range []string{scanStarted, scanPosition, term} {
			source = strings.TrimSuffix(source, part)
		}
		if id != requestsApp && !slices.Contains(sources, source) {
			sources = append(sources, source)
		}
	}
	return sources, nil
}

// fence returns the action by which a batch holds its term. A batch of a term
// that another has followed is refused: whoever stores it has lost the lease,
// perhaps without noticing. The action is in every commit, so that two terms
// conflict.
func fence(base *delta.Snapshot, b leadlake.Batch) ([]delta.Txn, error) {
	if b.Term == 0 {
		return nil, nil
	}
	if base != nil {
		if newest, ok := base.Txn(b.Source + term); ok && newest > b.Term {
			return nil, leadlake.Errorf(leadlake.Conflict, "Another sync of this lake has taken over, so this one stopped. Nothing was lost.")
		}
	}
	return []delta.Txn{{AppID: b.Source + term, Version: b.Term}}, nil
}

// txnsFor returns the actions that move the cursor of source; none where it
// is there already.
func txnsFor(base *delta.Snapshot, source string, c *leadlake.Cursor) []delta.Txn {
	if c == nil {
		return nil
	}
	var known leadlake.Cursor
	if base != nil {
		known = cursorOf(base, source)
	}
	var txns []delta.Txn
	move := func(appID string, from, to time.Time) {
		if millis(from) != millis(to) {
			txns = append(txns, delta.Txn{AppID: appID, Version: millis(to)})
		}
	}
	move(source, known.Watermark, c.Watermark)
	move(source+scanStarted, known.ScanStarted, c.ScanStarted)
	move(source+scanPosition, known.ScanPosition, c.ScanPosition)
	return txns
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
