package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"leadlake/internal/blob"
)

// Get implements blob.Bucket.
func (b *Bucket) Get(ctx context.Context, name string) ([]byte, error) {
	if err := errors.Join(ctx.Err(), blob.CheckName(name)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return b.root.ReadFile(name)
}

// GetRange implements blob.Bucket.
func (b *Bucket) GetRange(ctx context.Context, name string, offset, length int64) (data []byte, err error) {
	if err := errors.Join(ctx.Err(), blob.CheckName(name)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	file, err := b.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size, err := sizeOf(file.Stat())
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if offset < 0 || length < 0 || length > size-offset {
		return nil, fmt.Errorf("reading %s: %w", name, io.ErrUnexpectedEOF)
	}
	data = make([]byte, length)
	if _, err := file.ReadAt(data, offset); length > 0 && err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return data, nil
}

// Size implements blob.Bucket.
func (b *Bucket) Size(ctx context.Context, name string) (int64, error) {
	if err := errors.Join(ctx.Err(), blob.CheckName(name)); err != nil {
		return 0, fmt.Errorf("reading %s: %w", name, err)
	}
	size, err := sizeOf(b.root.Stat(name))
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", name, err)
	}
	return size, nil
}

// sizeOf returns the size of an object's file; a folder is no object.
func sizeOf(info fs.FileInfo, err error) (int64, error) {
	switch {
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, blob.ErrNotExist
	default:
		return info.Size(), nil
	}
}

// List implements blob.Bucket. It reads the folders that the prefix leaves
// open, each whole: the time grows with the files in them.
func (b *Bucket) List(ctx context.Context, prefix, after string) iter.Seq2[blob.Object, error] {
	folder := "."
	if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
		folder = prefix[:i]
	}
	return func(yield func(blob.Object, error) bool) {
		b.walk(ctx, folder, prefix, after, yield)
	}
}

// walk yields the objects under folder in order, and reports whether to go on.
func (b *Bucket) walk(ctx context.Context, folder, prefix, after string, yield func(blob.Object, error) bool) bool {
	entries, err := fs.ReadDir(b.root.FS(), folder)
	if err = errors.Join(ctx.Err(), ignoreMissing(err)); err != nil {
		return yield(blob.Object{}, fmt.Errorf("listing %s: %w", folder, err)) && false
	}
	slices.SortFunc(entries, func(x, y fs.DirEntry) int { return cmp.Compare(sortKey(x), sortKey(y)) })
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		goOn := true
		switch {
		case strings.HasPrefix(e.Name(), "."): // not an object
		case e.IsDir() && mayHold(name+"/", prefix, after):
			goOn = b.walk(ctx, name, prefix, after, yield)
		case !e.IsDir() && strings.HasPrefix(name, prefix) && name > after:
			goOn = visit(e, name, yield)
		}
		if !goOn {
			return false
		}
	}
	return true
}

// visit yields one object, and reports whether to go on.
func visit(e fs.DirEntry, name string, yield func(blob.Object, error) bool) bool {
	info, err := e.Info()
	switch {
	case errors.Is(err, fs.ErrNotExist): // deleted since
		return true
	case err != nil:
		return yield(blob.Object{}, fmt.Errorf("listing %s: %w", name, err)) && false
	default:
		return yield(blob.Object{Name: name, Size: info.Size(), Modified: info.ModTime()}, nil)
	}
}

// mayHold reports whether the folder within, which ends in a slash, can hold
// names that start with prefix and are greater than after.
func mayHold(within, prefix, after string) bool {
	return (strings.HasPrefix(within, prefix) || strings.HasPrefix(prefix, within)) &&
		(after <= within || strings.HasPrefix(after, within))
}

// sortKey puts a folder where the names of the objects in it belong.
func sortKey(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}
