package leadlake

// Objective is a target for one event per week or per month.
type Objective struct {
	Event     Event
	Grain     Grain // ByWeek or ByMonth
	Target    int64
	ValidFrom Date // the first day on which it holds
}

// DefaultObjectives returns the template's own, in funnel order, weeks before
// months. The caller owns the slice.
func DefaultObjectives() []Objective {
	return []Objective{
		{Event: PriseContact, Grain: ByWeek, Target: 50},
		{Event: ReponseProspect, Grain: ByWeek, Target: 25},
		{Event: AppelPropose, Grain: ByWeek, Target: 17},
		{Event: AppelBooke, Grain: ByWeek, Target: 3},
		{Event: PriseContact, Grain: ByMonth, Target: 400},
		{Event: ReponseProspect, Grain: ByMonth, Target: 200},
		{Event: AppelPropose, Grain: ByMonth, Target: 100},
		{Event: AppelBooke, Grain: ByMonth, Target: 24},
	}
}

// Conversion is the share of leads that should get from one stage to another.
type Conversion struct {
	From, To Stage
	Target   float64 // 0 to 1
}

// DefaultConversions returns the template's own, in funnel order. The caller
// owns the slice.
func DefaultConversions() []Conversion {
	contact, reply, proposed, booked := Stage(PriseContact), Stage(ReponseProspect), Stage(AppelPropose), Stage(AppelBooke)
	return []Conversion{
		{From: contact, To: reply, Target: 0.70},
		{From: reply, To: proposed, Target: 0.50},
		{From: proposed, To: booked, Target: 0.70},
		{From: reply, To: booked, Target: 0.30},
	}
}

// Standing says how a number compares with its target.
type Standing string

// The standings, from best to worst.
const (
	Good Standing = "good"
	Near Standing = "near"
	Late Standing = "late"
	Bad  Standing = "bad"
)

// StandingOfAttainment judges actual/target: 100 % is good, 75 % near, 50 %
// late, less is bad.
func StandingOfAttainment(attainment float64) Standing {
	switch {
	case attainment >= 1:
		return Good
	case attainment >= 0.75:
		return Near
	case attainment >= 0.5:
		return Late
	default:
		return Bad
	}
}

// StandingOfGap judges a ratio minus its target: 0 and more is good, down to
// 10 points below is near, less is bad.
func StandingOfGap(gap float64) Standing {
	const rounding = 1e-9 // 0.60 - 0.70 is a hair below -0.10
	switch {
	case gap >= -rounding:
		return Good
	case gap >= -0.10-rounding:
		return Near
	default:
		return Bad
	}
}
