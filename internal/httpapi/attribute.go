package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"leadlake"
	"leadlake/internal/naming"
)

const (
	// maxAttributes is how many fields a lead may have beside the core ones.
	maxAttributes = 200
	// maxNew is how many columns one call may add to the table, so that a
	// mistake does not fill it with columns.
	maxNew = 50
	// maxColumns is how many the table may have.
	maxColumns = 1000
	maxItems   = 100 // of a list
)

// attributes are the columns that leads may have beside the core ones: those
// of the table, and those that the leads at hand add to it.
type attributes struct {
	columns map[string]leadlake.Column
	since   map[string]string // where a new one was seen first, "" for one of the table
	used    []string          // by leads, in their order
	room    int               // for new ones

	dictionary *naming.Dictionary
}

func newAttributes(columns []leadlake.Column) *attributes {
	a := &attributes{
		columns: map[string]leadlake.Column{}, since: map[string]string{}, room: max(0, min(maxNew, maxColumns-len(columns))),
		dictionary: naming.NewDictionary(),
	}
	core := leadlake.CoreColumns()
	for _, c := range columns {
		if !slices.ContainsFunc(core, func(other leadlake.Column) bool { return other.Name == c.Name }) {
			a.columns[c.Name] = c
		}
	}
	return a
}

// described returns the columns that leads speak of.
func (a *attributes) described() []leadlake.Column {
	columns := make([]leadlake.Column, len(a.used))
	for i, name := range a.used {
		columns[i] = a.columns[name]
	}
	return columns
}

// attribute reads a field that is no core column.
func (d *decoder) attribute(lead *leadlake.Lead, where, name string, raw json.RawMessage) {
	c, known := d.attributes.columns[name]
	if !known {
		if problem := d.attributes.nameProblem(name); problem != "" {
			d.fail(where, problem, nil)
			return
		}
	}
	if bytes.Equal(raw, []byte("null")) {
		lead.Values[name] = nil
		return
	}
	wanted := c.Type
	if !known {
		wanted = typeFor(name, raw)
	}
	value, problem := d.value(wanted, raw)
	switch {
	case problem != "" && known:
		problem += "; " + d.attributes.reason(name, wanted)
	case problem == "" && !known:
		problem = d.learn(leadlake.Column{Name: name, Type: wanted}, where)
	}
	if problem != "" {
		d.fail(where, problem, nil)
		return
	}
	if !slices.Contains(d.attributes.used, name) {
		d.attributes.used = append(d.attributes.used, name)
	}
	lead.Values[name] = value
}

// reason says why a column has its type.
func (a *attributes) reason(name string, t leadlake.Type) string {
	if where := a.since[name]; where != "" {
		return where + " made this field one of " + kindOf(t)
	}
	return "the table holds " + kindOf(t) + " here"
}

// learn adds a column to those that leads may have.
func (d *decoder) learn(c leadlake.Column, where string) (problem string) {
	if d.attributes.room == 0 {
		return fmt.Sprintf("there are too many new fields: one call may add %d, and the table may have %d", maxNew, maxColumns)
	}
	d.attributes.room--
	d.attributes.columns[c.Name], d.attributes.since[c.Name] = c, where
	return ""
}

// settle takes the nulls out of leads that stand in columns that there are
// not: nothing is known of their type, and there is nothing to clear. The
// other nulls make their columns spoken of.
func (d *decoder) settle(leads []leadlake.Lead) {
	core := leadlake.CoreColumns()
	for _, lead := range leads {
		for name, value := range lead.Values {
			if value != nil || slices.ContainsFunc(core, func(c leadlake.Column) bool { return c.Name == name }) {
				continue
			}
			if _, known := d.attributes.columns[name]; !known {
				delete(lead.Values, name)
			} else if !slices.Contains(d.attributes.used, name) {
				d.attributes.used = append(d.attributes.used, name)
			}
		}
	}
	slices.Sort(d.attributes.used)
}

// nameProblem says why a new column cannot have the name.
func (a *attributes) nameProblem(name string) string {
	const most = 60
	if len(name) <= most {
		meant, _ := a.dictionary.Meaning(name)
		for _, e := range leadlake.Events() {
			if strings.HasPrefix(name, "date_") && naming.Edits(name, string(e)) <= 2 {
				meant = string(e)
			}
		}
		if meant != "" {
			return "unknown field; did you mean " + meant + "?"
		}
	}
	begins := name != "" && name[0] >= 'a' && name[0] <= 'z'
	if !begins || len(name) > most || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return "unknown field; a lead has " + strings.Join(inputFields(), ", ") +
			", and others of your own: their names have small letters, digits and _, begin with a letter and have 60 characters at most"
	}
	return ""
}

// typeFor returns the type of a new column by its first value: what JSON says,
// and a day where the name begins with date_.
func typeFor(name string, raw json.RawMessage) leadlake.Type {
	switch {
	case strings.HasPrefix(name, "date_"):
		return leadlake.Day
	case raw[0] == 't' || raw[0] == 'f':
		return leadlake.Flag
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return leadlake.Number
	case raw[0] == '[':
		return leadlake.List
	}
	return leadlake.Text
}

// value reads JSON as a value of the type.
func (d *decoder) value(t leadlake.Type, raw json.RawMessage) (value leadlake.Value, problem string) {
	switch t {
	case leadlake.Number:
		return parseNumber(raw)
	case leadlake.Flag:
		var flag bool
		if json.Unmarshal(raw, &flag) != nil {
			return nil, "the value must be true or false"
		}
		return flag, ""
	case leadlake.List:
		return parseTexts(raw)
	case leadlake.Text, leadlake.Day:
		if raw[0] == '{' {
			return nil, "an object cannot be stored: send a text, a number, true, false or a list of texts"
		}
		text, problem := parseText(raw)
		if t == leadlake.Text || problem != "" {
			return text, problem
		}
		return parseMoment(text, d.zone)
	default:
		return nil, "this field cannot be set"
	}
}

// parseNumber reads a number that a double holds exactly, or as exactly as the
// digits that were sent.
func parseNumber(raw json.RawMessage) (value leadlake.Value, problem string) {
	number, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case raw[0] == '"' || err != nil && !math.IsInf(number, 0):
		return nil, "the value must be a number"
	case err != nil:
		return nil, "the number is too large"
	case math.Abs(number) > 1<<53 && !bytes.ContainsAny(raw, ".eE"):
		return nil, "the number has more digits than can be stored exactly; send it as a text in another field"
	}
	return number, ""
}

func parseTexts(raw json.RawMessage) (value leadlake.Value, problem string) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || items == nil {
		return nil, "the value must be a list of texts"
	}
	if len(items) > maxItems {
		return nil, fmt.Sprintf("the list has more than %d items", maxItems)
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		text, problem := parseText(item)
		if problem != "" {
			return nil, "the value must be a list of texts: in it, " + problem
		}
		texts = append(texts, text)
	}
	return texts, ""
}

func kindOf(t leadlake.Type) string {
	return map[leadlake.Type]string{
		leadlake.Text: "text", leadlake.Number: "numbers", leadlake.Flag: "true and false",
		leadlake.Day: "days", leadlake.List: "lists of texts", leadlake.Instant: "times",
	}[t]
}
