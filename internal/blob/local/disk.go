package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// disk is what a Bucket changes in a folder. It is a seam for the proof that
// nothing is lost when the power fails: what is read goes by it.
type disk interface {
	Mkdir(name string, perm fs.FileMode) error
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
	Link(oldname, newname string) error
	Rename(oldname, newname string) error
	Remove(name string) error
	// Sync makes the content of a file, or the names in a folder, durable.
	Sync(f *os.File) error
}

// folder is the disk of everybody but that proof.
type folder struct{ *os.Root }

func (folder) Sync(f *os.File) error { return f.Sync() }

func inFolder(root *os.Root) disk { return folder{root} }

// openRoot opens the folder absolute. It makes it, and what it lies in, where
// they are missing, so that they are durable. One that is there may be the
// work of somebody who has not synced it yet, so it is synced, too, if we may.
func openRoot(absolute string, on func(*os.Root) disk) (root *os.Root, err error) {
	above := filepath.Dir(absolute)
	if above == absolute {
		return os.OpenRoot(absolute)
	}
	parent, err := os.OpenRoot(above)
	if errors.Is(err, fs.ErrNotExist) {
		parent, err = openRoot(above, on)
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return os.OpenRoot(absolute)
	case err != nil:
		return nil, err
	}
	defer func() { err = errors.Join(err, parent.Close()) }()
	d := on(parent)
	made := d.Mkdir(filepath.Base(absolute), 0o700)
	if made != nil && !errors.Is(made, fs.ErrExist) {
		return nil, made
	}
	if err := syncFolder(parent, d, "."); err != nil && (made == nil || !errors.Is(err, fs.ErrPermission)) {
		return nil, err
	}
	return os.OpenRoot(absolute)
}

// makeFolder makes a folder with all its parents, durably. One that is there
// may be the work of somebody who has not synced it yet.
func (b *Bucket) makeFolder(name string) error {
	if name == "." {
		return nil
	}
	if _, durable := b.durable.Load(name); durable {
		if _, err := b.root.Stat(name); err == nil {
			return nil
		}
	}
	parent := path.Dir(name)
	if err := b.makeFolder(parent); err != nil {
		return err
	}
	if err := b.disk.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncFolder(b.root, b.disk, parent); err != nil {
		return err
	}
	b.durable.Store(name, true)
	return nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(root *os.Root, d disk, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return fmt.Errorf("syncing folder: %w", err)
	}
	return errors.Join(d.Sync(f), f.Close())
}
