package tabular

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/naming"
)

// Mapping is a column of the file and the column of leads that it feeds.
type Mapping struct {
	Header string
	Column string // "" where it is left out
	Type   leadlake.Type
	Label  string // of the column
	New    bool   // whether the table has no such column yet
	Key    bool   // whether it is what tells a row from others
	Filled int    // rows that have something there
	Sample string // the first value: personal data
	Note   string // why it is left out, or not what one may expect

	chosen bool // by the user, or by a name that leaves no doubt
	wanted bool // by the user
}

// mapping decides what the columns of a file feed.
type mapping struct {
	choices Choices
	all     []Mapping
	taken   map[string]bool // columns that are fed

	dictionary *naming.Dictionary
}

// newMapping maps a header by what the user chose and what the names mean.
func newMapping(header []string, choices Choices) ([]Mapping, error) {
	m := &mapping{choices: choices, all: make([]Mapping, len(header)), taken: map[string]bool{}, dictionary: naming.NewDictionary()}
	for i, name := range header {
		m.all[i].Header = name
	}
	if err := m.choose(); err != nil {
		return nil, err
	}
	m.recognise()
	if err := m.key(); err != nil {
		return nil, err
	}
	m.attributes()
	return m.all, nil
}

// find returns the place of a column of the file: by its name, else folded.
func (m *mapping) find(name string) (int, error) {
	exact := func(o Mapping) bool { return o.Header == clean(name) }
	folded := func(o Mapping) bool { return o.Header != "" && naming.Fold(o.Header) == naming.Fold(name) }
	for _, same := range []func(Mapping) bool{exact, folded} {
		if i := slices.IndexFunc(m.all, same); i >= 0 {
			return i, nil
		}
	}
	names := []string{}
	for _, o := range m.all {
		names = append(names, fmt.Sprintf("%q", o.Header))
	}
	return 0, leadlake.Errorf(leadlake.Invalid, "The file has no column %q. It has %s.", name, strings.Join(names, ", "))
}

// choose applies what the user says.
func (m *mapping) choose() error {
	for _, name := range slices.Sorted(maps.Keys(m.choices.Map)) {
		i, err := m.find(name)
		if err != nil {
			return err
		}
		column := m.choices.Map[name]
		o := &m.all[i]
		o.chosen, o.wanted = true, true
		if column == "" {
			o.Note = "left out, as you say"
			continue
		}
		switch {
		case column == leadlake.ColumnID:
			return leadlake.Errorf(leadlake.Invalid, "What tells a row from others is said with --id %q.", name)
		case strings.HasPrefix(column, "_") || naming.Slug(column) != column:
			return leadlake.Errorf(leadlake.Invalid, "%q is no name of a column: use one of nom, email, telephone, statut and the five events, or a name of your own in small letters, digits and _.", column)
		case m.taken[column]:
			return leadlake.Errorf(leadlake.Invalid, "Two columns of the file are to feed %s: choose one.", column)
		}
		o.Column, m.taken[column] = column, true
	}
	return nil
}

// recognise finds the core columns by their names: the best name for each.
func (m *mapping) recognise() {
	best := map[string][]int{}
	for i, o := range m.all {
		column, _ := m.dictionary.Meaning(o.Header)
		if column != "" && column != leadlake.ColumnID && !o.chosen && !m.taken[column] {
			best[column] = append(best[column], i)
		}
	}
	for column, places := range best {
		i := slices.MinFunc(places, func(a, b int) int {
			return cmp.Or(cmp.Compare(naming.Rank(m.all[a].Header, column), naming.Rank(m.all[b].Header, column)), cmp.Compare(a, b))
		})
		_, sure := m.dictionary.Meaning(m.all[i].Header)
		m.all[i].Column, m.all[i].chosen, m.taken[column] = column, sure, true
	}
}

// key marks the column that tells rows apart: the one that the user names,
// else one called id.
func (m *mapping) key() error {
	if m.choices.ID != "" {
		i, err := m.find(m.choices.ID)
		if err == nil {
			m.all[i].Key = true
		}
		return err
	}
	for i, o := range m.all {
		if column, _ := m.dictionary.Meaning(o.Header); column == leadlake.ColumnID && !o.wanted {
			m.all[i].Key = true
			break
		}
	}
	return nil
}

// attributes gives every other column one of its own.
func (m *mapping) attributes() {
	reserved := map[string]bool{}
	for _, c := range leadlake.CoreColumns() {
		reserved[c.Name] = true
	}
	for i := range m.all {
		o := &m.all[i]
		switch {
		case o.Column != "" || o.wanted:
		case o.Header == "":
			o.Note = "left out: it has no name"
		case reserved[o.Header] && strings.HasPrefix(o.Header, "_"):
			o.Note = "left out: Leadlake fills it itself"
		case o.Key && naming.Slug(o.Header) == leadlake.ColumnID: // the key of the lead is made of it
		default:
			o.Column = m.free(o.Header, reserved)
			m.taken[o.Column] = true
		}
	}
}

// free returns a name for the column of an attribute that nothing has.
func (m *mapping) free(header string, reserved map[string]bool) string {
	column := naming.Slug(header)
	for n := 1; column == "" || reserved[column] || m.taken[column]; n++ {
		column = naming.Suffixed(naming.Slug(header), fmt.Sprintf("%s/%d", header, n))
	}
	return column
}
