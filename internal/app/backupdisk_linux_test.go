package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/app"
)

// TestABackupOntoAFullDisk runs full at one place after the other: it says so,
// the earlier backup stays whole, and with room it works. So does a restore,
// which leaves nothing.
func TestABackupOntoAFullDisk(t *testing.T) {
	disk := smallDisk(t, "1m")
	w := newWorkspace(t)
	c := w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris")
	w.fill(t, 20)
	w.passAnHour()
	syncOnce(t, c)
	place := filepath.Join(disk, "copies")
	first, err := app.Backup(t.Context(), c, place, app.Options{}, app.BackupOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.fill(t, 100)
	w.passAnHour()
	syncOnce(t, c)
	failed := 0
	for free := int64(0); ; free += 8 << 10 {
		ballast := occupy(t, disk, free)
		_, err := app.Backup(t.Context(), c, place, app.Options{}, app.BackupOptions{})
		room(t, ballast)
		// A lease that could not be given back is of this process, which lives;
		// as a rule it would be of one that has ended, and be taken at once.
		if err := os.RemoveAll(filepath.Join(place, "_backup", "lease")); err != nil {
			t.Fatal(err)
		}
		if m, findings, broken := app.CheckBackup(t.Context(), c, place, first.Name, nil); broken != nil || len(findings) > 0 || m.Name != first.Name {
			t.Fatalf("with %d bytes free the earlier backup has %v, %v", free, findings, broken)
		}
		if err == nil {
			break
		}
		saysFull(t, err)
		failed++
	}
	if failed < 3 {
		t.Errorf("the disk ran full %d times", failed)
	}
	lake := c
	lake.Lake = filepath.Join(disk, "restored")
	ballast := occupy(t, disk, 20<<10)
	_, err = app.Restore(t.Context(), lake, place, app.RestoreOptions{})
	saysFull(t, err)
	room(t, ballast)
	for _, left := range []string{lake.Lake, lake.Lake + ".restoring"} {
		if _, err := os.Stat(left); err == nil {
			t.Errorf("a restore onto a full disk left %s", left)
		}
	}
	if _, err := app.Restore(t.Context(), lake, place, app.RestoreOptions{}); err != nil {
		t.Errorf("with room the restore says %v", err)
	}
}

func saysFull(t *testing.T, err error) {
	t.Helper()
	if leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), " is full. ") {
		t.Errorf("a full disk is told as: %v", err)
	}
}

// occupy fills the disk with a file until so many bytes are free.
func occupy(t *testing.T, disk string, free int64) (ballast string) {
	t.Helper()
	ballast = filepath.Join(disk, "ballast")
	file, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for chunk := make([]byte, 4<<10); err == nil; {
		var n int
		n, err = file.Write(chunk)
		size += int64(n)
	}
	if err := errors.Join(file.Truncate(max(0, size-free)), file.Close()); err != nil {
		t.Fatal(err)
	}
	return ballast
}

func room(t *testing.T, ballast string) {
	t.Helper()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
}
