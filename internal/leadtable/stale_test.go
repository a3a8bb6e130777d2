package leadtable_test

import (
	"testing"
	"time"

	"leadlake"
)

// TestAnOldReadingOfADoubledLeadChangesNothing brings a lead as it was before
// either of its two rows: what is left is the newer one of these.
func TestAnOldReadingOfADoubledLeadChangesNothing(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	at := func(hour int) time.Time { return time.Date(2026, 11, 1, hour, 0, 0, 0, time.UTC) }
	edited := func(name string, hour int) leadlake.Lead {
		return lead("a", "nom", name, leadlake.ColumnLastEditedTime, at(hour), leadlake.ColumnCreatedTime, at(0))
	}
	f.upsert(t, batch(edited("at three", 3)))
	snap, err := f.table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	double := edited("at four", 4)
	double.Values[leadlake.ColumnSource] = "test"
	f.store(t, snap.Columns, double)
	f.upsert(t, batch(edited("at two", 2)))
	equal(t, "rows", f.rows(t, "nom", leadlake.ColumnLastEditedTime), map[string][]any{"a": {"at four", at(4)}})
	f.upsert(t, batch(edited("at five", 5)))
	equal(t, "rows", f.rows(t, "nom"), map[string][]any{"a": {"at five"}})
}
