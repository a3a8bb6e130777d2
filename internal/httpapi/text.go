package httpapi

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"leadlake"
)

const (
	maxIDLength   = 200
	maxTextLength = 10_000
)

// parseText reads a JSON string into its composed form (NFC), so that what
// looks the same is the same. The problem is "" where there is none.
func parseText(raw json.RawMessage) (text, problem string) {
	if raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return "", "the value must be a string"
	}
	if strings.ContainsRune(text, utf8.RuneError) && !bytes.ContainsRune(raw, utf8.RuneError) && !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) {
		return "", "the text holds half of a surrogate pair; encode the character whole"
	}
	if strings.ContainsRune(text, 0) {
		return "", "the text holds a NUL character; take it out"
	}
	if text = norm.NFC.String(text); utf8.RuneCountInString(text) > maxTextLength {
		return "", "the text is longer than 10000 characters"
	}
	return text, ""
}

func blankProblem(text string) string {
	if strings.TrimSpace(text) == "" {
		return "the text must not be empty"
	}
	return ""
}

func idProblem(id string) string {
	switch {
	case blankProblem(id) != "":
		return blankProblem(id)
	case utf8.RuneCountInString(id) > maxIDLength:
		return "the id is longer than 200 characters"
	case strings.ContainsFunc(id, unicode.IsControl):
		return "the id holds a control character"
	}
	return ""
}

// parseMoment reads a day, or a time as the day that it is in zone.
func parseMoment(text string, zone *time.Location) (day leadlake.Date, problem string) {
	if len(text) <= len(time.DateOnly) {
		return parseDay(text)
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return inRange(leadlake.DateOf(t.In(zone)))
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return inRange(leadlake.DateOf(t))
		}
	}
	if _, problem = parseDay(text[:len(time.DateOnly)]); problem != "" {
		return 0, problem
	}
	return 0, "not a date: write a day as 2025-01-31 or a time as 2025-01-31T10:00:00+01:00"
}

// parseDay reads YYYY-MM-DD.
func parseDay(text string) (day leadlake.Date, problem string) {
	day, err := leadlake.ParseDate(text)
	switch {
	case err == nil:
		return inRange(day)
	case regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`).MatchString(text):
		return 0, "the calendar has no day " + text
	default:
		return 0, "not a date: write a day as 2025-01-31"
	}
}

func inRange(day leadlake.Date) (_ leadlake.Date, problem string) {
	if year := day.Time().Year(); year < 1900 || year > 2200 {
		return 0, "the year must lie between 1900 and 2200"
	}
	return day, ""
}

// shortened is what an answer repeats of a text that it was sent.
func shortened(text string) string {
	const most = 100
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
