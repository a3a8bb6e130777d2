package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"leadlake"
	"leadlake/internal/backup"
	"leadlake/internal/blob"
	"leadlake/internal/blob/gcs"
	"leadlake/internal/blob/local"
	"leadlake/internal/blob/mem"
	"leadlake/internal/config"
	"leadlake/internal/lease"
)

// place is where backups lie.
type place struct {
	blob.Bucket

	address string
	close   func() error
}

// openPlace opens a place of backups; one that is only read must be there.
func openPlace(ctx context.Context, c config.Config, address string, readOnly bool) (*place, error) {
	p := &place{address: address}
	if isBucket(address) {
		far, err := gcs.Open(ctx, address, gcs.Options{ReadOnly: readOnly, Credentials: c.GoogleCredentials, Explain: explainBucket(address)})
		if err != nil {
			return nil, err
		}
		p.Bucket, p.close = far, far.Close
		return p, nil
	}
	open := local.Open
	if readOnly {
		open = local.OpenReadOnly
	}
	folder, err := open(address)
	if err != nil {
		return nil, p.explain(err)
	}
	p.Bucket, p.close = folder, folder.Close
	return p, nil
}

// lookAtPlace opens a place of which nothing may change, and takes one that is
// not there for empty.
func lookAtPlace(ctx context.Context, c config.Config, address string) (*place, error) {
	if _, err := os.Stat(address); !isBucket(address) && errors.Is(err, os.ErrNotExist) {
		return &place{Bucket: &mem.Bucket{}, address: address, close: func() error { return nil }}, nil
	}
	return openPlace(ctx, c, address, true)
}

// alone makes the caller the only one who writes to the place, until done is
// called.
func (p *place) alone(ctx context.Context, o Options) (working context.Context, done func() error, err error) {
	working, held, err := lease.Acquire(ctx, p, backup.LeaseFolder, lease.Options{
		Watching: func(h lease.Holder) {
			o.Tell("Another backup to " + p.address + " seems to be running (" + h.String() + "). Waiting to see whether it still does.")
		},
	})
	if other, ok := errors.AsType[*lease.HeldError](err); ok {
		return nil, nil, leadlake.Errorf(leadlake.Conflict, "Another backup to %s is running: %s. Nothing was changed.", p.address, other.Holder).Because(err)
	}
	if err != nil {
		return nil, nil, p.explain(err)
	}
	return working, func() error { return p.explain(held.Release(ctx)) }, nil
}

// explain says in a sentence what is wrong with a place.
func (p *place) explain(err error) error {
	if _, known := errors.AsType[*leadlake.Error](err); err == nil || known || errors.Is(err, context.Canceled) {
		return err
	}
	say := func(kind leadlake.Kind, format string, args ...any) error {
		return leadlake.Errorf(kind, format, args...).Because(err)
	}
	switch {
	case errors.Is(err, backup.ErrNoBackup):
		return say(leadlake.Invalid, "There is no finished backup in %s (%s).", p.address, err.Error())
	case errors.Is(err, backup.ErrNewer):
		return say(leadlake.Invalid, "The backup in %s was written by a newer Leadlake. Install that; nothing was changed.", p.address)
	case errors.Is(err, backup.ErrDamaged):
		return say(leadlake.Unavailable, "The backup in %s is damaged (%s). See what is left of it with: leadlake backup verify %s", p.address, err.Error(), p.address)
	case errors.Is(err, backup.ErrOtherLake):
		return say(leadlake.Conflict, "The place %s holds the backups of another lake. Choose another place; nothing was changed.", p.address)
	case errors.Is(err, backup.ErrOther):
		return say(leadlake.Invalid, "The place %s holds something else and no backups (%s). Choose an empty or a new one; nothing was changed.", p.address, err.Error())
	case errors.Is(err, backup.ErrDiverged):
		return say(leadlake.Conflict, "The place %s holds another history of this lake (%s): one of them was written to, or put back, since. Choose a new place; the backups in this one stay as they are.", p.address, err.Error())
	case errors.Is(err, backup.ErrGone):
		return say(leadlake.Unavailable, "A file of the lake was deleted while it was copied, by a vacuum with --force perhaps. Run the backup again; earlier ones are whole.")
	}
	return p.explainDisk(err)
}

// explainDisk does it for what the disk says.
func (p *place) explainDisk(err error) error {
	say := func(kind leadlake.Kind, format string) error {
		return leadlake.Errorf(kind, format, p.address).Because(err)
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return say(leadlake.Unavailable, "The disk of %s is full. What was there is whole; free some space and run it again.")
	case errors.Is(err, local.ErrNoLinks):
		return say(leadlake.Unavailable, "The folder %s is on a file system without hard links, where nothing can be stored safely. Choose another.")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return say(leadlake.Invalid, "There is no folder %s, or a part of it is missing.")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return say(leadlake.Unavailable, "The folder %s cannot be used. Give this user permission on it, or choose another.")
	}
	return err
}

// checkApart refuses two places of which one lies in the other.
func checkApart(lake, address string) error {
	a, errLake := whole(lake)
	b, errPlace := whole(address)
	if err := errors.Join(errLake, errPlace); err != nil {
		return err
	}
	switch {
	case a == b:
		return leadlake.Errorf(leadlake.Invalid, "The lake itself is at %s. Choose another place; nothing was changed.", address)
	case strings.HasPrefix(b, a):
		return leadlake.Errorf(leadlake.Invalid, "The place %s lies in the lake %s. Choose one outside; nothing was changed.", address, lake)
	case strings.HasPrefix(a, b):
		return leadlake.Errorf(leadlake.Invalid, "The lake %s lies in %s. Choose another place; nothing was changed.", lake, address)
	}
	return nil
}

// whole returns a place's address without links and relative parts, with a
// slash at its end.
func whole(address string) (string, error) {
	if isBucket(address) {
		return strings.TrimRight(address, "/") + "/", nil
	}
	absolute, err := filepath.Abs(address)
	if err != nil {
		return "", err
	}
	rest := ""
	for there := absolute; ; there = filepath.Dir(there) { // the longest part that is there
		if real, err := filepath.EvalSymlinks(there); err == nil {
			return strings.TrimRight(filepath.Join(real, rest), "/") + "/", nil
		}
		if there == filepath.Dir(there) {
			return absolute + "/", nil
		}
		rest = filepath.Join(filepath.Base(there), rest)
	}
}

// forSyncing refuses a place of backups in place of a lake.
func (l *lake) forSyncing(c config.Config) error {
	if !l.sealed {
		return nil
	}
	return leadlake.Errorf(leadlake.Invalid,
		"%s is a place of backups, in which nothing is changed. To go on with one, make a lake of it: leadlake restore %s --lake NEW", c.Lake, c.Lake)
}
