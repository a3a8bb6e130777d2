package ingest

import (
	"math/rand/v2"
	"time"

	"leadlake"
)

// Schedule says when a Runner does what; the zero Schedule is fine.
type Schedule struct {
	Every time.Duration // from the end of a run to the next; default 5 minutes
	// SweepEvery is how often it is looked which leads are gone; default 1 hour.
	SweepEvery time.Duration
	// FullAt is the time of day at which every lead is read again; default 3 h,
	// negative for never. It is put off by up to half an hour, so that many who
	// have the same setting do not ask at once.
	FullAt time.Duration
	// RefreshEvery is how often every lead is read again where the source has
	// values that change without an edit; default 6 hours.
	RefreshEvery time.Duration
	Zone         *time.Location // of FullAt; default UTC
}

func (s Schedule) withDefaults() Schedule {
	set := func(d *time.Duration, initial time.Duration) {
		if *d == 0 {
			*d = initial
		}
	}
	set(&s.Every, 5*time.Minute)
	set(&s.SweepEvery, time.Hour)
	set(&s.FullAt, 3*time.Hour)
	set(&s.RefreshEvery, 6*time.Hour)
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	if s.FullAt > 0 {
		s.FullAt += rand.N(30 * time.Minute) //nolint:gosec // jitter needs no secrecy
	}
	return s
}

// Recall is what earlier runs have done, in this process or before it.
type Recall struct {
	LastSuccess time.Time     // of any run
	LastFull    time.Time     // start of the last full run that succeeded
	LastSweep   time.Time     // start of the last run that looked for leads that are gone
	Held        *leadlake.Run // that run, where it held deletions back
}

// due returns what a run at now has to do, in order.
func (s Schedule) due(now time.Time, r Recall, derived bool) []leadlake.Mode {
	switch {
	case s.FullAt >= 0 && r.LastFull.Before(s.night(now)), derived && now.Sub(r.LastFull) >= s.RefreshEvery:
		return []leadlake.Mode{leadlake.Full}
	case now.Sub(r.LastSweep) >= s.SweepEvery:
		return []leadlake.Mode{"", leadlake.Sweep}
	}
	return []leadlake.Mode{""}
}

// night returns the last moment at which a full run was due.
func (s Schedule) night(now time.Time) time.Time {
	local := now.In(s.Zone)
	y, m, d := local.Date()
	at := func(day int) time.Time {
		return time.Date(y, m, day, 0, 0, int(s.FullAt/time.Second), 0, s.Zone)
	}
	if today := at(d); !today.After(now) {
		return today
	}
	return at(d - 1)
}

// pause is how long to wait for the next run: a tenth more or less.
func (s Schedule) pause() time.Duration {
	tenth := s.Every / 10
	return s.Every - tenth + rand.N(2*tenth+1) //nolint:gosec // jitter needs no secrecy
}
