//go:build unix

package lease

import (
	"errors"
	"syscall"
)

// alive reports whether a process of this machine is there.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0) // asks, and sends nothing
	return err == nil || !errors.Is(err, syscall.ESRCH)
}
