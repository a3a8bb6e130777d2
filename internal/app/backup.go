package app

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/backup"
	"leadlake/internal/blob"
	"leadlake/internal/config"
	"leadlake/internal/delta"
	"leadlake/internal/journal"
	"leadlake/internal/leadtable"
	"leadlake/internal/lease"
)

// BackupOptions are what a person decides of a backup.
type BackupOptions struct {
	DryRun bool
	Keep   int  // how many backups the place is to have afterwards; 0 is all
	Verify bool // reads everything again when it is done
	// Progress hears how far it has come; it may be nil.
	Progress func(backup.Progress)
}

// BackedUp is what a backup has done, or would do.
type BackedUp struct {
	Name      string         `json:"name"` // of the backup
	Place     string         `json:"place"`
	CreatedAt time.Time      `json:"created_at"`
	Tables    []backup.Table `json:"tables"`
	Objects   int            `json:"objects"`
	Bytes     int64          `json:"bytes"`
	New       int            `json:"new"`       // objects that were not there yet
	NewBytes  int64          `json:"new_bytes"` // of these
	Forgotten int            `json:"forgotten"` // older backups
	Verified  bool           `json:"verified"`
	DryRun    bool           `json:"dry_run"`
}

// Leads returns the version of the table of leads, and its rows if known.
func (b BackedUp) Leads() (version int64, rows *int64) {
	for _, t := range b.Tables {
		if t.Folder == leadtable.Folder {
			return t.Version, t.Rows
		}
	}
	return -1, nil
}

// tablesInOrder returns the tables of a lake in the order in which a backup takes
// their versions. Each speaks of what later ones hold: a run of the version that it
// made, a lead of columns that the schema explains, and a commit of leads of
// the term of a lease, which is among the small objects and comes last. So
// nothing in a backup speaks of what is not in it. They are copied the other
// way round.
func tablesInOrder() []string {
	return []string{journal.RunsFolder, leadtable.Folder, journal.SchemaFolder}
}

// Backup copies the lake that c names to a place, while others may write it.
func Backup(ctx context.Context, c config.Config, address string, o Options, choices BackupOptions) (done BackedUp, err error) {
	o = o.withDefaults()
	if err := checkApart(c.Lake, address); err != nil {
		return done, err
	}
	l, err := openExisting(ctx, c)
	if err != nil {
		return done, err
	}
	if l == nil {
		return done, leadlake.Errorf(leadlake.Invalid, "There is no lake in %s, so there is nothing to back up.", c.Lake)
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	plan, err := l.backupPlan(ctx, o.Version)
	if err != nil {
		return done, leadtable.Explain("reading what the lake holds", err)
	}
	open := func() (*place, error) { return openPlace(ctx, c, address, false) }
	if choices.DryRun {
		open = func() (*place, error) { return lookAtPlace(ctx, c, address) }
	}
	p, err := open()
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if choices.DryRun {
		written, err := backup.Write(ctx, l.disk, p.Bucket, plan, backup.Options{DryRun: true})
		return backedUp(p, written, choices), p.explain(err)
	}
	return p.take(ctx, l, plan, o, choices)
}

// take makes the backup, as the only one who writes to the place.
func (p *place) take(ctx context.Context, l *lake, plan backup.Plan, o Options, choices BackupOptions) (done BackedUp, err error) {
	if err := p.mayHold(ctx); err != nil {
		return done, err
	}
	ctx, release, err := p.alone(ctx, o)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, release()) }()
	written, err := backup.Write(ctx, l.disk, p.Bucket, plan, backup.Options{Copied: choices.Progress})
	if errors.Is(err, backup.ErrGone) { // the log was cleaned up meanwhile, as a rule: it begins later now
		if plan, err = l.backupPlan(ctx, o.Version); err == nil {
			written, err = backup.Write(ctx, l.disk, p.Bucket, plan, backup.Options{Copied: choices.Progress})
		}
	}
	if err != nil {
		return done, p.explain(err)
	}
	done = backedUp(p, written, choices)
	if choices.Verify {
		findings, err := backup.Verify(ctx, p, written.Manifest, progressOr(choices.Progress))
		if err != nil || len(findings) > 0 {
			return done, errors.Join(p.explain(err), faulty(p.address, findings))
		}
		done.Verified = true
	}
	if choices.Keep > 0 {
		done.Forgotten, err = backup.Prune(ctx, p, choices.Keep)
	}
	return done, p.explain(err)
}

// mayHold refuses a place with other things before the lease is written to it.
func (p *place) mayHold(ctx context.Context) error {
	if _, err := p.Size(ctx, backup.Marker); err == nil {
		return nil
	}
	for o, err := range p.List(ctx, "", "") {
		if err != nil {
			return p.explain(err)
		}
		if !strings.HasPrefix(o.Name, backup.LeaseFolder+"/") {
			return p.explain(fmt.Errorf("%w: %q", backup.ErrOther, o.Name))
		}
	}
	return nil
}

func progressOr(progress func(backup.Progress)) func(backup.Progress) {
	if progress == nil {
		return func(backup.Progress) {}
	}
	return progress
}

func faulty(address string, findings []backup.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	f := findings[0]
	return leadlake.Errorf(leadlake.Unavailable, "The backup in %s is damaged: %d of its files are not as they were, such as %s: %s.", address, len(findings), f.Name, f.Problem)
}

func backedUp(p *place, w backup.Written, choices BackupOptions) BackedUp {
	m := w.Manifest
	return BackedUp{
		Name: m.Name, Place: p.address, CreatedAt: m.CreatedAt, Tables: m.Tables, Objects: len(m.Objects), Bytes: m.Bytes(),
		New: w.New, NewBytes: w.NewBytes, DryRun: choices.DryRun,
	}
}

// backupPlan takes the newest version of each table, and then the small
// objects.
func (l *lake) backupPlan(ctx context.Context, version string) (backup.Plan, error) {
	plan := backup.Plan{By: version, Small: map[string][]byte{}}
	for _, folder := range tablesInOrder() {
		log := delta.Open(l.disk, folder, delta.Options{Root: l.disk.Root(folder), Parquet: l.engine})
		at, err := log.Latest(ctx)
		if errors.Is(err, delta.ErrNoTable) {
			continue
		}
		if err != nil {
			return plan, err
		}
		if folder == leadtable.Folder {
			plan.Lake = at.Metadata().ID
		}
		plan.Tables = append(plan.Tables, backup.Table{Folder: folder, ID: at.Metadata().ID, Version: at.Version(), Rows: rowsOf(at)})
		items, err := holdingsOf(ctx, log, at, plan.Small)
		if err != nil {
			return plan, err
		}
		plan.Items = append(items, plan.Items...)
	}
	if plan.Lake == "" {
		return plan, leadlake.Errorf(leadlake.Invalid, "The lake in %s holds no leads yet, so there is nothing to back up.", l.place)
	}
	return plan, l.smallObjects(ctx, plan.Small)
}

// holdingsOf returns what a version of a table rests on, and puts the pointer
// to its checkpoint into small.
func holdingsOf(ctx context.Context, log *delta.Table, at *delta.Snapshot, small map[string][]byte) ([]backup.Item, error) {
	holdings, err := log.Holdings(ctx, at)
	if err != nil {
		return nil, err
	}
	name, pointer, err := log.Pointer(ctx, at)
	if err != nil {
		return nil, err
	}
	if pointer != nil {
		small[name] = pointer
	}
	items := make([]backup.Item, len(holdings))
	for i, h := range holdings {
		items[i] = backup.Item{Name: h.Name, Size: h.Size, Modified: h.Modified, Needed: h.Needed}
	}
	return items, nil
}

func rowsOf(at *delta.Snapshot) *int64 {
	total := int64(0)
	for _, add := range at.Files() {
		rows, ok := add.Rows()
		if !ok {
			return nil
		}
		total += rows
	}
	return &total
}

// smallObjects adds what lies in the folder of state. A lease is given back in
// the copy: who holds it works on the original.
func (l *lake) smallObjects(ctx context.Context, small map[string][]byte) error {
	for o, err := range l.disk.List(ctx, stateFolder+"/", "") {
		if err != nil {
			return err
		}
		content, err := l.disk.Get(ctx, o.Name)
		if errors.Is(err, blob.ErrNotExist) {
			continue // deleted since it was listed
		}
		if err != nil {
			return err
		}
		if slices.Contains(strings.Split(path.Dir(o.Name), "/"), "lease") {
			content = lease.Over(content)
		}
		small[o.Name] = content
	}
	return nil
}
