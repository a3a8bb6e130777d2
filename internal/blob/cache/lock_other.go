//go:build !unix

package cache

import "os"

// Where there are no advisory locks, as on Windows, the system itself refuses
// to remove or replace a file that is open.

func lockShared(*os.File) error { return nil }

func lockExclusive(*os.File) error { return nil }

func tryLockExclusive(*os.File) bool { return true }
