package gcs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"

	"cloud.google.com/go/storage"
	"google.golang.org/api/iterator"

	"leadlake/internal/blob"
)

// Get implements blob.Bucket. The content is checked against the sum that
// Google keeps of it.
func (b *Bucket) Get(ctx context.Context, name string) ([]byte, error) {
	var data bytes.Buffer
	err := b.read(ctx, name, 0, -1, func(r *storage.Reader) error {
		data.Reset()
		data.Grow(int(r.Attrs.Size) + bytes.MinRead)
		_, err := data.ReadFrom(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

// Download writes the whole object to a file or the like as it arrives, and
// returns an error where the sum that Google keeps of it is another. After an
// error, part of it may be written.
func (b *Bucket) Download(ctx context.Context, name string, to io.Writer) error {
	begun := false
	return b.read(ctx, name, 0, -1, func(r *storage.Reader) error {
		if begun { // replaced since, and what is written cannot be taken back
			return fmt.Errorf("%w: it was replaced meanwhile", io.ErrUnexpectedEOF)
		}
		begun = true
		_, err := io.Copy(to, r)
		return err
	})
}

// GetRange implements blob.Bucket.
func (b *Bucket) GetRange(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	beyond := fmt.Errorf("reading %s: %w", name, io.ErrUnexpectedEOF)
	if length <= 0 || offset < 0 || offset > math.MaxInt64-length { // what Google cannot be asked for
		size, err := b.Size(ctx, name)
		switch {
		case err != nil:
			return nil, err
		case length != 0 || offset < 0 || offset > size:
			return nil, beyond
		}
		return nil, nil
	}
	var data []byte
	err := b.read(ctx, name, offset, length, func(r *storage.Reader) error {
		if r.Remain() < length {
			return io.ErrUnexpectedEOF
		}
		data = make([]byte, length)
		_, err := io.ReadFull(r, data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// replacements is how often an object may be replaced while it is read.
const replacements = 5

// read opens length bytes of an object from offset on, all where length is -1,
// and lets use read them. The client opens the rest again where a connection
// breaks, of the same generation; where that was replaced meanwhile, read
// begins again.
func (b *Bucket) read(ctx context.Context, name string, offset, length int64, use func(*storage.Reader) error) error {
	doing := "reading " + name
	if err := b.check(ctx, name); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var err error
	for range replacements {
		var opened bool
		if opened, err = b.readOnce(ctx, name, offset, length, use); err == nil {
			return nil
		}
		if !opened || !errors.Is(err, storage.ErrObjectNotExist) {
			break
		}
	}
	return b.fail(ctx, doing, err)
}

func (b *Bucket) readOnce(ctx context.Context, name string, offset, length int64, use func(*storage.Reader) error) (opened bool, err error) {
	ctx, w := b.watch(ctx)
	defer w.stop()
	r, err := b.object(name).NewRangeReader(ctx, offset, length)
	if err != nil {
		return false, w.verdict(err)
	}
	w.restart(r.Remain())
	err = use(r)
	return true, w.verdict(errors.Join(err, r.Close()))
}

// Size implements blob.Bucket.
func (b *Bucket) Size(ctx context.Context, name string) (int64, error) {
	doing := "reading " + name
	if err := b.check(ctx, name); err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	within, w := b.watch(ctx)
	defer w.stop()
	attrs, err := b.object(name).Attrs(within)
	if err != nil {
		return 0, b.fail(ctx, doing, w.verdict(err))
	}
	return attrs.Size, nil
}

// List implements blob.Bucket. It asks for a thousand names at a time.
func (b *Bucket) List(ctx context.Context, prefix, after string) iter.Seq2[blob.Object, error] {
	return func(yield func(blob.Object, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(blob.Object{}, err)
			return
		}
		within, w := b.watch(ctx)
		defer w.stop()
		query := &storage.Query{Prefix: b.prefix + prefix, StartOffset: b.prefix + after, Projection: storage.ProjectionNoACL}
		if err := query.SetAttrSelection([]string{"Name", "Size", "Created"}); err != nil {
			yield(blob.Object{}, err)
			return
		}
		objects := b.bucket.Objects(within, query)
		objects.PageInfo().MaxSize = 1000 // as many as Google gives
		for {
			w.restart(0)
			attrs, err := objects.Next()
			w.timer.Stop() // the caller's time is its own
			switch {
			case errors.Is(err, iterator.Done):
				return
			case err != nil:
				yield(blob.Object{}, b.fail(ctx, "listing "+prefix, w.verdict(err)))
				return
			}
			name := attrs.Name[len(b.prefix):]
			if name <= after || blob.CheckName(name) != nil { // a folder of the console, for example
				continue
			}
			if !yield(blob.Object{Name: name, Size: attrs.Size, Modified: attrs.Created}, nil) {
				return
			}
		}
	}
}
