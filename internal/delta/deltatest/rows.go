package deltatest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rows are the values of a table, by key.
type Rows map[string]string

// encode writes the rows as a data file holds them.
func (r Rows) encode() []byte {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(r)) {
		b.WriteString(key + "\t" + r[key] + "\n")
	}
	return []byte(b.String())
}

func parseRows(data []byte) (Rows, error) {
	rows := Rows{}
	for line := range strings.Lines(string(data)) {
		key, value, isRow := strings.Cut(line, "\t")
		value, isWhole := strings.CutSuffix(value, "\n")
		if _, twice := rows[key]; !isRow || !isWhole || twice {
			return nil, fmt.Errorf("%q is no row, or is there twice", line)
		}
		rows[key] = value
	}
	return rows, nil
}
