package mem_test

import (
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/blob/blobtest"
	"leadlake/internal/blob/mem"
)

func TestBucket(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(*testing.T) blob.Bucket { return &mem.Bucket{} })
}
