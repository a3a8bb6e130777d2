package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"leadlake/internal/blob"
)

// Create implements blob.Bucket.
func (b *Bucket) Create(ctx context.Context, name string, content io.Reader) error {
	err := errors.Join(ctx.Err(), blob.CheckName(name), b.writable())
	if err != nil {
		return fmt.Errorf("creating %s: %w (%w)", name, err, blob.ErrNotCreated)
	}
	temp, err := b.write(content)
	if err != nil {
		return fmt.Errorf("creating %s: %w (%w)", name, err, blob.ErrNotCreated)
	}
	err = b.publish(temp, name)
	_ = b.disk.Remove(temp) // what stays in scratch is swept a day later
	return err
}

// Put implements blob.Bucket.
func (b *Bucket) Put(ctx context.Context, name string, content io.Reader) error {
	if err := errors.Join(ctx.Err(), blob.CheckName(name), b.writable()); err != nil {
		return fmt.Errorf("putting %s: %w", name, err)
	}
	temp, err := b.write(content)
	if err != nil {
		return fmt.Errorf("putting %s: %w", name, err)
	}
	if err := b.replace(temp, name); err != nil {
		_ = b.disk.Remove(temp)
		return fmt.Errorf("putting %s: %w", name, err)
	}
	return nil
}

func (b *Bucket) writable() error {
	if b.readOnly {
		return ErrReadOnly
	}
	return nil
}

// write stores content in a new file of scratch, durably, and returns its name.
func (b *Bucket) write(content io.Reader) (name string, err error) {
	name = path.Join(scratch, rand.Text())
	file, err := b.disk.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	if content != nil {
		_, err = io.Copy(file, content)
	}
	if err == nil {
		err = b.disk.Sync(file)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, b.disk.Remove(name))
	}
	return name, nil
}

// publish makes the file temp the object name. Whoever was first with the name
// may not have synced it yet, and what ErrExist says is there shall stay. When
// the folder cannot be synced, whether the object will survive is open.
func (b *Bucket) publish(temp, name string) error {
	within := path.Dir(name)
	if err := b.makeFolder(within); err != nil {
		return fmt.Errorf("creating %s: %w (%w)", name, err, blob.ErrNotCreated)
	}
	err := b.disk.Link(temp, name)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("creating %s: %w (%w)", name, err, blob.ErrNotCreated)
	}
	if failure := syncFolder(b.root, b.disk, within); failure != nil {
		return fmt.Errorf("creating %s: %w", name, failure)
	}
	if err != nil {
		return fmt.Errorf("creating %s: %w", name, blob.ErrExist)
	}
	return nil
}

// replace makes the file temp the object name, whatever was there.
func (b *Bucket) replace(temp, name string) error {
	within := path.Dir(name)
	if err := b.makeFolder(within); err != nil {
		return err
	}
	if err := b.disk.Rename(temp, name); err != nil {
		return err
	}
	return syncFolder(b.root, b.disk, within)
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	if err := errors.Join(ctx.Err(), blob.CheckName(name), b.writable()); err != nil {
		return fmt.Errorf("deleting %s: %w", name, err)
	}
	return ignoreMissing(b.disk.Remove(name))
}

// SetModified says when an object was stored, for one that is the copy of
// another. It is not durable as the object is.
func (b *Bucket) SetModified(ctx context.Context, name string, at time.Time) error {
	if err := errors.Join(ctx.Err(), blob.CheckName(name), b.writable()); err != nil {
		return fmt.Errorf("dating %s: %w", name, err)
	}
	return b.root.Chtimes(name, at, at)
}
