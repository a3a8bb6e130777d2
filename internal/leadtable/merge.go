package leadtable

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"leadlake"
)

// merged is what a batch makes of the leads that are stored.
type merged struct {
	leads    []leadlake.Lead         // to write: new or changed, in the batch's order
	touched  map[string]*touchedFile // by the names of the files that hold older rows of them
	inserted int
	updated  int
	same     int
	moves    leadlake.Moves
}

// touchedFile is what changes in a file.
type touchedFile struct {
	ids     []string        // of the leads whose rows go
	leads   []leadlake.Lead // what comes instead
	rows    []int64         // where theirs are in the file
	changed map[string]bool // the columns in which these differ from their rows
	doubled bool            // one of them has rows beside the one here
}

// touch notes that after replaces these rows.
func (m *merged) touch(rows []leadlake.Stored, after leadlake.Lead) {
	for _, r := range rows {
		f, known := m.touched[r.File]
		if !known {
			f = &touchedFile{changed: map[string]bool{}}
			m.touched[r.File] = f
		}
		f.ids, f.leads, f.rows = append(f.ids, after.ID), append(f.leads, after), append(f.rows, r.Row)
		f.doubled = f.doubled || len(rows) > 1
		for column, value := range after.Values {
			if !leadlake.SameValue(r.Lead.Values[column], value) {
				f.changed[column] = true
			}
		}
	}
}

// merge lays the batch's leads over what is stored of them. A column that a
// lead does not speak of keeps its value; a lead that was read before the
// stored one was edited changes nothing, unless its source takes it over; the
// time of the last edit alone is no change.
func (t *Table) merge(b leadlake.Batch, leads []leadlake.Lead, stored map[string][]leadlake.Stored) merged {
	m := merged{touched: map[string]*touchedFile{}}
	for _, lead := range leads {
		rows := stored[lead.ID]
		switch {
		case len(rows) == 0:
			m.leads = append(m.leads, t.insert(b.Source, lead))
			m.inserted++
			continue
		case len(rows) == 1 && !foreign(b, rows[0]) && !changes(rows[0].Lead, lead):
			m.same++
			continue
		}
		// One row is the rule. If there were more, the newest would be kept.
		newest := slices.MaxFunc(rows, func(a, b leadlake.Stored) int {
			return a.Lead.Time(leadlake.ColumnLastEditedTime).Compare(b.Lead.Time(leadlake.ColumnLastEditedTime))
		})
		if older(lead, newest.Lead) && !foreign(b, newest) {
			lead = leadlake.Lead{ID: lead.ID}
		}
		after := t.update(b, newest.Lead, lead)
		m.leads = append(m.leads, after)
		m.updated++
		if state := after.Text(leadlake.ColumnState); state != newest.Lead.Text(leadlake.ColumnState) {
			m.moves.Add(leadlake.State(state))
		}
		m.touch(rows, after)
	}
	return m
}

func (t *Table) insert(source string, lead leadlake.Lead) leadlake.Lead {
	values := maps.Clone(lead.Values)
	values[leadlake.ColumnSource] = source
	if values[leadlake.ColumnState] == nil {
		values[leadlake.ColumnState] = string(leadlake.Active)
	}
	values[leadlake.ColumnStateAt] = t.since(lead, leadlake.ColumnCreatedTime)
	return leadlake.Lead{ID: lead.ID, Values: values}
}

func (t *Table) update(b leadlake.Batch, stored, lead leadlake.Lead) leadlake.Lead {
	values := maps.Clone(stored.Values)
	maps.Copy(values, lead.Values)
	values[leadlake.ColumnSource] = b.Source
	if values[leadlake.ColumnState] != stored.Values[leadlake.ColumnState] {
		values[leadlake.ColumnStateAt] = t.since(lead, leadlake.ColumnLastEditedTime)
	}
	seenAt := b.SeenAt
	if seenAt.IsZero() {
		seenAt = t.now()
	}
	if history := historyOf(stored, lead, seenAt.UTC().Truncate(time.Microsecond)); history != nil {
		values[leadlake.ColumnHistory] = history
	}
	return leadlake.Lead{ID: lead.ID, Values: values}
}

// since returns the source's time in column, or now where it gives none.
func (t *Table) since(lead leadlake.Lead, column string) time.Time {
	if at := lead.Time(column); !at.IsZero() {
		return at
	}
	return t.now().UTC().Truncate(time.Microsecond)
}

// older reports whether lead was read before other was edited.
func older(lead, other leadlake.Lead) bool {
	at := lead.Time(leadlake.ColumnLastEditedTime)
	return !at.IsZero() && at.Before(other.Time(leadlake.ColumnLastEditedTime))
}

// changes reports whether lead says anything new of what is stored.
func changes(stored, lead leadlake.Lead) bool {
	if older(lead, stored) {
		return false
	}
	for column, value := range lead.Values {
		if column != leadlake.ColumnLastEditedTime && !leadlake.SameValue(stored.Values[column], value) {
			return true
		}
	}
	return false
}

// normalise checks the leads of a batch, puts their values under the columns
// that store them, and folds leads that come more than once: the later one
// wins, unless it was read before the other was edited.
func normalise(leads []leadlake.Lead, columns []leadlake.Column, stored map[string]string) ([]leadlake.Lead, error) {
	types := make(map[string]leadlake.Type, len(columns))
	for _, c := range columns {
		types[c.Name] = c.Type
	}
	position := make(map[string]int, len(leads))
	folded := make([]leadlake.Lead, 0, len(leads))
	for _, lead := range leads {
		if lead.ID == "" {
			return nil, leadlake.Errorf(leadlake.Invalid, "a lead without an id cannot be stored")
		}
		i, seen := position[lead.ID]
		if !seen {
			i = len(folded)
			position[lead.ID] = i
			folded = append(folded, leadlake.Lead{ID: lead.ID, Values: make(map[string]leadlake.Value, len(lead.Values)+3)})
		}
		if older(lead, folded[i]) {
			continue
		}
		for column, value := range lead.Values {
			if name, ok := stored[column]; ok {
				column = name
			}
			if err := check(types, column, value); err != nil {
				return nil, err
			}
			folded[i].Values[column] = value
		}
	}
	return folded, nil
}

func check(types map[string]leadlake.Type, column string, value leadlake.Value) error {
	wanted, ok := types[column]
	if !ok || column == leadlake.ColumnID {
		return fmt.Errorf("storing a value of column %q, which the batch does not describe", column)
	}
	var is leadlake.Type
	switch value.(type) {
	case nil:
		return nil
	case string:
		is = leadlake.Text
	case float64:
		is = leadlake.Number
	case bool:
		is = leadlake.Flag
	case leadlake.Date:
		is = leadlake.Day
	case []string:
		is = leadlake.List
	case time.Time:
		is = leadlake.Instant
	case int64:
		is = leadlake.Whole
	}
	if is != wanted {
		return fmt.Errorf("storing a %T in column %q of type %s", value, column, wanted)
	}
	return nil
}
