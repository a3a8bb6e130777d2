package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"leadlake"
)

// Amend returns leadlake.yaml with entries added under events: and fields:, in
// place of those of the same name. Everything else stays as it is written,
// comments too. data may be empty. What cannot be changed safely is an error.
func Amend(data []byte, events map[leadlake.Event]string, fields map[string]string) ([]byte, error) {
	before, err := parseFile(data)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]string, len(events))
	for e, property := range events {
		byName[string(e)] = property
	}
	text := string(data)
	for _, section := range []struct {
		key     string
		entries map[string]string
	}{{"events", byName}, {"fields", fields}} {
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(section.entries))) {
			if text, err = amend(text, section.key, name, section.entries[name]); err != nil {
				return nil, err
			}
		}
	}
	before.events, before.fields = merged(before.events, byName), merged(before.fields, fields)
	after, err := parseFile([]byte(text))
	if err != nil || !maps.Equal(after.events, before.events) || !maps.Equal(after.fields, before.fields) || !maps.Equal(after.values, before.values) {
		return nil, errUnsafe(byName, fields)
	}
	return []byte(text), nil
}

func merged(old, added map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, old)
	maps.Copy(all, added)
	return all
}

// errUnsafe gives the entries to a person to write.
func errUnsafe(events, fields map[string]string) error {
	var lines []string
	for key, entries := range map[string]map[string]string{"events": events, "fields": fields} {
		for _, name := range sortedKeys(entries) {
			lines = append(lines, fmt.Sprintf("%s.%s: %q", key, name, entries[name]))
		}
	}
	slices.Sort(lines)
	return leadlake.Errorf(leadlake.Invalid, "The file leadlake.yaml is written in a way that cannot be changed safely; put into it by hand: %s", strings.Join(lines, ", "))
}

// amend sets one entry of a section in the text of a file.
func amend(text, section, name, value string) (string, error) {
	entry := fmt.Sprintf("%s: %s", name, strconv.Quote(value))
	at, held, err := sectionOf(text, section)
	if err != nil {
		return "", err
	}
	if at == nil {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		return text + section + ":\n  " + entry + "\n", nil
	}
	lines := strings.SplitAfter(text, "\n")
	if i := slices.IndexFunc(held, func(e *ast.MappingValueNode) bool { return keyOf(e) == name }); i >= 0 {
		return replace(lines, held[i].Value, strconv.Quote(value)), nil
	}
	if flow, ok := at.Value.(*ast.MappingNode); ok && flow.IsFlowStyle {
		return insertFlow(lines, flow, entry, len(held) > 0), nil
	}
	line, indent := at.Key.GetToken().Position.Line, "  " // the line after the section's, counted from 0
	if len(held) > 0 {
		first := held[0].Key.GetToken().Position
		line, indent = first.Line-1, strings.Repeat(" ", first.Column-1)
	} else if !strings.HasSuffix(lines[line-1], "\n") {
		lines[line-1] += "\n"
	}
	return strings.Join(slices.Insert(lines, line, indent+entry+"\n"), ""), nil
}

// sectionOf finds a section of a file, nil where there is none, and what it
// holds.
func sectionOf(text, section string) (at *ast.MappingValueNode, held []*ast.MappingValueNode, err error) {
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return nil, nil, errors.New("leadlake.yaml is not valid YAML")
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, nil, nil
	}
	top, err := entries(file.Docs[0].Body)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(top, func(e *ast.MappingValueNode) bool { return keyOf(e) == section })
	if i < 0 {
		return nil, nil, nil
	}
	held, err = entries(top[i].Value)
	return top[i], held, err
}

// replace writes another value in the place of a plain one.
func replace(lines []string, old ast.Node, value string) string {
	token := old.GetToken()
	was := strings.TrimSpace(token.Origin)
	line := token.Position.Line - 1
	runes := []rune(lines[line])
	from := min(len(runes), max(0, token.Position.Column-1))
	lines[line] = string(runes[:from]) + strings.Replace(string(runes[from:]), was, value, 1)
	return strings.Join(lines, "")
}

// insertFlow writes an entry first into a mapping between braces.
func insertFlow(lines []string, flow *ast.MappingNode, entry string, more bool) string {
	if more {
		entry += ", "
	}
	at := flow.Start.Position
	runes := []rune(lines[at.Line-1])
	lines[at.Line-1] = string(runes[:at.Column]) + entry + string(runes[at.Column:])
	return strings.Join(lines, "")
}
