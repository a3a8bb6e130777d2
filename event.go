package leadlake

import "slices"

// Event is one of the five things that happen to a lead on a date. Its value
// is the name of the column that holds the date.
type Event string

// The events.
const (
	PriseContact    Event = "date_prise_contact"    // first message sent
	ReponseProspect Event = "date_reponse_prospect" // reply
	AppelPropose    Event = "date_appel_propose"    // call proposed
	AppelBooke      Event = "date_appel_booke"      // call booked
	Relance         Event = "date_relance"          // follow-up: activity, not a stage
)

// Events returns the five events: the stages of the funnel in order, then the
// follow-up. The caller owns the slice.
func Events() []Event {
	return []Event{PriseContact, ReponseProspect, AppelPropose, AppelBooke, Relance}
}

// Valid reports whether e is one of the five.
func (e Event) Valid() bool { return slices.Contains(Events(), e) }

// Stage is a step of the funnel: an event that brings a lead closer to a call.
type Stage Event

// Stages returns the funnel in order. The caller owns the slice.
func Stages() []Stage {
	return []Stage{Stage(PriseContact), Stage(ReponseProspect), Stage(AppelPropose), Stage(AppelBooke)}
}

// Event returns the event that brings a lead to the stage.
func (s Stage) Event() Event { return Event(s) }
