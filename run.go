package leadlake

import "time"

// Mode is how much a sync reads.
type Mode string

// The modes.
const (
	Full        Mode = "full"        // every lead
	Incremental Mode = "incremental" // what was edited since the watermark
)

// Run is one execution of a sync: a value that is complete at every moment,
// so that whoever reads it while it goes on sees its progress.
type Run struct {
	Mode       Mode
	StartedAt  time.Time
	FinishedAt time.Time // zero while it goes on
	Seen       int       // leads read from the source, each once
	Inserted   int
	Updated    int
	Unchanged  int
	Requests   int           // sent to the source, retries included
	Waited     time.Duration // spent waiting because the source asked for it
	Remaining  time.Duration // estimate of what is left; 0 where unknown
	Version    int64         // newest version it committed or found
	Warnings   []Warning     // what could not be read as it should
	Err        error         // why it ended before it was done; nil while it goes on
}

// Ingestion is what is known about the copying into the lake.
type Ingestion struct {
	Current     *Run // nil when idle
	Last        *Run // the last one that ended; nil before the first
	LastSuccess time.Time
	LastFailure *Run // the newest failure since the last success; nil where there is none
}

// Effort is what reading a source has cost so far.
type Effort struct {
	Requests int           // sent, retries included
	Waited   time.Duration // because the source asked for it
	// PausedUntil is when a pause ends that the source has asked for; zero
	// while there is none.
	PausedUntil time.Time
	Warnings    []Warning // what could not be read as it should
	// RequestIDs name the last requests that failed, as the source's support
	// asks for them; the newest last.
	RequestIDs []string
}
