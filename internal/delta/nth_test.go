package delta_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"strconv"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/blob/faulty"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
	"leadlake/internal/delta/deltatest"
)

// faults are those of which each call of an operation shows each once.
func faults() []faulty.Fault {
	return []faulty.Fault{
		faulty.Before, faulty.Refused, faulty.Throttled, faulty.After, faulty.Late, faulty.Taken,
		faulty.Cut, faulty.Cancelled, faulty.CancelledAfter,
	}
}

// TestEveryCallFails has, in each operation, each call of the bucket fail in
// each way, one at a time. The table is then as it was before or as it is
// after, which of both its client knows if it was told, and the client goes on
// as if nothing had been.
func TestEveryCallFails(t *testing.T) {
	t.Parallel()
	set := func(key string) func(deltatest.Rows) { return func(r deltatest.Rows) { r[key] = "new" } }
	operations := map[string]deltatest.Operation{
		"append":     {Kind: deltatest.Append, Effect: set("x")},
		"upsert":     {Kind: deltatest.Rewrite, Effect: set("a0")},
		"delete":     {Kind: deltatest.Rewrite, Effect: func(r deltatest.Rows) { delete(r, "a1") }},
		"overwrite":  {Kind: deltatest.Rewrite, Effect: func(r deltatest.Rows) { clear(r); r["x"] = "" }},
		"compact":    {Kind: deltatest.Compact},
		"describe":   {Kind: deltatest.Describe},
		"restore":    {Kind: deltatest.Restore},
		"note":       {Kind: deltatest.Note},
		"batch":      {Kind: deltatest.Append, Effect: set("x"), Txn: &delta.Txn{AppID: "app", Version: 7}},
		"done batch": {Kind: deltatest.Append, Effect: set("x"), Txn: &delta.Txn{AppID: "app", Version: 1}},
	}
	for name, op := range operations {
		for _, warm := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, warm %v", name, warm), func(t *testing.T) {
				t.Parallel()
				for _, fault := range faults() {
					n := 1
					for failNth(t, op, warm, n, fault) {
						n++
					}
					if n < 2 {
						t.Errorf("no call failed with fault %d", fault)
					}
				}
			})
		}
	}
}

// failNth runs op with its nth call failing, and reports whether there was an
// nth call.
func failNth(t *testing.T, op deltatest.Operation, warm bool, n int, fault faulty.Fault) bool {
	t.Helper()
	var inner mem.Bucket
	var ledger deltatest.Ledger
	random := rand.New(rand.NewPCG(1, 0))
	prepare(t, deltatest.NewClient("before", &inner, &ledger, random))
	asked := 0 // calls before those that count
	bucket := faulty.New(&inner, func(c faulty.Call) faulty.Fault { c.N -= asked; return faulty.Nth(n, fault)(c) }, faulty.Options{})
	client := deltatest.NewClient("client", bucket, &ledger, random)
	if warm {
		asked = 1 << 30
		if _, err := client.Latest(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked = bucket.Calls()
	}
	ctx, cancel := faulty.Cancellable(t.Context())
	defer cancel()
	outcome, err := client.Do(ctx, op)
	calls := bucket.Calls() - asked
	bucket.Heal(t.Context())
	if outcome == deltatest.Failed || outcome == deltatest.Unknown {
		if !errors.Is(err, faulty.ErrInjected) && !errors.Is(err, ctx.Err()) {
			t.Errorf("call %d with fault %d: %v; want the fault as the cause", n, fault, err)
		}
	}
	if outcome == deltatest.Failed || outcome == deltatest.Unknown && op.Txn != nil { // who may not try again, does not
		if again, err := client.Do(t.Context(), op); again != deltatest.Done && again != deltatest.Nothing {
			t.Errorf("after call %d with fault %d, once more: %d, %v; want it done", n, fault, again, err)
		}
	}
	if err := deltatest.Audit(t.Context(), &inner, &ledger); err != nil {
		t.Errorf("after call %d with fault %d, outcome %d, %v:\n%v", n, fault, outcome, err, err)
	}
	return calls >= n
}

// prepare makes a table of a few versions and files.
func prepare(t *testing.T, c *deltatest.Client) {
	t.Helper()
	if err := c.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	fill := func(from, to int) func(deltatest.Rows) {
		return func(r deltatest.Rows) {
			for i := from; i < to; i++ {
				r["a"+strconv.Itoa(i)] = "old"
			}
		}
	}
	for _, op := range []deltatest.Operation{
		{Kind: deltatest.Append, Effect: fill(0, 2)},
		{Kind: deltatest.Append, Effect: fill(2, 4), Txn: &delta.Txn{AppID: "app", Version: 3}},
		{Kind: deltatest.Rewrite, Effect: fill(4, 6)},
		{Kind: deltatest.Rewrite, Effect: func(r deltatest.Rows) { delete(r, "a5") }},
	} {
		if outcome, err := c.Do(t.Context(), op); outcome != deltatest.Done {
			t.Fatal(outcome, err)
		}
	}
}

// TestEveryCallOfACreationFails is the same for the first commit, before which
// there is no table.
func TestEveryCallOfACreationFails(t *testing.T) {
	t.Parallel()
	for _, fault := range faults() {
		for n, calls := 1, 1; n <= calls; n++ {
			var inner mem.Bucket
			bucket := faulty.New(&inner, faulty.Nth(n, fault), faulty.Options{})
			ctx, cancel := faulty.Cancellable(t.Context())
			result, err := delta.Open(bucket, folder, delta.Options{}).Commit(ctx, nil, creation(t))
			cancel()
			calls = bucket.Calls()
			bucket.Heal(t.Context())
			snap, missing := delta.Open(&inner, folder, delta.Options{}).Latest(t.Context())
			switch {
			case missing != nil && !errors.Is(missing, delta.ErrNoTable):
				t.Errorf("after call %d with fault %d: %v", n, fault, missing)
			case err == nil && (result.Outcome != delta.Committed || missing != nil):
				t.Errorf("call %d with fault %d: %+v, %v; want a table", n, fault, result, missing)
			case errors.Is(err, delta.ErrNotCommitted) && missing == nil:
				t.Errorf("call %d with fault %d: %v, and there is a table of version %d", n, fault, err, snap.Version())
			}
		}
	}
}

// TestEveryCallOfAReaderFails opens a table and goes back in it, with each call
// failing in each way. The reader is told, or does without the call, and the
// same table reads right from then on, also what is new.
func TestEveryCallOfAReaderFails(t *testing.T) {
	t.Parallel()
	for _, fault := range faults() {
		n := 1
		for failReader(t, n, fault) {
			n++
		}
		if n < 5 {
			t.Errorf("only %d calls failed with fault %d", n-1, fault)
		}
	}
}

func failReader(t *testing.T, n int, fault faulty.Fault) bool {
	t.Helper()
	var inner mem.Bucket
	var ledger deltatest.Ledger
	writer := deltatest.NewClient("before", &inner, &ledger, rand.New(rand.NewPCG(1, 0)))
	prepare(t, writer)
	bucket := faulty.New(&inner, faulty.Nth(n, fault), faulty.Options{Page: 2})
	reader := deltatest.NewClient("reader", bucket, &ledger, nil)
	ctx, cancel := faulty.Cancellable(t.Context())
	defer cancel()
	newest, first := reader.Latest(ctx)
	older, second := reader.At(ctx, 2)
	failed := bucket.Calls() >= n
	if told := errors.Is(errors.Join(first, second), faulty.ErrInjected) || ctx.Err() != nil && errors.Join(first, second) != nil; failed && !told {
		// A hint can be done without: then the answers have to be the right ones.
		if first != nil || second != nil || newest.Version() != 4 || older.Version() != 2 {
			t.Errorf("call %d with fault %d: %v, %v; want to be told of it, or the right versions", n, fault, first, second)
		}
	}
	bucket.Heal(t.Context())
	if outcome, err := writer.Do(t.Context(), deltatest.Operation{Kind: deltatest.Describe}); outcome != deltatest.Done {
		t.Fatal(err)
	}
	snap, err := reader.Latest(t.Context())
	if err == nil {
		_, err = reader.Rows(t.Context(), snap)
	}
	if err := errors.Join(err, deltatest.Audit(t.Context(), &inner, &ledger)); err != nil {
		t.Errorf("after call %d with fault %d: %v", n, fault, err)
	}
	return failed
}

// TestEveryCallOfMaintenanceFails has each call of a checkpoint fail in each
// way. Readers then find the table that they would find without it, and the
// next time it works.
func TestEveryCallOfMaintenanceFails(t *testing.T) {
	t.Parallel()
	for _, fault := range faults() {
		n := 1
		for failMaintenance(t, n, fault) {
			n++
		}
		if n < 8 {
			t.Errorf("only %d calls failed with fault %d", n-1, fault)
		}
	}
}

func failMaintenance(t *testing.T, n int, fault faulty.Fault) bool {
	t.Helper()
	var inner mem.Bucket
	ledger := deltatest.Ledger{Options: withLines}
	writer := deltatest.NewClient("before", &inner, &ledger, rand.New(rand.NewPCG(1, 0)))
	prepare(t, writer)
	for range 8 {
		if outcome, err := writer.Do(t.Context(), deltatest.Operation{Kind: deltatest.Note}); outcome != deltatest.Done {
			t.Fatal(err)
		}
	}
	bucket := faulty.New(&inner, faulty.Nth(n, fault), faulty.Options{Page: 5})
	keeper := deltatest.NewClient("keeper", bucket, &ledger, nil)
	ctx, cancel := faulty.Cancellable(t.Context())
	defer cancel()
	failure := keeper.Maintain(ctx)
	failed := bucket.Calls() >= n
	if failure != nil && !errors.Is(failure, faulty.ErrInjected) && !errors.Is(failure, context.Canceled) {
		t.Errorf("call %d with fault %d: %v; want the fault as the cause", n, fault, failure)
	}
	check := func(when string) {
		t.Helper()
		if err := deltatest.Audit(t.Context(), &inner, &ledger); err != nil {
			t.Errorf("%s call %d with fault %d: %v", when, n, fault, err)
		}
	}
	check("at once after")
	bucket.Heal(t.Context())
	check("some time after")
	if err := keeper.Maintain(t.Context()); err != nil {
		t.Errorf("once more after call %d with fault %d: %v", n, fault, err)
	}
	pointer := path.Join(deltatest.Folder, "_delta_log", "_last_checkpoint")
	if _, err := inner.Size(t.Context(), pointer); err != nil {
		t.Errorf("after call %d with fault %d and once more there is no checkpoint: %v", n, fault, err)
	}
	check("once more after")
	return failed
}

func withLines(b blob.Bucket) delta.Options { return delta.Options{Parquet: lines{b}} }
