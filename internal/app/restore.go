package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/backup"
	"leadlake/internal/blob"
	"leadlake/internal/blob/gcs"
	"leadlake/internal/config"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// RestoreOptions are what a person decides of a restore.
type RestoreOptions struct {
	Backup   string // its name; "" is the newest
	Force    bool   // moves a lake that is there aside
	DryRun   bool
	Progress func(backup.Progress) // may be nil
}

// Recovered is what a restore has done, or would do.
type Recovered struct {
	Lake    string         `json:"lake"`
	Backup  string         `json:"backup"` // its name
	Tables  []backup.Table `json:"tables"`
	Objects int            `json:"objects"`
	Bytes   int64          `json:"bytes"`
	Checked int            `json:"checked"` // objects that a verify of the tables has looked at
	Aside   string         `json:"aside"`   // where the former lake is now; "" for none
	DryRun  bool           `json:"dry_run"`
}

// unfinished is beside a new lake that is not whole yet. A bucket with it is
// opened by nobody.
const unfinished = "restore-is-not-finished"

// Restore makes the lake that c names of a backup, where there is none yet. The
// lake is there whole, verified, or not at all.
func Restore(ctx context.Context, c config.Config, address string, choices RestoreOptions) (done Recovered, err error) {
	done = Recovered{Lake: c.Lake, DryRun: choices.DryRun}
	if err := checkApart(c.Lake, address); err != nil {
		return done, err
	}
	p, err := openPlace(ctx, c, address, true)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	m, err := backup.Read(ctx, p, choices.Backup)
	if err != nil {
		return done, p.explain(err)
	}
	done.Backup, done.Tables, done.Objects, done.Bytes = m.Name, m.Tables, len(m.Objects), m.Bytes()
	findings, err := backup.Missing(ctx, p, m)
	if err != nil || len(findings) > 0 {
		return done, errors.Join(p.explain(err), faulty(address, findings))
	}
	r := recovery{config: c, place: p, manifest: m, choices: choices, done: &done}
	if isBucket(c.Lake) {
		return done, r.intoBucket(ctx)
	}
	return done, r.intoFolder(ctx)
}

// recovery is a restore while it goes on.
type recovery struct {
	config   config.Config
	place    *place
	manifest backup.Manifest
	choices  RestoreOptions
	done     *Recovered
}

// intoFolder makes the lake in a folder beside its own, and then renames that.
func (r recovery) intoFolder(ctx context.Context) error {
	dir, err := filepath.Abs(r.config.Lake)
	if err != nil {
		return err
	}
	names, err := namesIn(dir)
	if err != nil {
		return err
	}
	if len(names) > 0 && !r.choices.Force {
		return leadlake.Errorf(leadlake.Invalid,
			"The folder %s is not empty, and a restore overwrites nothing. Choose a new one with --lake, or stop what uses this one and add --force, which moves it aside. Nothing was changed.", r.config.Lake)
	}
	if r.choices.DryRun {
		return nil
	}
	beside := dir + ".restoring"
	if err := beginBeside(beside); err != nil {
		return err
	}
	staged := filepath.Join(beside, "lake")
	if err := r.stage(ctx, staged); err != nil {
		return errors.Join(err, os.RemoveAll(beside))
	}
	if len(names) > 0 {
		if r.done.Aside, err = moveAside(dir, ".before-restore"); err != nil {
			return errors.Join(err, os.RemoveAll(beside))
		}
	}
	if err := os.Rename(staged, dir); err != nil {
		return leadlake.Errorf(leadlake.Unavailable, "The lake is whole in %s, but could not be moved to %s. Do that yourself.", staged, dir).Because(err)
	}
	return errors.Join(syncParent(dir), os.RemoveAll(beside))
}

// beginBeside makes a folder for a lake that is not whole yet, and removes what
// a restore left in it that never came to its end.
func beginBeside(dir string) error {
	names, err := namesIn(dir)
	if err != nil {
		return err
	}
	if len(names) > 0 && !slices.Contains(names, unfinished) {
		return leadlake.Errorf(leadlake.Invalid, "The folder %s is in the way, and is not of a restore that was interrupted. Move it away; nothing was changed.", dir)
	}
	at := &place{address: dir}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return at.explain(err)
	}
	return at.explain(os.WriteFile(filepath.Join(dir, unfinished), nil, 0o600))
}

func (r recovery) stage(ctx context.Context, dir string) (err error) {
	d, err := openFolder(dir, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return r.fill(ctx, d)
}

// fill copies the backup into a disk that is empty, or in which a restore of
// the same was interrupted, and verifies what is there then.
func (r recovery) fill(ctx context.Context, d disk) error {
	at := &place{Bucket: d, address: r.config.Lake}
	err := backup.Restore(ctx, r.place, d, r.manifest, progressOr(r.choices.Progress))
	if errors.Is(err, backup.ErrDamaged) {
		return r.place.explain(err)
	}
	if err != nil {
		return at.explain(err)
	}
	return r.verify(ctx, d)
}

// verify reads all tables of the new lake, and refuses what is not sound or not
// at the version of the backup.
func (r recovery) verify(ctx context.Context, d disk) (err error) {
	engine, err := duck.Open(ctx, d, duck.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	for _, t := range r.manifest.Tables {
		log := delta.Open(d, t.Folder, delta.Options{Root: d.Root(t.Folder), Parquet: engine})
		findings, err := log.Verify(ctx, func(string) { r.done.Checked++ })
		if err != nil {
			return leadtable.Explain("verifying "+t.Folder, err)
		}
		if len(findings) > 0 {
			return leadlake.Errorf(leadlake.Unavailable, "The lake of the backup is not sound: %s: %s. Nothing was restored.", findings[0].Name, findings[0].Problem)
		}
		at, err := log.Latest(ctx)
		if err != nil {
			return leadtable.Explain("verifying "+t.Folder, err)
		}
		if at.Version() != t.Version {
			return leadlake.Errorf(leadlake.Internal, "The table %s is at version %d, not at %d. Nothing was restored.", t.Folder, at.Version(), t.Version)
		}
	}
	return nil
}

// intoBucket makes the lake where it is to be. Until it is whole, an object
// beside it keeps everybody from opening it.
func (r recovery) intoBucket(ctx context.Context) (err error) {
	if r.choices.Force {
		return leadlake.Errorf(leadlake.Invalid, "In a bucket nothing can be moved aside. Choose a prefix under which there is nothing, with --lake.")
	}
	o := gcs.Options{ReadOnly: r.choices.DryRun}
	d, err := openBucket(ctx, r.config, r.config.Lake, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	first, err := firstName(ctx, d, "", "")
	if err != nil {
		return err
	}
	if begun, errBegun := d.Get(ctx, unfinished); first != "" && !bytes.Equal(begun, []byte(r.manifest.Name+"\n")) {
		if errBegun != nil && !errors.Is(errBegun, blob.ErrNotExist) {
			return errBegun
		}
		return leadlake.Errorf(leadlake.Invalid, "There is something under %s (%q), and a restore overwrites nothing. Choose another prefix with --lake; nothing was changed.", r.config.Lake, first)
	}
	if r.choices.DryRun {
		return nil
	}
	if err := d.Put(ctx, unfinished, strings.NewReader(r.manifest.Name+"\n")); err != nil {
		return err
	}
	if err := r.fill(ctx, d); err != nil {
		return errors.Join(err, r.empty(context.WithoutCancel(ctx), d))
	}
	return d.Delete(ctx, unfinished)
}

// empty removes what was restored, as far as it can.
func (r recovery) empty(ctx context.Context, d disk) error {
	for _, o := range r.manifest.Objects {
		if err := d.Delete(ctx, o.Name); err != nil {
			return fmt.Errorf("removing what was restored: %w", err)
		}
	}
	return d.Delete(ctx, unfinished)
}
