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
}

// Table is a Delta table in a folder of a bucket. Its methods may be called
// from many goroutines, and other processes may write the table meanwhile.
type Table struct {
	log     commitLog
	options Options

	mu     sync.Mutex
	latest *state // the newest that was seen; nil before the first look
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

// Latest returns the newest version, or ErrNoTable. The first call reads the
// whole log, later ones only what is new in it.
func (t *Table) Latest(ctx context.Context) (*Snapshot, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var err error
	if t.latest == nil {
		t.latest, err = t.open(ctx)
	} else {
		t.latest, err = t.refresh(ctx, t.latest)
	}
	if err != nil {
		return nil, err
	}
	return &Snapshot{state: t.latest}, nil
}

// At returns the table as it was at a version, or ErrNoVersion.
func (t *Table) At(ctx context.Context, version int64) (*Snapshot, error) {
	newest, err := t.Latest(ctx)
	if err != nil {
		return nil, err
	}
	if version < 0 || version > newest.Version() {
		return nil, fmt.Errorf("%w: %d; the table has versions 0 to %d", ErrNoVersion, version, newest.Version())
	}
	s := emptyState()
	if err := t.readUpTo(ctx, s, version); err != nil {
		return nil, err
	}
	return &Snapshot{state: s}, s.check()
}

func (t *Table) open(ctx context.Context) (*state, error) {
	newest, err := t.log.newest(ctx)
	if err != nil {
		return nil, err
	}
	if newest < 0 {
		return nil, fmt.Errorf("%w in %s", ErrNoTable, t.log.folder)
	}
	s := emptyState()
	if err := t.readUpTo(ctx, s, newest); err != nil {
		return nil, err
	}
	return s, s.check()
}

func (t *Table) readUpTo(ctx context.Context, s *state, version int64) error {
	for s.version < version {
		c, err := t.log.read(ctx, s.version+1)
		if err != nil {
			return err
		}
		if err := s.replay(c); err != nil {
			return fmt.Errorf("replaying version %d: %w", s.version+1, err)
		}
	}
	return nil
}

// refresh returns known, or a newer state where there are newer commits.
func (t *Table) refresh(ctx context.Context, known *state) (*state, error) {
	next := known
	for {
		c, err := t.log.read(ctx, next.version+1)
		switch {
		case errors.Is(err, blob.ErrNotExist):
			return next, next.check()
		case err != nil:
			return known, err
		}
		if next == known {
			next = known.clone()
		}
		if err := next.replay(c); err != nil {
			return known, fmt.Errorf("replaying version %d: %w", next.version+1, err)
		}
	}
}
