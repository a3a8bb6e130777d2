//go:build !unix

package lease

// alive cannot tell here, and so the holder is watched.
func alive(int) bool { return true }
