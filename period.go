package leadlake

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Grain is the length of a period.
type Grain string

// The grains. A week is an ISO week: Monday first, named by the week-year.
const (
	ByDay     Grain = "day"
	ByWeek    Grain = "week"
	ByMonth   Grain = "month"
	ByQuarter Grain = "quarter"
	ByYear    Grain = "year"
)

// Grains returns all grains from short to long. The caller owns the slice.
func Grains() []Grain { return []Grain{ByDay, ByWeek, ByMonth, ByQuarter, ByYear} }

// Valid reports whether g is a grain.
func (g Grain) Valid() bool { return slices.Contains(Grains(), g) }

// Period is one stretch of the calendar: a day, an ISO week, a month, a
// quarter or a year. Periods of a grain are comparable and follow each other
// without gap or overlap.
type Period struct {
	Grain Grain
	Start Date // its first day
}

// PeriodOf returns the period of grain g that holds d. An unknown grain is
// taken as a day.
func PeriodOf(g Grain, d Date) Period {
	y, m, _ := d.Time().Date()
	switch g {
	case ByWeek:
		sinceMonday := (int(d.Weekday()) + 6) % 7
		return Period{ByWeek, d.AddDays(-sinceMonday)}
	case ByMonth:
		return Period{ByMonth, NewDate(y, m, 1)}
	case ByQuarter:
		return Period{ByQuarter, NewDate(y, (m-1)/3*3+1, 1)}
	case ByYear:
		return Period{ByYear, NewDate(y, time.January, 1)}
	default:
		return Period{ByDay, d}
	}
}

// End returns the first day after the period.
func (p Period) End() Date {
	y, m, _ := p.Start.Time().Date()
	switch p.Grain {
	case ByWeek:
		return p.Start.AddDays(7)
	case ByMonth:
		return NewDate(y, m+1, 1)
	case ByQuarter:
		return NewDate(y, m+3, 1)
	case ByYear:
		return NewDate(y+1, time.January, 1)
	default:
		return p.Start.AddDays(1)
	}
}

// Next returns the period that follows.
func (p Period) Next() Period { return PeriodOf(p.Grain, p.End()) }

// Previous returns the period before.
func (p Period) Previous() Period { return PeriodOf(p.Grain, p.Start.AddDays(-1)) }

// Contains reports whether d lies in the period.
func (p Period) Contains(d Date) bool { return p.Start <= d && d < p.End() }

// String returns the period's name: 2025-01-31, 2025-W05, 2025-01, 2025-Q1 or
// 2025. Of one grain, names sort as the periods do.
func (p Period) String() string {
	y, m, _ := p.Start.Time().Date()
	switch p.Grain {
	case ByWeek:
		year, week := p.Start.Time().ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case ByMonth:
		return fmt.Sprintf("%04d-%02d", y, m)
	case ByQuarter:
		return fmt.Sprintf("%04d-Q%d", y, (m-1)/3+1)
	case ByYear:
		return fmt.Sprintf("%04d", y)
	default:
		return p.Start.String()
	}
}

// ParsePeriod reads a name that String writes.
func ParsePeriod(s string) (Period, error) {
	match := regexp.MustCompile(`^(\d{4})(?:-(?:W(\d{2})|Q([1-4])|(\d{2})(?:-(\d{2}))?))?$`).FindStringSubmatch(s)
	unknown := Errorf(Invalid, "%q is not a period, write it as 2025, 2025-Q1, 2025-01, 2025-W01 or 2025-01-31", s)
	if match == nil {
		return Period{}, unknown
	}
	number := func(i int) int { n, _ := strconv.Atoi(match[i]); return n }
	var p Period
	switch year := number(1); {
	case match[2] != "": // 4 January always lies in week 1
		first := PeriodOf(ByWeek, NewDate(year, time.January, 4))
		p = Period{ByWeek, first.Start.AddDays(7 * (number(2) - 1))}
	case match[3] != "":
		p = PeriodOf(ByQuarter, NewDate(year, time.Month(number(3)*3), 1))
	case match[5] != "":
		p = PeriodOf(ByDay, NewDate(year, time.Month(number(4)), number(5)))
	case match[4] != "":
		p = PeriodOf(ByMonth, NewDate(year, time.Month(number(4)), 1))
	default:
		p = PeriodOf(ByYear, NewDate(year, time.January, 1))
	}
	if p.String() != s { // week 53 of a year that has 52, month 13, 30 February
		return Period{}, unknown
	}
	return p, nil
}
