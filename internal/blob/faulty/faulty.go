// Package faulty is a blob.Bucket that wraps another one and shows the faults
// that local disks and object stores really show, where a Plan says so.
//
// What a strongly consistent store never does is no fault here: a listing that
// leaves an object out and reports success, a read of old or cut-off content
// without an error, an object that is there in part. A program that would
// survive those would have to survive a store that lies.
package faulty

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"leadlake/internal/blob"
)

// Errors of calls that go wrong, wrapped.
var (
	ErrInjected  = errors.New("injected fault")
	ErrThrottled = fmt.Errorf("%w: 429 Too Many Requests", ErrInjected)
)

// Options are what a Bucket can be told; the zero Options are fine.
type Options struct {
	// Pause stands for the time that a call takes. It is called before every
	// call and every further page of a listing; took is not zero where the
	// call is slow. Default: nothing.
	Pause func(ctx context.Context, took time.Duration)
	// Page is how many objects a listing takes at a time: what is created or
	// deleted between two pages may be in it or not. Default 1000.
	Page int
}

// Bucket is a blob.Bucket that shows faults.
type Bucket struct {
	inner   blob.Bucket
	options Options

	mu    sync.Mutex
	plan  Plan // nil once healed
	calls int
	late  []lateCreate
}

// lateCreate is a Create that reported an error and is still on its way.
type lateCreate struct {
	due     int // the call before which it is done
	name    string
	content []byte
}

var _ blob.Bucket = (*Bucket)(nil)

// New returns inner with the faults of plan.
func New(inner blob.Bucket, plan Plan, o Options) *Bucket {
	if o.Pause == nil {
		o.Pause = func(context.Context, time.Duration) {}
	}
	if o.Page == 0 {
		o.Page = 1000
	}
	return &Bucket{inner: inner, plan: plan, options: o}
}

// Calls returns how many calls there have been.
func (b *Bucket) Calls() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}

// Heal lets what is late be done, and every later call do what it should.
func (b *Bucket) Heal(ctx context.Context) {
	b.mu.Lock()
	b.plan = nil
	late := b.late
	b.late = nil
	b.mu.Unlock()
	b.land(ctx, late)
}

type cancelKey struct{}

// Cancellable returns a context that a Bucket can end: without one, the faults
// Cancelled and CancelledAfter only look as if the context had ended.
func Cancellable(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	return context.WithValue(ctx, cancelKey{}, cancel), cancel
}

func end(ctx context.Context) error {
	if cancel, ok := ctx.Value(cancelKey{}).(context.CancelFunc); ok {
		cancel()
	}
	return context.Canceled
}

// slowness is how long a slow call takes.
const slowness = 5 * time.Second

// begin counts a call, lets time pass, and returns the call's fault.
func (b *Bucket) begin(ctx context.Context, op Op, name string) (Call, Fault) {
	b.mu.Lock()
	b.calls++
	call, fault := Call{N: b.calls, Op: op, Name: name}, None
	if b.plan != nil {
		fault = b.plan(call)
	}
	var due []lateCreate
	for len(b.late) > 0 && b.late[0].due <= call.N {
		due, b.late = append(due, b.late[0]), b.late[1:]
	}
	b.mu.Unlock()
	took := time.Duration(0)
	if fault == Slow {
		took = slowness
	}
	b.options.Pause(ctx, took)
	b.land(ctx, due)
	return call, fault
}

func (b *Bucket) land(ctx context.Context, late []lateCreate) {
	for _, l := range late {
		// Whoever sent it has its error already.
		_ = b.inner.Create(context.WithoutCancel(ctx), l.name, bytes.NewReader(l.content))
	}
}

// fail returns the error of a call that shows fault.
func (c Call) fail(ctx context.Context, fault Fault) error {
	var err error
	switch fault {
	case Throttled:
		err = ErrThrottled
	case Refused:
		err = fmt.Errorf("%w (%w)", ErrInjected, blob.ErrNotCreated)
	case Cancelled:
		err = fmt.Errorf("%w: %w", ErrInjected, end(ctx))
		if c.Op == Create {
			err = fmt.Errorf("%w (%w)", err, blob.ErrNotCreated)
		}
	case Cut:
		err = fmt.Errorf("%w: %w", ErrInjected, io.ErrUnexpectedEOF)
	default:
		err = ErrInjected
	}
	return fmt.Errorf("%s %s, call %d: %w", c.Op, c.Name, c.N, err)
}

// Create implements blob.Bucket.
func (b *Bucket) Create(ctx context.Context, name string, content io.Reader) error {
	call, fault := b.begin(ctx, Create, name)
	switch fault {
	case None, Slow:
		return b.inner.Create(ctx, name, content)
	case Taken:
		if err := b.inner.Create(ctx, name, content); err != nil {
			return err
		}
		return fmt.Errorf("creating %s: %w", name, blob.ErrExist)
	case After:
		_ = b.inner.Create(ctx, name, content) // the caller does not learn how it ended
		return call.fail(ctx, fault)
	case CancelledAfter:
		_ = b.inner.Create(ctx, name, content)
		return fmt.Errorf("%w: %w", call.fail(ctx, fault), end(ctx))
	case Late:
		data, err := io.ReadAll(content)
		if err == nil {
			b.mu.Lock()
			b.late = append(b.late, lateCreate{due: call.N + 1 + call.N%7, name: name, content: data})
			b.mu.Unlock()
		}
		return call.fail(ctx, fault)
	default:
		return call.fail(ctx, fault)
	}
}

// Get implements blob.Bucket.
func (b *Bucket) Get(ctx context.Context, name string) ([]byte, error) {
	return b.read(ctx, name, func() ([]byte, error) { return b.inner.Get(ctx, name) })
}

// GetRange implements blob.Bucket.
func (b *Bucket) GetRange(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	return b.read(ctx, name, func() ([]byte, error) { return b.inner.GetRange(ctx, name, offset, length) })
}

func (b *Bucket) read(ctx context.Context, name string, whole func() ([]byte, error)) ([]byte, error) {
	call, fault := b.begin(ctx, Read, name)
	switch fault {
	case None, Slow:
		return whole()
	case Cut:
		data, _ := whole()
		return data[:len(data)/2], call.fail(ctx, fault)
	default:
		return nil, call.fail(ctx, fault)
	}
}

// Size implements blob.Bucket.
func (b *Bucket) Size(ctx context.Context, name string) (int64, error) {
	if call, fault := b.begin(ctx, Read, name); fault != None && fault != Slow {
		return 0, call.fail(ctx, fault)
	}
	return b.inner.Size(ctx, name)
}

// Put implements blob.Bucket.
func (b *Bucket) Put(ctx context.Context, name string, content io.Reader) error {
	return b.change(ctx, Put, name, func() error { return b.inner.Put(ctx, name, content) })
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	return b.change(ctx, Delete, name, func() error { return b.inner.Delete(ctx, name) })
}

func (b *Bucket) change(ctx context.Context, op Op, name string, do func() error) error {
	call, fault := b.begin(ctx, op, name)
	switch fault {
	case None, Slow:
		return do()
	case After:
		_ = do() // the caller does not learn how it ended
		return call.fail(ctx, fault)
	case CancelledAfter:
		_ = do()
		return fmt.Errorf("%w: %w", call.fail(ctx, fault), end(ctx))
	default:
		return call.fail(ctx, fault)
	}
}

// List implements blob.Bucket.
func (b *Bucket) List(ctx context.Context, prefix, after string) iter.Seq2[blob.Object, error] {
	return func(yield func(blob.Object, error) bool) {
		for {
			page, fault, err := b.page(ctx, prefix, after)
			for i, o := range page {
				if fault == Cut && i >= len(page)/2 {
					break
				}
				if after = o.Name; !yield(o, nil) {
					return
				}
			}
			if err != nil {
				yield(blob.Object{}, err)
				return
			}
			if len(page) < b.options.Page {
				return
			}
		}
	}
}

// page returns the next objects of a listing, and what goes wrong behind them.
func (b *Bucket) page(ctx context.Context, prefix, after string) (objects []blob.Object, fault Fault, err error) {
	call, fault := b.begin(ctx, List, prefix)
	if fault != None && fault != Slow {
		err = call.fail(ctx, fault)
		if fault != Cut {
			return nil, fault, err
		}
	}
	for o, failure := range b.inner.List(ctx, prefix, after) {
		if failure != nil {
			return objects, fault, failure
		}
		if objects = append(objects, o); len(objects) == b.options.Page {
			break
		}
	}
	return objects, fault, err
}
