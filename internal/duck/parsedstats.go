package duck

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// statsText writes statistics that a checkpoint holds as columns as an add
// holds them: as JSON. It returns "" where the number of rows is not known.
// A value that JSON has no room for is left out, which means unknown.
func statsText(node *parquetNode, value any) string {
	known, _ := statsValue(node, value).(map[string]any)
	if known["numRecords"] == nil {
		return ""
	}
	data, err := json.Marshal(known)
	if err != nil {
		return "" // a file without statistics is read whole
	}
	return string(data)
}

// statsValue returns what is known of a value, nil for nothing.
func statsValue(node *parquetNode, value any) any {
	switch v := value.(type) {
	case map[string]any:
		return statsMembers(node, v)
	case time.Time:
		return statsTime(node, v)
	case float32:
		return statsValue(node, float64(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case duckdb.Decimal:
		return json.Number(decimalText(v.Value, int(v.Scale)))
	case string, bool, int8, int16, int32, int64:
		return v
	}
	return nil
}

// statsMembers returns the members of which something is known.
func statsMembers(node *parquetNode, members map[string]any) any {
	known := make(map[string]any, len(members))
	for name, member := range members {
		if child := node.child(name); child != nil {
			if k := statsValue(child, member); k != nil {
				known[name] = k
			}
		}
	}
	if len(known) == 0 {
		return nil
	}
	return known
}

func statsTime(node *parquetNode, at time.Time) any {
	switch {
	case at.Year() < 1 || at.Year() > 9999:
		return nil
	case node.duck == "DATE":
		return at.Format(time.DateOnly)
	case node.duck == "TIMESTAMP" && strings.HasPrefix(node.logical, "Timestamp"): // without a zone, and it says so
		return at.Format("2006-01-02T15:04:05.000000")
	}
	return at.Format("2006-01-02T15:04:05.000000Z")
}
