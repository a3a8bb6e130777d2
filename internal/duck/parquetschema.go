package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"leadlake/internal/parquet"
)

// parquetFile is one file of a parquetGroup.
type parquetFile struct {
	name string // in the bucket
	rows int64
}

// parquetGroup is files whose schemas are equal to the last annotation.
type parquetGroup struct {
	columns []parquetNode
	files   []parquetFile
}

// parquetNode is a column of a Parquet file, or a part of one, with the shape
// that DuckDB gives it: the wrappers of lists and maps are gone.
type parquetNode struct {
	name     string
	id       int    // its field_id, 0 for none
	kind     string // "struct", "list", "map" or "leaf"
	duck     string // of a leaf: DuckDB's type
	physical string // of a leaf: Parquet's type
	logical  string // of a leaf: what Parquet says that it means, "" for nothing
	children []parquetNode
}

// child returns the member of that name, nil where there is none.
func (n *parquetNode) child(name string) *parquetNode {
	for i := range n.children {
		if n.children[i].name == name {
			return &n.children[i]
		}
	}
	return nil
}

// parquetGroups reads the footers of the files names and groups them by their
// schema. A file that cannot be read is an error.
func (e *Engine) parquetGroups(ctx context.Context, conn *sql.Conn, names []string) ([]parquetGroup, error) {
	if len(names) == 0 {
		return nil, nil
	}
	byPath := make(map[string]string, len(names))
	for _, name := range names {
		byPath[e.disk.Path(name)] = name
		if err := parquet.CheckFooter(e.disk.Path(name)); err != nil {
			return nil, err
		}
	}
	list := e.pathList(names)
	question := `WITH nodes AS (
		SELECT file_name, list({name: name, type: type, repeated: repetition_type = 'REPEATED', children: num_children,
			converted: converted_type, logical: logical_type, id: field_id, duck: duckdb_type} ORDER BY column_id) AS nodes
		FROM parquet_schema(` + list + `) GROUP BY file_name)
	SELECT nodes, list({file: file_name, rows: num_rows} ORDER BY file_name)
	FROM nodes JOIN parquet_file_metadata(` + list + `) USING (file_name) GROUP BY nodes`
	var groups []parquetGroup
	var broken error
	found := 0
	err := each(ctx, conn, question, nil, func(row []any, _ error) bool {
		var g parquetGroup
		g.columns, broken = parquetTree(row[0])
		files, _ := row[1].([]any)
		for _, file := range files {
			f, _ := file.(map[string]any)
			path, _ := f["file"].(string)
			rows, _ := f["rows"].(int64)
			if rows < 0 {
				broken = fmt.Errorf("reading footer: it says that there are %d rows", rows)
			}
			if name, ok := byPath[path]; ok {
				g.files = append(g.files, parquetFile{name: name, rows: rows})
			}
		}
		found += len(g.files)
		groups = append(groups, g)
		return broken == nil
	})
	switch {
	case broken != nil:
		return nil, broken
	case err != nil:
		return nil, err
	case found != len(byPath):
		return nil, fmt.Errorf("reading footers: found %d of %d files", found, len(byPath))
	}
	return groups, nil
}

// brokenFooter finds the first of the files whose footer cannot be read; DuckDB does
// not say which one it is.
func (e *Engine) brokenFooter(ctx context.Context, conn *sql.Conn, names []string) (name string, err error) {
	for _, name := range names {
		if _, err := e.parquetGroups(ctx, conn, []string{name}); err != nil {
			return name, err
		}
	}
	return "", nil
}

// pathList writes names as a list of files in SQL.
func (e *Engine) pathList(names []string) string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = text(e.disk.Path(name))
	}
	return "[" + strings.Join(paths, ", ") + "]"
}

// element is a node as the file's footer lists it, parents before children.
type element struct {
	parquetNode
	number                int // of its children
	repeated              bool
	isList, isMap, isPair bool
}

// parquetTree turns the flat list of a footer into the columns of the file.
func parquetTree(cell any) ([]parquetNode, error) {
	list, _ := cell.([]any)
	elements := make([]element, len(list))
	for i, item := range list {
		fields, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("reading footer: unexpected %T", item)
		}
		elements[i] = newElement(fields)
		if n := elements[i].number; n < 0 || n >= len(list) {
			return nil, fmt.Errorf("reading footer: %q has %d members", elements[i].name, n)
		}
	}
	t := treeReader{elements: elements}
	if len(elements) == 0 {
		return nil, nil
	}
	root := elements[0]
	t.next = 1
	columns := make([]parquetNode, root.number)
	for i := range columns {
		var err error
		if columns[i], err = t.read(root); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

func newElement(fields map[string]any) element {
	word := func(key string) string { s, _ := fields[key].(string); return s }
	number := func(key string) int { n, _ := asInt(fields[key]); return int(n) }
	converted, logical := word("converted"), word("logical")
	e := element{number: number("children")}
	e.name, e.id, e.duck, e.physical = word("name"), number("id"), word("duck"), word("type")
	e.logical = logical
	if logical == "" {
		e.logical = converted
	}
	e.repeated, _ = fields["repeated"].(bool)
	e.isList = converted == "LIST" || strings.HasPrefix(logical, "ListType")
	e.isMap = converted == "MAP" || strings.HasPrefix(logical, "MapType")
	e.isPair = converted == "MAP_KEY_VALUE"
	return e
}

// treeReader reads the elements of a footer in their order, by the rules by
// which DuckDB turns them into types.
type treeReader struct {
	elements []element
	next     int
	depth    int
}

// maxDepth bounds how deep a footer can make us go.
const maxDepth = 200

func (t *treeReader) read(parent element) (parquetNode, error) {
	if t.next >= len(t.elements) || t.depth > maxDepth {
		return parquetNode{}, errors.New("reading footer: its schema ends too early or is too deep")
	}
	e := t.elements[t.next]
	t.next++
	if e.number == 0 {
		e.kind = "leaf"
		return e.repeatedIf(e.repeated), nil
	}
	t.depth++
	defer func() { t.depth-- }()
	children := make([]parquetNode, 0, e.number)
	for range e.number {
		child, err := t.read(e)
		if err != nil {
			return parquetNode{}, err
		}
		children = append(children, child)
	}
	return e.withChildren(parent, children)
}

// withChildren returns what e stands for.
func (e element) withChildren(parent element, children []parquetNode) (parquetNode, error) {
	node := e.parquetNode
	switch {
	case e.isPair || parent.isMap && parent.number == 1:
		if len(children) != 2 {
			return node, fmt.Errorf("reading footer: the map %q has no pairs", parent.name)
		}
		node.kind, node.children = "map", children
		return node, nil
	case len(children) > 1 || !e.isList && !e.isMap && !e.repeated:
		node.kind, node.children = "struct", children
	default: // a wrapper with one thing in it stands for that
		node = children[0]
		node.name, node.id = e.name, e.id
	}
	return node.repeatedIf(e.repeated), nil
}

// repeatedIf returns n, or the list of it.
func (n parquetNode) repeatedIf(repeated bool) parquetNode {
	if !repeated {
		return n
	}
	return parquetNode{name: n.name, id: n.id, kind: "list", children: []parquetNode{n}}
}

// asInt returns a whole number of any width.
func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}
