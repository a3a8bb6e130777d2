package faulty

import (
	"math/rand/v2"
	"slices"
)

// Op is a kind of call.
type Op string

// The calls of a blob.Bucket.
const (
	Create Op = "creating"
	Put    Op = "putting"
	Read   Op = "reading" // Get, GetRange and Size
	List   Op = "listing"
	Delete Op = "deleting"
)

// Call is one call of a Bucket.
type Call struct {
	N    int // from 1, in the order in which calls begin
	Op   Op
	Name string // of the object; of List, the prefix
}

// Fault is what goes wrong with a call.
type Fault int

// The faults. One that does not fit a call is taken as Before.
const (
	// None: the call does what it should.
	None Fault = iota
	// Slow: it does what it should, after a long pause.
	Slow
	// Before: an error, and nothing was done.
	Before
	// Refused: the same, and the error of a Create proves it.
	Refused
	// Throttled: nothing was done; the store asks to come back later (429).
	Throttled
	// After: the work was done, and an error comes back.
	After
	// Late: an error comes back, and some calls later the Create is done all
	// the same, if the name is free then.
	Late
	// Taken: a Create was done, and comes back as ErrExist, as a client says
	// that has tried again by itself and has met its own success.
	Taken
	// Cut: a part of the content or of the listing, and an error.
	Cut
	// Cancelled: the caller's context ends before anything is done.
	Cancelled
	// CancelledAfter: it ends once the work was done.
	CancelledAfter
)

// Fitting returns the faults that a call of kind op can show.
func Fitting(op Op) []Fault {
	switch op {
	case Create:
		return []Fault{Slow, Before, Refused, Throttled, After, Late, Taken, Cancelled, CancelledAfter}
	case Put, Delete:
		return []Fault{Slow, Before, Throttled, After, Cancelled, CancelledAfter}
	default:
		return []Fault{Slow, Before, Throttled, Cut, Cancelled}
	}
}

// Plan decides the fault of a call. A Bucket asks it about one call after the
// other, never about two at once.
type Plan func(Call) Fault

// Seeded returns a plan in which the given share of calls goes wrong. The same
// seed and the same calls have the same faults.
func Seeded(seed uint64, share float64) Plan {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // faults that a seed repeats, not secrets
	return func(c Call) Fault {
		fitting := Fitting(c.Op)
		draw, which := random.Float64(), random.IntN(len(fitting))
		if draw >= share {
			return None
		}
		return fitting[which]
	}
}

// Nth returns a plan in which the nth call alone goes wrong, with fault f if
// that fits it.
func Nth(n int, f Fault) Plan {
	return func(c Call) Fault {
		switch {
		case c.N != n || f == None:
			return None
		case slices.Contains(Fitting(c.Op), f):
			return f
		default:
			return Before
		}
	}
}
