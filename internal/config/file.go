package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// document is what leadlake.yaml says, as text: a database id made of digits
// must not pass through a number.
type document struct {
	values map[string]string // by key; a list is joined with commas
	events map[string]string
	fields map[string]string
}

// parseFile reads leadlake.yaml; everything that is wrong with it is in one
// error, with its line.
func parseFile(data []byte) (document, error) {
	doc := document{values: map[string]string{}}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return doc, fmt.Errorf("leadlake.yaml is not valid YAML, %s", syntax(err))
	}
	if len(file.Docs) > 1 {
		return doc, errors.New("leadlake.yaml holds more than one document: keep what is before the second ---")
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return doc, nil
	}
	top, err := entries(file.Docs[0].Body)
	if err != nil {
		return doc, fmt.Errorf("leadlake.yaml: %w", err)
	}
	known := append(keys(), "events", "fields")
	var errs []error
	for _, e := range top {
		key := keyOf(e)
		if err := doc.take(key, e.Value, known); err != nil {
			errs = append(errs, fmt.Errorf("leadlake.yaml line %d: %w", e.Key.GetToken().Position.Line, err))
		}
	}
	return doc, errors.Join(errs...)
}

func (d *document) take(key string, value ast.Node, known []string) (err error) {
	switch {
	case key == "events":
		d.events, err = texts(key, value)
	case key == "fields":
		d.fields, err = texts(key, value)
	case isSecretKey(key): // refused by the loader, whatever it holds
		d.values[key] = "given"
	default:
		if !slices.Contains(known, key) {
			return fmt.Errorf("%q is not a setting%s", key, suggestion(key, known))
		}
		d.values[key], err = text(key, value)
	}
	return err
}

// entries returns the key-value pairs of a mapping.
func entries(n ast.Node) ([]*ast.MappingValueNode, error) {
	switch n := n.(type) {
	case *ast.NullNode, *ast.CommentGroupNode:
		return nil, nil
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	default:
		return nil, errors.New(`expected lines of the form "setting: value"`)
	}
}

// keyOf returns the key without the quotes that it may have.
func keyOf(e *ast.MappingValueNode) string {
	if s, ok := e.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return e.Key.String()
}

func texts(key string, n ast.Node) (map[string]string, error) {
	pairs, err := entries(n)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	out := make(map[string]string, len(pairs))
	for _, p := range pairs {
		name := keyOf(p)
		if out[name], err = text(key+"."+name, p.Value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// text returns a scalar as it is written; of a list, the scalars with commas
// between them.
func text(key string, n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.NullNode:
		return "", nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	case *ast.SequenceNode:
		var parts []string
		for _, item := range n.Values {
			part, err := text(key, item)
			if err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, ","), nil
	default:
		return "", fmt.Errorf("%s takes a plain value", key)
	}
}

// syntax says where the YAML is broken and how, without quoting it.
func syntax(err error) string {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return fmt.Sprintf("line %d: %s", at.GetToken().Position.Line, at.GetMessage())
	}
	return "check its indentation and quotes"
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
