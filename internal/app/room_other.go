//go:build !unix

package app

// roomOn returns -1: what the disk of a folder has room for is not known here.
func roomOn(string) (free, size int64) { return -1, -1 }
