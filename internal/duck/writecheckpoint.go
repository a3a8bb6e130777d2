package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"leadlake/internal/delta"
)

// fileColumns are the columns of the table in which adds and removes are
// staged: one for each member, so that DuckDB's appender, which is slow at
// structs, sees none.
const fileColumns = `kind VARCHAR, path VARCHAR, keys VARCHAR[], vals VARCHAR[], size BIGINT, moment BIGINT, change BOOLEAN, extended BOOLEAN,
	stats VARCHAR, tag_keys VARCHAR[], tag_vals VARCHAR[], dv_type VARCHAR, dv_path VARCHAR, dv_offset INTEGER, dv_size INTEGER, dv_rows BIGINT`

// otherColumns are those of the table for the other actions, of which there
// are few.
const otherColumns = `kind VARCHAR, keys VARCHAR[], vals VARCHAR[], moment BIGINT,
	id VARCHAR, version BIGINT, configuration VARCHAR, removed BOOLEAN,
	name VARCHAR, description VARCHAR, provider VARCHAR, schema VARCHAR, partitioning VARCHAR[], option_keys VARCHAR[], option_vals VARCHAR[],
	reader INTEGER, writer INTEGER, reader_features VARCHAR[], writer_features VARCHAR[]`

// actionRows makes the rows of a checkpoint from what is staged: the columns
// and types of the protocol's checkpoint schema.
const actionRows = `SELECT
	CASE WHEN kind = 'txn' THEN {appId: id, version: version, lastUpdated: moment} END AS txn,
	CASE WHEN kind = 'add' THEN {path: path, partitionValues: map(keys, vals), size: size, modificationTime: moment, dataChange: change,
		stats: stats, tags: CASE WHEN tag_keys IS NOT NULL THEN map(tag_keys, tag_vals) END, deletionVector: vector} END AS "add",
	CASE WHEN kind = 'remove' THEN {path: path, deletionTimestamp: moment, dataChange: change, extendedFileMetadata: extended,
		partitionValues: CASE WHEN keys IS NOT NULL THEN map(keys, vals) END, size: size, deletionVector: vector} END AS remove,
	CASE WHEN kind = 'metaData' THEN {id: id, name: name, description: description,
		format: {provider: provider, options: map(option_keys, option_vals)}, schemaString: schema,
		partitionColumns: partitioning, configuration: map(keys, vals), createdTime: moment} END AS metaData,
	CASE WHEN kind = 'protocol' THEN {minReaderVersion: reader, minWriterVersion: writer,
		readerFeatures: reader_features, writerFeatures: writer_features} END AS protocol,
	CASE WHEN kind = 'domainMetadata' THEN {domain: id, configuration: configuration, removed: removed} END AS domainMetadata
FROM (SELECT *, CASE WHEN dv_type IS NOT NULL THEN {storageType: dv_type, pathOrInlineDv: dv_path, "offset": dv_offset,
	sizeInBytes: dv_size, cardinality: dv_rows} END AS vector
	FROM (FROM files UNION ALL BY NAME FROM others))`

// WriteActions creates the classic checkpoint name with actions as its rows.
// What a checkpoint does not hold, such as commitInfo, is left out.
func (e *Engine) WriteActions(ctx context.Context, name string, actions iter.Seq[delta.Action]) error {
	temp := filepath.Join(e.work.temp, "actions-"+uuid.NewString()+".parquet")
	if err := os.MkdirAll(e.work.temp, 0o700); err != nil { // another process may have swept it after a quiet day
		return fmt.Errorf("writing actions: %w", err)
	}
	defer func() { _ = os.Remove(temp) }() // Close removes the folder at the latest
	err := withConn(ctx, e.work, func(conn *sql.Conn) error {
		var others []delta.Action
		err := stageRows(ctx, conn, "files", fileColumns, stagedRows(fileColumns, func(yield func(delta.Action) bool) {
			for a := range actions {
				if a.Add == nil && a.Remove == nil {
					others = append(others, a)
				} else if !yield(a) {
					return
				}
			}
		}))
		if err == nil {
			err = stageRows(ctx, conn, "others", otherColumns, stagedRows(otherColumns, slices.Values(others)))
		}
		if err == nil {
			_, err = conn.ExecContext(ctx, "COPY ("+actionRows+") TO "+text(temp)+" (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 40960)")
		}
		_, dropped := conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS files; DROP TABLE IF EXISTS others")
		return errors.Join(err, dropped)
	})
	if err != nil {
		return fmt.Errorf("writing actions: %w", err)
	}
	return e.upload(ctx, temp, name)
}

// stagedRows returns the rows of a staging table with the columns that SQL
// defines.
func stagedRows(columns string, actions iter.Seq[delta.Action]) iter.Seq[[]driver.Value] {
	places := map[string]int{}
	for i, definition := range strings.Split(columns, ",") {
		places[strings.Fields(definition)[0]] = i
	}
	return func(yield func([]driver.Value) bool) {
		for a := range actions {
			row := stagedAction{places: places, row: make([]driver.Value, len(places))}
			if row.fill(a) && !yield(row.row) {
				return
			}
		}
	}
}

// stagedAction is a row of the staged actions.
type stagedAction struct {
	places map[string]int
	row    []driver.Value
}

func (r stagedAction) set(column string, v driver.Value) { r.row[r.places[column]] = v }

// optional sets what is not empty.
func (r stagedAction) optional(column, text string) {
	if text != "" {
		r.set(column, text)
	}
}

func (r stagedAction) list(column string, texts []string) {
	if texts != nil {
		r.set(column, texts)
	}
}

func (r stagedAction) texts(keys, values string, m map[string]string) {
	sorted := slices.Sorted(maps.Keys(m))
	found := make([]string, len(sorted))
	for i, key := range sorted {
		found[i] = m[key]
	}
	r.set(keys, append([]string{}, sorted...))
	r.set(values, found)
}

func (r stagedAction) partition(m map[string]*string) {
	sorted := slices.Sorted(maps.Keys(m))
	found := make([]any, len(sorted))
	for i, key := range sorted {
		if m[key] != nil {
			found[i] = *m[key]
		}
	}
	r.set("keys", append([]string{}, sorted...))
	r.set("vals", found)
}

func (r stagedAction) vector(d *delta.DeletionVector) {
	if d == nil {
		return
	}
	r.set("dv_type", d.StorageType)
	r.set("dv_path", d.PathOrInlineDV)
	if d.Offset != nil {
		r.set("dv_offset", *d.Offset)
	}
	r.set("dv_size", d.SizeInBytes)
	r.set("dv_rows", d.Cardinality)
}

// fill reports whether the action is one that a checkpoint holds.
func (r stagedAction) fill(a delta.Action) bool {
	switch {
	case a.Add != nil:
		r.add(a.Add)
	case a.Remove != nil:
		r.remove(a.Remove)
	case a.Txn != nil:
		r.set("kind", "txn")
		r.set("id", a.Txn.AppID)
		r.set("version", a.Txn.Version)
		r.time(a.Txn.LastUpdated)
	case a.Metadata != nil:
		r.metadata(a.Metadata)
	case a.Protocol != nil:
		r.set("kind", "protocol")
		r.set("reader", a.Protocol.MinReaderVersion)
		r.set("writer", a.Protocol.MinWriterVersion)
		r.list("reader_features", a.Protocol.ReaderFeatures)
		r.list("writer_features", a.Protocol.WriterFeatures)
	case a.DomainMetadata != nil:
		r.set("kind", "domainMetadata")
		r.set("id", a.DomainMetadata.Domain)
		r.set("configuration", a.DomainMetadata.Configuration)
		r.set("removed", a.DomainMetadata.Removed)
	default:
		return false
	}
	return true
}

// time sets an optional point in time.
func (r stagedAction) time(at int64) {
	if at != 0 {
		r.set("moment", at)
	}
}

func (r stagedAction) add(a *delta.Add) {
	r.set("kind", "add")
	r.set("path", a.Path)
	r.partition(a.PartitionValues)
	r.set("size", a.Size)
	r.set("moment", a.ModificationTime)
	r.set("change", a.DataChange)
	r.optional("stats", a.Stats)
	if a.Tags != nil {
		r.texts("tag_keys", "tag_vals", a.Tags)
	}
	r.vector(a.DeletionVector)
}

func (r stagedAction) remove(a *delta.Remove) {
	r.set("kind", "remove")
	r.set("path", a.Path)
	r.time(a.DeletionTimestamp)
	r.set("change", a.DataChange)
	r.set("extended", a.ExtendedFileMetadata)
	if a.ExtendedFileMetadata {
		r.partition(a.PartitionValues)
		r.set("size", a.Size)
	}
	r.vector(a.DeletionVector)
}

func (r stagedAction) metadata(m *delta.Metadata) {
	r.set("kind", "metaData")
	r.set("id", m.ID)
	r.optional("name", m.Name)
	r.optional("description", m.Description)
	r.set("provider", m.Format.Provider)
	r.texts("option_keys", "option_vals", m.Format.Options)
	r.set("schema", m.SchemaString)
	r.set("partitioning", append([]string{}, m.PartitionColumns...))
	r.texts("keys", "vals", m.Configuration)
	r.time(m.CreatedTime)
}
