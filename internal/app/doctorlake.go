package app

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/notion"
)

// lake looks at the lake, and returns what it knows of the database's schema.
func (d *Diagnosis) lake(ctx context.Context, c config.Config, source *notion.Source) []leadlake.Property {
	if made, err := checkNewFolder(c.Lake); made || err != nil {
		if err != nil {
			d.fail("lake", err)
		} else {
			d.add("lake", Fine, "There is none yet; the first sync makes it at %s", c.Lake)
		}
		return nil
	}
	l, err := openLake(ctx, c)
	if err != nil {
		d.fail("lake", err)
		return nil
	}
	held, rows, err := l.examine(ctx)
	var known []leadlake.Property
	if err == nil && source != nil && held != onlyDemo {
		known, err = l.schemaOf(ctx, source)
	}
	full := l.nearlyFull()
	if err = errors.Join(err, l.Close()); err != nil {
		d.fail("lake", err)
		return nil
	}
	if held == onlyDemo && source != nil {
		d.add("lake", Note, "%s holds the leads of the demo; the first sync moves them aside", c.Lake)
		return nil
	}
	d.add("lake", Fine, "%s can be written, and holds %s", c.Lake, many(int(rows), "lead", "leads"))
	if full != "" {
		d.add("disk", Note, "%s", full)
	}
	return known
}

// schemaOf returns what the lake knows of a source's schema. A lake that follows
// another source is an error.
func (l *lake) schemaOf(ctx context.Context, source *notion.Source) ([]leadlake.Property, error) {
	if err := refuseOthers(ctx, l.leads, source.ID()); err != nil {
		return nil, err
	}
	return l.journal.Schema(ctx, source.ID())
}

// examine looks whether the lake can be written, and what it holds.
func (l *lake) examine(ctx context.Context) (held holds, rows int64, err error) {
	if err = l.probe(ctx); err != nil {
		return held, 0, err
	}
	if held, err = l.holds(ctx); err != nil {
		return held, 0, err
	}
	snap, err := l.leads.Latest(ctx)
	return held, snap.Rows(), err
}

// secrets looks who can read the files that hold them.
func (d *Diagnosis) secrets(c config.Config) {
	const others = 0o004
	for _, file := range c.SecretFiles() {
		if info, err := os.Stat(file); err == nil && info.Mode().Perm()&others != 0 && runtime.GOOS != "windows" {
			d.add("secret", Note, "Everybody on this machine can read %s, which holds a secret. Run: chmod 600 %s", file, file)
		}
	}
}

// checkNewFolder reports whether the lake is a folder that is still to be made,
// and whether it could be.
func checkNewFolder(dir string) (fresh bool, err error) {
	if isBucket(dir) {
		return false, nil
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		return false, nil // opening it says what is wrong, if anything is
	}
	parent, err := filepath.Abs(dir)
	for err == nil {
		parent = filepath.Dir(parent)
		if _, missing := os.Stat(parent); missing == nil || parent == filepath.Dir(parent) {
			break
		}
	}
	probe, err := os.MkdirTemp(parent, ".leadlake-")
	if err == nil {
		err = os.Remove(probe)
	}
	if err != nil {
		return true, leadlake.Errorf(leadlake.Unavailable,
			"The lake cannot be made at %s. Give this user write permission there, or choose another place with LEADLAKE_LAKE.", dir).Because(err)
	}
	return true, nil
}

// probe writes a small object into the lake and removes it.
func (l *lake) probe(ctx context.Context) error {
	name := stateFolder + "/doctor-" + rand.Text()
	if err := l.disk.Create(ctx, name, strings.NewReader("written by leadlake doctor; it may be deleted\n")); err != nil {
		return leadlake.Errorf(leadlake.Unavailable, "The lake %s can be read and not written. Give this user write permission on it.", l.place).Because(err)
	}
	if err := l.disk.Delete(ctx, name); err != nil {
		return leadlake.Errorf(leadlake.Unavailable, "What is written into the lake %s cannot be removed. Give this user permission to delete there.", l.place).Because(err)
	}
	return nil
}
