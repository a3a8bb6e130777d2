package tabular

import (
	"slices"
	"strings"

	"leadlake"
)

// form is one way in which all values of a column may be written.
type form string

const (
	asText   form = "text"
	asComma  form = "number with a decimal comma"
	asPoint  form = "number with a decimal point"
	asFlag   form = "flag"
	asDay    form = "day"
	asSerial form = "day, or number of one" // only where a day is meant
	asList   form = "list"
)

func (f form) typed() leadlake.Type {
	return map[form]leadlake.Type{
		asText: leadlake.Text, asComma: leadlake.Number, asPoint: leadlake.Number, asFlag: leadlake.Flag,
		asDay: leadlake.Day, asSerial: leadlake.Day, asList: leadlake.List,
	}[f]
}

// value reads a cell in the form. The problem does not repeat the value.
func (f form) value(cell any, d days) (value leadlake.Value, problem string) {
	switch f {
	case asDay, asSerial:
		day, problem := d.of(cell, f == asSerial)
		if problem != "" {
			return nil, problem
		}
		return day, ""
	case asComma, asPoint:
		if number, ok := numberOf(cell, f == asComma); ok {
			return number, ""
		}
		return nil, "not a number"
	case asFlag:
		if flag, ok := flagOf(cell); ok {
			return flag, ""
		}
		return nil, "neither yes nor no"
	case asList:
		if list, ok := cell.([]string); ok {
			return list, ""
		}
		return nil, "not a list"
	case asText:
	}
	return textOf(cell), ""
}

// inspector finds out in which forms a column can be read, and how its values
// fill it.
type inspector struct {
	possible []form // beside text, the best first
	filled   int
	sample   string
}

func newInspector(decimalComma bool) *inspector {
	numbers := []form{asPoint, asComma}
	if decimalComma {
		slices.Reverse(numbers)
	}
	return &inspector{possible: slices.Concat([]form{asDay, asFlag, asList}, numbers)}
}

func (n *inspector) look(cell any, d days) {
	if cell == nil {
		return
	}
	if n.filled++; n.filled == 1 {
		n.sample = textOf(cell)
	}
	n.possible = slices.DeleteFunc(n.possible, func(f form) bool {
		_, problem := f.value(cell, d)
		return problem != ""
	})
}

// best returns the form in which to read the column: as what the table has
// there, if that can be, else as what fits best.
func (n *inspector) best(known leadlake.Type) form {
	if known == leadlake.Text {
		return asText
	}
	for _, f := range n.possible {
		if f.typed() == known {
			return f
		}
	}
	if len(n.possible) > 0 {
		return n.possible[0]
	}
	return asText
}

// decimalComma reports whether numbers in a file are likely to have one.
func decimalComma(s *Sheet) bool { return !strings.HasPrefix(s.Form, "CSV with commas") }
