// Package cache keeps files of a remote blob.Bucket on a local disk, for those
// that can only open files.
//
// Objects under the names that are held are taken to be immutable. A file
// appears whole, by rename; its time of modification is its last use, and the
// files that were not used for longest go first when there are too many bytes.
// Many processes may share a folder: who holds a file has a shared lock on it,
// and who removes files has an exclusive one on each, and on the folder.
//
// Start reading at Hold.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"leadlake/internal/blob"
)

// Remote is a bucket that is far away.
type Remote interface {
	blob.Bucket
	// Download writes the whole object, and returns an error where it does not
	// match the sum that the store keeps of it.
	Download(ctx context.Context, name string, to io.Writer) error
}

// Options are what a Bucket can be told; the zero Options are fine.
type Options struct {
	// MaxBytes is what the folder may hold, of all buckets together; default
	// 2 GiB. Files that are held stay, even if they are more.
	MaxBytes int64
	// Keep says which new objects are kept when they are created, because they
	// will be held. Default none.
	Keep func(name string) bool
	Now  func() time.Time // default time.Now
}

const (
	scratch   = ".tmp"             // the folder of files that are not whole yet
	abandoned = 24 * time.Hour     // when a file in scratch is in use no more
	forgotten = 7 * 24 * time.Hour // when an unused file goes although there is room
)

// Bucket is a remote bucket with a folder of files. Reading and writing
// objects goes to the remote; Hold brings them to the disk.
type Bucket struct {
	Remote
	root    string // of all buckets
	dir     string // of this one
	options Options

	mu   sync.Mutex
	held map[string]*entry // by name
	over atomic.Bool       // files that were held left too many bytes
}

// Open returns remote with its files in the folder root, which other buckets
// may share; address says which this is. It removes what broken downloads left
// behind and what nobody has used for a week.
func Open(remote Remote, root, address string, o Options) (*Bucket, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = 2 << 30
	}
	if o.Keep == nil {
		o.Keep = func(string) bool { return false }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("opening cache: %w", err)
	}
	sum := sha256.Sum256([]byte(address))
	b := &Bucket{Remote: remote, root: root, dir: filepath.Join(root, hex.EncodeToString(sum[:12])), options: o, held: map[string]*entry{}}
	if err := os.MkdirAll(b.Scratch(), 0o700); err != nil {
		return nil, fmt.Errorf("opening cache: %w", err)
	}
	if err := errors.Join(b.sweepScratch(), b.sweepForgotten()); err != nil {
		return nil, fmt.Errorf("opening cache: %w", err)
	}
	return b, nil
}

// Path returns where the file of an object is while it is held.
func (b *Bucket) Path(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

// Scratch returns a folder on the same disk for files that are not objects.
func (b *Bucket) Scratch() string { return filepath.Join(b.dir, scratch) }

// Create implements blob.Bucket. Where the options say so, the content stays
// on the disk too; that it cannot is no error.
func (b *Bucket) Create(ctx context.Context, name string, content io.Reader) error {
	if !b.options.Keep(name) {
		return b.Remote.Create(ctx, name, content)
	}
	copied := &spill{}
	copied.file, copied.err = os.CreateTemp(b.Scratch(), "new-")
	if copied.err != nil {
		return b.Remote.Create(ctx, name, content)
	}
	defer func() { _ = os.Remove(copied.file.Name()) }() // unless it has become the object's
	err := b.Remote.Create(ctx, name, io.TeeReader(content, copied))
	if failed := errors.Join(copied.err, copied.file.Close()); err == nil && failed == nil {
		_ = b.publish(copied.file.Name(), blob.Object{Name: name, Size: copied.size})
	}
	return err
}

// spill is a file that swallows what it cannot store.
type spill struct {
	file *os.File
	size int64
	err  error
}

func (s *spill) Write(p []byte) (int, error) {
	if s.err == nil {
		_, s.err = s.file.Write(p)
		s.size += int64(len(p))
	}
	return len(p), nil
}

// Delete implements blob.Bucket. The file goes too, unless somebody holds it.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	if err := b.Remote.Delete(ctx, name); err != nil {
		return err
	}
	b.remove(b.Path(name))
	return nil
}

func (b *Bucket) sweepScratch() error {
	entries, err := os.ReadDir(b.Scratch())
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && b.options.Now().Sub(info.ModTime()) > abandoned {
			err = os.RemoveAll(filepath.Join(b.Scratch(), e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
