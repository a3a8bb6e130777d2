package local

import "os"

// Disk is the seam below a Bucket.
type Disk = disk

// OpenOn is Open on other disks than the folders themselves.
func OpenOn(dir string, on func(*os.Root) Disk) (*Bucket, error) { return open(dir, on) }
