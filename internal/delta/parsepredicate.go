package delta

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ParsePredicate reads a condition on one of the columns as a person types it:
// a column, an operator and a value, such as
//
//	statut = Signé
//	"odd = name" >= 2026-01-31
//	email is null
//
// A name that holds an operator stands in double quotes. A value is the rest of
// the text; between single or double quotes it is what they hold. Quotes within
// quotes are written twice.
func ParsePredicate(columns []Column, text string) (Predicate, error) {
	name, rest, err := cutName(strings.TrimSpace(text))
	if err != nil {
		return Predicate{}, err
	}
	column, err := columnCalled(columns, name)
	if err != nil {
		return Predicate{}, err
	}
	op, value := cutOp(rest)
	p := Predicate{Column: column.Name, Op: op}
	switch {
	case op == "":
		return Predicate{}, fmt.Errorf("%w: write an operator behind %q: =, !=, <, <=, >, >=, is null or is not null", ErrPredicate, column.Name)
	case op == IsNull || op == IsNotNull:
	case strings.EqualFold(value, "null"):
		return Predicate{}, fmt.Errorf("%w: nothing equals null: write %s is null, or 'null' for the word", ErrPredicate, quotedName(column.Name))
	case value == "":
		return Predicate{}, fmt.Errorf("%w: write a value behind %s, '' for the empty text", ErrPredicate, op)
	default:
		if err := column.comparable(); err != nil {
			return Predicate{}, err
		}
		if p.Value, err = column.parse(unquote(value)); err != nil {
			return Predicate{}, err
		}
	}
	_, err = p.check(columns)
	return p, err
}

// cutName cuts the column's name off, and leaves the operator and the value.
func cutName(text string) (name, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		for i := 1; i < len(text); i++ {
			switch {
			case text[i] != '"':
			case strings.HasPrefix(text[i+1:], `"`):
				i++
			default:
				return unquote(text[:i+1]), strings.TrimSpace(text[i+1:]), nil
			}
		}
		return "", "", fmt.Errorf(`%w: the quotes around the column's name are not closed: write "name" = value`, ErrPredicate)
	}
	if at := strings.IndexAny(text, "=!<>"); at >= 0 {
		return strings.TrimSpace(text[:at]), text[at:], nil
	}
	words := strings.FieldsFunc(text, unicode.IsSpace)
	for _, op := range []string{"is not null", "is null"} {
		n := len(strings.Fields(op))
		if len(words) > n && strings.EqualFold(strings.Join(words[len(words)-n:], " "), op) {
			at := strings.LastIndex(strings.ToLower(text), "is")
			if at >= 0 && len(text) == len(strings.ToLower(text)) {
				return strings.TrimSpace(text[:at]), text[at:], nil
			}
			return strings.Join(words[:len(words)-n], " "), op, nil
		}
	}
	return "", "", fmt.Errorf("%w: write a column, an operator and a value, such as: statut = Signé, or: email is null", ErrPredicate)
}

// cutOp reads the operator at the beginning of text; "" where there is none.
func cutOp(text string) (Op, string) {
	if words := strings.ToUpper(strings.Join(strings.Fields(text), " ")); words == string(IsNull) || words == string(IsNotNull) {
		return Op(words), ""
	}
	for _, written := range []struct {
		text string
		op   Op
	}{
		{"!=", NotEqual},
		{"<>", NotEqual},
		{"<=", LessOrEqual},
		{">=", GreaterOrEqual},
		{"==", Equal},
		{"=", Equal},
		{"<", Less},
		{">", Greater},
	} {
		if rest, ok := strings.CutPrefix(text, written.text); ok {
			return written.op, strings.TrimSpace(rest)
		}
	}
	return "", ""
}

// unquote takes the quotes off a text that stands in them.
func unquote(text string) string {
	for _, quote := range []string{"'", `"`} {
		if len(text) >= 2 && strings.HasPrefix(text, quote) && strings.HasSuffix(text, quote) {
			return strings.ReplaceAll(text[1:len(text)-1], quote+quote, quote)
		}
	}
	return text
}

// columnCalled finds a column by its name, in whatever case.
func columnCalled(columns []Column, name string) (Column, error) {
	same := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
	if same < 0 {
		same = slices.IndexFunc(columns, func(c Column) bool { return strings.EqualFold(c.Name, name) })
	}
	if same < 0 {
		return Column{}, fmt.Errorf("%w: there is no column %q; the columns are %s", ErrPredicate, name, listed(columns))
	}
	return columns[same], nil
}

// parse reads a value of the column.
func (c Column) parse(text string) (any, error) {
	v, err := parsePartition(c.Type, text)
	if err != nil {
		return nil, c.wants()
	}
	switch v := v.(type) {
	case string:
		if c.Type.Name != "decimal" {
			return v, nil
		}
		digits, ok := new(big.Rat).SetString(v)
		if !ok {
			return nil, c.wants()
		}
		return digits, nil
	case time.Time:
		return v.UTC(), nil
	}
	return v, nil
}

// quotedName writes a column's name as ParsePredicate reads it.
func quotedName(name string) string {
	if strings.ContainsAny(name, `=!<>"`) {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return name
}
