package delta

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"leadlake/internal/blob"
)

// Errors that say what is wrong with a table, wrapped with details.
var (
	// ErrNoTable says that the folder holds no Delta table.
	ErrNoTable = errors.New("no Delta table")
	// ErrUnsupported says that the table needs something that we cannot do;
	// reading or writing it in spite of that would be wrong.
	ErrUnsupported = errors.New("unsupported")
	// ErrDamaged says that the log contradicts itself or lacks a part.
	ErrDamaged = errors.New("damaged log")
	// ErrNoVersion says that the table has no such version.
	ErrNoVersion = errors.New("no such version")
	// ErrNotCommitted says that a failed Commit has proved that nothing of it
	// became true. Without it, a failed commit may still have.
	ErrNotCommitted = errors.New("not committed")
)

// Options are what a Table can be told; the zero Options are fine.
type Options struct {
	Engine string           // who commits, for the history; default "leadlake"
	Now    func() time.Time // default time.Now
	// Root is the absolute URI or path of the table's folder, by which absolute
	// paths in the log are found to lie in it; without it all are outside.
	Root string
	// Parquet reads and writes checkpoints; without it the log has to be
	// readable without them.
	Parquet Parquet
}

// Table is a Delta table in a folder of a bucket. Its methods may be called
// from many goroutines, and other processes may write the table meanwhile.
type Table struct {
	log     commitLog
	options Options

	mu     sync.Mutex
	latest *state    // the newest that was seen; nil before the first look
	opened time.Time // when the log's folder was last listed
}

// Open returns the table in folder. It reads nothing: Latest says whether
// there is one.
func Open(bucket blob.Bucket, folder string, o Options) *Table {
	if o.Engine == "" {
		o.Engine = "leadlake"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Table{log: commitLog{bucket: bucket, folder: folder}, options: o}
}

// Folder returns the key of the table's folder in its bucket.
func (t *Table) Folder() string { return t.log.folder }

// relist is how long the next commit is waited for by its name. If the log is
// cleaned up meanwhile, that name never comes.
const relist = time.Hour

// Latest returns the newest version, or ErrNoTable. The first call reads the
// log from its newest checkpoint on, later ones only what is new in it.
func (t *Table) Latest(ctx context.Context) (*Snapshot, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var err error
	next, now := t.latest, t.options.Now()
	if age := now.Sub(t.opened); next == nil || age > relist || age < 0 { // less than none is a clock that was put back
		next, err = t.open(ctx, newestVersion)
	} else {
		next, err = t.refresh(ctx, next)
		now = t.opened
	}
	if err != nil {
		return nil, err
	}
	t.latest, t.opened = next, now
	return &Snapshot{state: t.latest}, nil
}

// At returns the table as it was at a version, or ErrNoVersion. Versions that
// came later may need what we cannot do.
func (t *Table) At(ctx context.Context, version int64) (*Snapshot, error) {
	if version < 0 {
		return nil, fmt.Errorf("%w: %d; versions count from 0", ErrNoVersion, version)
	}
	s, err := t.open(ctx, version)
	if err != nil {
		return nil, err
	}
	return &Snapshot{state: s}, nil
}

func (t *Table) open(ctx context.Context, version int64) (*state, error) {
	s, err := t.load(ctx, version)
	if err != nil {
		return nil, err
	}
	if s.info == nil { // a checkpoint does not say who made its version, and when
		if c, err := t.log.read(ctx, s.version); err == nil {
			s.info = c.Info
		}
	}
	return s, nil
}

// refresh returns known, or a newer state where there are newer commits.
func (t *Table) refresh(ctx context.Context, known *state) (*state, error) {
	next := known
	for {
		c, err := t.log.read(ctx, next.version+1)
		switch {
		case errors.Is(err, blob.ErrNotExist) && next == known:
			return known, nil
		case errors.Is(err, blob.ErrNotExist):
			return next, next.check()
		case err != nil:
			return known, err
		}
		if next == known {
			next = known.clone()
		}
		if err := next.replay(c, next.version+1); err != nil {
			return known, fmt.Errorf("replaying version %d: %w", next.version+1, err)
		}
	}
}
