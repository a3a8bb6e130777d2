package duck

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"leadlake/internal/delta"
)

// actionRows makes the rows of a checkpoint of what is streamed: the columns
// and types of the protocol's checkpoint schema.
const actionRows = `SELECT
	rest[1].txn AS txn,
	CASE WHEN added THEN {path: path, partitionValues: coalesce(partition, MAP {}), size: size, modificationTime: moment, dataChange: change,
		stats: stats, tags: rest[1].tags, deletionVector: rest[1].deletionVector} END AS "add",
	CASE WHEN NOT added THEN {path: path, deletionTimestamp: moment, dataChange: change, extendedFileMetadata: extended,
		partitionValues: CASE WHEN extended THEN coalesce(partition, MAP {}) END, size: size, deletionVector: rest[1].deletionVector} END AS remove,
	rest[1].metaData AS metaData,
	rest[1].protocol AS protocol,
	rest[1].domainMetadata AS domainMetadata
FROM streamed()`

// actionColumns returns the columns of what is streamed: a flat one for each
// member that most adds have, and rest for the others, in a list, because that
// is null at one stroke. The driver is slow at structs.
func actionColumns() ([]duckdb.ColumnInfo, error) {
	var t typeMaker
	flag, small, number, text := t.of(duckdb.TYPE_BOOLEAN), t.of(duckdb.TYPE_INTEGER), t.of(duckdb.TYPE_BIGINT), t.of(duckdb.TYPE_VARCHAR)
	texts, pairs := t.list(text), t.pairs(text, text)
	vector := t.members(member{"storageType", text}, member{"pathOrInlineDv", text}, member{"offset", small},
		member{"sizeInBytes", small}, member{"cardinality", number})
	txn := t.members(member{"appId", text}, member{"version", number}, member{"lastUpdated", number})
	metadata := t.members(member{"id", text}, member{"name", text}, member{"description", text},
		member{"format", t.members(member{"provider", text}, member{"options", pairs})}, member{"schemaString", text},
		member{"partitionColumns", texts}, member{"configuration", pairs}, member{"createdTime", number})
	protocol := t.members(member{"minReaderVersion", small}, member{"minWriterVersion", small},
		member{"readerFeatures", texts}, member{"writerFeatures", texts})
	domain := t.members(member{"domain", text}, member{"configuration", text}, member{"removed", flag})
	rest := t.members(member{"tags", pairs}, member{"deletionVector", vector}, member{"txn", txn}, member{"metaData", metadata},
		member{"protocol", protocol}, member{"domainMetadata", domain})
	return []duckdb.ColumnInfo{
		{Name: "added", T: flag},
		{Name: "path", T: text},
		{Name: "partition", T: pairs},
		{Name: "size", T: number},
		{Name: "moment", T: number},
		{Name: "change", T: flag},
		{Name: "extended", T: flag},
		{Name: "stats", T: text},
		{Name: "rest", T: t.list(rest)},
	}, t.err
}

// WriteActions creates the classic checkpoint name with actions as its rows.
// What a checkpoint does not hold, such as commitInfo, is left out.
func (e *Engine) WriteActions(ctx context.Context, name string, actions iter.Seq[delta.Action]) error {
	columns, err := actionColumns()
	if err != nil {
		return fmt.Errorf("writing actions: %w", err)
	}
	temp := filepath.Join(e.work.temp, "actions-"+uuid.NewString()+".parquet")
	defer func() { _ = os.Remove(temp) }() // Close removes the folder at the latest
	statement := "COPY (" + actionRows + ") TO " + text(temp) + " (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 40960)"
	err = withConn(ctx, e.work, func(conn *sql.Conn) error {
		return execStream(ctx, conn, statement, columns, held(actions), putAction)
	})
	if err != nil {
		return fmt.Errorf("writing actions: %w", err)
	}
	return e.storeFile(ctx, temp, name)
}

// held returns the actions that a checkpoint holds.
func held(actions iter.Seq[delta.Action]) iter.Seq[delta.Action] {
	return func(yield func(delta.Action) bool) {
		for a := range actions {
			if (a.Add != nil || a.Remove != nil || a.Txn != nil || a.Metadata != nil || a.Protocol != nil || a.DomainMetadata != nil) && !yield(a) {
				return
			}
		}
	}
}

// putAction puts the cells of actionColumns.
func putAction(c *rowCells, a delta.Action) {
	switch {
	case a.Add != nil:
		c.put(true)
		c.text(a.Add.Path)
		c.put(partition(a.Add.PartitionValues))
		c.put(a.Add.Size)
		c.put(a.Add.ModificationTime)
		c.put(a.Add.DataChange)
		c.put(false)
		if a.Add.Stats == "" {
			c.put(nil)
		} else {
			c.text(a.Add.Stats)
		}
	case a.Remove != nil:
		c.put(false)
		c.text(a.Remove.Path)
		c.put(partition(a.Remove.PartitionValues))
		c.put(absentUnless(a.Remove.ExtendedFileMetadata, a.Remove.Size))
		c.put(optional(a.Remove.DeletionTimestamp))
		c.put(a.Remove.DataChange)
		c.put(a.Remove.ExtendedFileMetadata)
		c.put(nil)
	default:
		c.nulls(8)
	}
	c.put(rest(a))
}

// rest returns the cell of the members that most adds do not have.
func rest(a delta.Action) any {
	if a.Add != nil && a.Add.Tags == nil && a.Add.DeletionVector == nil {
		return nil
	}
	r := map[string]any{"tags": nil, "deletionVector": nil, "txn": nil, "metaData": nil, "protocol": nil, "domainMetadata": nil}
	switch {
	case a.Add != nil:
		r["tags"], r["deletionVector"] = texts(a.Add.Tags), vector(a.Add.DeletionVector)
	case a.Remove != nil:
		r["deletionVector"] = vector(a.Remove.DeletionVector)
	case a.Txn != nil:
		r["txn"] = map[string]any{"appId": a.Txn.AppID, "version": a.Txn.Version, "lastUpdated": optional(a.Txn.LastUpdated)}
	case a.Metadata != nil:
		r["metaData"] = metadata(a.Metadata)
	case a.Protocol != nil:
		r["protocol"] = map[string]any{
			"minReaderVersion": a.Protocol.MinReaderVersion, "minWriterVersion": a.Protocol.MinWriterVersion,
			"readerFeatures": list(a.Protocol.ReaderFeatures), "writerFeatures": list(a.Protocol.WriterFeatures),
		}
	case a.DomainMetadata != nil:
		d := a.DomainMetadata
		r["domainMetadata"] = map[string]any{"domain": d.Domain, "configuration": d.Configuration, "removed": d.Removed}
	}
	return []any{r}
}

func metadata(m *delta.Metadata) map[string]any {
	options, configuration := m.Format.Options, m.Configuration
	if options == nil {
		options = map[string]string{}
	}
	if configuration == nil {
		configuration = map[string]string{}
	}
	return map[string]any{
		"id": m.ID, "name": optional(m.Name), "description": optional(m.Description),
		"format":       map[string]any{"provider": m.Format.Provider, "options": texts(options)},
		"schemaString": m.SchemaString, "partitionColumns": append([]string{}, m.PartitionColumns...),
		"configuration": texts(configuration), "createdTime": optional(m.CreatedTime),
	}
}

// optional returns what is not empty, else nil.
func optional[T comparable](value T) any {
	var empty T
	if value == empty {
		return nil
	}
	return value
}

func absentUnless(there bool, value any) any {
	if there {
		return value
	}
	return nil
}

// list returns what is not nil.
func list(texts []string) any {
	if texts == nil {
		return nil
	}
	return texts
}

// partition returns the values of partition columns, nil for none.
func partition(m map[string]*string) any {
	if len(m) == 0 {
		return nil
	}
	var pairs duckdb.OrderedMap
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if m[name] == nil {
			pairs.Set(name, nil)
		} else {
			pairs.Set(name, *m[name])
		}
	}
	return pairs
}

func vector(d *delta.DeletionVector) any {
	if d == nil {
		return nil
	}
	v := map[string]any{
		"storageType": d.StorageType, "pathOrInlineDv": d.PathOrInlineDV, "offset": nil,
		"sizeInBytes": d.SizeInBytes, "cardinality": d.Cardinality,
	}
	if d.Offset != nil {
		v["offset"] = *d.Offset
	}
	return v
}

// texts returns a map, nil for none.
func texts(m map[string]string) any {
	if m == nil {
		return nil
	}
	var pairs duckdb.OrderedMap
	for _, key := range slices.Sorted(maps.Keys(m)) {
		pairs.Set(key, m[key])
	}
	return pairs
}
