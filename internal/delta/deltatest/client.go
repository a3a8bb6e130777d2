// Package deltatest puts a table of internal/delta to the proof: clients that
// work on it as programs do, with rows that are easy to compare, a ledger of
// what they were told, and an audit that reads the log by itself and says
// where the table and the ledger differ.
//
// A row is a key and a value; a data file is a text with a row in every line.
// Start reading at Client.Do.
package deltatest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"

	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// Folder is where the table lies in its bucket.
const Folder = "t"

// Kind says how an operation goes about its work.
type Kind string

// The kinds of operations.
const (
	Append   Kind = "append"   // writes what Effect makes of no rows, and reads nothing
	Rewrite  Kind = "rewrite"  // reads all rows, and rewrites the files in which Effect changes some
	Compact  Kind = "compact"  // makes one file of a few
	Describe Kind = "describe" // changes the metadata
	Restore  Kind = "restore"  // brings back an older version
	Note     Kind = "note"     // is a commit that changes nothing
)

// Operation is one thing that a client does to the table.
type Operation struct {
	Kind   Kind
	Effect func(Rows)
	// Txn, where it is not nil, makes the operation one that happens once: a
	// client for which the table says that it has been done does nothing.
	Txn *delta.Txn
}

// Outcome says how an operation ended, as far as its client was told.
type Outcome int

// The outcomes.
const (
	Done    Outcome = iota // it is in the table
	Nothing                // there was nothing to do
	Failed                 // it is surely not in the table
	Unknown
)

// Client works on a table through a bucket of its own, as a process would.
type Client struct {
	name   string
	bucket blob.Bucket
	table  *delta.Table
	ledger *Ledger
	random *rand.Rand
	tries  int
}

// NewClient returns a client of the table in bucket. Its name is in the names
// of what it writes; random makes its choices.
func NewClient(name string, bucket blob.Bucket, ledger *Ledger, random *rand.Rand) *Client {
	return &Client{name: name, bucket: bucket, table: delta.Open(bucket, Folder, delta.Options{}), ledger: ledger, random: random}
}

// Create makes the table.
func (c *Client) Create(ctx context.Context) error {
	schema, err := delta.Schema{Fields: []delta.Field{
		{Name: "key", Type: delta.String, Nullable: true}, {Name: "value", Type: delta.String, Nullable: true},
	}}.Encode()
	if err != nil {
		return err
	}
	result, err := c.table.Commit(ctx, nil, delta.Change{
		Operation: "CREATE TABLE", Protocol: &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2},
		Metadata: &delta.Metadata{ID: c.name, Format: delta.Format{Provider: "parquet"}, SchemaString: schema, PartitionColumns: []string{}},
	})
	if err == nil && result.Outcome != delta.Committed {
		err = errors.New("creating the table: it is there")
	}
	return err
}

// Latest returns the newest version. The ledger keeps it, to compare it with
// the log in the end.
func (c *Client) Latest(ctx context.Context) (*delta.Snapshot, error) {
	acknowledged := c.ledger.Newest()
	snap, err := c.table.Latest(ctx)
	if err != nil {
		return nil, err
	}
	if snap.Version() < acknowledged {
		c.ledger.violation("%s sees version %d as the newest after version %d was acknowledged", c.name, snap.Version(), acknowledged)
	}
	c.ledger.saw(snap)
	return snap, nil
}

// At returns an older version.
func (c *Client) At(ctx context.Context, version int64) (*delta.Snapshot, error) {
	snap, err := c.table.At(ctx, version)
	if err == nil {
		c.ledger.saw(snap)
	}
	return snap, err
}

// Rows reads the rows of snap.
func (c *Client) Rows(ctx context.Context, snap *delta.Snapshot) (Rows, error) {
	all := Rows{}
	for name := range snap.Files() {
		rows, err := c.file(ctx, name)
		if err != nil {
			return nil, err
		}
		for key, value := range rows {
			if _, twice := all[key]; twice {
				c.ledger.violation("version %d holds the key %s twice", snap.Version(), key)
			}
			all[key] = value
		}
	}
	return all, nil
}

func (c *Client) file(ctx context.Context, name string) (Rows, error) {
	data, err := c.bucket.Get(ctx, path.Join(Folder, name))
	if errors.Is(err, blob.ErrNotExist) {
		c.ledger.violation("the live file %s is missing", name)
	}
	if err != nil {
		return nil, err
	}
	return parseRows(data)
}

// Do works op out from the newest version and commits it, again where somebody
// else was first. The error says why it failed or is unknown.
func (c *Client) Do(ctx context.Context, op Operation) (Outcome, error) {
	for {
		base, err := c.Latest(ctx)
		if err != nil {
			return Failed, err
		}
		if op.Txn != nil {
			if v, said := base.Txn(op.Txn.AppID); said && v >= op.Txn.Version {
				return Nothing, nil
			}
		}
		outcome, again, err := c.try(ctx, base, op)
		if !again {
			return outcome, err
		}
	}
}

func (c *Client) try(ctx context.Context, base *delta.Snapshot, op Operation) (outcome Outcome, again bool, err error) {
	c.tries++
	id := fmt.Sprintf("%s-%d", c.name, c.tries)
	change, effect, err := c.plan(ctx, base, op, id)
	if err != nil {
		return Failed, false, errors.Join(err, c.discard(ctx, change, id))
	}
	if change.Operation == "" {
		return Nothing, false, nil
	}
	change.Parameters = map[string]string{"attempt": id}
	if op.Txn != nil {
		change.Txns = []delta.Txn{*op.Txn}
	}
	c.ledger.begin(id, op.Kind == Append && op.Txn == nil, base.Version(), effect)
	result, err := c.table.Commit(ctx, base, change)
	switch {
	case err == nil && result.Outcome == delta.Committed:
		c.ledger.end(id, Done, result.Version)
		return Done, false, nil
	case err == nil || errors.Is(err, delta.ErrNotCommitted):
		c.ledger.end(id, Failed, result.Version)
		return Failed, err == nil, errors.Join(err, c.discard(ctx, change, id))
	default:
		return Unknown, false, err
	}
}

// discard deletes what the attempt has written. What it only brings back
// belongs to older versions.
func (c *Client) discard(ctx context.Context, change delta.Change, id string) error {
	written := slices.DeleteFunc(slices.Clone(change.Adds), func(a delta.Add) bool { return a.Path != filePath(id) })
	return c.table.Discard(ctx, written)
}

// filePath returns the path of the file that an attempt writes, as the log
// holds it.
func filePath(id string) string { return "part%20" + id + ".txt" }

// plan writes the data files of op and returns the change to commit; one
// without an operation where op changes nothing. It also returns what the
// change does to the rows. After an error the files of the change are written.
func (c *Client) plan(ctx context.Context, base *delta.Snapshot, op Operation, id string) (delta.Change, func(Rows), error) {
	switch op.Kind {
	case Append:
		rows := Rows{}
		op.Effect(rows)
		change, err := c.write(ctx, delta.Change{Operation: "WRITE"}, id, rows)
		return change, op.Effect, err
	case Rewrite:
		change, err := c.rewrite(ctx, base, op, id)
		return change, op.Effect, err
	case Compact:
		change, err := c.compact(ctx, base, id)
		return change, nil, err
	case Restore:
		return c.restore(ctx, base)
	case Describe:
		metadata := base.Metadata()
		metadata.Configuration = map[string]string{"note": id}
		return delta.Change{Operation: "SET TBLPROPERTIES", Metadata: &metadata}, nil, nil
	default:
		return delta.Change{Operation: "VACUUM END"}, nil, nil
	}
}

// write adds to change a file with rows, if there are any.
func (c *Client) write(ctx context.Context, change delta.Change, id string, rows Rows) (delta.Change, error) {
	if len(rows) == 0 {
		return change, nil
	}
	name, content := "part "+id+".txt", rows.encode()
	err := c.bucket.Create(ctx, path.Join(Folder, name), bytes.NewReader(content))
	if err != nil && !errors.Is(err, blob.ErrExist) { // nobody else has the name: what is there is ours
		return change, err
	}
	stats, err := delta.Stats{NumRecords: int64(len(rows))}.Encode()
	change.Adds = append(change.Adds, delta.Add{Path: filePath(id), Size: int64(len(content)), ModificationTime: 1, Stats: stats})
	return change, err
}

func (c *Client) rewrite(ctx context.Context, base *delta.Snapshot, op Operation, id string) (delta.Change, error) {
	change := delta.Change{Operation: "MERGE", Reads: delta.ReadsAllFiles}
	files, before := map[string]Rows{}, Rows{}
	for name := range base.Files() {
		rows, err := c.file(ctx, name)
		if err != nil {
			return change, err
		}
		files[name] = rows
		maps.Copy(before, rows)
	}
	after := maps.Clone(before)
	op.Effect(after)
	touched := func(key, value string) bool { now, kept := after[key]; return !kept || now != value }
	written := Rows{}
	for key, value := range after {
		if old, there := before[key]; !there || old != value {
			written[key] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		kept := maps.Clone(files[name])
		maps.DeleteFunc(kept, touched)
		if len(kept) < len(files[name]) {
			change.Removes = append(change.Removes, name)
			maps.Copy(written, kept)
		}
	}
	if len(written)+len(change.Removes) == 0 {
		return delta.Change{}, nil
	}
	return c.write(ctx, change, id, written)
}

func (c *Client) compact(ctx context.Context, base *delta.Snapshot, id string) (delta.Change, error) {
	change := delta.Change{Operation: "OPTIMIZE", Reads: delta.ReadsRemoved, Rearranges: true}
	var names []string
	for name := range base.Files() {
		names = append(names, name)
	}
	if len(names) < 2 {
		return delta.Change{}, nil
	}
	together := Rows{}
	for _, i := range c.random.Perm(len(names))[:min(len(names), 2+c.random.IntN(6))] {
		rows, err := c.file(ctx, names[i])
		if err != nil {
			return change, err
		}
		maps.Copy(together, rows)
		change.Removes = append(change.Removes, names[i])
	}
	return c.write(ctx, change, id, together)
}

func (c *Client) restore(ctx context.Context, base *delta.Snapshot) (delta.Change, func(Rows), error) {
	then, err := c.At(ctx, max(0, base.Version()-c.random.Int64N(8)))
	if err != nil {
		return delta.Change{}, nil, err
	}
	rows, err := c.Rows(ctx, then)
	if err != nil {
		return delta.Change{}, nil, err
	}
	change := delta.Change{Operation: "RESTORE", Reads: delta.ReadsAllFiles}
	for name, add := range then.Files() {
		if _, live := base.File(name); !live {
			change.Adds = append(change.Adds, add)
		}
	}
	for name := range base.Files() {
		if _, live := then.File(name); !live {
			change.Removes = append(change.Removes, name)
		}
	}
	if len(change.Adds)+len(change.Removes) == 0 {
		return delta.Change{}, nil, nil
	}
	return change, func(now Rows) { clear(now); maps.Copy(now, rows) }, nil
}
