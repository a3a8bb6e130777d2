// Package blob is the contract of the place where a lake lives: a flat space
// of named byte objects, immutable but for those that Put replaces. Sub-packages
// implement it; blobtest holds the contract as tests, which every implementation
// runs.
package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"strings"
	"time"
)

// Errors that implementations return, wrapped.
var (
	// ErrExist says that Create found the name taken.
	ErrExist = fs.ErrExist
	// ErrNotExist says that there is no object of that name.
	ErrNotExist = fs.ErrNotExist
	// ErrNotCreated says that a failed Create has proved that the object was
	// not made. Any other error of Create but ErrExist leaves that open.
	ErrNotCreated = errors.New("object not created")
)

// Object is what a listing knows of an object.
type Object struct {
	Name string
	Size int64 // in bytes
	// Modified is when it was stored, by the store's clock.
	Modified time.Time
}

// Bucket stores objects. Names are slash-separated paths in the sense of
// fs.ValidPath without hidden elements (none starts with a dot); any other
// name is an error. No name may be the folder of another. All methods may be
// called from many goroutines, and many processes may share what a Bucket
// stands for.
//
//nolint:interfacebloat // every method is needed by a caller of the whole, and each store has all
type Bucket interface {
	// Create stores content under name if the name is free, and returns
	// ErrExist if it is not. The object becomes visible whole or not at all,
	// and is durable when Create returns nil or ErrExist. Of many that race
	// for a name exactly one wins.
	Create(ctx context.Context, name string, content io.Reader) error
	// Put creates or replaces an object. Readers see the old or the new content,
	// whole; the new one is durable when Put returns nil. After an error it may
	// be either. A store may refuse to replace one object more often than once a
	// second: Put is for hints that one can do without.
	Put(ctx context.Context, name string, content io.Reader) error
	// Get returns the whole object, or ErrNotExist.
	Get(ctx context.Context, name string) ([]byte, error)
	// GetRange returns length bytes from offset, or ErrNotExist. A range that
	// leaves the object is io.ErrUnexpectedEOF.
	GetRange(ctx context.Context, name string, offset, length int64) ([]byte, error)
	// List yields the objects whose names start with prefix and are greater
	// than after, ordered by the bytes of their names. It ends at the first
	// error, which it yields. What is created before the listing starts is in it.
	List(ctx context.Context, prefix, after string) iter.Seq2[Object, error]
	// Delete removes the object. An object that is not there is no error.
	Delete(ctx context.Context, name string) error
	// Size returns the size in bytes, or ErrNotExist.
	Size(ctx context.Context, name string) (int64, error)
}

// CheckName returns an error if name is not one that a Bucket takes.
func CheckName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return &fs.PathError{Op: "name", Path: name, Err: fs.ErrInvalid}
	}
	return nil
}
