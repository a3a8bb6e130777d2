package app_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

// What can happen in the workspace of a model.

// some draws a page that is in a state; ok is false where there is none.
func (m *model) some(t *rapid.T, wanted func(state leadlake.State, isGone bool) bool) (id string, ok bool) {
	var fit []string
	for _, id := range m.pages {
		if state, isGone := m.gone[id]; wanted(state, isGone) {
			fit = append(fit, id)
		}
	}
	if len(fit) == 0 {
		return "", false
	}
	return rapid.SampledFrom(fit).Draw(t, "page"), true
}

func present(_ leadlake.State, isGone bool) bool { return !isGone }

func (m *model) values(t *rapid.T) map[string]fakenotion.Value {
	m.edits++
	values := map[string]fakenotion.Value{"Nom": fmt.Sprintf("Lead %d", m.edits)}
	for _, e := range leadlake.Events() {
		if day := rapid.IntRange(0, 40).Draw(t, "day"); day > 25 {
			values[properties()[e]] = fakenotion.Date{Start: fmt.Sprintf("2026-01-%02d", day-25)}
		}
	}
	if rapid.Bool().Draw(t, "with a city") {
		values[m.names["Ville"]] = fmt.Sprintf("Ville %d", m.edits)
	}
	if rapid.Bool().Draw(t, "with a priority") {
		values[m.names["Priorité"]] = "Basse"
	}
	return values
}

func (m *model) add(t *rapid.T) {
	pages := make([]fakenotion.Page, rapid.IntRange(1, 4).Draw(t, "pages"))
	for i := range pages {
		pages[i] = fakenotion.Page{Values: m.values(t)}
	}
	ids, err := m.leads.Add(pages...)
	m.must(err)
	m.pages = append(m.pages, ids...)
}

func (m *model) edit(t *rapid.T) {
	if id, ok := m.some(t, present); ok {
		values := m.values(t)
		m.must(m.leads.Edit(id, func(p *fakenotion.Page) { maps.Copy(p.Values, values) }))
	}
}

func (m *model) clearDate(t *rapid.T) {
	if id, ok := m.some(t, present); ok {
		e := rapid.SampledFrom(leadlake.Events()).Draw(t, "event")
		m.must(m.leads.Edit(id, func(p *fakenotion.Page) { delete(p.Values, properties()[e]) }))
	}
}

func (m *model) archive(t *rapid.T) {
	if id, ok := m.some(t, present); ok {
		quietly := rapid.Bool().Draw(t, "without an edit")
		before, err := m.leads.Page(id)
		m.must(err)
		m.must(m.leads.Edit(id, func(p *fakenotion.Page) {
			if p.Archived = !p.Archived; quietly {
				p.Edited = before.Edited
			}
		}))
	}
}

func (m *model) trash(t *rapid.T) {
	if id, ok := m.some(t, present); ok {
		m.must(m.leads.Edit(id, func(p *fakenotion.Page) { p.Trashed = true }))
		m.gone[id] = leadlake.Trashed
	}
}

func (m *model) takeBack(t *rapid.T) {
	if id, ok := m.some(t, func(s leadlake.State, isGone bool) bool { return isGone && s != leadlake.Unreachable }); ok {
		if m.gone[id] == leadlake.Moved {
			m.must(m.other.Move(id, m.leads))
		} else {
			m.must(m.leads.Edit(id, func(p *fakenotion.Page) { p.Trashed = false }))
		}
		delete(m.gone, id)
	}
}

func (m *model) move(t *rapid.T) {
	if id, ok := m.some(t, present); ok {
		m.must(m.leads.Move(id, m.other))
		m.gone[id] = leadlake.Moved
	}
}

func (m *model) purge(t *rapid.T) {
	if id, ok := m.some(t, present); ok {
		m.leads.Remove(id)
		m.gone[id] = leadlake.Unreachable
	}
}

func (m *model) rename(t *rapid.T) {
	first := rapid.SampledFrom(slices.Sorted(maps.Keys(m.names))).Draw(t, "property")
	m.added++
	name := fmt.Sprintf("%s %d", first, m.added)
	m.must(m.leads.Rename(m.names[first], name))
	m.names[first] = name
}

func (m *model) addProperty(*rapid.T) {
	m.added++
	m.leads.AddProperty(fakenotion.Property{Name: fmt.Sprintf("Nouveau %d", m.added), Type: "rich_text"})
}

func (m *model) renameOption(*rapid.T) {
	m.must(m.leads.RenameOption(m.names["Priorité"], "Basse", "Faible"))
	m.must(m.leads.RenameOption(m.names["Priorité"], "Faible", "Basse"))
}

func (m *model) conceal(t *rapid.T) {
	m.must(m.leads.Conceal(m.names["Score"], rapid.Bool().Draw(t, "hidden")))
}

func (m *model) wait(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 3600).Draw(t, "seconds")) * time.Second)
}
