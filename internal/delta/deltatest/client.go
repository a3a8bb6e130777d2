// Package deltatest puts a table of internal/delta to the proof: clients that
// work on it as programs do, with rows that are easy to compare, a ledger of
// what they were told, and an audit that reads the log by itself and says
// where the table and the ledger differ.
//
// A row is a key and a value; a data file is a text with a row in every line.
// Start reading at Client.Do.
package deltatest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path"

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
	return &Client{name: name, bucket: bucket, table: ledger.open(bucket), ledger: ledger, random: random}
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
		c.ledger.Violation("%s sees version %d as the newest after version %d was acknowledged", c.name, snap.Version(), acknowledged)
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

// Maintain does what keeps the log short.
func (c *Client) Maintain(ctx context.Context) error {
	_, err := c.table.Maintain(ctx)
	return err
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
				c.ledger.Violation("version %d holds the key %s twice", snap.Version(), key)
			}
			all[key] = value
		}
	}
	return all, nil
}

func (c *Client) file(ctx context.Context, name string) (Rows, error) {
	data, err := c.bucket.Get(ctx, path.Join(Folder, name))
	if errors.Is(err, blob.ErrNotExist) {
		c.ledger.Violation("the live file %s is missing", name)
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
