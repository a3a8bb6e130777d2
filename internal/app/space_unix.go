//go:build linux || darwin

package app

import "syscall"

// space returns how many bytes of the disk that a folder is on are free for this
// user, and how many it has.
func space(folder string) (free, total uint64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, 0, false
	}
	size := uint64(disk.Bsize) //nolint:gosec // of a block: never negative
	return disk.Bavail * size, disk.Blocks * size, true
}
