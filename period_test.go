package leadlake_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"leadlake"
)

// TestTurnOfTheYear names the weeks around 1 January of every year 2000 to
// 2100 by the rule of ISO 8601: a week belongs to the year of its Thursday.
func TestTurnOfTheYear(t *testing.T) {
	t.Parallel()
	for year := 2000; year <= 2100; year++ {
		for _, d := range []leadlake.Date{
			leadlake.NewDate(year, time.January, 1), leadlake.NewDate(year, time.December, 29),
			leadlake.NewDate(year, time.December, 30), leadlake.NewDate(year, time.December, 31),
		} {
			week := leadlake.PeriodOf(leadlake.ByWeek, d)
			thursday := week.Start.AddDays(3)
			y := thursday.Time().Year()
			number := int(thursday-leadlake.NewDate(y, time.January, 1))/7 + 1
			if want := fmt.Sprintf("%04d-W%02d", y, number); week.String() != want || week.Start.Weekday() != time.Monday || !week.Contains(d) {
				t.Errorf("%s lies in %s from %s (%s); want %s from a Monday", d, week, week.Start, week.Start.Weekday(), want)
			}
			if m := leadlake.PeriodOf(leadlake.ByMonth, d); m.String() != d.String()[:7] {
				t.Errorf("%s lies in month %s", d, m)
			}
		}
	}
}

func TestKnownWeeks(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2024-12-29": "2024-W52", "2024-12-30": "2025-W01", "2025-01-05": "2025-W01", "2025-01-06": "2025-W02",
		"2021-01-03": "2020-W53", "2021-01-04": "2021-W01", "2026-12-31": "2026-W53", "2027-01-03": "2026-W53",
	} {
		d, err := leadlake.ParseDate(day)
		if got := leadlake.PeriodOf(leadlake.ByWeek, d); err != nil || got.String() != want {
			t.Errorf("%s lies in %s, %v; want %s", day, got, err, want)
		}
	}
}

// anyDay draws a day of the years 1 to 9998.
func anyDay(t *rapid.T) leadlake.Date {
	first, last := leadlake.NewDate(1, 1, 15), leadlake.NewDate(9998, 12, 1)
	return leadlake.Date(rapid.Int32Range(int32(first), int32(last)).Draw(t, "day"))
}

// TestPeriods checks what makes periods a calendar, for every grain: a day
// lies in one period, periods follow each other, and names say which.
func TestPeriods(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t)
		p := leadlake.PeriodOf(rapid.SampledFrom(leadlake.Grains()).Draw(t, "grain"), d)
		if !p.Contains(d) || p.Contains(p.End()) || p.Contains(p.Start.AddDays(-1)) {
			t.Fatalf("%s: %s to %s does not hold it, or more", d, p.Start, p.End())
		}
		if p.Next().Start != p.End() || p.Next().Previous() != p || p.Previous().End() != p.Start {
			t.Fatalf("%s does not follow %s", p.Next(), p)
		}
		if same := leadlake.PeriodOf(p.Grain, p.End().AddDays(-1)); same != p {
			t.Fatalf("the last day of %s lies in %s", p, same)
		}
		if parsed, err := leadlake.ParsePeriod(p.String()); err != nil || parsed != p {
			t.Fatalf("%s is read as %v, %v", p, parsed, err)
		}
		if p.Next().String() <= p.String() {
			t.Fatalf("%s sorts before %s", p.Next(), p)
		}
	})
}

func TestPeriodsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2025-W00", "2025-W53", "2025-W54", "2025-13", "2025-00", "2025-02-29", "2025-Q5", "2025-W1", "25", "2025-1", "2025-W01 ", "２０２５"} {
		if p, err := leadlake.ParsePeriod(s); leadlake.KindOf(err) != leadlake.Invalid {
			t.Errorf("%q is read as %s, %v; want it refused", s, p, err)
		}
	}
	if p, err := leadlake.ParsePeriod("2026-W53"); err != nil || p.Start.String() != "2026-12-28" {
		t.Errorf("2026-W53 is read as %s, %v", p.Start, err)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t)
		if parsed, err := leadlake.ParseDate(d.String()); err != nil || parsed != d || leadlake.DateOf(d.Time()) != d {
			t.Fatalf("%s is read as %s, %v", d, parsed, err)
		}
	})
	for _, s := range []string{"2025-02-30", "2025-13-01", "0000-01-01", "2025-1-1", "01/02/2025", "2025-01-01T00:00:00Z", ""} {
		if d, err := leadlake.ParseDate(s); leadlake.KindOf(err) != leadlake.Invalid {
			t.Errorf("%q is read as %s, %v; want it refused", s, d, err)
		}
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC)
	if got := leadlake.DateOf(at.In(paris)).String(); got != "2026-04-01" {
		t.Errorf("%s is %s in Paris", at, got)
	}
}
