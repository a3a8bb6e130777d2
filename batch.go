package leadlake

import "time"

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
}
