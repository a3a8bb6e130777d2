package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
	"leadlake/internal/naming"
	"leadlake/internal/tabular"
)

// importBatch is how many leads of a file are stored in one commit: more would
// take more memory than a small machine should give for it.
const importBatch = 20_000

// ImportOptions are what a person decides of an import.
type ImportOptions struct {
	Source    string            // default the name of the file
	Sheet     string            // of a workbook; default the first that is not hidden
	Map       map[string]string // column of the file → column of leads, "" to leave it out
	ID        string            // column of the file that tells a row from others
	DateOrder tabular.DateOrder
	DryRun    bool
	// Confirm sees what would be done before it is; nil goes on.
	Confirm func(Imported) (bool, error)
}

// Imported is what an import did, or would do.
type Imported struct {
	Plan    *tabular.Plan
	Source  string
	Tally   leadlake.Tally
	Commits int  // that the leads took
	Done    bool // whether they are stored
}

// Import makes leads of the rows of a file. Nothing is stored of a file in
// which something cannot be read: that is an error beside what Imported says
// of it.
func Import(ctx context.Context, c config.Config, path string, o Options, choices ImportOptions) (done Imported, err error) {
	o = o.withDefaults()
	done.Source = sourceOf(path, choices.Source)
	sheet, err := openSheet(ctx, path, choices.Sheet)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, sheet.Close()) }()
	if err := done.plan(ctx, c, sheet, choices); err != nil {
		return done, err
	}
	if choices.DryRun {
		return done, nil
	}
	if choices.Confirm != nil {
		if wanted, err := choices.Confirm(done); err != nil || !wanted {
			return done, err
		}
	}
	return done, done.store(ctx, c, o)
}

// plan analyses the sheet and compares it with the lake, which it does not
// change.
func (i *Imported) plan(ctx context.Context, c config.Config, sheet *tabular.Sheet, choices ImportOptions) (err error) {
	l, err := lookAt(ctx, c)
	if err != nil {
		return err
	}
	known := leadlake.CoreColumns()
	if l != nil {
		defer func() { err = errors.Join(err, l.Close()) }()
		snap, err := l.leads.Latest(ctx)
		if err != nil {
			return err
		}
		known = snap.Columns
	}
	i.Plan, err = tabular.Analyse(ctx, sheet, tabular.Choices{
		Source: i.Source, Map: choices.Map, ID: choices.ID, Order: choices.DateOrder, Zone: c.Zone, Known: known,
	})
	switch {
	case err != nil:
		return err
	case i.Plan.Unreadable > 0:
		return leadlake.Errorf(leadlake.Invalid, "Nothing was imported, because something in the file cannot be read. Correct it there, or leave its column out with --map \"COLUMN=\".")
	case l == nil:
		i.Tally = leadlake.Tally{Version: -1, Inserted: i.Plan.Leads}
		return nil
	case !choices.DryRun && choices.Confirm == nil:
		return nil // nobody wants to know
	}
	return i.upsert(ctx, l, true)
}

// lookAt opens the lake as it is; nil where there is none, or one that an
// import would set aside.
func lookAt(ctx context.Context, c config.Config) (*lake, error) {
	if _, err := os.Stat(filepath.Join(c.Lake, leadtable.Folder)); err != nil && !isBucket(c.Lake) {
		return nil, checkFolder(c.Lake)
	}
	l, err := openLake(ctx, c)
	if err != nil {
		return nil, err
	}
	what, err := l.holds(ctx)
	if err != nil || what == onlyDemo {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (i *Imported) store(ctx context.Context, c config.Config, o Options) (err error) {
	l, err := openOwn(ctx, c, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	i.Tally = leadlake.Tally{}
	if err := i.upsert(ctx, l, false); err != nil {
		if i.Commits > 0 {
			return fmt.Errorf("%w\nThe first %d of %d leads are stored; import the file again to go on", err, i.Tally.Inserted+i.Tally.Updated+i.Tally.Unchanged, i.Plan.Leads)
		}
		return err
	}
	i.Done = true
	l.tidy(ctx, o.log("app"))
	return nil
}

// upsert stores the leads, or says what would come of them.
func (i *Imported) upsert(ctx context.Context, l *lake, dryRun bool) error {
	b := leadlake.Batch{Source: i.Source, Columns: i.Plan.Described(), DryRun: dryRun}
	flush := func() error {
		if len(b.Leads) == 0 {
			return nil
		}
		tally, err := l.leads.Upsert(ctx, b)
		if err != nil {
			return err
		}
		if tally.Inserted+tally.Updated > 0 && !dryRun {
			i.Commits++
		}
		i.Tally.Version = tally.Version
		i.Tally.Inserted += tally.Inserted
		i.Tally.Updated += tally.Updated
		i.Tally.Unchanged += tally.Unchanged
		b.Leads = b.Leads[:0]
		return nil
	}
	for lead, err := range i.Plan.Yield(ctx) {
		if err != nil {
			return err
		}
		if b.Leads = append(b.Leads, lead); len(b.Leads) == importBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// sourceOf names the source of a file's leads: by what the user says, else by
// the file. Upper case, accents and the like do not matter, because not all
// systems keep them in names.
func sourceOf(path, chosen string) string {
	if chosen == "" {
		base := filepath.Base(path)
		chosen = strings.TrimSuffix(base, filepath.Ext(base))
	}
	name := naming.Slug(chosen)
	if name == "" {
		name = naming.Suffixed("", chosen)
	}
	return "import:" + name
}

func openSheet(ctx context.Context, path, sheet string) (*tabular.Sheet, error) {
	kind, err := tabular.KindOf(path)
	switch {
	case err != nil:
		return nil, err
	case sheet != "" && kind != tabular.Workbook:
		return nil, leadlake.Errorf(leadlake.Invalid, "Only an Excel workbook has sheets.")
	case kind == tabular.Workbook:
		return tabular.OpenWorkbook(path, sheet)
	case kind == tabular.Parquet:
		return openParquet(ctx, path)
	}
	return tabular.OpenCSV(path)
}

// openParquet reads a Parquet file as a sheet, whose header is no row.
func openParquet(ctx context.Context, path string) (*tabular.Sheet, error) {
	file, err := duck.OpenFile(ctx, path)
	if err != nil {
		return nil, leadlake.Errorf(leadlake.Invalid, "The Parquet file %q is damaged.", filepath.Base(path)).Because(err)
	}
	rows := func() iter.Seq2[tabular.Row, error] {
		return func(yield func(tabular.Row, error) bool) {
			number := 0
			for cells, err := range file.Rows(ctx) {
				number++
				if !yield(tabular.Row{Number: number, Cells: cells}, err) || err != nil {
					return
				}
			}
		}
	}
	return &tabular.Sheet{Form: "Parquet", Header: file.Columns(), Rows: rows, Close: file.Close}, nil
}
