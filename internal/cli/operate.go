package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
)

// The forms of commands that tell what they did.
const (
	asText = "text"
	asJSON = "json"
)

// What a command can be told at most; more would be less, in 64 bits.
const (
	mostHours = 1_000_000 // 114 years
	mostMiB   = 1 << 20   // 1 TiB
)

func newLakeHistory(w World) *cobra.Command {
	var limit int
	c := tableCommand{
		use: "history [PATH] [flags]", short: "List the versions of a table, the newest first", forms: []string{asText, asJSON},
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, form string) error {
			if limit < 0 {
				return usageError{fmt.Errorf("there are no %d versions", limit), "Try: " + cmd.CommandPath() + " -n 10"}
			}
			versions, err := t.History(cmd.Context(), limit)
			if err != nil {
				return err
			}
			if form == asJSON {
				return printLines(w.Stdout, versions)
			}
			return printHistory(w.Stdout, versions)
		},
	}
	cmd := c.build(w)
	cmd.Flags().IntVarP(&limit, "limit", "n", 0, "only so many versions (default all)")
	return cmd
}

func printHistory(out io.Writer, versions []app.TableVersion) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "VERSION\tWHEN (UTC)\tOPERATION\tROWS\tFILES\tBY")
	for _, v := range versions {
		when, rows := "?", "?"
		if !v.CommittedAt.IsZero() {
			when = v.CommittedAt.UTC().Format("2006-01-02 15:04:05")
		}
		if v.Rows != nil {
			rows = strconv.FormatInt(*v.Rows, 10)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d (+%d −%d)\t%s\n", v.Version, when, v.Operation, rows, v.Files, v.Added, v.Removed, v.Engine)
	}
	return table.Flush()
}

func newLakeDiff(w World) *cobra.Command {
	var key string
	c := tableCommand{
		use: "diff [PATH] A B [flags]", short: "List the rows that differ between versions A and B",
		forms: []string{asText, asJSON}, numbers: 2,
		run: func(cmd *cobra.Command, t *app.Table, versions []int64, form string) error {
			if len(versions) != 2 {
				return usageError{errors.New("name two versions"), "Try: " + cmd.CommandPath() + " lake/data_leads 3 7"}
			}
			if !cmd.Flag("key").Changed {
				key = "" // a table need not have that
			}
			differences, err := t.Diff(cmd.Context(), app.Moment{Version: &versions[0]}, app.Moment{Version: &versions[1]}, key)
			if err != nil {
				return misused(cmd, err)
			}
			if form == asJSON {
				return printLines(w.Stdout, differences)
			}
			return printDiff(w.Stdout, differences)
		},
	}
	cmd := c.build(w)
	cmd.Flags().StringVar(&key, "key", "id", "the column by which a row is known again")
	return cmd
}

func printDiff(out io.Writer, differences []app.Difference) error {
	count := map[app.Changed]int{}
	var text strings.Builder
	for _, d := range differences {
		count[d.Change]++
		switch d.Change {
		case app.RowAdded:
			fmt.Fprintf(&text, "+ %s\n", d.After)
		case app.RowRemoved:
			fmt.Fprintf(&text, "- %s\n", d.Before)
		case app.RowChanged:
			fmt.Fprintf(&text, "~ %s\n", changedCells(d))
		}
	}
	_, err := fmt.Fprintf(out, "%s added, %d changed, %d removed\n%s", counted(count[app.RowAdded], "row"), count[app.RowChanged], count[app.RowRemoved], text.String())
	return err
}

// changedCells names the row by its key and tells the cells that differ.
func changedCells(d app.Difference) string {
	parts := []string{d.Key}
	for _, c := range d.Cells {
		parts = append(parts, fmt.Sprintf("%s: %s → %s", c.Column, c.Before, c.After))
	}
	return strings.Join(parts, "  ")
}

func newLakeRestore(w World) *cobra.Command {
	var m moment
	var dryRun bool
	c := tableCommand{
		use: "restore [PATH] VERSION [flags]", short: "Make a table what it was, in a new version",
		long: `Restore commits a new version with the rows and columns of an old one. Nothing is
deleted: what was the newest version can be restored again. The next sync goes
on from where it was at the old version, and so reads the changes since again.`,
		forms: []string{asText, asJSON}, writes: func() bool { return !dryRun }, numbers: 1,
		run: func(cmd *cobra.Command, t *app.Table, numbers []int64, form string) error {
			at, err := m.read(cmd)
			if err != nil {
				return err
			}
			switch chosen := at != (app.Moment{}); {
			case len(numbers) == 1 && !chosen:
				at.Version = &numbers[0]
			case len(numbers) == 1 || !chosen:
				return usageError{errors.New("name one version"), "Try: " + cmd.CommandPath() + " lake/data_leads 3"}
			}
			done, err := t.Restore(cmd.Context(), at, dryRun)
			if err != nil {
				return err
			}
			return printDone(w.Stdout, form, done, func() string { return restoredText(done) })
		},
	}
	return m.flags(withDryRun(c.build(w), &dryRun))
}

func restoredText(r app.Restored) string {
	files := fmt.Sprintf("%s back, %d taken out", counted(r.Added, "file"), r.Removed)
	switch {
	case r.DryRun:
		return fmt.Sprintf("Version %d would be restored on top of version %d: %s. Nothing was changed.", r.To, r.From, files)
	case r.Version == r.From:
		return fmt.Sprintf("The table is what it was at version %d already; nothing was changed.", r.To)
	}
	return fmt.Sprintf("Version %d is restored, as version %d: %s.", r.To, r.Version, files)
}

func newLakeOptimize(w World) *cobra.Command {
	var dryRun bool
	var orderBy string
	var target int64
	c := tableCommand{
		use: "optimize [PATH] [flags]", short: "Make few large files of many small ones",
		long: `Optimize rewrites small data files into large ones, so that questions are
answered faster. The rows stay what they are; readers and writers go on.`,
		forms: []string{asText, asJSON}, writes: func() bool { return !dryRun },
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, form string) error {
			if target < 0 || target > mostMiB {
				return usageError{fmt.Errorf("a file cannot have %d MiB", target), "Try: " + cmd.CommandPath() + " --target-mb 128"}
			}
			plan, err := t.Optimize(cmd.Context(), orderBy, target, true)
			if err != nil {
				return err
			}
			if w.Terminal && !dryRun && plan.FilesBefore > 0 {
				fmt.Fprintf(w.Stderr, "rewriting %s of %s …\n", counted(plan.FilesBefore, "file"), size(plan.BytesBefore))
			}
			if !dryRun {
				if plan, err = t.Optimize(cmd.Context(), orderBy, target, false); err != nil {
					return err
				}
			}
			return printDone(w.Stdout, form, plan, func() string { return optimizedText(plan) })
		},
	}
	cmd := withDryRun(c.build(w), &dryRun)
	cmd.Flags().StringVar(&orderBy, "order-by", "", "rewrite every file, ordered by this column")
	cmd.Flags().Int64Var(&target, "target-mb", 0, "size of a file, in MiB (default what the table asks for, else 128)")
	return cmd
}

func optimizedText(o app.Optimized) string {
	switch {
	case o.FilesBefore == 0:
		return "There is nothing to optimize."
	case o.DryRun:
		return fmt.Sprintf("%s of %s would become %d. Nothing was changed.", counted(o.FilesBefore, "file"), size(o.BytesBefore), o.FilesAfter)
	}
	return fmt.Sprintf("%s of %s became %d of %s, in version %d.", counted(o.FilesBefore, "file"), size(o.BytesBefore), o.FilesAfter, size(o.BytesAfter), o.Version)
}

func newLakeVacuum(w World) *cobra.Command {
	var remove, force, dryRun bool
	var hours float64
	c := tableCommand{
		use: "vacuum [PATH] [flags]", short: "List data files that no version needs, and delete them with --delete",
		long: `Vacuum lists the data files that no version within the retention needs, and
deletes them with --delete. Versions that are older cannot be read any more then.`,
		forms: []string{asText, asJSON}, writes: func() bool { return remove && !dryRun },
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, form string) error {
			retention := time.Duration(0) // the table's own
			if cmd.Flag("retain-hours").Changed {
				if !(hours >= 0 && hours <= mostHours) { // NaN is neither
					return usageError{fmt.Errorf("files cannot be kept for %g hours", hours), "Try: " + cmd.CommandPath() + " --retain-hours 168"}
				}
				retention = max(1, time.Duration(hours*float64(time.Hour)))
			}
			done, err := t.Vacuum(cmd.Context(), retention, force, dryRun || !remove)
			if err != nil {
				return err
			}
			return printDone(w.Stdout, form, done, func() string { return vacuumedText(done) })
		},
	}
	cmd := withDryRun(c.build(w), &dryRun)
	cmd.Flags().BoolVar(&remove, "delete", false, "delete the files")
	cmd.Flags().Float64Var(&hours, "retain-hours", 0, "keep what was needed within so many hours (default the table's own: 168, or 720 in a lake of Leadlake's)")
	cmd.Flags().BoolVar(&force, "force", false, "allow less than 168 hours, though readers and writers may fail")
	return cmd
}

func vacuumedText(v app.Vacuumed) string {
	switch {
	case v.Files == 0:
		return "There is nothing to delete."
	case v.DryRun:
		return strings.Join(v.Names, "\n") + fmt.Sprintf("\n%s of %s, which nothing needs any more. Nothing was deleted; --delete does it.", counted(v.Files, "file"), size(v.Bytes))
	}
	return fmt.Sprintf("Deleted %s of %s.", counted(v.Files, "file"), size(v.Bytes))
}

// withDryRun adds the flag of commands that change something.
func withDryRun(cmd *cobra.Command, dryRun *bool) *cobra.Command {
	cmd.Flags().BoolVar(dryRun, "dry-run", false, "say what would be done, and change nothing")
	return cmd
}

// printDone prints what a command has done: one object, or a sentence.
func printDone(out io.Writer, form string, done any, sentence func() string) error {
	if form == asJSON {
		return json.NewEncoder(out).Encode(done)
	}
	_, err := fmt.Fprintln(out, sentence())
	return err
}

// printLines prints one object a line.
func printLines[T any](out io.Writer, items []T) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, item := range items {
		if err := encoder.Encode(item); err != nil {
			return err
		}
	}
	return nil
}

// counted writes how many there are of a thing.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	switch {
	case bytes < 10_000:
		return fmt.Sprintf("%d bytes", bytes)
	case bytes < 10_000_000:
		return fmt.Sprintf("%d kB", bytes/1000)
	}
	return fmt.Sprintf("%d MB", bytes/1_000_000)
}
