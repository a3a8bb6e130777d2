package cache

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"leadlake/internal/blob"
)

// publish makes the file temp that of an object. A file that is there already
// stays, because somebody may hold it: but not if it has another size, or if
// the object's name is used again.
func (b *Bucket) publish(temp string, o blob.Object) error {
	info, err := os.Stat(temp)
	if err != nil {
		return err
	}
	now := b.options.Now()
	if err := os.Chtimes(temp, now, now); err != nil {
		return err
	}
	return b.locked(func() error {
		if b.isHere(o) {
			return nil
		}
		if err := b.makeRoom(info.Size()); err != nil {
			return err
		}
		path := b.Path(o.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return os.Rename(temp, path)
	})
}

// locked runs do while no other process changes which files there are.
func (b *Bucket) locked(do func() error) (err error) {
	lock, err := os.OpenFile(filepath.Join(b.root, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }() // which unlocks it
	if err := lockExclusive(lock); err != nil {
		return err
	}
	return do()
}

// cached is a file of the cache, of whichever bucket.
type cached struct {
	path string
	size int64
	used time.Time
}

// files returns the files of all buckets, those that were not used for longest
// first.
func (b *Bucket) files() ([]cached, error) {
	var found []cached
	err := filepath.WalkDir(b.root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed since
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == scratch:
			return fs.SkipDir
		case d.IsDir() || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			found = append(found, cached{path, info.Size(), info.ModTime()})
		}
		return err
	})
	slices.SortFunc(found, func(x, y cached) int { return cmp.Or(x.used.Compare(y.used), strings.Compare(x.path, y.path)) })
	return found, err
}

// makeRoom removes files until there is room for more bytes, or only files are
// left that are held. The folder is locked.
func (b *Bucket) makeRoom(more int64) error {
	files, err := b.files()
	if err != nil {
		return err
	}
	total := more
	for _, f := range files {
		total += f.size
	}
	for _, f := range files {
		if total <= b.options.MaxBytes {
			break
		}
		if b.remove(f.path) {
			total -= f.size
		}
	}
	b.over.Store(total > b.options.MaxBytes)
	return nil
}

func (b *Bucket) sweepForgotten() error {
	return b.locked(func() error {
		files, err := b.files()
		for _, f := range files {
			if b.options.Now().Sub(f.used) > forgotten {
				b.remove(f.path)
			}
		}
		return errors.Join(err, b.makeRoom(0))
	})
}

// remove removes a file that nobody holds, and reports whether it did.
func (b *Bucket) remove(path string) bool {
	if b.isHeld(path) {
		return false
	}
	file, err := os.Open(path) //nolint:gosec // a file of the cache
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // which unlocks it
	return tryLockExclusive(file) && os.Remove(path) == nil
}

// isHeld also knows holders where the system has no locks.
func (b *Bucket) isHeld(path string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, e := range b.held {
		if e.file != nil && b.Path(name) == path {
			return true
		}
	}
	return false
}
