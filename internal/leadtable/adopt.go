package leadtable

import (
	"context"
	"errors"
	"iter"
	"maps"
	"path"
	"strconv"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/delta"
)

// Adoption is what a table is to hold as one of leads.
type Adoption struct {
	// Base is the version of another program's table that is to be continued,
	// nil for a new table.
	Base    *delta.Snapshot
	Columns []leadlake.Column // beside the core ones
	Leads   iter.Seq2[leadlake.Lead, error]
	// Days is for how many days every version can be read; 0 is as long as for
	// any table of leads, or as the table says itself if that is longer.
	Days int
	// Check sees the rows before they become true; an error stops it.
	Check func(ctx context.Context, snap leadlake.Snapshot) error
}

// adoptedRows is how many leads go into one data file.
const adoptedRows = 2 * filesRows

// Adopt makes all rows of a table those of the leads, in one commit, which also
// says what columns the table has from now on: the types of columns cannot
// change in any other way. The versions before stay what they are. Somebody
// else who commits meanwhile makes it Conflicted, and nothing has changed then.
func Adopt(ctx context.Context, log *delta.Table, engine engine, a Adoption, o Options) (delta.Result, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	t := &Table{log: log, engine: engine, now: o.Now}
	result, err := t.adopt(ctx, a)
	if err != nil {
		return result, Explain("adopting the table", err)
	}
	return result, nil
}

func (t *Table) adopt(ctx context.Context, a Adoption) (result delta.Result, err error) {
	columns := append(leadlake.CoreColumns(), a.Columns...)
	change := delta.Change{
		Operation: "WRITE", Parameters: map[string]string{"mode": "Overwrite", "overwriteSchema": "true", "adopted": "true"},
		Reads: delta.ReadsAllFiles,
	}
	if a.Base != nil {
		for name := range a.Base.Files() {
			change.Removes = append(change.Removes, name)
		}
	}
	if change.Protocol, change.Metadata, err = t.adoptedMetadata(a, columns); err != nil {
		return result, err
	}
	change.Adds, err = t.writeAll(ctx, columns, a.Leads)
	if err == nil {
		snap := leadlake.Snapshot{Columns: columns}
		for _, add := range change.Adds {
			snap.Files = append(snap.Files, leadlake.File{Name: path.Join(Folder, add.Path), Rows: -1, Size: add.Size})
		}
		err = a.Check(ctx, snap)
	}
	if err != nil {
		return result, errors.Join(err, t.log.Discard(ctx, change.Adds))
	}
	result, err = t.log.Commit(ctx, a.Base, change)
	if errors.Is(err, delta.ErrNotCommitted) || err == nil && result.Outcome == delta.Conflicted {
		err = errors.Join(err, t.log.Discard(ctx, change.Adds))
	}
	return result, err
}

// writeAll makes data files of the leads, some thousands at a time.
func (t *Table) writeAll(ctx context.Context, columns []leadlake.Column, leads iter.Seq2[leadlake.Lead, error]) ([]delta.Add, error) {
	var adds []delta.Add
	rewrite := leadlake.Rewrite{Folder: Folder, Columns: columns, StatsColumns: statsColumns()}
	flush := func() error {
		if len(rewrite.Leads) == 0 {
			return nil
		}
		made, err := t.engine.Write(ctx, rewrite)
		adds = append(adds, made...)
		rewrite.Leads = rewrite.Leads[:0]
		return err
	}
	for lead, err := range leads {
		if err != nil {
			return adds, err
		}
		if rewrite.Leads = append(rewrite.Leads, lead); len(rewrite.Leads) == adoptedRows {
			if err := flush(); err != nil {
				return adds, err
			}
		}
	}
	return adds, flush()
}

// adoptedMetadata describes the table from now on. It keeps its id, its name
// and its properties, but for those that would let others write what we cannot,
// and is not partitioned any more.
func (t *Table) adoptedMetadata(a Adoption, columns []leadlake.Column) (*delta.Protocol, *delta.Metadata, error) {
	protocol, fresh, err := t.metadataFor(nil, columns)
	if err != nil {
		return nil, nil, err
	}
	if a.Days > 0 {
		for _, key := range retentions() {
			fresh.Configuration[key] = "interval " + strconv.Itoa(a.Days) + " days"
		}
	}
	if a.Base == nil {
		return protocol, fresh, nil
	}
	m := a.Base.Metadata()
	configuration := maps.Clone(m.Configuration)
	if configuration == nil {
		configuration = map[string]string{}
	}
	const vectors = "delta.enableDeletionVectors"
	if _, said := configuration[vectors]; said {
		configuration[vectors] = "false"
	}
	kept := m.LogRetention() > keptDays*24*time.Hour && m.DeletedFileRetention() > keptDays*24*time.Hour
	for key, value := range fresh.Configuration {
		if a.Days == 0 && kept && strings.HasSuffix(key, "RetentionDuration") {
			continue
		}
		configuration[key] = value
	}
	m.SchemaString, m.PartitionColumns, m.Configuration = fresh.SchemaString, []string{}, configuration
	return nil, &m, nil
}

func retentions() []string {
	return []string{"delta.deletedFileRetentionDuration", "delta.logRetentionDuration"}
}
