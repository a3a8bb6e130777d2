package demo

import (
	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

// recent is how many of the newest leads things still happen to.
const recent = 600

// Step lets one thing happen today: a new lead is written to, or one of the
// recent ones takes its next step. It returns what happened.
func (w *Workspace) Step() (leadlake.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	event := w.next()
	if id, ok := w.ripe(event); ok {
		return event, w.leads.Edit(id, func(p *fakenotion.Page) {
			p.Values[propertyOf(event)] = fakenotion.Date{Start: w.today().String()}
			w.progress(p.Values)
		})
	}
	page := w.page(w.now(), story{leadlake.PriseContact: w.today()})
	page.Edited = w.now()
	ids, err := w.leads.Add(page)
	w.ids = append(w.ids, ids...)
	return leadlake.PriseContact, err
}

func (w *Workspace) next() leadlake.Event {
	switch n := w.random.IntN(100); {
	case n < 34:
		return leadlake.PriseContact
	case n < 58:
		return leadlake.ReponseProspect
	case n < 72:
		return leadlake.AppelPropose
	case n < 82:
		return leadlake.AppelBooke
	default:
		return leadlake.Relance
	}
}

// ripe returns a lead to which the event may happen, if one is soon found. A
// first message goes to a new lead more often than to a known one.
func (w *Workspace) ripe(event leadlake.Event) (string, bool) {
	if event == leadlake.PriseContact && w.random.IntN(3) > 0 {
		return "", false
	}
	newest := w.ids[max(0, len(w.ids)-recent):]
	for range 200 {
		id := newest[w.random.IntN(len(newest))]
		page, err := w.leads.Page(id)
		if err == nil && !page.Trashed && !page.Archived && fitting(page.Values, event) {
			return id, true
		}
	}
	return "", false
}

// fitting reports whether the event comes next for a lead.
func fitting(values map[string]fakenotion.Value, event leadlake.Event) bool {
	happened := func(e leadlake.Event) bool { return values[propertyOf(e)] != nil }
	if happened(event) {
		return false
	}
	switch event {
	case leadlake.PriseContact:
		return true
	case leadlake.ReponseProspect:
		return happened(leadlake.PriseContact)
	case leadlake.AppelPropose:
		return happened(leadlake.ReponseProspect)
	case leadlake.AppelBooke:
		return happened(leadlake.AppelPropose)
	default:
		return happened(leadlake.PriseContact) && !happened(leadlake.ReponseProspect)
	}
}
