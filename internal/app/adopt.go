package app

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/adopt"
	"leadlake/internal/config"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// AdoptOptions are what a person decides of an adoption.
type AdoptOptions struct {
	Yes  bool              // does it; otherwise nothing is changed
	Copy bool              // makes a table in the lake, and leaves this one as it is
	Map  map[string]string // column of the table → column of leads, "" to leave it out
	Days int               // for how many days versions are to be kept; 0 for the usual
}

// Adopted is what an adoption found, and did.
type Adopted struct {
	Table    string // its folder
	Lake     string // in which it is, or would be
	Found    TableInfo
	Versions []TableVersion // the newest first
	By       []string       // what the table is partitioned by
	Plan     *adopt.Plan
	Obstacle string        // why it cannot be continued where it is; "" if it can
	Days     int           // for how many days versions will be kept
	After    []adopt.Event // what the new rows say
	Version  int64         // the new one
	Copied   bool          // into a new table
	Done     bool
}

// usualDays is for how many days a table of leads keeps its versions.
const usualDays = 30

// Adopt looks at a Delta table of leads that another program wrote and, if it
// is told to, makes it one of ours: in a new version of that very table, or as
// the first one of a copy. It does nothing unless the events that it counts in
// the new rows are those of the table, day by day.
func Adopt(ctx context.Context, c config.Config, address string, o Options, choices AdoptOptions) (done Adopted, err error) {
	o = o.withDefaults()
	t, err := OpenTable(ctx, c, address, true)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	a := adoption{table: t, config: c, options: o, choices: choices, done: &done}
	if err := a.look(ctx); err != nil {
		return done, err
	}
	if !choices.Yes {
		return done, nil
	}
	if done.Obstacle != "" {
		return done, leadlake.Errorf(leadlake.Invalid, "%s", done.Obstacle)
	}
	if choices.Copy {
		return done, a.copy(ctx)
	}
	return done, a.inPlace(ctx)
}

// adoption is an adoption while it goes on.
type adoption struct {
	table   *Table
	config  config.Config
	options Options
	choices AdoptOptions
	at      *delta.Snapshot
	done    *Adopted
}

// look reads the table, and says what would become of it.
func (a *adoption) look(ctx context.Context) (err error) {
	t, d := a.table, a.done
	if a.at, err = t.delta.Latest(ctx); err != nil {
		return t.refusal(err)
	}
	columns, err := a.at.Columns()
	if err != nil {
		return t.refusal(err)
	}
	d.Table, d.Lake, d.Days = t.dir, a.config.Lake, daysKept(a.choices.Days, a.at.Metadata(), a.choices.Copy)
	if isOurs(columns) {
		return leadlake.Errorf(leadlake.Invalid, "The table in %s is one of Leadlake's already; there is nothing to adopt. Its lake is %s: set LEADLAKE_LAKE to that.", t.dir, parentOf(t.dir))
	}
	version := a.at.Version()
	if d.Found, err = t.Info(ctx, Moment{Version: &version}); err != nil {
		return err
	}
	if d.Versions, err = t.History(ctx, 0); err != nil {
		return err
	}
	d.By = a.at.Metadata().PartitionColumns
	d.Plan, err = adopt.Analyse(columns, t.engine.Rows(ctx, t.delta, a.at, ""), adopt.Choices{Zone: a.config.Zone, Map: a.choices.Map, Text: asText})
	if err != nil {
		return t.refusal(err)
	}
	if !a.choices.Copy {
		d.Lake, d.Obstacle = parentOf(t.dir), a.obstacle()
	}
	return nil
}

// daysKept returns for how many days versions will be kept.
func daysKept(chosen int, m delta.Metadata, isCopy bool) int {
	own := int(min(m.LogRetention(), m.DeletedFileRetention()) / (24 * time.Hour))
	switch {
	case chosen > 0:
		return chosen
	case isCopy:
		return usualDays
	}
	return max(usualDays, own)
}

// isOurs reports whether the columns are those of a table that Leadlake made.
func isOurs(columns []delta.Column) bool {
	return !slices.ContainsFunc([]string{leadlake.ColumnSource, leadlake.ColumnState, leadlake.ColumnStateAt}, func(name string) bool {
		return !slices.ContainsFunc(columns, func(c delta.Column) bool { return c.Name == name })
	})
}

// asText writes a value of a type that leads do not have.
func asText(t delta.DataType, value any) string {
	return string(formOf(t).appendCell(nil, value))
}

// parentOf returns what a table's folder lies in.
func parentOf(dir string) string {
	if isBucket(dir) {
		dir = strings.TrimRight(dir, "/")
		return dir[:strings.LastIndexByte(dir, '/')]
	}
	return filepath.Dir(filepath.Clean(dir))
}

// obstacle says why the table cannot be continued where it is.
func (a *adoption) obstacle() string {
	dir := a.table.dir
	if base := path.Base(filepath.ToSlash(strings.TrimRight(dir, "/"))); base != leadtable.Folder {
		return "The table is in a folder called " + base + ", and a lake has its leads in one called " + leadtable.Folder + ". Rename it and adopt it then, or make a copy of it with --copy. Nothing was changed."
	}
	if err := a.at.Overwritable(); err != nil {
		return "The table cannot be continued where it is (" + err.Error() + "). Make a copy of it with --copy; nothing was changed."
	}
	return ""
}

// inPlace continues the table.
func (a *adoption) inPlace(ctx context.Context) (err error) {
	c := a.config
	c.Lake = a.done.Lake
	d, sealed, err := openDisk(ctx, c)
	if err != nil {
		return err
	}
	if sealed {
		return errors.Join(leadlake.Errorf(leadlake.Invalid, "%s is a place of backups, in which nothing is changed.", c.Lake), d.Close())
	}
	l := &lake{place: c.Lake, disk: d}
	if l.engine, err = duck.Open(ctx, d, duck.Options{}); err != nil {
		return errors.Join(err, d.Close())
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	log := delta.Open(d, leadtable.Folder, delta.Options{Root: d.Root(leadtable.Folder), Parquet: l.engine})
	base, err := log.Latest(ctx)
	if err != nil {
		return a.table.refusal(err)
	}
	if base.Version() != a.at.Version() {
		return a.changed(base.Version())
	}
	return a.write(ctx, l, log, base)
}

// copy makes a new table in the lake.
func (a *adoption) copy(ctx context.Context) (err error) {
	own, errOwn := whole(a.config.Lake)
	there, errThere := whole(a.table.dir)
	switch {
	case errors.Join(errOwn, errThere) != nil:
		return errors.Join(errOwn, errThere)
	case strings.HasPrefix(there, own) || strings.HasPrefix(own, there):
		return leadlake.Errorf(leadlake.Invalid, "The table in %s lies in the lake %s, which the copy is to be made in. Leave --copy out to continue it, or choose another lake with --lake. Nothing was changed.", a.table.dir, a.config.Lake)
	}
	l, err := openOwn(ctx, a.config, a.options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	snap, err := l.leads.Latest(ctx)
	if err != nil {
		return err
	}
	if snap.Version >= 0 {
		return leadlake.Errorf(leadlake.Invalid, "The lake %s holds leads already. Choose an empty or a new one with --lake; nothing was changed.", a.config.Lake)
	}
	log := delta.Open(l.disk, leadtable.Folder, delta.Options{Root: l.disk.Root(leadtable.Folder), Parquet: l.engine})
	return a.write(ctx, l, log, nil)
}

// write writes all leads, compares, and commits.
func (a *adoption) write(ctx context.Context, l *lake, log *delta.Table, base *delta.Snapshot) error {
	rows := a.table.engine.Rows(ctx, a.table.delta, a.at, "")
	result, err := leadtable.Adopt(ctx, log, l.engine, leadtable.Adoption{
		Base: base, Columns: a.done.Plan.Described(), Leads: a.done.Plan.Leads(rows, time.Now()), Days: a.choices.Days,
		Check: func(ctx context.Context, snap leadlake.Snapshot) error { return a.compare(ctx, l, snap) },
	}, leadtable.Options{})
	if err != nil {
		return a.table.refusal(err)
	}
	switch result.Outcome {
	case delta.Committed:
		a.done.Version, a.done.Copied, a.done.Done = result.Version, base == nil, true
		return nil
	case delta.Conflicted:
	}
	return a.changed(result.Version)
}

func (a *adoption) changed(version int64) error {
	return leadlake.Errorf(leadlake.Conflict,
		"Somebody else has changed the table in %s meanwhile (version %d). Stop the program that writes it, and run this again. Nothing of the adoption is in it.", a.table.dir, version)
}
