package leadlake

import (
	"fmt"
	"time"
)

// Date is a calendar day without a time or a zone, counted in days since
// 1970-01-01. Years 1 to 9999.
type Date int32

const secondsPerDay = 24 * 60 * 60

// NewDate returns the day, normalising like time.Date: month 13 is January of
// the next year.
func NewDate(year int, month time.Month, day int) Date {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return Date(floorDiv(midnight.Unix(), secondsPerDay)) //nolint:gosec // days up to year 9999 fit 32 bits
}

// DateOf returns the calendar day that t shows in its own location.
func DateOf(t time.Time) Date {
	return NewDate(t.Date())
}

// ParseDate reads YYYY-MM-DD. A day that the calendar does not have is an
// error of kind Invalid.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, Errorf(Invalid, "%q is not a date of the calendar, write it as YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return d + Date(n) } //nolint:gosec // a span of days fits 32 bits: years end at 9999

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// String returns YYYY-MM-DD.
func (d Date) String() string {
	y, m, day := d.Time().Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
