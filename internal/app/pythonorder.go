package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"leadlake/internal/duck"
)

// sorted returns the entries of a map in the order of the canonical form: of
// the texts with which Python shows them, in which 10 stands before 9.
func (f *form) sorted(entries []duck.Entry) []duck.Entry {
	type shown struct {
		entry duck.Entry
		text  string
	}
	all := make([]shown, len(entries))
	for i, e := range entries {
		all[i] = shown{e, string(f.appendPair(nil, e))}
	}
	slices.SortStableFunc(all, func(a, b shown) int { return strings.Compare(a.text, b.text) })
	ordered := make([]duck.Entry, len(all))
	for i, s := range all {
		ordered[i] = s.entry
	}
	return ordered
}

// appendPair writes an entry as Python shows a tuple.
func (f *form) appendPair(text []byte, e duck.Entry) []byte {
	text = f.key.appendShown(append(text, '('), e.Key)
	return append(f.element.appendShown(append(text, ", "...), e.Value), ')')
}

// appendShown writes a value as Python shows it.
func (f *form) appendShown(text []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(text, "None"...)
	case bool:
		return append(text, map[bool]string{true: "True", false: "False"}[v]...)
	case int64:
		return strconv.AppendInt(text, v, 10)
	case []duck.Entry:
		text = append(text, '[')
		for i, e := range f.sorted(v) {
			text = f.appendPair(appendSpaced(text, i), e)
		}
		return append(text, ']')
	case []any:
		return f.appendItems(text, v)
	default:
		return appendQuoted(text, f.text(value))
	}
}

func (f *form) appendItems(text []byte, items []any) []byte {
	if f.name != "struct" {
		text = append(text, '[')
		for i, item := range items {
			text = f.element.appendShown(appendSpaced(text, i), item)
		}
		return append(text, ']')
	}
	forms := make([]*form, len(f.members))
	for _, m := range f.members {
		forms[m.at] = m.form
	}
	text = append(text, '{')
	for i, item := range items {
		text = append(appendQuoted(appendSpaced(text, i), f.fields[i]), ": "...)
		text = forms[i].appendShown(text, item)
	}
	return append(text, '}')
}

// appendSpaced separates the i-th item from the one before it.
func appendSpaced(text []byte, i int) []byte {
	if i > 0 {
		return append(text, ", "...)
	}
	return text
}

// appendQuoted writes a text as Python shows it.
func appendQuoted(text []byte, s string) []byte {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	text = utf8.AppendRune(text, quote)
	for _, r := range s {
		if i := strings.IndexRune("\\\n\r\t", r); i >= 0 {
			text = append(text, '\\', `\nrt`[i])
			continue
		}
		switch {
		case r == quote:
			text = append(text, '\\', '\'')
		case unicode.IsPrint(r):
			text = utf8.AppendRune(text, r)
		case r < 0x100:
			text = fmt.Appendf(text, `\x%02x`, r)
		case r < 0x10000:
			text = fmt.Appendf(text, `\u%04x`, r)
		default:
			text = fmt.Appendf(text, `\U%08x`, r)
		}
	}
	return utf8.AppendRune(text, quote)
}
