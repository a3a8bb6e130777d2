//go:build unix

package cache

import (
	"os"
	"syscall"
)

func lockShared(f *os.File) error { return flock(f, syscall.LOCK_SH) }

func lockExclusive(f *os.File) error { return flock(f, syscall.LOCK_EX) }

func tryLockExclusive(f *os.File) bool { return flock(f, syscall.LOCK_EX|syscall.LOCK_NB) == nil }

func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); err != syscall.EINTR {
			return err
		}
	}
}
