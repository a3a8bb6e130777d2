package delta_test

import (
	"testing"
	"time"

	"leadlake/internal/delta"
)

// TestIntervals: what is not understood as a whole keeps everything.
func TestIntervals(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	const everything = 10 * 365 * day
	for text, want := range map[string]time.Duration{
		"interval 1 week":          7 * day,
		"INTERVAL 30 Days":         30 * day,
		"interval 2 days 3 hours":  2*day + 3*time.Hour,
		"20 days":                  20 * day,
		"interval 40days":          40 * day,
		"interval 5 milliseconds":  5 * time.Millisecond,
		" interval  1  weeks ":     7 * day,
		"interval 2 months":        everything,
		"interval 2 months 1 day":  everything, // and not a day
		"interval 1 year 2 hours":  everything,
		"interval 20.5 days":       everything,
		"interval -1 days":         everything,
		"interval 100 nanoseconds": everything,
		"for 2 days at least":      everything,
		"interval":                 everything,
		"":                         everything,
	} {
		m := delta.Metadata{Configuration: map[string]string{"delta.logRetentionDuration": text}}
		if got := m.LogRetention(); got != want {
			t.Errorf("%q is %s; want %s", text, got, want)
		}
	}
}

// TestVacuumKeepsLongerThanTheTableAsksFor keeps what versions within the
// given retention need although the table's own has let its tombstones go.
func TestVacuumKeepsLongerThanTheTableAsksFor(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	table, engine := appended(t, 10)
	in := func(age time.Duration) *delta.Table {
		return delta.Open(engine.bucket, folder, delta.Options{Parquet: engine, Now: func() time.Time { return time.Now().Add(age) }})
	}
	old := latest(t, table)
	if _, err := in(20*day).Restore(t.Context(), 0); err != nil { // which removes every file
		t.Fatal(err)
	}
	if err := in(29*day).Checkpoint(t.Context(), latest(t, in(29*day))); err != nil { // without these tombstones
		t.Fatal(err)
	}
	gone, err := in(30*day).Vacuum(t.Context(), delta.VacuumOptions{Retention: 20 * day, Delete: true})
	if err != nil || len(gone) > 0 {
		t.Errorf("Vacuum: %v, %v; want nothing deleted", gone, err)
	}
	if got := engine.rows(t, at(t, in(30*day), old.Version())); len(got) != 10 {
		t.Errorf("rows of version %d: %q", old.Version(), got)
	}
	if gone, err = in(41*day).Vacuum(t.Context(), delta.VacuumOptions{Retention: 20 * day, Delete: true}); err != nil || len(gone) != 10 {
		t.Errorf("Vacuum later: %v, %v; want 10 deleted", gone, err)
	}
}
