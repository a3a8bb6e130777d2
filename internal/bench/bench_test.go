package main_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestBench runs it small, without what may not be there: it must measure every
// case, find both week counts equal, and end well.
func TestBench(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "run", ".", "-short", "-leads", "2000", "-runs", "1", "-binary", "none", "-python", "")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"seed 1", "UNPIVOT/PIVOT, same answer", "warm week count, plain", "warm week count, not-modified", "warm week count, gzip",
		"start and idle memory", "upsert of 1000 recent leads (CPU)", "upsert of 1000 uniform leads (peak memory)",
		"upsert of 20 recent leads (CPU)", "make build",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
}
