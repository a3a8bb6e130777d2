package adopt

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/delta"
)

// look is what is seen of a column's values.
type look struct {
	filled   int64
	midnight int64                   // values that are exactly midnight UTC
	moved    int64                   // of these, those on another day in the zone
	written  map[leadlake.Date]int64 // by the day that stands there, in UTC
	zoned    map[leadlake.Date]int64 // by the day in the team's zone
	outside  bool                    // a day is outside the calendar
}

func (l *look) take(cell any, zone *time.Location) {
	if number, ok := cell.(float64); cell == nil || ok && math.IsNaN(number) {
		return
	}
	l.filled++
	at, ok := cell.(time.Time)
	if !ok {
		return
	}
	at = at.UTC()
	local := at.In(zone)
	if y, z := at.Year(), local.Year(); y < 1 || y > 9999 || z < 1 || z > 9999 {
		l.outside = true
		return
	}
	if l.written == nil {
		l.written, l.zoned = map[leadlake.Date]int64{}, map[leadlake.Date]int64{}
	}
	day, there := leadlake.DateOf(at), leadlake.DateOf(local)
	l.written[day]++
	l.zoned[there]++
	if at.Equal(at.Truncate(24 * time.Hour)) {
		l.midnight++
		if day != there {
			l.moved++
		}
	}
}

// allMidnight reports whether the values are days that were stored as instants:
// then none of them has a time of day.
func (l *look) allMidnight() bool { return l.midnight == l.filled }

// asWritten reports whether the days of the column are those that stand there.
// Others are instants, whose day is the one in the team's zone.
func (l *look) asWritten(t delta.DataType) bool { return t.Name != "timestamp" || l.allMidnight() }

func (l *look) days(t delta.DataType) map[leadlake.Date]int64 {
	if l.asWritten(t) {
		return l.written
	}
	return l.zoned
}

// note says how the values of a column of days are read.
func (l *look) note(t delta.DataType, zone *time.Location) string {
	switch {
	case t.Name == "date":
		return ""
	case t.Name == "timestamp_ntz":
		return "the day as written"
	case l.allMidnight():
		return "days: all are midnight UTC"
	}
	return "instants: the day in " + zone.String()
}

// value turns a cell into a value of the column that it feeds.
func (p *Plan) value(c *Column, cell any) leadlake.Value {
	if cell == nil {
		return nil
	}
	switch c.As {
	case leadlake.Day:
		at, ok := cell.(time.Time)
		if !ok {
			return nil
		}
		if c.look.asWritten(c.data) {
			return leadlake.DateOf(at.UTC())
		}
		return leadlake.DateOf(at.In(p.choices.Zone))
	case leadlake.Number:
		return numberOf(cell)
	case leadlake.Flag:
		return cell
	case leadlake.List:
		return listOf(cell)
	case leadlake.Text, leadlake.Instant, leadlake.Whole, leadlake.Changes:
	}
	return p.textOf(c, cell)
}

// numberOf returns a number as Notion keeps it.
func numberOf(cell any) leadlake.Value {
	switch v := cell.(type) {
	case int64:
		return float64(v)
	case float64:
		if !math.IsNaN(v) {
			return v
		}
	case string: // a decimal
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return f
		}
	}
	return nil
}

func listOf(cell any) leadlake.Value {
	items, ok := cell.([]any)
	if !ok {
		return nil
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		if s, ok := item.(string); ok {
			list = append(list, s)
		}
	}
	return list
}

func (p *Plan) textOf(c *Column, cell any) leadlake.Value {
	switch v := cell.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	}
	if list, ok := listOf(cell).([]string); ok && c.data.Name == "array" && c.data.Element.Name == "string" {
		return strings.Join(list, ", ")
	}
	if p.choices.Text == nil {
		return fmt.Sprint(cell)
	}
	return p.choices.Text(c.data, cell)
}
