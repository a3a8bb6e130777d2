package config

import (
	"fmt"

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
