package duck_test

import (
	"os"
	"path/filepath"
	"testing"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/duck"
)

// TestScratchMayBeSwept takes the engine's folder away, as another process does
// after a quiet day, between two questions that need more than memory.
func TestScratchMayBeSwept(t *testing.T) {
	t.Parallel()
	disk, err := local.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e, err := duck.Open(t.Context(), disk, duck.Options{MemoryMB: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(); _ = disk.Close() })
	const question = "SELECT max(n) FROM (SELECT y, row_number() OVER (ORDER BY y) AS n FROM (SELECT md5(x::VARCHAR) AS y FROM range(1000000) t(x)))"
	for range 2 {
		rows, err := ask(t, e, leadlake.Snapshot{Columns: columns()}, question)
		if err != nil || rows[0][0] != int64(1_000_000) {
			t.Fatalf("%v, %v", rows, err)
		}
		names, err := filepath.Glob(filepath.Join(disk.Scratch(), "duckdb-*"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no folder to sweep: %q, %v", names, err)
		}
		for _, name := range names {
			if err := os.RemoveAll(name); err != nil {
				t.Fatal(err)
			}
		}
	}
}
