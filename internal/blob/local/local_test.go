package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/blob/blobtest"
	"leadlake/internal/blob/local"
)

func open(t *testing.T, dir string) *local.Bucket {
	t.Helper()
	b, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestBucket(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Bucket {
		t.Helper()
		return open(t, filepath.Join(t.TempDir(), "not", "there"))
	})
}

func TestScratchIsLeftClean(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, dir)
	old, young := filepath.Join(b.Scratch(), "old"), filepath.Join(b.Scratch(), "young")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	entries, err := os.ReadDir(b.Scratch())
	if err != nil || len(entries) != 1 || entries[0].Name() != "young" {
		t.Errorf("scratch holds %v, %v; want only what may still be in use", entries, err)
	}
}

func TestLinksOutOfTheFolderAreNotFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir)
	if err := os.Symlink(outside, b.Path("inside")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Get(t.Context(), "inside"); err == nil {
		t.Errorf("Get through a link that leaves the folder = %q; want an error", got)
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "object"), []byte("bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := local.OpenReadOnly(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if got, err := b.Get(t.Context(), "object"); err != nil || string(got) != "bytes" {
		t.Errorf("Get = %q, %v; want the bytes", got, err)
	}
	if err := b.Create(t.Context(), "new", strings.NewReader("x")); !errors.Is(err, local.ErrReadOnly) || !errors.Is(err, blob.ErrNotCreated) {
		t.Errorf("Create = %v; want ErrReadOnly and ErrNotCreated", err)
	}
	if err := b.Delete(t.Context(), "object"); !errors.Is(err, local.ErrReadOnly) {
		t.Errorf("Delete = %v; want ErrReadOnly", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v; want the object alone", entries, err)
	}
	if _, err := local.OpenReadOnly(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening a folder that is not there: %v; want ErrNotExist", err)
	}
}
