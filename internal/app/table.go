package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"leadlake"
	"leadlake/internal/blob/gcs"
	"leadlake/internal/blob/local"
	"leadlake/internal/config"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// Moment says which version of a table is meant: the zero Moment is the newest.
type Moment struct {
	Version *int64
	AsOf    time.Time // the newest version that was committed by then
}

// Table is any Delta table, whoever wrote it. Its methods return errors that
// say what is wrong in a sentence.
type Table struct {
	dir      string
	readOnly bool
	disk     disk
	engine   *duck.Engine
	delta    *delta.Table
}

// OpenTable opens the Delta table in dir, or the table of leads of the lake in
// dir, which may be in a bucket: c says where its files are kept. It reads no
// version yet, and writes nothing if it is only to be read.
func OpenTable(ctx context.Context, c config.Config, dir string, readOnly bool) (*Table, error) {
	t := &Table{dir: dir, readOnly: readOnly}
	open := t.openFolder
	if isBucket(dir) {
		open = func() error { return t.openBucket(ctx, c) }
	}
	if err := open(); err != nil {
		return nil, t.refusal(err)
	}
	if err := t.checkFormat(ctx, c); err != nil {
		return nil, errors.Join(t.refusal(err), t.disk.Close())
	}
	var err error
	if t.engine, err = duck.Open(ctx, t.disk, duck.Options{}); err != nil {
		return nil, errors.Join(t.refusal(err), t.disk.Close())
	}
	t.delta = delta.Open(t.disk, "", delta.Options{Root: t.disk.Root(""), Parquet: t.engine})
	return t, nil
}

func (t *Table) openFolder() error {
	if inLake := filepath.Join(t.dir, leadtable.Folder); isTable(inLake) && !isTable(t.dir) {
		t.dir = inLake
	}
	open := local.Open
	switch {
	case t.readOnly:
		open = local.OpenReadOnly
	case !isTable(t.dir):
		return delta.ErrNoTable
	case isPlace(filepath.Dir(t.dir)):
		return leadlake.Errorf(leadlake.Invalid, "The table in %s is part of a place of backups, in which nothing is changed.", t.dir)
	}
	folder, err := open(t.dir)
	if err != nil {
		return err
	}
	t.disk = folderDisk{folder}
	return nil
}

func (t *Table) openBucket(ctx context.Context, c config.Config) error {
	o := gcs.Options{ReadOnly: t.readOnly}
	opened, err := openBucket(ctx, c, t.dir, o)
	if err != nil {
		return err
	}
	const log = "_delta_log/"
	own, err := firstName(ctx, opened, log, "")
	if err == nil && own != "" {
		t.disk = opened
		return nil
	}
	inLake, errLake := firstName(ctx, opened, leadtable.Folder+"/"+log, "")
	if err := errors.Join(err, errLake, opened.Close()); err != nil {
		return err
	}
	if inLake == "" {
		return delta.ErrNoTable
	}
	t.dir = strings.TrimSuffix(t.dir, "/") + "/" + leadtable.Folder
	opened, err = openBucket(ctx, c, t.dir, o)
	if err != nil {
		return err
	}
	t.disk = opened
	return nil
}

func isTable(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "_delta_log"))
	return err == nil && info.IsDir()
}

// Close releases the table.
func (t *Table) Close() error {
	err := errors.Join(t.engine.Close(), t.disk.Close())
	if !t.readOnly && !isBucket(t.dir) {
		_ = os.Remove(t.disk.Scratch()) // unless somebody else has something in it
	}
	return err
}

// at returns the version that is meant.
func (t *Table) at(ctx context.Context, m Moment) (*delta.Snapshot, error) {
	switch {
	case m.Version != nil:
		return t.delta.At(ctx, *m.Version)
	case !m.AsOf.IsZero():
		return t.delta.AsOf(ctx, m.AsOf)
	}
	return t.delta.Latest(ctx)
}

// refusal says in a sentence why the table cannot be opened or read.
func (t *Table) refusal(err error) error { return t.explain(err, !t.readOnly) }

// unchanged says in a sentence why the table cannot be changed, or could not be
// after a dry run, which opens it only to be read.
func (t *Table) unchanged(err error) error { return t.explain(err, true) }

func (t *Table) explain(err error, change bool) error {
	known, isSentence := errors.AsType[*leadlake.Error](err)
	reason := strings.ReplaceAll(fmt.Sprint(err), "\n", " ")
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case isSentence:
		return known
	case errors.Is(err, delta.ErrNoVersion):
		return leadlake.Errorf(leadlake.Invalid, "The table in %s cannot be shown at that version (%s).", t.dir, reason).Because(err)
	case errors.Is(err, delta.ErrGone):
		return leadlake.Errorf(leadlake.Invalid, "The table in %s cannot go back to that version: its files were deleted by a vacuum (%s). Nothing was changed.", t.dir, reason).Because(err)
	case errors.Is(err, delta.ErrRetention):
		return leadlake.Errorf(leadlake.Invalid, "Files younger than 168 hours may still be needed by readers, and by writers that are at work. Add --force if you know that there are none; nothing was deleted.").Because(err)
	case errors.Is(err, local.ErrNoLinks):
		return leadlake.Errorf(leadlake.Unavailable, "The table in %s is on a file system without hard links, where commits cannot be made safely. Nothing was changed.", t.dir).Because(err)
	}
	if said := t.refusedByDisk(err, reason); said != nil {
		return said
	}
	if change {
		return leadlake.Errorf(leadlake.Invalid, "That cannot be done with the table in %s (%s).", t.dir, reason).Because(err)
	}
	return leadlake.Errorf(leadlake.Invalid, "The table in %s cannot be read (%s).", t.dir, reason).Because(err)
}

// refusedByDisk is for what the place of the table has refused; nil for anything
// else.
func (t *Table) refusedByDisk(err error, reason string) error {
	unopened := t.disk == nil
	switch {
	case unopened && strings.Contains(t.dir, "://") && !isBucket(t.dir):
		return leadlake.Errorf(leadlake.Invalid, "%s is no address that is understood: name a folder of this machine, or gs://bucket/prefix.", t.dir).Because(err)
	case errors.Is(err, delta.ErrNoTable), unopened && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)):
		return leadlake.Errorf(leadlake.Invalid, "There is no Delta table in %s: name the folder that holds _delta_log.", t.dir).Because(err)
	case leadtable.IsFull(err):
		return leadlake.Errorf(leadlake.Unavailable, "The disk of the table in %s is full. Its rows are what they were; free some space and try again.", t.dir).Because(err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission) && !t.readOnly:
		return leadlake.Errorf(leadlake.Unavailable, "The table in %s cannot be written by this user. Give it write permission on the folder.", t.dir).Because(err)
	case errors.Is(err, fs.ErrPermission), strings.Contains(reason, "Permission denied"): // DuckDB's words
		return leadlake.Errorf(leadlake.Unavailable, "The table in %s cannot be read by this user. Give it read permission on the folder and on every file in it.", t.dir).Because(err)
	}
	return nil
}
