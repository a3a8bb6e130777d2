//go:build !linux

package systemd

import "time"

// monotonic knows of no such clock: systemd is on Linux.
func monotonic() (at time.Duration, known bool) { return 0, false }
