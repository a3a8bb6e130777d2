// Package leadtable says how leads are stored: which columns a Lead becomes,
// what keys it, how the table evolves, and which files a change rewrites.
//
// Start reading at Upsert.
package leadtable

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"sync"
	"time"

	"leadlake"
	"leadlake/internal/delta"
)

// Folder is where the table of leads lies in a lake.
const Folder = "data_leads"

// engine is the Parquet work that the table needs.
type engine interface {
	// Lookup returns what snap holds of leads, by id: of these only their ids are
	// looked at, and the times at which they were created.
	Lookup(ctx context.Context, snap leadlake.Snapshot, leads []leadlake.Lead) (map[string][]leadlake.Stored, error)
	// Query yields the rows of a question about snap, whose table is called
	// leads. It ends at the first error.
	Query(ctx context.Context, snap leadlake.Snapshot, question string, args ...any) iter.Seq2[[]any, error]
	// Write makes data files, none of no rows, and returns the adds that put
	// them into the table: those made so far after an error.
	Write(ctx context.Context, r leadlake.Rewrite) ([]delta.Add, error)
}

// Options are what a Table can be told; the zero Options are fine.
type Options struct {
	Now func() time.Time // default time.Now
}

// Table is the table of leads. Its methods may be called from many
// goroutines, and other processes may write the table meanwhile.
type Table struct {
	log    *delta.Table
	engine engine
	now    func() time.Time

	writing  sync.Mutex // one writer in this process: others would only lose the race
	requests requests   // that the newest commits hold

	mu     sync.Mutex
	pinned leadlake.Snapshot // the newest that was converted
	of     *delta.Snapshot   // what it was converted from
}

// Open returns the table of leads in log, which lies in Folder. There need not
// be one yet; one that cannot be read as a table of leads is an error.
func Open(ctx context.Context, log *delta.Table, engine engine, o Options) (*Table, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	t := &Table{log: log, engine: engine, now: o.Now}
	if _, err := t.Latest(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// Latest returns the newest version. Before the first commit it is an empty
// snapshot of version -1.
func (t *Table) Latest(ctx context.Context) (leadlake.Snapshot, error) {
	_, pinned, err := t.latest(ctx)
	return pinned, err
}

// latest returns the newest version as the log's snapshot, nil before the
// first commit, and as ours.
func (t *Table) latest(ctx context.Context) (*delta.Snapshot, leadlake.Snapshot, error) {
	base, err := t.log.Latest(ctx)
	if errors.Is(err, delta.ErrNoTable) {
		return nil, leadlake.Snapshot{Version: -1, Columns: leadlake.CoreColumns()}, nil
	}
	if err != nil {
		return nil, leadlake.Snapshot{}, Explain("opening the table of leads", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil || t.of.Version() != base.Version() {
		pinned, err := convert(base)
		if err != nil {
			return nil, leadlake.Snapshot{}, Explain("opening the table of leads", err)
		}
		t.pinned, t.of = pinned, base
	}
	return base, t.pinned, nil
}

func convert(base *delta.Snapshot) (leadlake.Snapshot, error) {
	snap := leadlake.Snapshot{Version: base.Version(), CommittedAt: base.CommittedAt()}
	if err := base.Writable(); err != nil {
		return snap, err
	}
	if columns := base.Metadata().PartitionColumns; len(columns) > 0 {
		return snap, fmt.Errorf("%w: a table of leads that is partitioned, by %q", delta.ErrUnsupported, columns)
	}
	schema, err := base.Schema()
	if err != nil {
		return snap, err
	}
	if snap.Columns, err = columnsOf(schema); err != nil {
		return snap, err
	}
	if indexOf(snap.Columns, leadlake.ColumnHistory) < 0 { // nulls, until a change adds it
		snap.Columns = append(snap.Columns, leadlake.Column{Name: leadlake.ColumnHistory, Type: leadlake.Changes})
	}
	for name, add := range base.Files() {
		rows, ok := add.Rows()
		if !ok {
			rows = -1
		}
		snap.Files = append(snap.Files, leadlake.File{Name: path.Join(Folder, name), Rows: rows, Size: add.Size})
	}
	return snap, nil
}

// Cursor returns how far source has been copied, as the newest version says.
func (t *Table) Cursor(ctx context.Context, source string) (leadlake.Cursor, error) {
	base, _, err := t.latest(ctx)
	if err != nil || base == nil {
		return leadlake.Cursor{}, err
	}
	return cursorOf(base, source), nil
}

// indexOf returns the position of the column name, -1 where there is none.
func indexOf(columns []leadlake.Column, name string) int {
	return slices.IndexFunc(columns, func(c leadlake.Column) bool { return c.Name == name })
}
