package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"leadlake"
)

// TestTheDiskRunsFull fills the disk of a lake that is served, and frees it again.
func TestTheDiskRunsFull(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "8m")
	w := newWorkspace(t)
	w.fill(t, 120)
	w.passAnHour()
	c := w.config(t, filepath.Join(disk, "lake"), "Europe/Paris")
	s := serve(t, c)
	s.wait(t, func(st status) bool { return st.Rows == 120 && st.State == "idle" })
	if h := s.health(t); !h.degraded("The disk of the lake is nearly full: ") {
		t.Errorf("it is %+v", h)
	}

	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	w.passAnHour()
	w.add(t, map[leadlake.Event]string{leadlake.AppelBooke: "2026-11-18"})
	st := s.wait(t, func(st status) bool { return st.LastError != nil })
	if !strings.HasPrefix(st.LastError.Message, "The disk of the lake is full. Nothing was lost") || st.Rows != 120 {
		t.Errorf("the status is %+v, %s", st, st.LastError.Message)
	}
	if h := s.health(t); !h.degraded("Syncs fail since ") || !h.degraded("0 MB are free") {
		t.Errorf("it is %+v", h)
	}
	get(t, s.url+"/api/v1/transformation/count_date_by_week")
	get(t, s.url+"/api/v1/conversion?from=2025-01-01&to=2026-11-20")

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	s.wait(t, func(st status) bool { return st.Rows == 121 && st.LastError == nil })
	checkCounts(t, w, "Europe/Paris", s.url)
}

// fill writes a file until there is no more room.
func fill(t *testing.T, name string) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			size /= 2
		}
	}
}

// smallDisk mounts a disk of that size for the test.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	disk := t.TempDir()
	switch err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size="+size); {
	case errors.Is(err, syscall.EPERM):
		t.Skip("this user may not mount a small disk")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}
