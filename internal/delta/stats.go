package delta

import (
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"
)

// Stats is what a data file's add says about its rows, for readers to skip
// files by. A column that is left out is unknown.
type Stats struct {
	NumRecords int64            `json:"numRecords"`
	MinValues  map[string]any   `json:"minValues,omitempty"` // string, or time.Time as TimestampStat writes it
	MaxValues  map[string]any   `json:"maxValues,omitempty"`
	NullCount  map[string]int64 `json:"nullCount,omitempty"`
}

// Encode writes the statistics as an add holds them.
func (s Stats) Encode() (string, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encoding statistics: %w", err)
	}
	return string(data), nil
}

// statLength is how many characters of a string go into statistics.
const statLength = 32

// StringMin returns a bound of at most 32 characters below s.
func StringMin(s string) string {
	runes := []rune(s)
	if len(runes) <= statLength {
		return s
	}
	return string(runes[:statLength])
}

// StringMax returns a bound of at most 33 characters above s; ok is false
// where there is none.
func StringMax(s string) (bound string, ok bool) {
	runes := []rune(s)
	if len(runes) <= statLength {
		return s, true
	}
	// A cut-off prefix sorts below s: raise its last character that can be.
	for i := statLength - 1; i >= 0; i-- {
		if raised := runes[i] + 1; utf8.ValidRune(raised) && runes[i] < utf8.MaxRune {
			return string(runes[:i]) + string(raised), true
		}
	}
	return "", false
}

// TimestampStat writes an instant as statistics hold it, cut to milliseconds.
// Readers take a maximum as up to one millisecond too low.
func TimestampStat(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
