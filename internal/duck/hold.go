package duck

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"iter"

	"leadlake"
	"leadlake/internal/blob"
)

// Holder is a Disk whose objects come from far away.
type Holder interface {
	Disk
	// Hold brings objects to where Path says, and keeps them there until release
	// is called. An object whose size is negative is one whose name is used
	// again: it is brought as it is now.
	Hold(ctx context.Context, objects []blob.Object) (release func(), err error)
}

// hold makes sure that DuckDB finds the objects until release is called. On a
// disk of their own they always are.
func (e *Engine) hold(ctx context.Context, objects iter.Seq[blob.Object]) (release func(), err error) {
	holder, ok := e.disk.(Holder)
	if !ok {
		return func() {}, nil
	}
	var wanted []blob.Object
	for o := range objects {
		wanted = append(wanted, o)
	}
	return holder.Hold(ctx, wanted)
}

// withFiles runs use on a connection of db while files are held.
func (e *Engine) withFiles(ctx context.Context, db *database, files []leadlake.File, use func(*sql.Conn) error) error {
	if len(files) == 0 {
		return withConn(ctx, db, use)
	}
	holding, span := begin(ctx, "hold", files)
	release, err := e.hold(holding, func(yield func(blob.Object) bool) {
		for _, f := range files {
			if !yield(blob.Object{Name: f.Name, Size: f.Size}) {
				return
			}
		}
	})
	end(span, err)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.ErrUnexpectedEOF) {
		return leadlake.Errorf(leadlake.Unavailable,
			"A file of the lake is missing or damaged in its bucket. Put it back, from the bucket's soft delete perhaps; nothing was changed.").Because(err)
	}
	if err != nil {
		return err
	}
	defer release()
	return withConn(ctx, db, use)
}

// withNames does the same for files whose names may be used again, as those of
// checkpoints are.
func (e *Engine) withNames(ctx context.Context, db *database, names []string, use func(*sql.Conn) error) error {
	release, err := e.hold(ctx, func(yield func(blob.Object) bool) {
		for _, name := range names {
			if !yield(blob.Object{Name: name, Size: -1}) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	defer release()
	return withConn(ctx, db, use)
}
