package duck

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"leadlake/internal/delta"
)

// cellReader turns what the driver returns into a cell as Rows yields it.
type cellReader func(v any) (any, error)

// filePlan is how the files of one schema are read as columns of a table.
type filePlan struct {
	expressions []string     // in SQL, over the columns of positional
	cells       []int        // which column of the table each of them is
	readers     []cellReader // what to do with each of them
}

// planFiles finds columns in the files of g. A column whose type in the file
// is neither the table's nor widens to it is an error.
func planFiles(columns []delta.Column, partitioned map[string]bool, g parquetGroup) (filePlan, error) {
	var p filePlan
	for i, c := range columns {
		if partitioned[c.Name] || c.Type.Name == "void" {
			continue
		}
		at, err := findColumn(c, g.columns)
		if err != nil {
			return p, err
		}
		if at < 0 {
			continue
		}
		read, err := planType(c.Type, &g.columns[at])
		if err != nil {
			return p, fmt.Errorf("column %q: %w", c.Name, err)
		}
		p.expressions = append(p.expressions, expression(&g.columns[at], fmt.Sprintf("c%d", at), 0))
		p.cells = append(p.cells, i)
		p.readers = append(p.readers, read)
	}
	return p, nil
}

// findColumn returns the place of c among the columns of a file or the members
// of a struct, -1 where it is missing.
func findColumn(c delta.Column, nodes []parquetNode) (int, error) {
	if c.ID > 0 {
		return findID(c, nodes)
	}
	if at := slices.IndexFunc(nodes, func(n parquetNode) bool { return n.name == c.Physical }); at >= 0 {
		return at, nil
	}
	found := -1
	for i, n := range nodes { // writers that know no upper case
		if !strings.EqualFold(n.name, c.Physical) {
			continue
		}
		if found >= 0 {
			return -1, fmt.Errorf("column %q: the file has it twice, as %q and %q", c.Name, nodes[found].name, n.name)
		}
		found = i
	}
	return found, nil
}

func findID(c delta.Column, nodes []parquetNode) (int, error) {
	if !slices.ContainsFunc(nodes, func(n parquetNode) bool { return n.id > 0 }) {
		return -1, fmt.Errorf("column %q: the file has no field ids, by which columnMapping finds columns", c.Name)
	}
	return slices.IndexFunc(nodes, func(n parquetNode) bool { return n.id == c.ID }), nil
}

// mismatch says that a file holds something else than the table says.
func mismatch(t delta.DataType, n *parquetNode) error {
	return fmt.Errorf("the file has the type %s, which is no %s", n.describe(), describe(t))
}

func describe(t delta.DataType) string {
	if t.Name == "decimal" {
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	}
	return t.Name
}

func (n *parquetNode) describe() string {
	if n.kind != "leaf" {
		return n.kind
	}
	if n.duck == "" {
		return n.physical
	}
	return n.duck
}

// planType returns what reads n as t.
func planType(t delta.DataType, n *parquetNode) (cellReader, error) {
	switch {
	case t.Name == "void":
		return func(any) (any, error) { return nil, nil }, nil //nolint:nilnil // null is the value
	case t.Name == "struct" && n.kind == "struct":
		return planStruct(t, n)
	case t.Name == "array" && n.kind == "list":
		element, err := planType(*t.Element, &n.children[0])
		return readList(element), err
	case t.Name == "map" && n.kind == "map":
		key, errKey := planType(*t.Key, &n.children[0])
		value, errValue := planType(*t.Element, &n.children[1])
		return readMap(key, value), errors.Join(errKey, errValue)
	case n.kind != "leaf":
		return nil, mismatch(t, n)
	}
	read, err := planLeaf(t, n)
	if err != nil {
		return nil, err
	}
	return func(v any) (any, error) {
		if v == nil {
			return nil, nil //nolint:nilnil // null is the value
		}
		return read(v)
	}, nil
}

// planStruct returns what makes a list of the fields of t, in their order.
func planStruct(t delta.DataType, n *parquetNode) (cellReader, error) {
	for i, one := range n.children { // DuckDB would give one of them another name
		if slices.ContainsFunc(n.children[:i], func(o parquetNode) bool { return strings.EqualFold(o.name, one.name) }) {
			return nil, fmt.Errorf("the file has the field %q twice", one.name)
		}
	}
	names, readers := make([]string, len(t.Fields)), make([]cellReader, len(t.Fields))
	for i, f := range t.Fields {
		at, err := findColumn(f, n.children)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			continue
		}
		names[i] = n.children[at].name
		if readers[i], err = planType(f.Type, &n.children[at]); err != nil {
			return nil, fmt.Errorf("field %q: %w", f.Name, err)
		}
	}
	return readStruct(names, readers), nil
}

// readStruct reads the named members of a struct; those without a reader are
// null.
func readStruct(names []string, readers []cellReader) cellReader {
	return func(v any) (any, error) {
		if v == nil {
			return nil, nil //nolint:nilnil // null is the value
		}
		members, ok := v.(map[string]any)
		if !ok {
			return nil, unexpected(v, "struct")
		}
		fields := make([]any, len(readers))
		for i, read := range readers {
			if read == nil {
				continue
			}
			member, ok := members[names[i]]
			if !ok {
				return nil, fmt.Errorf("reading struct: no field %q", names[i])
			}
			var err error
			if fields[i], err = read(member); err != nil {
				return nil, err
			}
		}
		return fields, nil
	}
}

// readList reads each item of a list.
func readList(read cellReader) cellReader {
	return func(v any) (any, error) {
		if v == nil {
			return nil, nil //nolint:nilnil // null is the value
		}
		items, ok := v.([]any)
		if !ok {
			return nil, unexpected(v, "list")
		}
		for i, item := range items {
			var err error
			if items[i], err = read(item); err != nil {
				return nil, err
			}
		}
		return items, nil
	}
}

// readMap reads the entries that expression makes of a map.
func readMap(key, value cellReader) cellReader {
	return func(v any) (any, error) {
		if v == nil {
			return nil, nil //nolint:nilnil // null is the value
		}
		items, ok := v.([]any)
		if !ok {
			return nil, unexpected(v, "map")
		}
		entries := make([]Entry, len(items))
		for i, item := range items {
			pair, ok := item.(map[string]any)
			if !ok {
				return nil, unexpected(item, "map entry")
			}
			var errKey, errValue error
			entries[i].Key, errKey = key(pair["key"])
			entries[i].Value, errValue = value(pair["value"])
			if err := errors.Join(errKey, errValue); err != nil {
				return nil, err
			}
		}
		return entries, nil
	}
}

func unexpected(v any, kind string) error { return fmt.Errorf("reading %s: unexpected %T", kind, v) }

// expression returns SQL for the value x of n: in place of maps, which the
// driver cannot hold if a key is no simple value, lists of their entries.
func expression(n *parquetNode, x string, depth int) string {
	if n.duck == "JSON" {
		return x + "::VARCHAR"
	}
	if !n.holdsMap() {
		return x
	}
	e := fmt.Sprintf("e%d", depth)
	switch n.kind {
	case "map":
		key, value := &n.children[0], &n.children[1]
		if !key.holdsMap() && !value.holdsMap() {
			return "map_entries(" + x + ")"
		}
		return fmt.Sprintf("list_transform(map_entries(%s), lambda %s: {'key': %s, 'value': %s})", x, e,
			expression(key, e+".key", depth+1), expression(value, e+".value", depth+1))
	case "list":
		return fmt.Sprintf("list_transform(%s, lambda %s: %s)", x, e, expression(&n.children[0], e, depth+1))
	default:
		members := make([]string, len(n.children))
		for i := range n.children {
			c := &n.children[i]
			members[i] = identifier(c.name) + ": " + expression(c, x+"."+identifier(c.name), depth)
		}
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN {%s} END", x, strings.Join(members, ", "))
	}
}

// holdsMap reports whether a map, or what else the driver cannot return as it
// is, is in n.
func (n *parquetNode) holdsMap() bool {
	return n.kind == "map" || n.duck == "JSON" || slices.ContainsFunc(n.children, func(c parquetNode) bool { return c.holdsMap() })
}
