package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"leadlake"
	"leadlake/internal/leadtable"
)

// shown is the table of leads as it is shown: while the lake does not answer,
// the newest version that was read before. Its files are on this machine or in
// what was counted already, as far as they were asked for.
type shown struct {
	table *leadtable.Table
	now   func() time.Time

	mu      sync.Mutex
	last    *leadlake.Snapshot // nil before the first
	failure error              // why there may be a newer one; nil where there is none
	since   time.Time          // when that began
	asked   time.Time          // when the lake was asked last
}

const (
	// lookFor is how long the lake is asked where there is something to show.
	lookFor = 2 * time.Second
	// restFor is how long a lake that does not answer is left alone.
	restFor = 5 * time.Second
)

// Latest returns the newest version that can be had.
func (s *shown) Latest(ctx context.Context) (leadlake.Snapshot, error) {
	s.mu.Lock()
	last, resting := s.last, s.failure != nil && time.Since(s.asked) < restFor
	s.mu.Unlock()
	if last == nil {
		snap, err := s.table.Latest(ctx)
		if err == nil {
			s.note(snap, nil)
		}
		return snap, err
	}
	if resting {
		return *last, nil
	}
	look, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	snap, err := s.table.Latest(look)
	switch {
	case err == nil:
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		err = leadlake.Errorf(leadlake.Unavailable, "The lake does not answer. Check the disk or the network of this machine; everything committed so far is kept.").Because(err)
	case ctx.Err() != nil || leadlake.KindOf(err) != leadlake.Unavailable:
		return snap, err
	}
	s.note(snap, err)
	if err != nil {
		return *last, nil
	}
	return snap, nil
}

// note remembers what came of asking the lake.
func (s *shown) note(snap leadlake.Snapshot, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = time.Now() // which no change of the clock moves
	switch {
	case err == nil:
		s.last = &snap
	case s.failure == nil:
		s.since = s.now()
	}
	s.failure = err
}

// trouble returns why what is shown may be old, nil where it is not, and since
// when.
func (s *shown) trouble() (since time.Time, failure error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since, s.failure
}
