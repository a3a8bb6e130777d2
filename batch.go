package leadlake

import (
	"fmt"
	"time"
)

// Batch is what one commit makes true.
type Batch struct {
	// Source names where the leads come from; it is stored in ColumnSource of
	// leads that are new to the lake.
	Source string
	// Columns describes every column that Leads speak of, beside the core ones.
	Columns []Column
	Leads   []Lead
	// Cursor, where it is not nil, becomes the cursor of Source in the same
	// commit as the leads.
	Cursor *Cursor
	// TakesOver makes leads Source's own that another source has brought. Without
	// it such a lead is an error, a Conflict that ForeignError causes.
	TakesOver bool
	// Request, where it is not nil, names the batch: one of the same key is
	// stored once, however often it comes within a day. The second one gets the
	// first one's Tally; if its body is another, it is Invalid.
	Request *Request
	// SeenAt is when the leads were read, by the source's clock; zero is now.
	SeenAt time.Time
	// Term, where it is not 0, is the term of the lease under which Source is
	// copied. Once a batch of a later term is stored, earlier ones are refused.
	Term int64
	// DryRun computes the Tally and stores nothing.
	DryRun bool
}

// Request is how a batch is known again. The table's history keeps both
// digests, so nobody must be able to read anything out of them.
type Request struct{ Key, Body string }

// ForeignError tells the places in a Batch, from 0, of leads that belong to
// another source.
type ForeignError []int

// Error tells how many there are.
func (f ForeignError) Error() string {
	return fmt.Sprintf("%d leads of the batch belong to another source", len(f))
}

// Cursor is how far a source has been copied. The zero Cursor is nothing yet.
type Cursor struct {
	// Watermark: every edit before it is in the lake. Zero while no full scan
	// has succeeded.
	Watermark time.Time
	// ScanStarted is when the running full scan began, by the source's clock;
	// zero when none is running.
	ScanStarted time.Time
	// ScanPosition is the created time up to which the running scan is
	// committed.
	ScanPosition time.Time
}

// Tally is what storing a Batch did.
type Tally struct {
	Version   int64 // the version that holds the batch
	Inserted  int
	Updated   int
	Unchanged int
	Moves     Moves // of the updated leads
	// Samples are the first few of what a dry run would store.
	Samples []Sample
}

// Sample says what a run would do to a lead, without its values.
type Sample struct {
	ID      string
	Columns []string // that change; nil for a lead that is new
}
