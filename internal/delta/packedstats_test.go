package delta_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// TestStatisticsAreGivenAsTheyWereWritten commits adds whose statistics are
// like each other in some places, and opens the table.
func TestStatisticsAreGivenAsTheyWereWritten(tt *testing.T) {
	tt.Parallel()
	word := rapid.OneOf(rapid.SampledFrom([]string{`"`, `,`, `\`, "é", `"numRecords":`, `"minValues":{"id":"`, `"maxValues":{"id":"`, `"}`, "2026-11-21"}), rapid.StringN(0, 9, 20))
	rapid.Check(tt, func(t *rapid.T) {
		bucket := &mem.Bucket{}
		table := delta.Open(bucket, folder, delta.Options{})
		change := creation(tt)
		want := map[string]string{}
		for i := range rapid.IntRange(1, 6).Draw(t, "files") {
			name := fmt.Sprintf("f%d", i)
			for range rapid.IntRange(0, 30).Draw(t, "words") {
				want[name] += word.Draw(t, "word")
			}
			change.Adds = append(change.Adds, delta.Add{Path: name, Stats: want[name]})
		}
		if _, err := table.Commit(t.Context(), nil, change); err != nil {
			t.Fatal(err)
		}
		s, err := table.Latest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, a := range s.Files() {
			if a.Stats != want[name] {
				t.Errorf("%s has statistics %q, not %q", name, a.Stats, want[name])
			}
		}
	})
}
