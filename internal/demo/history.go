package demo

import (
	"slices"
	"time"

	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

// story is what has happened to a lead: the days of its events.
type story map[leadlake.Event]leadlake.Date

// history returns the pages of all leads, oldest first.
func (w *Workspace) history() []fakenotion.Page {
	days := w.contacts(w.o.Leads * 94 / 100)
	pages := make([]fakenotion.Page, 0, w.o.Leads)
	rates := map[leadlake.Date]funnel{}
	for _, day := range days {
		week := leadlake.PeriodOf(leadlake.ByWeek, day).Start
		if _, known := rates[week]; !known {
			rates[week] = w.funnel()
		}
		created := w.at(w.workday(day.AddDays(-w.days(9))))
		if leadlake.DateOf(created) > day { // moved to the Monday after
			created = w.at(day)
		}
		pages = append(pages, w.page(created, w.tell(day, rates[week])))
	}
	for len(pages) < w.o.Leads { // found, and not yet written to
		pages = append(pages, w.page(w.at(w.today().AddDays(-w.days(20))), story{}))
	}
	slices.SortStableFunc(pages, func(a, b fakenotion.Page) int { return a.Created.Compare(b.Created) })
	return pages
}

// funnel is how likely a lead is to go from one stage to the next; it differs
// from week to week.
type funnel struct{ reply, proposed, booked, chased float64 }

func (w *Workspace) funnel() funnel {
	between := func(low, high float64) float64 { return low + (high-low)*w.random.Float64() }
	return funnel{reply: between(0.48, 0.72), proposed: between(0.40, 0.62), booked: between(0.50, 0.80), chased: between(0.55, 0.80)}
}

// tell lets a lead live from its first message until today.
func (w *Workspace) tell(contact leadlake.Date, f funnel) story {
	s := story{leadlake.PriseContact: contact}
	last := contact
	for _, next := range []struct {
		event  leadlake.Event
		chance float64
		within int // days
	}{
		{leadlake.ReponseProspect, f.reply, 12},
		{leadlake.AppelPropose, f.proposed, 7},
		{leadlake.AppelBooke, f.booked, 6},
	} {
		day := w.workday(last.AddDays(w.days(next.within)))
		if w.random.Float64() >= next.chance || day > w.today() {
			break
		}
		s[next.event], last = day, day
	}
	w.chase(s, f)
	return s
}

// chase writes again to a lead that does not answer, or has stopped to.
func (w *Workspace) chase(s story, f funnel) {
	_, replied := s[leadlake.ReponseProspect]
	_, booked := s[leadlake.AppelBooke]
	if replied {
		f.chased /= 3
	}
	day := w.workday(s[leadlake.PriseContact].AddDays(4 + w.days(8)))
	if booked || w.random.Float64() >= f.chased || day > w.today() {
		return
	}
	s[leadlake.Relance] = day
}

// days returns a number of days up to most, small ones more often.
func (w *Workspace) days(most int) int {
	r := w.random.Float64()
	return int(r * r * float64(most+1))
}

// page writes a lead down. It was last edited when its last event was noted.
func (w *Workspace) page(created time.Time, s story) fakenotion.Page {
	values := w.person()
	edited := created
	for _, e := range leadlake.Events() { // in this order, so that the seed decides
		day, happened := s[e]
		if !happened {
			continue
		}
		noted := w.at(day)
		values[propertyOf(e)] = w.date(e, noted, created)
		if noted.After(edited) {
			edited = noted
		}
	}
	w.progress(values)
	return fakenotion.Page{Created: created, Edited: edited, Values: values}
}

// date writes the day of an event as people do: some with the time, some of
// those from a journey.
func (w *Workspace) date(e leadlake.Event, noted, created time.Time) fakenotion.Date {
	chance := 0.08
	if e == leadlake.AppelBooke {
		chance = 0.5
	}
	if w.random.Float64() >= chance || !noted.After(created) {
		return fakenotion.Date{Start: leadlake.DateOf(noted).String()}
	}
	if w.random.Float64() < 0.1 {
		noted = noted.In(time.FixedZone("Montréal", -5*60*60))
	}
	return fakenotion.Date{Start: noted.Format("2006-01-02T15:04:05.000-07:00")}
}
