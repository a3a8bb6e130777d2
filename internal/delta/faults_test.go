package delta_test

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

var (
	seed  = flag.Uint64("seed", 0, "of the one run of TestFaults or TestHistories to repeat; 0 takes new ones")
	seeds = flag.Int("seeds", 60, "how many runs of TestFaults")
)

// TestFaults simulates processes that work on one table while its bucket shows
// every fault that it can, and audits the table behind each run.
func TestFaults(t *testing.T) {
	t.Parallel()
	const operations = 200
	first, runs := *seed, 1
	if first == 0 {
		first, runs = rand.Uint64()>>1, *seeds
	}
	if testing.Short() {
		runs = min(runs, 20)
	}
	var done, failed, unknown atomic.Int64
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range runs {
		group.Go(func() error {
			seed := first + uint64(i)
			ledger, err := run(t.Context(), seed, operations)
			if err != nil {
				t.Errorf("again with: go test ./internal/delta -run '^TestFaults$' -seed %d\n%v", seed, err)
				return nil
			}
			d, f, u := ledger.Tally()
			done.Add(int64(d))
			failed.Add(int64(f))
			unknown.Add(int64(u))
			return nil
		})
	}
	_ = group.Wait()
	t.Logf("%d seeds from %d of %d operations each: %d commits were acknowledged, %d refused, %d left open by their errors", runs, first, operations, done.Load(), failed.Load(), unknown.Load())
}
