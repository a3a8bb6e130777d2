// Package mem is a blob.Bucket in memory, for tests.
package mem

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"leadlake/internal/blob"
)

// Bucket is a blob.Bucket in memory. The zero Bucket is empty and ready.
type Bucket struct {
	mu      sync.RWMutex
	objects map[string]object
}

type object struct {
	data     []byte
	modified time.Time
}

var _ blob.Bucket = (*Bucket)(nil)

// Create implements blob.Bucket.
func (b *Bucket) Create(ctx context.Context, name string, content io.Reader) error {
	if err := check(ctx, name); err != nil {
		return fmt.Errorf("creating: %w (%w)", err, blob.ErrNotCreated)
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return fmt.Errorf("creating %s: %w (%w)", name, err, blob.ErrNotCreated)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, taken := b.objects[name]; taken {
		return fmt.Errorf("creating %s: %w", name, blob.ErrExist)
	}
	b.set(name, data)
	return nil
}

// Put implements blob.Bucket.
func (b *Bucket) Put(ctx context.Context, name string, content io.Reader) error {
	if err := check(ctx, name); err != nil {
		return fmt.Errorf("putting: %w", err)
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return fmt.Errorf("putting %s: %w", name, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.set(name, data)
	return nil
}

// set stores an object; b.mu is held.
func (b *Bucket) set(name string, data []byte) {
	if b.objects == nil {
		b.objects = map[string]object{}
	}
	b.objects[name] = object{data, time.Now()}
}

// Get implements blob.Bucket.
func (b *Bucket) Get(ctx context.Context, name string) ([]byte, error) {
	data, err := b.object(ctx, name)
	return bytes.Clone(data), err
}

// GetRange implements blob.Bucket.
func (b *Bucket) GetRange(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	data, err := b.object(ctx, name)
	if err != nil {
		return nil, err
	}
	if offset < 0 || length < 0 || length > int64(len(data))-offset {
		return nil, fmt.Errorf("reading %s: %w", name, io.ErrUnexpectedEOF)
	}
	return bytes.Clone(data[offset : offset+length]), nil
}

// List implements blob.Bucket.
func (b *Bucket) List(ctx context.Context, prefix, after string) iter.Seq2[blob.Object, error] {
	return func(yield func(blob.Object, error) bool) {
		for _, o := range b.matching(prefix, after) {
			if err := ctx.Err(); err != nil {
				yield(blob.Object{}, err)
				return
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (b *Bucket) matching(prefix, after string) []blob.Object {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var found []blob.Object
	for name, o := range b.objects {
		if strings.HasPrefix(name, prefix) && name > after {
			found = append(found, blob.Object{Name: name, Size: int64(len(o.data)), Modified: o.modified})
		}
	}
	slices.SortFunc(found, func(x, y blob.Object) int { return strings.Compare(x.Name, y.Name) })
	return found
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	if err := check(ctx, name); err != nil {
		return fmt.Errorf("deleting: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, name)
	return nil
}

// Size implements blob.Bucket.
func (b *Bucket) Size(ctx context.Context, name string) (int64, error) {
	data, err := b.object(ctx, name)
	return int64(len(data)), err
}

func (b *Bucket) object(ctx context.Context, name string) ([]byte, error) {
	if err := check(ctx, name); err != nil {
		return nil, fmt.Errorf("reading: %w", err)
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	o, ok := b.objects[name]
	if !ok {
		return nil, fmt.Errorf("reading %s: %w", name, blob.ErrNotExist)
	}
	return o.data, nil
}

func check(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return blob.CheckName(name)
}
