package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"leadlake/internal/delta"
)

var _ delta.Parquet = (*Engine)(nil)

// slice is how many rows of a file are asked for at once: DuckDB holds an
// answer whole before it gives the first row of it. It is a row group of a
// checkpoint of ours.
const slice = 40_960

// ReadActions yields the actions in the rows of Parquet files of a log: of one
// kind after the other. Columns and members that a file lacks are null. It
// ends at the first error.
func (e *Engine) ReadActions(ctx context.Context, names []string) iter.Seq2[delta.Action, error] {
	return func(yield func(delta.Action, error) bool) {
		err := e.withNames(ctx, e.work, names, func(conn *sql.Conn) error {
			groups, err := e.parquetGroups(ctx, conn, names)
			if err != nil {
				if name, broken := e.brokenFooter(ctx, conn, names); broken != nil {
					return fmt.Errorf("%s: %w", name, broken)
				}
				return err
			}
			if broken, err := e.checkPages(ctx, conn, groups); broken != "" {
				return fmt.Errorf("%s: %w", broken, err)
			} else if err != nil {
				return err
			}
			for _, g := range groups {
				for _, q := range g.questions() {
					if err := e.readKind(ctx, conn, g, q, yield); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(delta.Action{}, fmt.Errorf("reading actions: %w", err))
		}
	}
}

func (e *Engine) readKind(ctx context.Context, conn *sql.Conn, g parquetGroup, q actionQuestion, yield func(delta.Action, error) bool) error {
	for _, f := range g.files {
		for from := int64(0); from < f.rows; from += slice {
			question := "SELECT " + strings.Join(q.cells, ", ") + " FROM " + e.positional([]string{f.name}, len(g.columns)) + " WHERE " + q.where
			if f.rows > slice {
				question += fmt.Sprintf(" AND file_row_number >= %d AND file_row_number < %d", from, from+slice)
			}
			err := eachRaw(ctx, conn, question, nil, func(row []driver.Value) error {
				c := cells{row: row}
				a := q.action(&c)
				if c.err == nil && !yield(a, nil) {
					return errStopped
				}
				return c.err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	return nil
}

// positional returns the rows of files of one schema with columns called c0,
// c1 and so on, whatever they are called there: a name may be DuckDB's own, or
// differ from another's by case only.
func (e *Engine) positional(names []string, columns int) string {
	aliases := make([]string, columns)
	for i := range aliases {
		aliases[i] = fmt.Sprintf("c%d", i)
	}
	return "read_parquet(" + e.pathList(names) + ", hive_partitioning = false) AS t(" + strings.Join(aliases, ", ") + ")"
}

// actionQuestion asks for the actions of one kind.
type actionQuestion struct {
	cells  []string // in the order in which action takes them
	where  string
	action func(*cells) delta.Action
}

// questions returns what to ask of the group's files: one for each kind of
// action that they can hold.
func (g parquetGroup) questions() []actionQuestion {
	var questions []actionQuestion
	for i := range g.columns {
		column := &g.columns[i]
		m := members{root: fmt.Sprintf("c%d", i), node: column}
		q := actionQuestion{where: m.root + " IS NOT NULL"}
		switch column.name {
		case "protocol":
			q.cells, q.action = m.protocol(), protocolAction
		case "metaData":
			q.cells, q.action = m.metadata(), metadataAction
		case "txn":
			q.cells, q.action = m.txn(), txnAction
		case "domainMetadata":
			q.cells, q.action = m.domain(), domainAction
		case "checkpointMetadata":
			q.cells, q.action = m.paths("version"), checkpointAction
		case "sidecar":
			q.cells, q.action = m.paths("path", "sizeInBytes"), sidecarAction
		case "remove":
			q.cells, q.action = m.remove(), removeAction
		case "add":
			questions = append(questions, m.adds(q)...)
			continue
		default:
			continue
		}
		questions = append(questions, q)
	}
	return questions
}

// members writes SQL for members of one column, null for what it lacks.
type members struct {
	root string
	node *parquetNode
}

func (m members) path(names ...string) string {
	steps, node := []string{m.root}, m.node
	for _, name := range names {
		if node = node.child(name); node == nil {
			return "NULL"
		}
		steps = append(steps, identifier(name))
	}
	return strings.Join(steps, ".")
}

func (m members) paths(names ...string) []string {
	expressions := make([]string, len(names))
	for i, name := range names {
		expressions[i] = m.path(name)
	}
	return expressions
}

// pairs returns the keys and the values of a map as two lists.
func (m members) pairs(names ...string) []string {
	if path := m.path(names...); path != "NULL" {
		return []string{"map_keys(" + path + ")", "map_values(" + path + ")"}
	}
	return []string{"NULL", "NULL"}
}

func (m members) protocol() []string {
	return m.paths("minReaderVersion", "minWriterVersion", "readerFeatures", "writerFeatures")
}

func (m members) metadata() []string {
	return slices.Concat(m.paths("id", "name", "description", "schemaString", "partitionColumns", "createdTime"),
		[]string{m.path("format", "provider")}, m.pairs("format", "options"), m.pairs("configuration"))
}

func (m members) txn() []string { return m.paths("appId", "version", "lastUpdated") }

func (m members) domain() []string { return m.paths("domain", "configuration", "removed") }

func (m members) vector() []string {
	all := make([]string, 0, 5)
	for _, name := range []string{"storageType", "pathOrInlineDv", "offset", "sizeInBytes", "cardinality"} {
		all = append(all, m.path("deletionVector", name))
	}
	return all
}

func (m members) remove() []string {
	return slices.Concat(m.paths("path", "deletionTimestamp", "dataChange", "extendedFileMetadata", "size"),
		m.pairs("partitionValues"), m.vector())
}

// adds returns q for adds: those with statistics as text, and those, if there
// can be any, that have them only as columns.
func (m members) adds(q actionQuestion) []actionQuestion {
	all := slices.Concat(m.paths("path", "size", "modificationTime", "dataChange"),
		m.pairs("partitionValues"), m.pairs("tags"), m.vector())
	stats, parsed := m.path("stats"), m.node.child("stats_parsed")
	withText, withColumns := q, q
	withText.cells, withText.action = slices.Concat(all, []string{stats}), addAction
	if parsed == nil {
		return []actionQuestion{withText}
	}
	withColumns.cells = slices.Concat(all, m.paths("stats_parsed"))
	withColumns.action = func(c *cells) delta.Action {
		stats := &c.row[len(c.row)-1]
		text := statsText(parsed, *stats)
		*stats = text
		return addAction(c)
	}
	if stats == "NULL" {
		return []actionQuestion{withColumns}
	}
	withText.where += " AND " + stats + " IS NOT NULL"
	withColumns.where += " AND " + stats + " IS NULL"
	return []actionQuestion{withText, withColumns}
}
