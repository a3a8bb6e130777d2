package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// row is a line of the table.
type row struct {
	what, ours  string
	base, than  string // what it is compared with: how much, and what that is
	ratio       string
	target, met string
	note        string // instead of figures
}

// against compares with deltalake, which is to need at least twice as much.
func (r *row) against(base, ours float64, format func(float64) string) {
	r.beside(base, ours, format)
	goal := "≥ 2×"
	if r.target != "" {
		goal = r.target + ", " + goal
	}
	r.target, r.met = goal, verdict(base >= 2*ours && r.met != verdict(false))
}

// beside shows what deltalake needs for the same.
func (r *row) beside(base, ours float64, format func(float64) string) {
	r.base, r.than, r.ratio = format(base), "deltalake", times(base, ours)
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

func seconds(s float64) string {
	switch {
	case s < 0.001:
		return fmt.Sprintf("%.1f µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.1f ms", s*1e3)
	default:
		return fmt.Sprintf("%.2f s", s)
	}
}

func megabytes(mb float64) string { return fmt.Sprintf("%.1f MB", mb) }

// times says how many times less ours is than the baseline.
func times(base, ours float64) string { return fmt.Sprintf("%.1f×", base/ours) }

func printTable(w io.Writer, rows []row) error {
	lines := [][]string{{"", "ours", "baseline", "ratio", "target", ""}}
	for _, r := range rows {
		baseline := r.base
		if r.than != "" {
			baseline += " " + r.than
		}
		if r.note != "" {
			baseline = r.note
		}
		lines = append(lines, []string{r.what, r.ours, baseline, r.ratio, r.target, r.met})
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines = slices.Insert(lines, 1, nil)
	for _, width := range widths {
		lines[1] = append(lines[1], strings.Repeat("─", width))
	}
	for _, line := range lines {
		var b strings.Builder
		for i, cell := range line {
			b.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
