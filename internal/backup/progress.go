package backup

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Progress says how far a backup, or another work on one, has come.
type Progress struct {
	Objects, OfObjects int
	Bytes, OfBytes     int64
}

// progress counts what is done, and tells.
type progress struct {
	mu   sync.Mutex
	now  Progress
	tell func(Progress) // one call at a time
}

func newProgress(objects int, bytes int64, tell func(Progress)) *progress {
	return &progress{now: Progress{OfObjects: objects, OfBytes: bytes}, tell: tell}
}

// done counts an object of so many bytes.
func (p *progress) done(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.Objects++
	p.now.Bytes += bytes
	p.tell(p.now)
}

// workers is how many objects are worked on at once: a bucket far away answers
// each request late, and every one of them takes some megabytes of memory.
const workers = 4

// abreast calls do for the numbers below n, several at once, until one fails.
func abreast(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i := range n {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, i)
		})
	}
	return group.Wait()
}
