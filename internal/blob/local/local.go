// Package local is a blob.Bucket in a folder of a local disk.
//
// Create lets an object appear by link(2), which is atomic and fails where the
// name is taken; rename would overwrite, which is what Put is for, and opening
// with O_EXCL would show a file that is only half written. Content and folder
// are synced to disk before they return.
package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"leadlake/internal/blob"
)

// scratch is the folder of files that are not objects yet.
const scratch = ".tmp"

// abandoned is the age at which a file in scratch cannot be in use any more.
const abandoned = 24 * time.Hour

// ErrNoLinks says that the file system has no hard links, so that commits
// cannot be made safely on it.
var ErrNoLinks = errors.New("the file system has no hard links")

// Bucket is a blob.Bucket in a folder.
type Bucket struct {
	dir      string
	root     *os.Root
	disk     disk     // what root is, to change it
	durable  sync.Map // names of folders that this Bucket has synced into their parents
	readOnly bool
}

var _ blob.Bucket = (*Bucket)(nil)

// Open makes the folder dir where it is missing, and returns it as a bucket
// after a trial that it can be written and has hard links (else ErrNoLinks).
// It removes what interrupted writers left behind a day ago or earlier.
func Open(dir string) (*Bucket, error) { return open(dir, inFolder) }

func open(dir string, on func(*os.Root) disk) (*Bucket, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening folder: %w", err)
	}
	root, err := openRoot(absolute, on)
	if err != nil {
		return nil, fmt.Errorf("opening folder: %w", err)
	}
	b := &Bucket{dir: absolute, root: root, disk: on(root)}
	if err := b.disk.Mkdir(scratch, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, errors.Join(fmt.Errorf("opening folder: %w", err), root.Close())
	}
	if err := errors.Join(b.try(), b.sweep()); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return b, nil
}

// ErrReadOnly says that a bucket was opened only to be read.
var ErrReadOnly = fmt.Errorf("the bucket is only read: %w", fs.ErrPermission)

// OpenReadOnly returns the folder dir as a bucket in which nothing is written,
// not even in scratch; it must exist.
func OpenReadOnly(dir string) (*Bucket, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening folder: %w", err)
	}
	root, err := os.OpenRoot(absolute)
	if err != nil {
		return nil, fmt.Errorf("opening folder: %w", err)
	}
	return &Bucket{dir: absolute, root: root, readOnly: true}, nil
}

// Close releases the folder.
func (b *Bucket) Close() error { return b.root.Close() }

// Path returns the file that holds the object name.
func (b *Bucket) Path(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

// Scratch returns a folder on the same disk for files that are not objects;
// of a bucket that is only read, the system's folder for temporary files.
func (b *Bucket) Scratch() string {
	if b.readOnly {
		return os.TempDir()
	}
	return filepath.Join(b.dir, scratch)
}

// try links a file twice: the first must work, the second must say ErrExist.
func (b *Bucket) try() error {
	temp, err := b.write(nil)
	if err != nil {
		return fmt.Errorf("trying to write: %w", err)
	}
	name := temp + ".link"
	first := b.disk.Link(temp, name)
	second := b.disk.Link(temp, name)
	err = errors.Join(b.disk.Remove(temp), ignoreMissing(b.disk.Remove(name)))
	if first != nil || !errors.Is(second, fs.ErrExist) {
		return fmt.Errorf("%w (%w)", ErrNoLinks, errors.Join(first, second))
	}
	return err
}

func (b *Bucket) sweep() error {
	entries, err := fs.ReadDir(b.root.FS(), scratch)
	if err != nil {
		return fmt.Errorf("reading %s: %w", scratch, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && time.Since(info.ModTime()) > abandoned {
			err = b.root.RemoveAll(path.Join(scratch, e.Name()))
		}
		if ignoreMissing(err) != nil {
			return fmt.Errorf("clearing %s: %w", scratch, err)
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
