package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"leadlake/internal/blob"
)

// piece is how many bytes of an object are in memory at once.
const piece = 4 << 20

// reader reads an object piece by piece, and sums it up.
type reader struct {
	ctx    context.Context //nolint:containedctx // a reader's Read cannot be given one
	bucket blob.Bucket
	name   string
	size   int64
	at     int64
	left   []byte // of the piece that was read last
	hash   hash.Hash
	err    error // the first one
}

func newReader(ctx context.Context, bucket blob.Bucket, name string, size int64) *reader {
	return &reader{ctx: ctx, bucket: bucket, name: name, size: size, hash: sha256.New()}
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if len(r.left) == 0 {
		if r.at == r.size {
			return 0, io.EOF
		}
		length := min(piece, r.size-r.at)
		if r.left, r.err = r.bucket.GetRange(r.ctx, r.name, r.at, length); r.err != nil {
			r.err = fmt.Errorf("reading %s: %w", r.name, r.err)
			return 0, r.err
		}
		_, _ = r.hash.Write(r.left) // never fails
		r.at += length
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// drain reads to the end.
func (r *reader) drain() error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// sum returns the sum of what was read.
func (r *reader) sum() string { return hex.EncodeToString(r.hash.Sum(nil)) }
