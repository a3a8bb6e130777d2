package config

import (
	"fmt"
	"slices"
	"strings"

	"leadlake/internal/naming"
)

// suggestion names the candidate nearest to name, as the end of a sentence;
// the list would be longer than a line.
func suggestion(name string, candidates []string) string {
	best, least := "", len(name)/2+1
	for _, c := range candidates {
		if d := naming.Edits(name, c); d < least {
			best, least = c, d
		}
	}
	if best == "" {
		return ": see `leadlake config` for the names"
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// slip returns the name that an unknown one of ours is a slip of the pen of,
// or "".
func slip(name string, candidates []string) string {
	rest, ours := strings.CutPrefix(name, prefix)
	if !ours || slices.Contains(candidates, name) {
		return ""
	}
	best, least := "", max(1, len(rest)/4)+1
	for _, c := range candidates {
		if d := naming.Edits(name, c); strings.HasPrefix(c, prefix) && d < least {
			best, least = c, d
		}
	}
	return best
}
