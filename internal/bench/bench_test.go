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
	runSmall(t, []string{"-leads", "2000"}, []string{
		"seed 1", "UNPIVOT/PIVOT, same answer", "warm week count, plain", "warm week count, not-modified", "warm week count, gzip",
		"start and idle memory", "make build",
	})
}

// TestBenchLake does the same for the lake.
func TestBenchLake(t *testing.T) {
	t.Parallel()
	runSmall(t, []string{"-lake", "-leads", "2000", "-lots", "3000"}, []string{
		"upsert of 1000 recent leads (CPU)", "upsert of 1000 uniform leads (peak memory)", "sync of 18 touched and 2 new leads",
		"after 20 syncs into 200 leads", "open 2000 adds in 2 commits", "checkpoint of 2000 adds", "3000 leads, 0 MB: upsert of",
	})
}

func runSmall(t *testing.T, args, wants []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"run", ".", "-short", "-runs", "1", "-binary", "none", "-python", ""}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range wants {
		if !strings.Contains(string(out), want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
}
