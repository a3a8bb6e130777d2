package tabular

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/naming"
)

// DateOrder says what comes first in a date that is written 03/02/2025.
type DateOrder string

// The orders.
const (
	DayFirst   DateOrder = "dmy" // as in French: 3 February
	MonthFirst DateOrder = "mdy" // as in the United States: 2 March
)

// Problems of days; none repeats the text.
const (
	noDay      = "not a date: write it as 2025-01-31 or 31/01/2025"
	noSuchDay  = "the calendar has no such day"
	outOfRange = "the year must lie between 1900 and 2200"
)

// days reads days as people write them.
type days struct {
	order   DateOrder
	zone    *time.Location
	epoch   leadlake.Date
	iso     *regexp.Regexp // a day and a time of day
	clock   *regexp.Regexp
	numbers *regexp.Regexp
}

func newDays(order DateOrder, zone *time.Location, epoch leadlake.Date) days {
	return days{
		order: order, zone: zone, epoch: epoch,
		iso:     regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})T(.+)$`),
		clock:   regexp.MustCompile(`^([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?\([^)]*\))?$`),
		numbers: regexp.MustCompile(`^(\d{1,4})([-/.])(\d{1,2})([-/.])(\d{1,4})$`),
	}
}

// of returns the day that a cell holds. Serial says that a number may be one,
// as in a column of dates that lost its format.
func (d days) of(cell any, serial bool) (day leadlake.Date, problem string) {
	switch cell := cell.(type) {
	case leadlake.Date:
		return inRange(cell)
	case time.Time:
		return inRange(leadlake.DateOf(cell.In(d.zone)))
	case float64:
		if day, ok := serialDay(cell, d.epoch); ok && serial {
			return inRange(day)
		}
	case string:
		return d.parse(cell, serial)
	}
	return 0, noDay
}

func inRange(day leadlake.Date) (_ leadlake.Date, problem string) {
	if year := day.Time().Year(); year < 1900 || year > 2200 {
		return 0, outOfRange
	}
	return day, ""
}

func (d days) parse(text string, serial bool) (day leadlake.Date, problem string) {
	if len(text) > 60 || !strings.ContainsAny(text, "0123456789") {
		return 0, noDay
	}
	if serial && isDigits(text) && len(text) == 5 {
		n, _ := strconv.ParseFloat(text, 64) // five digits
		if day, ok := serialDay(n, d.epoch); ok {
			return inRange(day)
		}
	}
	if t, ok := instant(text); ok {
		return inRange(leadlake.DateOf(t.In(d.zone)))
	}
	date, clock := d.cutClock(text)
	if clock != "" && !d.clock.MatchString(clock) {
		return 0, noDay
	}
	if parts := d.numbers.FindStringSubmatch(date); parts != nil && parts[2] == parts[4] {
		return d.ordered(parts[1], parts[3], parts[5])
	}
	return named(date)
}

// instant reads a time that says how far it is from UTC.
func instant(text string) (time.Time, bool) {
	if len(text) < len("2006-01-02T15:04Z") || text[4] != '-' {
		return time.Time{}, false
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05 -0700 MST", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// cutClock takes the time of day off a date. Of two dates, as Notion writes a
// time with an end, it is the first.
func (d days) cutClock(text string) (date, clock string) {
	text = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
	text, _, _ = strings.Cut(text, " → ")
	if parts := d.iso.FindStringSubmatch(text); parts != nil {
		return parts[1], parts[2]
	}
	if i := strings.IndexByte(text, ':'); i >= 0 {
		if space := strings.LastIndexByte(text[:i], ' '); space >= 0 {
			date, clock = text[:space], text[space+1:]
			date = strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(date, " ,"), " à"), " at")
			return strings.TrimRight(date, " ,"), clock
		}
	}
	return text, ""
}

// ordered finds out which of the numbers is which.
func (d days) ordered(a, b, c string) (day leadlake.Date, problem string) {
	switch {
	case len(a) == 4 && len(c) <= 2:
		return calendar(a, b, c)
	case len(a) > 2 || len(c) != 4 && len(c) != 2:
		return 0, noDay
	}
	dayText, month := a, b
	if d.order == MonthFirst {
		dayText, month = b, a
	}
	year := c
	if len(c) == 2 {
		year = century(c) + c
	}
	day, problem = calendar(year, month, dayText)
	if _, swapped := calendar(year, dayText, month); problem == noSuchDay && swapped == "" {
		other := map[DateOrder]DateOrder{MonthFirst: DayFirst, DayFirst: MonthFirst}[d.order]
		first := map[DateOrder]string{MonthFirst: "month", DayFirst: "day"}
		return 0, fmt.Sprintf("no date if the %s comes first: if the %s does in this file, add --date-order %s", first[d.order], first[other], other)
	}
	return day, problem
}

// century completes a year of two digits: 69 is 1969, 68 is 2068.
func century(year string) string {
	if year >= "69" {
		return "19"
	}
	return "20"
}

func calendar(year, month, day string) (_ leadlake.Date, problem string) {
	pad := func(text string) string { return strings.Repeat("0", max(0, 2-len(text))) + text }
	found, err := leadlake.ParseDate(year + "-" + pad(month) + "-" + pad(day))
	if err != nil {
		return 0, noSuchDay
	}
	return inRange(found)
}

// named reads a date with the name of its month, in French or in English.
func named(date string) (day leadlake.Date, problem string) {
	words := strings.FieldsFunc(naming.Fold(date), func(r rune) bool { return r == ' ' || r == ',' || r == '-' || r == '.' })
	words = withoutWeekday(words)
	if len(words) != 3 {
		return 0, noDay
	}
	if monthOf(words[0]) != "" { // January 31, 2025
		words[0], words[1] = words[1], words[0]
	}
	number, month, year := words[0], monthOf(words[1]), words[2]
	for _, ending := range []string{"er", "st", "nd", "rd", "th"} {
		number = strings.TrimSuffix(number, ending)
	}
	if isDay := isDigits(number) && len(number) <= 2; !isDay || month == "" || !isDigits(year) || len(year) != 4 {
		return 0, noDay
	}
	return calendar(year, month, number)
}

func withoutWeekday(words []string) []string {
	weekdays := []string{
		"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lun", "mar", "mer", "jeu", "ven", "sam", "dim",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
	}
	if len(words) == 4 && slices.Contains(weekdays, words[0]) {
		return words[1:]
	}
	return words
}

// monthOf returns the number of a month, "" where the word is none.
func monthOf(word string) string {
	for i, names := range [][]string{
		{"janvier", "janv", "january", "jan"},
		{"fevrier", "fevr", "fev", "february", "feb"},
		{"mars", "march", "mar"},
		{"avril", "avr", "april", "apr"},
		{"mai", "may"},
		{"juin", "june", "jun"},
		{"juillet", "juil", "july", "jul"},
		{"aout", "august", "aug"},
		{"septembre", "sept", "september", "sep"},
		{"octobre", "oct", "october"},
		{"novembre", "nov", "november"},
		{"decembre", "dec", "december"}, //nolint:misspell // in French, without its accent
	} {
		if slices.Contains(names, word) {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}
