package telemetry

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// queue takes items without ever waiting, and sends them in batches. What does
// not fit, or cannot be sent, is dropped and counted. Unlike the SDK's own
// processors it can say how much that was.
type queue[T any] struct {
	limits limits
	send   func(context.Context, []T) error
	drop   func(ctx context.Context, n int, err error) // err is nil where the queue was full

	items  chan T
	batch  []T // of the goroutine
	closed atomic.Bool
	once   sync.Once
	stop   chan struct{} // closed when no more items come
	ended  chan struct{} // closed when the goroutine has ended
	giveUp chan struct{} // closed when closing has taken too long
}

// newQueue begins a queue; close ends it.
func newQueue[T any](l limits, send func(context.Context, []T) error, drop func(ctx context.Context, n int, err error)) *queue[T] {
	q := &queue[T]{
		limits: l, send: send, drop: drop, items: make(chan T, l.queue), batch: make([]T, 0, l.batch),
		stop: make(chan struct{}), ended: make(chan struct{}), giveUp: make(chan struct{}),
	}
	go q.run()
	return q
}

func (q *queue[T]) put(ctx context.Context, item T) {
	if q.closed.Load() {
		q.drop(ctx, 1, nil)
		return
	}
	select {
	case q.items <- item:
	default:
		q.drop(ctx, 1, nil)
	}
}

// close sends what is there until ctx ends, and ends the goroutine.
func (q *queue[T]) close(ctx context.Context) {
	q.once.Do(func() {
		q.closed.Store(true)
		close(q.stop)
		defer context.AfterFunc(ctx, func() { close(q.giveUp) })()
		<-q.ended
	})
}

func (q *queue[T]) run() {
	defer close(q.ended)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-q.giveUp:
			cancel()
		case <-q.ended:
		}
	}()
	tick := time.NewTicker(q.limits.delay)
	defer tick.Stop()
	for {
		select {
		case item := <-q.items:
			q.add(ctx, item)
		case <-tick.C:
			q.flush(ctx)
		case <-q.stop:
			q.drain(ctx)
			return
		}
	}
}

// drain sends what is left.
func (q *queue[T]) drain(ctx context.Context) {
	for {
		select {
		case item := <-q.items:
			q.add(ctx, item)
		default:
			q.flush(ctx)
			return
		}
	}
}

func (q *queue[T]) add(ctx context.Context, item T) {
	if q.batch = append(q.batch, item); len(q.batch) >= q.limits.batch {
		q.flush(ctx)
	}
}

func (q *queue[T]) flush(ctx context.Context) {
	if len(q.batch) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, q.limits.timeout)
	defer cancel()
	if err := q.send(ctx, q.batch); err != nil {
		q.drop(ctx, len(q.batch), err)
	}
	clear(q.batch)
	q.batch = q.batch[:0]
}
