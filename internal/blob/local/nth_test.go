package local_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/blob/local"
)

// failing is a disk whose nth step fails: nothing of it is done.
type failing struct {
	*os.Root
	left *int
}

func (f failing) step() error {
	if *f.left--; *f.left == 0 {
		return syscall.EIO
	}
	return nil
}

func (f failing) Mkdir(name string, perm fs.FileMode) error {
	if err := f.step(); err != nil {
		return err
	}
	return f.Root.Mkdir(name, perm)
}

func (f failing) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	return f.Root.OpenFile(name, flag, perm)
}

func (f failing) Link(oldname, newname string) error {
	if err := f.step(); err != nil {
		return err
	}
	return f.Root.Link(oldname, newname)
}

func (f failing) Remove(name string) error {
	if err := f.step(); err != nil {
		return err
	}
	return f.Root.Remove(name)
}

func (f failing) Sync(file *os.File) error {
	if err := f.step(); err != nil {
		return err
	}
	return file.Sync()
}

// TestEveryStepOnTheDiskFails has each step of opening a bucket and of storing
// two objects fail, one at a time. What is stored is stored whole, what was
// said not to be created is not there, and the next try works.
func TestEveryStepOnTheDiskFails(t *testing.T) {
	t.Parallel()
	steps := 0
	for n := 1; n == 1 || n <= steps+1; n++ {
		dir, left := filepath.Join(t.TempDir(), "not", "there"), n
		b, err := local.OpenOn(dir, func(root *os.Root) local.Disk { return failing{root, &left} })
		if err != nil {
			b = open(t, dir) // what failed is over
		}
		for _, name := range []string{"a/b/first", "a/second", "a/b/first"} {
			create(t, b, name)
		}
		steps = n - left
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if steps < 20 {
		t.Errorf("there were only %d steps", steps)
	}
}

func create(t *testing.T, b *local.Bucket, name string) {
	t.Helper()
	_, before := b.Size(t.Context(), name)
	err := b.Create(t.Context(), name, strings.NewReader("content"))
	got, missing := b.Get(t.Context(), name)
	switch {
	case err == nil || errors.Is(err, blob.ErrExist):
		if string(got) != "content" {
			t.Errorf("Create(%q): %v, and it holds %q, %v", name, err, got, missing)
		}
	case !errors.Is(err, syscall.EIO):
		t.Errorf("Create(%q): %v; want the disk's error", name, err)
	case errors.Is(err, blob.ErrNotCreated) && (missing == nil) != (before == nil):
		t.Errorf("Create(%q): %v, and it is there", name, err)
	}
	if err != nil && !errors.Is(err, blob.ErrExist) {
		if err := b.Create(t.Context(), name, strings.NewReader("content")); err != nil && !errors.Is(err, blob.ErrExist) {
			t.Errorf("Create(%q) once more: %v", name, err)
		}
	}
}
