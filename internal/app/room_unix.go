//go:build unix

package app

import "syscall"

// roomOn returns how many bytes are free on the disk of a folder, and how many
// it has; -1 where that cannot be told.
func roomOn(dir string) (free, size int64) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return -1, -1
	}
	block := int64(stat.Bsize)                                    //nolint:unconvert // its type differs between systems
	return int64(stat.Bavail) * block, int64(stat.Blocks) * block //nolint:gosec // a number of blocks
}
