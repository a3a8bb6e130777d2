package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"leadlake/internal/blob"
)

// parallel is how many files are downloaded at once for one caller.
const parallel = 4

// Hold brings objects to where Path says and keeps them there until release is
// called, which is safe to do more than once. A file is checked by its size,
// and when it is downloaded also by the store's sum; an object of another size
// than said is io.ErrUnexpectedEOF. An object whose size is given as negative
// is one whose name is used again: it is downloaded anew, unless it is held.
func (b *Bucket) Hold(ctx context.Context, objects []blob.Object) (release func(), err error) {
	for _, o := range objects {
		if err := blob.CheckName(o.Name); err != nil {
			return nil, err
		}
	}
	var mu sync.Mutex
	var names []string
	hold := func(ctx context.Context, o blob.Object) error {
		if err := b.hold(ctx, o); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		names = append(names, o.Name)
		return nil
	}
	release = sync.OnceFunc(func() { b.release(names) })
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for _, o := range objects {
		if b.isHere(o) { // no goroutine for what takes microseconds
			err = errors.Join(err, hold(ctx, o))
		} else {
			group.Go(func() error { return hold(within, o) })
		}
	}
	if err := errors.Join(err, group.Wait()); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (b *Bucket) isHere(o blob.Object) bool {
	info, err := os.Stat(b.Path(o.Name))
	return err == nil && info.Size() == o.Size
}

// entry is a file that somebody in this process holds or waits for.
type entry struct {
	turn    chan struct{} // full while one of them looks after the file
	file    *os.File      // open and locked; nil until it is there
	size    int64
	holders int
}

// tries bounds how often a file is downloaded that others remove at once.
const tries = 20

func (b *Bucket) hold(ctx context.Context, o blob.Object) (err error) {
	e := b.enter(o.Name)
	defer func() {
		if err != nil {
			b.release([]string{o.Name})
		}
	}()
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if e.file != nil {
		return checkSize(o, e.size)
	}
	for try := range tries {
		if o.Size >= 0 || try > 0 {
			if file, size, err := b.open(o); file != nil || err != nil {
				b.keep(e, file, size)
				return err
			}
		}
		if err := b.download(ctx, o); err != nil {
			return err
		}
	}
	return fmt.Errorf("holding %s: others remove it faster than it can be opened", o.Name)
}

func (b *Bucket) enter(name string) *entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.held[name]
	if e == nil {
		e = &entry{turn: make(chan struct{}, 1)}
		b.held[name] = e
	}
	e.holders++
	return e
}

func (b *Bucket) keep(e *entry, file *os.File, size int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.file, e.size = file, size
}

func (b *Bucket) release(names []string) {
	b.mu.Lock()
	for _, name := range names {
		e := b.held[name]
		if e.holders--; e.holders > 0 {
			continue
		}
		if e.file != nil {
			_ = e.file.Close() // it was only read
		}
		delete(b.held, name)
	}
	b.mu.Unlock()
	if b.over.Load() {
		_ = b.locked(func() error { return b.makeRoom(0) }) // or the next download does
	}
}

// used is how exactly the last use of a file is known. It is not written down
// at every use because DuckDB reads the footer of a file again that changed.
const used = 10 * time.Minute

// open opens the file of an object and locks it, so that no process removes
// it. It returns nil where there is no such file.
func (b *Bucket) open(o blob.Object) (*os.File, int64, error) {
	path := b.Path(o.Name)
	file, err := os.Open(path) //nolint:gosec // a file of the cache
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("opening cached file: %w", err)
	}
	err = lockShared(file)
	info, broken := file.Stat()
	named, gone := os.Stat(path)
	switch {
	case err != nil || broken != nil:
		return nil, 0, errors.Join(fmt.Errorf("locking cached file: %w", errors.Join(err, broken)), file.Close())
	case gone != nil, !os.SameFile(info, named), checkSize(o, info.Size()) != nil:
		return nil, 0, file.Close() // removed while we waited for the lock, or not what we want
	}
	if now := b.options.Now(); now.Sub(info.ModTime()) > used {
		_ = os.Chtimes(path, now, now) // it only goes earlier
	}
	return file, info.Size(), nil
}

// download puts an object where its file belongs.
func (b *Bucket) download(ctx context.Context, o blob.Object) (err error) {
	ctx, span := begin(ctx, o)
	defer func() { end(span, err) }()
	temp, err := os.CreateTemp(b.Scratch(), "get-")
	if err != nil {
		return fmt.Errorf("caching %s: %w", o.Name, err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // unless it was renamed
	err = b.Download(ctx, o.Name, temp)
	info, broken := temp.Stat()
	if err := errors.Join(err, broken, temp.Close()); err != nil {
		return fmt.Errorf("caching %s: %w", o.Name, err)
	}
	if err := checkSize(o, info.Size()); err != nil {
		return err
	}
	if err := b.publish(temp.Name(), o); err != nil {
		return fmt.Errorf("caching %s: %w", o.Name, err)
	}
	return nil
}

func checkSize(o blob.Object, size int64) error {
	if o.Size >= 0 && o.Size != size {
		return fmt.Errorf("%s has %d bytes in place of %d: %w", o.Name, size, o.Size, io.ErrUnexpectedEOF)
	}
	return nil
}
