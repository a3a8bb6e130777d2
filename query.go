package leadlake

import (
	"errors"
	"slices"
)

// Occurrence says which of the days on which an event happened to a lead count.
type Occurrence string

// The occurrences. Notion knows the current date alone; the others are from
// what syncs have seen of the dates before.
const (
	CurrentDate Occurrence = "current"
	FirstDate   Occurrence = "first" // the earliest
	LastDate    Occurrence = "last"  // the latest, also where it was taken away since
	EveryDate   Occurrence = "every"
)

// Occurrences returns all occurrences. The caller owns the slice.
func Occurrences() []Occurrence { return []Occurrence{CurrentDate, FirstDate, LastDate, EveryDate} }

// Query asks how many events happened per period.
type Query struct {
	Grain      Grain
	Occurrence Occurrence // "" is CurrentDate
	// From and To bound the days that count: [From, To). A zero bound is open.
	From, To Date
}

// Validate returns every broken field as one error of kind Invalid, or nil.
func (q Query) Validate() error {
	var errs []error
	if !q.Grain.Valid() {
		errs = append(errs, Errorf(Invalid, "unknown grain %q, use one of %v", q.Grain, Grains()))
	}
	if q.Occurrence != "" && !slices.Contains(Occurrences(), q.Occurrence) {
		errs = append(errs, Errorf(Invalid, "unknown occurrence %q, use one of %v", q.Occurrence, Occurrences()))
	}
	if q.From != 0 && q.To != 0 && q.From >= q.To {
		errs = append(errs, Errorf(Invalid, "the range is empty: it starts on %s and ends before %s", q.From, q.To))
	}
	return errors.Join(errs...)
}

// Counts is how often each event happened. An event that is absent did not.
type Counts map[Event]int64

// Point is the counts of one period.
type Point struct {
	Period Period
	Counts Counts
}

// Series answers a Query: points in order of time, only periods in which
// something happened.
type Series struct {
	Version int64 // the table version that was asked
	Points  []Point
}
