package demo

import (
	"time"

	"leadlake"
)

const weeks = 78 // 18 months

// contacts returns the days on which n leads were first written to, in order:
// most on weekdays, fewer in August and around Christmas, none on public
// holidays, in two weeks that the team took off, and after now.
func (w *Workspace) contacts(n int) []leadlake.Date {
	today := w.today()
	first := leadlake.PeriodOf(leadlake.ByWeek, today.AddDays(-7*weeks)).Start
	off := []int{8 + w.random.IntN(25), 40 + w.random.IntN(25)}
	weights := make([]float64, 0, 7*weeks+7)
	sum, mood := 0.0, 1.0
	for d := first; d <= today; d++ {
		week := int(d-first) / 7
		if d.Weekday() == time.Monday {
			mood = 0.8 + 0.45*w.random.Float64()
		}
		weight := mood * (0.9 + 0.2*float64(week)/weeks) * onWeekday(d.Weekday()) * inSeason(d)
		if week == off[0] || week == off[1] {
			weight = 0
		}
		if d == today {
			weight *= w.dayDone()
		}
		weights = append(weights, weight)
		sum += weight
	}
	days := make([]leadlake.Date, 0, n)
	reached := 0.0
	for i, weight := range weights {
		reached += weight
		for len(days) < n && float64(len(days)) < float64(n)*reached/sum-0.5 {
			days = append(days, first.AddDays(i))
		}
	}
	return days
}

// dayDone is how much of today's work is done, 0 to 1.
func (w *Workspace) dayDone() float64 {
	const starts, hours = 8, 10
	now := w.now()
	passed := float64(now.Hour()-starts) + float64(now.Minute())/60
	return max(0, min(1, passed/hours))
}

func onWeekday(d time.Weekday) float64 {
	return []float64{0.02, 1, 1.2, 0.9, 1.15, 0.75, 0.06}[d]
}

func inSeason(d leadlake.Date) float64 {
	_, month, day := d.Time().Date()
	switch {
	case publicHoliday(month, day):
		return 0
	case month == time.December && day >= 21, month == time.January && day <= 3:
		return 0.12
	case month == time.August:
		return 0.35
	case month == time.July && day > 14:
		return 0.75
	case month == time.May && day < 12:
		return 0.8
	default:
		return 1
	}
}

// publicHoliday knows those of France that have a date of their own.
func publicHoliday(month time.Month, day int) bool {
	switch 100*int(month) + day {
	case 101, 501, 508, 714, 815, 1101, 1111, 1225:
		return true
	default:
		return false
	}
}

// workday returns d, or the Monday after it where d is on a weekend, mostly.
func (w *Workspace) workday(d leadlake.Date) leadlake.Date {
	if w.random.Float64() < 0.05 {
		return d
	}
	switch d.Weekday() {
	case time.Saturday:
		return d.AddDays(2)
	case time.Sunday:
		return d.AddDays(1)
	default:
		return d
	}
}

// at returns a time of the day, and not after now.
func (w *Workspace) at(d leadlake.Date) time.Time {
	minutes := 8*60 + w.random.IntN(10*60)
	if w.random.Float64() < 0.02 { // some work late
		minutes = (23*60 + 30 + w.random.IntN(60)) % (24 * 60)
	}
	y, m, day := d.Time().Date()
	t := time.Date(y, m, day, 0, minutes, 0, 0, w.o.Zone)
	now := w.now()
	if !t.After(now) {
		return t
	}
	midnight := time.Date(y, m, day, 0, 0, 0, 0, w.o.Zone)
	if span := now.Sub(midnight); span > 0 {
		return midnight.Add(time.Duration(w.random.Float64() * float64(span))).Truncate(time.Minute)
	}
	return now.Truncate(time.Minute)
}
