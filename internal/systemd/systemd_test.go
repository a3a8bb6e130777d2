package systemd_test

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadlake/internal/systemd"
)

func TestNobodyListens(t *testing.T) {
	m := systemd.Find([]string{"WATCHDOG_USEC=1000000", "PATH=/bin"})
	if m.Listens() || m.Watchdog() != 0 {
		t.Errorf("without a socket there is %+v", m)
	}
	if err := m.Tell(systemd.Ready); err != nil {
		t.Error(err)
	}
}

func TestTheManagerHears(t *testing.T) {
	addresses := []string{filepath.Join(t.TempDir(), "socket")}
	if runtime.GOOS == "linux" {
		addresses = append(addresses, "@leadlake-test-"+strconv.Itoa(os.Getpid())) // of no file
	}
	for _, address := range addresses {
		socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = socket.Close() }()
		m := systemd.Find([]string{"NOTIFY_SOCKET=" + address, "WATCHDOG_USEC=30000000", "WATCHDOG_PID=" + strconv.Itoa(os.Getpid())})
		if m.Watchdog() != 30*time.Second {
			t.Errorf("it wants to hear every %s", m.Watchdog())
		}
		if err := m.Tell(systemd.Ready, systemd.Status("all\nis well")); err != nil {
			t.Fatal(err)
		}
		heard := make([]byte, 1000)
		n, err := socket.Read(heard)
		if want := "READY=1\nSTATUS=all is well"; err != nil || string(heard[:n]) != want {
			t.Errorf("%s heard %q, %v; want %q", address, heard[:n], err, want)
		}
	}
}

func TestAnotherProcessIsWatched(t *testing.T) {
	if m := systemd.Find([]string{"NOTIFY_SOCKET=/x", "WATCHDOG_USEC=1000000", "WATCHDOG_PID=1"}); m.Watchdog() != 0 || !m.Listens() {
		t.Errorf("got %+v", m)
	}
}

func TestTheManagerIsGone(t *testing.T) {
	m := systemd.Find([]string{"NOTIFY_SOCKET=" + filepath.Join(t.TempDir(), "gone")})
	if err := m.Tell(systemd.Ready); err == nil {
		t.Error("nobody heard, and it is no error")
	}
}

func TestReloading(t *testing.T) {
	states := systemd.Reloading()
	if states[0] != "RELOADING=1" {
		t.Errorf("got %q", states)
	}
	if runtime.GOOS != "linux" {
		return
	}
	micros, err := strconv.ParseInt(strings.TrimPrefix(states[1], "MONOTONIC_USEC="), 10, 64)
	if err != nil || micros <= 0 {
		t.Errorf("got %q", states)
	}
}
