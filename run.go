package leadlake

import "time"

// Mode is how much a sync reads.
type Mode string

// The modes.
const (
	Full        Mode = "full"        // every lead, and which are gone
	Incremental Mode = "incremental" // what was edited since the watermark
	Sweep       Mode = "sweep"       // which leads there are, and which are gone
	Verify      Mode = "verify"      // some leads again, to compare them with the lake
	Named       Mode = "named"       // the leads of which the source has said that they changed
)

// Modes returns all modes. The caller owns the slice.
func Modes() []Mode { return []Mode{Full, Incremental, Sweep, Verify, Named} }

// Task is what a sync is asked to do.
type Task struct {
	Mode Mode // "": Incremental once a full scan has succeeded, and Full until then
	// MassDelete lets a sweep believe that many leads are gone at once.
	MassDelete bool
	// DryRun computes what would be done, and stores nothing.
	DryRun bool
	Sample int      // how many leads Verify reads
	IDs    []string // of the leads that Named reads
}

// Run is one execution of a sync: a value that is complete at every moment,
// so that whoever reads it while it goes on sees its progress.
type Run struct {
	ID         string
	Source     string
	Mode       Mode
	DryRun     bool
	StartedAt  time.Time
	FinishedAt time.Time // zero while it goes on
	Since      time.Time // the edits or creations that it began to read at; zero is all
	Seen       int       // leads read from the source, each once
	Inserted   int
	Updated    int
	Unchanged  int
	// Moves counts the updated leads whose state has changed, by the new one.
	Moves Moves
	// Held is how many leads are missing that were not marked as gone, because
	// they are suspiciously many.
	Held int
	// Different is how many leads Verify found to differ.
	Different int
	// Balance compares the source with the lake, where the run has seen both.
	Balance     *Balance
	Requests    int           // sent to the source, retries included
	Retries     int           // of those, the ones that were sent again
	Waited      time.Duration // spent waiting because the source asked for it
	Remaining   time.Duration // estimate of what is left; 0 where unknown
	Before      int64         // the newest version when it began, -1 where there was none
	Version     int64         // newest version it committed or found
	Warnings    []Warning     // what could not be read as it should
	Drift       []Drift       // how the schema has changed
	Samples     []Sample      // of what a dry run would do, or Verify found
	RequestIDs  []string      // of the source's requests that failed, the newest
	PausedUntil time.Time     // when a pause ends that the source has asked for; zero where there is none
	Err         error         // why it ended before it was done; nil while it goes on
}

// Moves counts leads by the state that they have got.
type Moves struct {
	Active, Archived, Trashed, Moved, Unreachable int
}

// Add counts one more lead that has got the state.
func (m *Moves) Add(s State) {
	switch s {
	case Active:
		m.Active++
	case Archived:
		m.Archived++
	case Trashed:
		m.Trashed++
	case Moved:
		m.Moved++
	case Unreachable:
		m.Unreachable++
	}
}

// Plus returns the sum of two counts.
func (m Moves) Plus(o Moves) Moves {
	return Moves{m.Active + o.Active, m.Archived + o.Archived, m.Trashed + o.Trashed, m.Moved + o.Moved, m.Unreachable + o.Unreachable}
}

// Gone returns how many no longer count.
func (m Moves) Gone() int { return m.Trashed + m.Moved + m.Unreachable }

// Balance is how many leads there are on both sides.
type Balance struct {
	Active, Archived int // that the source lists
	Stored           int // active and archived ones in the lake
}

// Ingestion is what is known about the copying into the lake.
type Ingestion struct {
	Current      *Run // nil when idle
	Last         *Run // the last one that ended; nil before the first
	LastSuccess  time.Time
	LastFailure  *Run      // the newest failure since the last success; nil where there is none
	FailingSince time.Time // when the first of those failures ended
	Held         *Run      // the newest run that looked for leads that are gone, where it held some back
	Elsewhere    string    // who else is syncing this lake; "" where nobody is
}

// Effort is what reading a source has cost so far.
type Effort struct {
	Requests int           // sent, retries included
	Retries  int           // of those, the ones that were sent again
	Waited   time.Duration // because the source asked for it
	// PausedUntil is when a pause ends that the source has asked for; zero
	// while there is none.
	PausedUntil time.Time
	Warnings    []Warning // what could not be read as it should
	// RequestIDs name the last requests that failed, as the source's support
	// asks for them; the newest last.
	RequestIDs []string
}
