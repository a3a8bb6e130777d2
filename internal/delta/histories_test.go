package delta_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"leadlake/internal/blob"
	"leadlake/internal/blob/faulty"
	"leadlake/internal/blob/local"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta/deltatest"
)

var histories = flag.Int("histories", 50, "how many runs of TestHistories")

// TestHistories has goroutines write, delete and read keys of one table at the
// same time, and checks that what they were told can be explained by doing
// everything in some order, each operation at a moment between its call and
// its return. What was left open has no return. Meanwhile money moves between
// accounts: whoever reads finds all of it.
func TestHistories(t *testing.T) {
	t.Parallel()
	first, runs := *seed, 1
	if first == 0 {
		first, runs = rand.Uint64()>>1, *histories
	}
	if testing.Short() {
		runs = min(runs, 5)
	}
	total, open := 0, 0
	for i := range runs {
		h := beginHistory(t, first+uint64(i))
		h.run(t)
		total += len(h.operations)
		open += h.open
		if !porcupine.CheckOperations(registers(), h.operations) {
			_, info := porcupine.CheckOperationsVerbose(registers(), h.operations, 0)
			picture := filepath.Join(t.ArtifactDir(), "history.html")
			t.Errorf("the work of seed %d cannot be explained, see %s: %v", h.seed, picture, porcupine.VisualizePath(registers(), info, picture))
		}
		if err := deltatest.Audit(t.Context(), h.healthy, &h.ledger); err != nil {
			t.Errorf("after the work of seed %d:\n%v", h.seed, err)
		}
	}
	t.Logf("%d histories from seed %d of %d operations in all, of which %d were left open", runs, first, total, open)
}

const (
	workers  = 8
	each     = 13 // operations of a worker
	accounts = 4
	money    = 100 // in each account at first
)

// history is what workers did, and were told.
type history struct {
	seed    uint64
	ledger  deltatest.Ledger
	healthy blob.Bucket
	bucket  func() blob.Bucket // as one worker has it
	faulty  *faulty.Bucket     // what all of them have, or nil
	clock   atomic.Int64

	mu         sync.Mutex
	operations []porcupine.Operation
	open       int
}

// beginHistory returns a history that begins with a table of accounts: in
// memory with faults, every fifth time on a disk, which each worker opens by
// itself.
func beginHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{seed: seed}
	if seed%5 == 0 {
		dir := t.TempDir()
		h.bucket = func() blob.Bucket {
			b, err := local.Open(dir)
			if err != nil {
				t.Error(err)
			}
			t.Cleanup(func() { _ = b.Close() })
			return b
		}
		h.healthy = h.bucket()
	} else {
		h.healthy = &mem.Bucket{}
		h.faulty = faulty.New(h.healthy, faulty.Seeded(seed, float64(seed%4)*0.05), faulty.Options{
			Page: 5, Pause: func(context.Context, time.Duration) { runtime.Gosched() },
		})
		h.bucket = func() blob.Bucket { return h.faulty }
	}
	c := deltatest.NewClient("first", h.healthy, &h.ledger, nil)
	if err := c.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), deltatest.Operation{Kind: deltatest.Append, Effect: func(r deltatest.Rows) {
		for i := range accounts {
			r[account(i)] = strconv.Itoa(money)
		}
	}}); err != nil {
		t.Fatal(err)
	}
	return h
}

func account(i int) string { return fmt.Sprint("account", i) }

func (h *history) run(t *testing.T) {
	t.Helper()
	var group sync.WaitGroup
	for w := range workers {
		bucket := h.bucket()
		group.Go(func() {
			random := rand.New(rand.NewPCG(h.seed, uint64(w)))
			c := deltatest.NewClient(fmt.Sprint("w", w), bucket, &h.ledger, random)
			for i := range each {
				ctx, cancel := faulty.Cancellable(t.Context())
				h.step(ctx, t, c, random, w*each+i)
				cancel()
			}
		})
	}
	group.Wait()
	if h.faulty != nil {
		h.faulty.Heal(t.Context())
	}
}

// step does one thing.
func (h *history) step(ctx context.Context, t *testing.T, c *deltatest.Client, random *rand.Rand, number int) {
	t.Helper()
	key, value := "k"+strconv.Itoa(random.IntN(5)), strconv.Itoa(number)
	switch n := random.IntN(10); {
	case n < 3:
		h.write(ctx, c, number, register{key: key, value: value}, func(r deltatest.Rows) { r[key] = value })
	case n < 4:
		h.write(ctx, c, number, register{key: key}, func(r deltatest.Rows) { delete(r, key) })
	case n < 7:
		h.read(ctx, t, c, number, key)
	case n < 9:
		from, to, amount := account(random.IntN(accounts)), account(random.IntN(accounts)), random.IntN(50)
		_, _ = c.Do(ctx, deltatest.Operation{Kind: deltatest.Rewrite, Effect: func(r deltatest.Rows) {
			r[from] = plus(r[from], -amount)
			r[to] = plus(r[to], amount)
		}})
	default:
		_, _ = c.Do(ctx, deltatest.Operation{Kind: deltatest.Compact})
	}
}

func plus(balance string, amount int) string {
	n, _ := strconv.Atoi(balance)
	return strconv.Itoa(n + amount)
}

func (h *history) write(ctx context.Context, c *deltatest.Client, number int, in register, effect func(deltatest.Rows)) {
	call := h.clock.Add(1)
	outcome, _ := c.Do(ctx, deltatest.Operation{Kind: deltatest.Rewrite, Effect: effect})
	switch outcome {
	case deltatest.Done, deltatest.Nothing:
		h.add(number, call, in, "", h.clock.Add(1))
	case deltatest.Unknown:
		h.add(number, call, in, "", math.MaxInt64)
	case deltatest.Failed: // it never was
	}
}

func (h *history) read(ctx context.Context, t *testing.T, c *deltatest.Client, number int, key string) {
	t.Helper()
	call := h.clock.Add(1)
	snap, err := c.Latest(ctx)
	if err != nil {
		return
	}
	rows, err := c.Rows(ctx, snap)
	if err != nil {
		return
	}
	h.add(number, call, register{key: key, read: true}, rows[key], h.clock.Add(1))
	total := 0
	for i := range accounts {
		n, err := strconv.Atoi(rows[account(i)])
		if total += n; err != nil {
			t.Errorf("seed %d: version %d has no %s: %v", h.seed, snap.Version(), account(i), err)
		}
	}
	if total != accounts*money {
		t.Errorf("seed %d: version %d holds %d in all accounts; want %d", h.seed, snap.Version(), total, accounts*money)
	}
}

func (h *history) add(number int, call int64, in register, out string, end int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.operations = append(h.operations, porcupine.Operation{ClientId: number, Input: in, Call: call, Output: out, Return: end})
	if end == math.MaxInt64 {
		h.open++
	}
}

// register is an operation on one key; a value of "" is none.
type register struct {
	key, value string
	read       bool
}

// registers says what keys do: each holds what was last written to it.
func registers() porcupine.Model {
	return porcupine.Model{
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			byKey := map[string][]porcupine.Operation{}
			for _, o := range all {
				key := o.Input.(register).key //nolint:forcetypeassert // the histories are ours
				byKey[key] = append(byKey[key], o)
			}
			var parts [][]porcupine.Operation
			for _, part := range byKey {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return "" },
		Step: func(state, input, output any) (bool, any) {
			if in := input.(register); !in.read { //nolint:forcetypeassert // the histories are ours
				return true, in.value
			}
			return state == output, state
		},
	}
}
