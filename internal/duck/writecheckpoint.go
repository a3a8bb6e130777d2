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
const fileColumns = `added BOOLEAN, path VARCHAR, keys VARCHAR[], vals VARCHAR[], size BIGINT, moment BIGINT, change BOOLEAN, extended BOOLEAN,
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
	CASE WHEN added THEN {path: path, partitionValues: map(coalesce(keys, []), coalesce(vals, [])), size: size, modificationTime: moment, dataChange: change,
		stats: stats, tags: CASE WHEN tag_keys IS NOT NULL THEN map(tag_keys, tag_vals) END, deletionVector: vector} END AS "add",
	CASE WHEN NOT added THEN {path: path, deletionTimestamp: moment, dataChange: change, extendedFileMetadata: extended,
		partitionValues: CASE WHEN extended THEN map(coalesce(keys, []), coalesce(vals, [])) END, size: size, deletionVector: vector} END AS remove,
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
		err := stageRows(ctx, conn, "files", fileColumns, func(yield func([]driver.Value) bool) {
			var row []driver.Value
			for a := range actions {
				if a.Add == nil && a.Remove == nil {
					others = append(others, a)
					continue
				}
				if row = fileRow(row[:0], a); !yield(row) {
					return
				}
			}
		})
		if err == nil {
			err = stageRows(ctx, conn, "others", otherColumns, otherRows(others))
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
	return e.storeFile(ctx, temp, name)
}

// fileRow appends the cells of an add or a remove, in the order of fileColumns.
func fileRow(row []driver.Value, a delta.Action) []driver.Value {
	if r := a.Remove; r != nil {
		row = append(row, false, r.Path)
		if r.ExtendedFileMetadata {
			row = append(partition(row, r.PartitionValues), r.Size)
		} else {
			row = append(row, nil, nil, nil)
		}
		row = append(row, optional(r.DeletionTimestamp), r.DataChange, r.ExtendedFileMetadata, nil, nil, nil)
		return vector(row, r.DeletionVector)
	}
	row = append(partition(append(row, true, a.Add.Path), a.Add.PartitionValues),
		a.Add.Size, a.Add.ModificationTime, a.Add.DataChange, nil, optional(a.Add.Stats))
	if a.Add.Tags == nil {
		row = append(row, nil, nil)
	} else {
		keys, values := texts(a.Add.Tags)
		row = append(row, keys, values)
	}
	return vector(row, a.Add.DeletionVector)
}

// optional returns what is not empty, else nil.
func optional[T comparable](value T) driver.Value {
	var empty T
	if value == empty {
		return nil
	}
	return value
}

// partition appends the names and the values of partition columns.
func partition(row []driver.Value, m map[string]*string) []driver.Value {
	if len(m) == 0 {
		return append(row, nil, nil)
	}
	names := slices.Sorted(maps.Keys(m))
	values := make([]any, len(names))
	for i, name := range names {
		if m[name] != nil {
			values[i] = *m[name]
		}
	}
	return append(row, names, values)
}

func vector(row []driver.Value, d *delta.DeletionVector) []driver.Value {
	if d == nil {
		return append(row, nil, nil, nil, nil, nil)
	}
	var offset driver.Value
	if d.Offset != nil {
		offset = *d.Offset
	}
	return append(row, d.StorageType, d.PathOrInlineDV, offset, d.SizeInBytes, d.Cardinality)
}

// texts returns the keys and the values of a map.
func texts(m map[string]string) (keys, values []string) {
	keys, values = slices.AppendSeq([]string{}, maps.Keys(m)), make([]string, len(m))
	slices.Sort(keys)
	for i, key := range keys {
		values[i] = m[key]
	}
	return keys, values
}

// otherRows returns the rows of the table for actions of which there are few.
func otherRows(actions []delta.Action) iter.Seq[[]driver.Value] {
	places := map[string]int{}
	for i, definition := range strings.Split(otherColumns, ",") {
		places[strings.Fields(definition)[0]] = i
	}
	return func(yield func([]driver.Value) bool) {
		for _, a := range actions {
			row := stagedAction{places: places, row: make([]driver.Value, len(places))}
			if row.fill(a) && !yield(row.row) {
				return
			}
		}
	}
}

// stagedAction is a row of the other actions.
type stagedAction struct {
	places map[string]int
	row    []driver.Value
}

func (r stagedAction) set(column string, v driver.Value) { r.row[r.places[column]] = v }

func (r stagedAction) list(column string, texts []string) {
	if texts != nil {
		r.set(column, texts)
	}
}

func (r stagedAction) texts(keys, values string, m map[string]string) {
	k, v := texts(m)
	r.set(keys, k)
	r.set(values, v)
}

// fill reports whether the action is one that a checkpoint holds.
func (r stagedAction) fill(a delta.Action) bool {
	switch {
	case a.Txn != nil:
		r.set("kind", "txn")
		r.set("id", a.Txn.AppID)
		r.set("version", a.Txn.Version)
		r.set("moment", optional(a.Txn.LastUpdated))
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

func (r stagedAction) metadata(m *delta.Metadata) {
	r.set("kind", "metaData")
	r.set("id", m.ID)
	r.set("name", optional(m.Name))
	r.set("description", optional(m.Description))
	r.set("provider", m.Format.Provider)
	r.texts("option_keys", "option_vals", m.Format.Options)
	r.set("schema", m.SchemaString)
	r.set("partitioning", append([]string{}, m.PartitionColumns...))
	r.texts("keys", "vals", m.Configuration)
	r.set("moment", optional(m.CreatedTime))
}
