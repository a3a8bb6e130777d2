package delta_test

import (
	"slices"
	"strings"
	"testing"

	"leadlake/internal/delta"
)

// TestAFileThatLostRowsIsNotRewritten puts a file of fewer rows in the place of
// a live one. Who rewrites it would make that true for good, so it is an error.
func TestAFileThatLostRowsIsNotRewritten(t *testing.T) {
	t.Parallel()
	for name, rewrite := range map[string]func(*delta.Table) error{
		"optimize": func(table *delta.Table) error {
			_, err := table.Optimize(t.Context(), delta.OptimizeOptions{})
			return err
		},
		"delete": func(table *delta.Table) error {
			_, err := table.Delete(t.Context(), idIs(delta.Equal, "a"), delta.DeleteOptions{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, engine := filesOf(t, "a b c", "d")
			before := latest(t, table)
			if err := engine.bucket.Put(t.Context(), firstFile(t, engine.bucket), strings.NewReader("a\nb\n")); err != nil {
				t.Fatal(err)
			}
			err := rewrite(table)
			if err == nil || !strings.Contains(err.Error(), "rows") {
				t.Errorf("%v; want an error about rows", err)
			}
			if after := latest(t, table); after.Version() != before.Version() || !slices.Equal(files(after), files(before)) {
				t.Errorf("version %d with %q; want nothing committed", after.Version(), files(after))
			}
		})
	}
}
