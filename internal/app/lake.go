package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"leadlake"
	"leadlake/internal/backup"
	"leadlake/internal/config"
	"leadlake/internal/delta"
	"leadlake/internal/demo"
	"leadlake/internal/duck"
	"leadlake/internal/journal"
	"leadlake/internal/leadtable"
)

// lake is an open lake: its disk, its engine, its table of leads.
type lake struct {
	place   string // its folder, or the address of its bucket
	sealed  bool   // a place of backups, of which nothing is changed
	disk    disk
	engine  *duck.Engine
	leads   *leadtable.Table
	journal *journal.Journal
}

// openLake opens the lake that c names, and makes it where there is nothing.
func openLake(ctx context.Context, c config.Config) (*lake, error) {
	disk, sealed, err := openDisk(ctx, c)
	if err != nil {
		return nil, err
	}
	l := &lake{place: c.Lake, sealed: sealed, disk: disk}
	if l.engine, err = duck.Open(ctx, disk, duck.Options{}); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the lake: %w", err), l.Close())
	}
	table := delta.Open(disk, leadtable.Folder, delta.Options{Root: disk.Root(leadtable.Folder), Parquet: l.engine})
	if l.leads, err = leadtable.Open(ctx, table, l.engine, leadtable.Options{}); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	l.journal = journal.Open(disk, l.engine, disk.Root)
	return l, nil
}

// ourFolders are what a lake can hold before it holds leads.
func ourFolders() []string {
	return append(tablesInOrder(), stateFolder, backup.Folder)
}

// stateFolder is where small objects lie that are no tables: who syncs, who is
// missing.
const stateFolder = "_app"

// checkFolder refuses a folder that holds something else than a lake, before
// anything is written to it.
func checkFolder(dir string) error {
	names, err := namesIn(dir)
	if err != nil {
		return err
	}
	if slices.Contains(names, leadtable.Folder) {
		return checkTable(dir)
	}
	for _, name := range names {
		if !slices.Contains(append(ourFolders(), ".tmp", "lost+found", ".DS_Store"), name) { // ours, a new disk's, and a Mac's
			return noLake(dir, name)
		}
	}
	return nil
}

// checkTable does the same for the folder of the table of leads. A first sync
// that was interrupted leaves data files without a log.
func checkTable(dir string) error {
	names, err := namesIn(filepath.Join(dir, leadtable.Folder))
	if err != nil || slices.Contains(names, "_delta_log") {
		return err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".parquet") && name != ".DS_Store" {
			return noLake(dir, leadtable.Folder+"/"+name)
		}
	}
	return nil
}

func noLake(dir, name string) error {
	return leadlake.Errorf(leadlake.Invalid,
		"The folder %s holds %q and no lake. Choose an empty or a new folder with LEADLAKE_LAKE; nothing was changed.", dir, name)
}

// namesIn returns what a folder holds; nothing where there is none.
func namesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case errors.Is(err, syscall.ENOTDIR):
		return nil, leadlake.Errorf(leadlake.Invalid,
			"The lake cannot be at %s, because there is a file in the place of a folder. Choose another with LEADLAKE_LAKE.", dir).Because(err)
	case err != nil:
		return nil, leadlake.Errorf(leadlake.Unavailable,
			"The lake's folder %s cannot be read. Choose another with LEADLAKE_LAKE.", dir).Because(err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// holds says whose leads a lake holds.
type holds int

const (
	nothing holds = iota
	onlyDemo
	ownData
)

func (l *lake) holds(ctx context.Context) (holds, error) {
	snap, err := l.leads.Latest(ctx)
	if err != nil || snap.Version < 0 {
		return nothing, err
	}
	cursor, err := l.leads.Cursor(ctx, demo.SourceID)
	if err != nil {
		return nothing, err
	}
	if cursor == (leadlake.Cursor{}) {
		return ownData, nil
	}
	return onlyDemo, nil
}

// setAside closes a lake of demo data and moves its folder out of the way of
// the team's own. It returns where to.
func (l *lake) setAside() (string, error) {
	if isBucket(l.place) {
		return "", errors.Join(leadlake.Errorf(leadlake.Invalid,
			"The lake %s holds demo data, which cannot be moved aside in a bucket. Choose another prefix with LEADLAKE_LAKE.", l.place), l.Close())
	}
	dir, err := filepath.Abs(l.place)
	if err != nil {
		return "", err
	}
	if err := l.Close(); err != nil {
		return "", err
	}
	to, err := moveAside(dir, ".demo")
	if err != nil {
		return "", leadlake.Errorf(leadlake.Unavailable,
			"The lake %s holds demo data and cannot be moved aside. Move it away, or choose another folder with LEADLAKE_LAKE.", l.place).Because(err)
	}
	return to, nil
}

// moveAside gives a folder another name, in which a number comes last, and
// returns that.
func moveAside(dir, suffix string) (string, error) {
	for n := 1; ; n++ {
		to := fmt.Sprintf("%s%s%d", dir, suffix, n)
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := os.Rename(dir, to); err != nil {
			return "", leadlake.Errorf(leadlake.Unavailable, "The folder %s cannot be moved aside. Move it away yourself.", dir).Because(err)
		}
		return to, nil
	}
}

// Close closes what openLake opened.
func (l *lake) Close() error {
	var errs []error
	if l.engine != nil {
		errs = append(errs, l.engine.Close())
	}
	return errors.Join(append(errs, l.disk.Close())...)
}

// syncParent makes the name of a folder durable that was just renamed.
func syncParent(dir string) error {
	parent, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return fmt.Errorf("syncing folder: %w", err)
	}
	return errors.Join(parent.Sync(), parent.Close())
}
