package cli_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"leadlake/internal/leadtable"
)

// TestAFullDisk syncs onto a disk on which less and less is taken, so that it
// runs full at one place after the other.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	switch err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); {
	case errors.Is(err, syscall.EPERM):
		t.Skip("this user may not mount a small disk")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(disk, syscall.MNT_DETACH)) })
	w := newWorkspace()
	p := newProgram(t, w)
	must(t, w.fill(300))
	lake, ballast := filepath.Join(disk, "lake"), filepath.Join(disk, "ballast")
	fails := func(free int64) bool {
		before := filesOf(t, lake)
		leave(t, ballast, free)
		defer func() { must(t, os.Remove(ballast)) }()
		result, err := p.sync(lake).Output()
		exit, failed := errors.AsType[*exec.ExitError](err)
		if !failed {
			must(t, err)
			return false
		}
		if exit.ExitCode() != 1 || len(result) > 0 || !strings.HasPrefix(string(exit.Stderr), "leadlake: The disk of the lake is full. "+
			"Nothing was lost and nothing is half-written; free some space and try again.\n") {
			t.Errorf("with %d bytes free it ended with code %d, printed %q and said\n%s", free, exit.ExitCode(), result, exit.Stderr)
		}
		if after := filesOf(t, lake); !slices.Equal(before, after) {
			t.Errorf("with %d bytes free the files of the lake were %v and are %v", free, before, after)
		}
		return true
	}
	if !fails(0) {
		t.Fatal("a lake was made on a full disk")
	}
	p.finish(t, lake)
	before, _ := rowsOf(t, lake)
	must(t, w.edit(w.ids[:200]...)) // less than a batch, so that a sync stores all or nothing
	failed := 0
	for free := int64(0); fails(free); free += 8 << 10 {
		failed++
		after, _ := rowsOf(t, lake)
		compare(t, w, after, before)
	}
	t.Logf("%d sizes of disk were too small", failed)
	if failed < 3 {
		t.Error("the disk did not run full at several places")
	}
	peaceful := filepath.Join(t.TempDir(), "lake")
	p.finish(t, peaceful)
	got, _ := rowsOf(t, lake)
	want, _ := rowsOf(t, peaceful)
	compare(t, w, got, want)
}

// leave fills the disk with a file until so many bytes are free.
func leave(t *testing.T, ballast string, free int64) {
	t.Helper()
	file, err := os.Create(ballast)
	must(t, err)
	defer func() { must(t, file.Close()) }()
	size := int64(0)
	for chunk := make([]byte, 4<<10); err == nil; {
		var n int
		n, err = file.Write(chunk)
		size += int64(n)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	must(t, file.Truncate(max(0, size-free)))
}

// filesOf returns the names of the files of the table of leads in a lake.
func filesOf(t *testing.T, lake string) (names []string) {
	t.Helper()
	dir := filepath.Join(lake, leadtable.Folder) // beside it, the sync notes that it began
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}))
	return names
}
