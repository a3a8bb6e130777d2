package notion

import (
	"encoding/json"
	"fmt"
	"time"

	"leadlake"
)

// decodeDate reads the day on which a date starts. A date without a time is
// that day, whatever the zone; a time is converted to the team's zone first.
func (d *decoder) decodeDate(raw json.RawMessage) (leadlake.Value, error) {
	var date struct {
		Start    *string `json:"start"`
		TimeZone string  `json:"time_zone"`
	}
	if raw[0] == '"' { // created_time and last_edited_time, and a formula's inner date
		s, err := as[string](raw)
		if err != nil {
			return nil, err
		}
		date.Start = &s
	} else if err := json.Unmarshal(raw, &date); err != nil {
		return nil, fmt.Errorf("reading a date: %w", err)
	}
	if date.Start == nil || *date.Start == "" {
		return nil, nil //nolint:nilnil // a nil Value is a value: empty
	}
	day, err := d.day(*date.Start, date.TimeZone)
	if err != nil {
		return nil, err
	}
	return day, nil
}

func (d *decoder) day(start, zone string) (leadlake.Date, error) {
	if len(start) == len(time.DateOnly) {
		return leadlake.ParseDate(start)
	}
	t, err := time.Parse(time.RFC3339, start)
	if err != nil { // without an offset, it is in the zone that is named, else in the team's
		if t, err = time.ParseInLocation("2006-01-02T15:04:05", start, d.named(zone)); err != nil {
			return 0, fmt.Errorf("reading a time: %w", err)
		}
	}
	t = t.In(d.zone)
	if y := t.Year(); y < 1 || y > 9999 {
		return 0, leadlake.Errorf(leadlake.Invalid, "the year %d is out of the calendar", y)
	}
	return leadlake.DateOf(t), nil
}

// named returns a zone by its name; the team's where there is none of it.
func (d *decoder) named(zone string) *time.Location {
	if zone == "" || zone == "Local" {
		return d.zone
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return d.zone
	}
	return location
}
