// Package journal keeps what syncs write down beside the leads: every run, and
// what is known of each source's schema. Both are Delta tables that only grow,
// for people and other engines to read.
//
// Start reading at runs.go and schema.go; table.go is what they share.
package journal

import (
	"context"
	"errors"
	"iter"
	"path"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/blob"
	"leadlake/internal/delta"
	"leadlake/internal/leadtable"
)

// The folders of the tables in a lake.
const (
	RunsFolder   = "sync_runs"
	SchemaFolder = "schema_map"
)

// engine is the Parquet work that the tables need.
type engine interface {
	delta.Parquet
	Query(ctx context.Context, snap leadlake.Snapshot, question string, args ...any) iter.Seq2[[]any, error]
	Write(ctx context.Context, r leadlake.Rewrite) ([]delta.Add, error)
}

// Journal is the records of one lake. Its methods may be called from many
// goroutines, and other processes may write meanwhile.
type Journal struct {
	bucket blob.Bucket
	runs   *table
	schema *table
}

// Open returns the journal of the lake in bucket. root returns the address of a
// folder, as other engines write it. Nothing is read yet.
func Open(bucket blob.Bucket, engine engine, root func(folder string) string) *Journal {
	open := func(folder string, columns []leadlake.Column, indexed ...string) *table {
		return &table{
			folder: folder, columns: columns, indexed: indexed, engine: engine,
			log: delta.Open(bucket, folder, delta.Options{Root: root(folder), Parquet: engine}),
		}
	}
	return &Journal{
		bucket: bucket,
		runs:   open(RunsFolder, runColumns(), "id", "source", "mode", "started_at"),
		schema: open(SchemaFolder, schemaColumns(), "seen_at", "source", "change", "property_id"),
	}
}

// Maintain keeps the tables quick to open and small, where that is due.
func (j *Journal) Maintain(ctx context.Context) error {
	return errors.Join(j.runs.maintain(ctx), j.schema.maintain(ctx))
}

// table is one table of records.
type table struct {
	folder  string
	columns []leadlake.Column
	indexed []string // whose bounds may stand in the log
	log     *delta.Table
	engine  engine
}

// record is one row, by column.
type record = map[string]leadlake.Value

// latest returns the newest version, nil before the first.
func (t *table) latest(ctx context.Context) (*delta.Snapshot, error) {
	at, err := t.log.Latest(ctx)
	if errors.Is(err, delta.ErrNoTable) {
		return nil, nil //nolint:nilnil // no table is an answer
	}
	if err == nil {
		err = at.Writable()
	}
	return at, err
}

// append adds records, whatever else is added meanwhile.
func (t *table) append(ctx context.Context, records ...record) error {
	for {
		base, err := t.latest(ctx)
		if err == nil {
			var done bool
			if done, err = t.tryAppend(ctx, base, records); done && err == nil {
				return nil
			}
		}
		if err != nil {
			return leadtable.Explain("writing to "+t.folder, err)
		}
	}
}

// tryAppend reports whether nobody was in the way.
func (t *table) tryAppend(ctx context.Context, base *delta.Snapshot, records []record) (done bool, err error) {
	change := delta.Change{Operation: "WRITE", Reads: delta.ReadsNothing}
	if base == nil {
		properties := map[string]string{"delta.dataSkippingStatsColumns": strings.Join(t.indexed, ",")}
		if change.Protocol, change.Metadata, err = leadtable.NewTable(t.folder, t.columns, properties, time.Now()); err != nil {
			return false, err
		}
	}
	rewrite := leadlake.Rewrite{Folder: t.folder, Columns: t.columns, StatsColumns: t.indexed}
	for _, r := range records {
		id, _ := r[leadlake.ColumnID].(string)
		rewrite.Leads = append(rewrite.Leads, leadlake.Lead{ID: id, Values: r})
	}
	if change.Adds, err = t.engine.Write(ctx, rewrite); err != nil {
		return false, errors.Join(err, t.log.Discard(ctx, change.Adds))
	}
	result, err := t.log.Commit(ctx, base, change)
	conflicted := err == nil && result.Outcome == delta.Conflicted
	if conflicted || errors.Is(err, delta.ErrNotCommitted) {
		err = errors.Join(err, t.log.Discard(ctx, change.Adds))
	}
	return !conflicted, err
}

// rows yields what the question, whose table is called leads, asks of the
// newest version.
func (t *table) rows(ctx context.Context, question string, args ...any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		at, err := t.latest(ctx)
		if err == nil && at == nil {
			return
		}
		if err != nil {
			yield(nil, leadtable.Explain("reading "+t.folder, err))
			return
		}
		snap := leadlake.Snapshot{Version: at.Version(), Columns: t.columns}
		for name, add := range at.Files() {
			snap.Files = append(snap.Files, leadlake.File{Name: path.Join(t.folder, name), Rows: -1, Size: add.Size})
		}
		for row, err := range t.engine.Query(ctx, snap, question, args...) {
			if !yield(row, leadtable.Explain("reading "+t.folder, err)) {
				return
			}
		}
	}
}

// manyFiles is from how many files on a table is folded into one.
const manyFiles = 50

// maintain folds the small files of many appends, and cleans up what no version
// of the last month needs.
func (t *table) maintain(ctx context.Context) error {
	at, err := t.latest(ctx)
	if err != nil || at == nil {
		return err
	}
	files := 0
	for range at.Files() {
		files++
	}
	if files >= manyFiles {
		if _, err := t.log.Optimize(ctx, delta.OptimizeOptions{}); err != nil {
			return leadtable.Explain("folding "+t.folder, err)
		}
	}
	cleaned, err := t.log.Maintain(ctx)
	if err == nil && cleaned {
		_, err = t.log.Vacuum(ctx, delta.VacuumOptions{Delete: true})
	}
	return leadtable.Explain("keeping "+t.folder+" in order", err)
}
