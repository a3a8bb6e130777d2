package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/delta"
	"leadlake/internal/naming"
)

// mapColumns says which column feeds which, by what the user chose and what
// the names mean.
func (p *Plan) mapColumns(columns []delta.Column) error {
	for _, c := range columns {
		p.Columns = append(p.Columns, Column{Name: c.Name, Type: describe(c.Type), data: c.Type})
	}
	taken := map[string]bool{}
	if err := p.choose(taken); err != nil {
		return err
	}
	p.recognise(taken)
	p.attributes(taken)
	if p.id < 0 {
		return leadlake.Errorf(leadlake.Invalid,
			"The table has no column called id, by which its leads are known. It has %s. If one of them holds the ids, say so: --map \"COLUMN=id\". Nothing was changed.", p.names())
	}
	if c := p.Columns[p.id]; c.data.Name != "string" {
		return leadlake.Errorf(leadlake.Invalid, "The ids of the table, in column %q, are of type %s and not text, so they are none of Notion's. Nothing was changed.", c.Name, c.Type)
	}
	return nil
}

func (p *Plan) names() string {
	names := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		names[i] = fmt.Sprintf("%q", c.Name)
	}
	return strings.Join(names, ", ")
}

// choose applies what the user says.
func (p *Plan) choose(taken map[string]bool) error {
	for _, name := range slices.Sorted(maps.Keys(p.choices.Map)) {
		i := slices.IndexFunc(p.Columns, func(c Column) bool { return naming.Fold(c.Name) == naming.Fold(name) })
		if i < 0 {
			return leadlake.Errorf(leadlake.Invalid, "The table has no column %q. It has %s.", name, p.names())
		}
		column := p.choices.Map[name]
		switch {
		case column != "" && (strings.HasPrefix(column, "_") || naming.Slug(column) != column):
			return leadlake.Errorf(leadlake.Invalid, "%q is no name of a column: use id, nom, email, telephone, statut, one of the five events, or a name of your own in small letters, digits and _.", column)
		case column != "" && taken[column]:
			return leadlake.Errorf(leadlake.Invalid, "Two columns of the table are to feed %s: choose one.", column)
		case column == leadlake.ColumnID:
			p.id = i
		}
		p.Columns[i].Feeds, p.Columns[i].sure = column, true
		if column == "" {
			p.Columns[i].Note = "left out, as you say"
		}
		taken[column] = true
	}
	delete(taken, "")
	return nil
}

// recognise finds the core columns by their names, the best name for each. A
// name that only sounds like an event's needs the type of one.
func (p *Plan) recognise(taken map[string]bool) {
	dictionary := naming.NewDictionary()
	best := map[string][]int{}
	for i, c := range p.Columns {
		column, sure := dictionary.Meaning(c.Name)
		if column == "" || c.sure || taken[column] || !sure && leadlake.Event(column).Valid() && !isTime(c.data) {
			continue
		}
		best[column] = append(best[column], i)
	}
	for column, places := range best {
		i := slices.MinFunc(places, func(a, b int) int {
			return cmp.Or(cmp.Compare(naming.Rank(p.Columns[a].Name, column), naming.Rank(p.Columns[b].Name, column)), cmp.Compare(a, b))
		})
		_, p.Columns[i].sure = dictionary.Meaning(p.Columns[i].Name)
		p.Columns[i].Feeds, taken[column] = column, true
		if column == leadlake.ColumnID {
			p.id = i
		}
	}
}

// attributes gives every other column one of its own, named as a sync names
// that of the property, so that the sync goes on in it.
func (p *Plan) attributes(taken map[string]bool) {
	for _, c := range leadlake.CoreColumns() {
		taken[c.Name] = true
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Feeds != "" || c.sure {
			continue
		}
		name := naming.Slug(c.Name)
		for n := 1; name == "" || taken[name]; n++ {
			name = naming.Suffixed(naming.Slug(c.Name), fmt.Sprintf("%s/%d", c.Name, n))
		}
		c.Feeds, taken[name] = name, true
	}
}

// settle decides, with every value seen, how each column is read.
func (p *Plan) settle() error {
	fed := false
	for i := range p.Columns {
		c := &p.Columns[i]
		c.Filled = c.look.filled
		event := leadlake.Event(c.Feeds).Valid()
		fed = fed || event
		if c.Filled == 0 && i != p.id && !event && c.Feeds != "" { // an event that has not happened to anybody is one all the same
			c.Feeds, c.Note = "", "left out: it is empty"
		}
		if c.Feeds == "" {
			continue
		}
		if err := c.refuse(event); err != nil {
			return err
		}
		c.As = c.typed()
		if isTime(c.data) && c.Filled > 0 {
			c.Note = c.look.note(c.data, p.choices.Zone)
			p.warnEarly(c)
		}
	}
	if !fed {
		return leadlake.Errorf(leadlake.Invalid,
			"The table has no column for any of the five events, so there would be nothing to count. It has %s. Name one, such as: --map \"COLUMN=%s\". Nothing was changed.", p.names(), leadlake.PriseContact)
	}
	return nil
}

// refuse refuses a column with values of which nobody can say what they are.
func (c *Column) refuse(event bool) error {
	switch {
	case event && !isTime(c.data) && c.Filled > 0:
		return leadlake.Errorf(leadlake.Invalid,
			"The dates in column %q are of type %s, not dates or timestamps, and nobody can say for sure which day is meant. Have the program that wrote the table make them dates, or leave the column out with --map \"%s=\". Nothing was changed.", c.Name, c.Type, c.Name)
	case c.look.outside:
		return leadlake.Errorf(leadlake.Invalid, "Column %q holds a day outside the years 1 to 9999. Correct it there, or leave the column out with --map \"%s=\". Nothing was changed.", c.Name, c.Name)
	}
	return nil
}

// warnEarly warns of days that somebody may have meant as written.
func (p *Plan) warnEarly(c *Column) {
	if n := c.look.moved; c.data.Name == "timestamp" && !c.look.allMidnight() && n > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf(
			"Values of column %q that are exactly midnight UTC, which is the day before in %s: %d. If they are meant as days, have them written as days first.", c.Name, p.choices.Zone, n))
	}
}

// typed returns the type of the column that a column becomes: the one that a
// sync gives a property of the kind.
func (c *Column) typed() leadlake.Type {
	for _, core := range leadlake.CoreColumns() {
		if core.Name == c.Feeds {
			return core.Type
		}
	}
	switch c.data.Name {
	case "byte", "short", "integer", "long", "float", "double", "decimal":
		return leadlake.Number
	case "boolean":
		return leadlake.Flag
	case "date", "timestamp", "timestamp_ntz":
		return leadlake.Day
	case "array":
		if c.data.Element.Name == "string" {
			return leadlake.List
		}
	}
	return leadlake.Text
}

func isTime(t delta.DataType) bool {
	return t.Name == "date" || t.Name == "timestamp" || t.Name == "timestamp_ntz"
}

// describe writes a type for people.
func describe(t delta.DataType) string {
	switch t.Name {
	case "decimal":
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case "array":
		return "array of " + describe(*t.Element)
	case "timestamp_ntz":
		return "timestamp without zone"
	}
	return t.Name
}
