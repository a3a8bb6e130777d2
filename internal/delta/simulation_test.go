package delta_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"leadlake/internal/blob/faulty"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
	"leadlake/internal/delta/deltatest"
)

// simulation has several processes work on one table through a faulty bucket.
// At every call of the bucket another one may go on. One seed decides
// everything: the work, the faults, and who comes first.
type simulation struct {
	random *rand.Rand
	ledger deltatest.Ledger
	inner  mem.Bucket
	bucket *faulty.Bucket
	left   int // operations to begin
	keys   int
	batch  []int64 // the next batch of each application
}

const (
	processes    = 5
	applications = 2
)

// run simulates so many operations, and returns what is wrong with the table
// then.
func run(ctx context.Context, seed uint64, operations int) (*deltatest.Ledger, error) {
	s := &simulation{random: rand.New(rand.NewPCG(seed, 1)), left: operations, batch: make([]int64, applications)}
	share := []float64{0, 0.01, 0.05, 0.15, 0.3}[s.random.IntN(5)]
	s.ledger.Options = withLines
	turns := deltatest.NewTurns(s.random)
	s.bucket = faulty.New(&s.inner, faulty.Seeded(seed, share), faulty.Options{
		Page: 5, Pause: func(_ context.Context, took time.Duration) { turns.Pause(took) },
	})
	first := deltatest.NewClient("first", &s.inner, &s.ledger, s.random)
	if err := first.Create(ctx); err != nil {
		return nil, err
	}
	for p := range processes {
		turns.Go(func() { s.process(ctx, p) })
	}
	turns.Run()
	s.bucket.Heal(ctx)
	if err := s.finish(ctx); err != nil {
		return nil, err
	}
	return &s.ledger, deltatest.Audit(ctx, &s.inner, &s.ledger)
}

// process works until no operation is left. The last one is a reader. Now and
// then it is started anew, and knows nothing any more.
func (s *simulation) process(ctx context.Context, p int) {
	var c *deltatest.Client
	var pinned *delta.Snapshot
	for generation := 0; s.left > 0; s.left-- {
		if c == nil || s.random.IntN(40) == 0 {
			c, pinned = deltatest.NewClient(fmt.Sprintf("p%d.%d", p, generation), s.bucket, &s.ledger, s.random), nil
			generation++
		}
		ctx, cancel := faulty.Cancellable(ctx)
		if p == processes-1 {
			pinned = s.read(ctx, c, pinned)
		} else {
			s.write(ctx, c)
		}
		cancel()
	}
}

// read reads the version that it holds, or the newest one, or any.
func (s *simulation) read(ctx context.Context, c *deltatest.Client, pinned *delta.Snapshot) *delta.Snapshot {
	var err error
	switch s.random.IntN(3) {
	case 0:
		pinned, err = c.Latest(ctx)
	case 1:
		pinned, err = c.At(ctx, s.random.Int64N(s.ledger.Newest()+1))
	}
	s.check(err)
	if err != nil || pinned == nil {
		return nil
	}
	_, err = c.Rows(ctx, pinned)
	s.check(err)
	return pinned
}

// write does something. How that ends is in the ledger.
func (s *simulation) write(ctx context.Context, c *deltatest.Client) {
	s.keys++
	value := strconv.Itoa(s.keys)
	op := deltatest.Operation{Kind: deltatest.Rewrite, Effect: s.change(value)}
	switch n := s.random.IntN(100); {
	case n < 38:
	case n < 63:
		op = deltatest.Operation{Kind: deltatest.Append, Effect: func(r deltatest.Rows) { r["own"+value] = value }}
	case n < 75:
		op.Kind = deltatest.Compact
	case n < 78:
		op.Kind = deltatest.Describe
	case n < 81:
		op.Kind = deltatest.Restore
	case n < 84:
		op.Kind = deltatest.Note
	case n < 92:
		s.check(c.Maintain(ctx))
		return
	default:
		s.copyBatch(ctx, c, s.random.IntN(applications))
		return
	}
	_, err := c.Do(ctx, op)
	s.check(err)
}

// check notes an error that no fault explains.
func (s *simulation) check(err error) {
	if err != nil && !errors.Is(err, faulty.ErrInjected) && !errors.Is(err, context.Canceled) {
		s.ledger.Violation("without a fault: %w", err)
	}
}

// change returns something that is done to rows: written, deleted, computed
// from others, replaced.
func (s *simulation) change(value string) func(deltatest.Rows) {
	a, b := "k"+strconv.Itoa(s.random.IntN(5)), "k"+strconv.Itoa(s.random.IntN(5))
	switch n := s.random.IntN(38); {
	case n < 15:
		return func(r deltatest.Rows) { r[a] = value }
	case n < 25:
		return func(r deltatest.Rows) { delete(r, a) }
	case n < 30:
		return func(r deltatest.Rows) {
			if delete(r, a); r[b] != "" {
				r[a] = r[b]
			}
		}
	case n < 35:
		return func(r deltatest.Rows) { old, _ := strconv.Atoi(r["sum"]); r["sum"] = strconv.Itoa(old + 1) }
	case n < 37:
		return func(r deltatest.Rows) { clear(r); r["over"] = value }
	default:
		return func(r deltatest.Rows) { clear(r) }
	}
}

// copyBatch is what a program does that copies from elsewhere: batch by batch,
// and the same again where it does not know how that ended.
func (s *simulation) copyBatch(ctx context.Context, c *deltatest.Client, app int) {
	number := s.batch[app]
	outcome, _ := c.Do(ctx, deltatest.Operation{
		Kind: deltatest.Append, Txn: &delta.Txn{AppID: strconv.Itoa(app), Version: number},
		Effect: func(r deltatest.Rows) { r[fmt.Sprintf("batch%d.%d", app, number)] = "" },
	})
	if outcome == deltatest.Done || outcome == deltatest.Nothing {
		s.batch[app] = max(s.batch[app], number+1)
	}
}

// finish does, on the healthy bucket, what was left undone.
func (s *simulation) finish(ctx context.Context) error {
	c := deltatest.NewClient("last", s.bucket, &s.ledger, s.random)
	for app := range applications {
		number := s.batch[app]
		if s.copyBatch(ctx, c, app); s.batch[app] == number {
			return fmt.Errorf("batch %d of application %d cannot be copied", number, app)
		}
	}
	_, err := c.Latest(ctx)
	return err
}
