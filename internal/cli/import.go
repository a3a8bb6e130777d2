package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
	"leadlake/internal/tabular"
)

const importHelp = `Import makes leads of the rows of a CSV, Excel (.xlsx) or Parquet file. It shows
which column of the file feeds which column of the leads, and what would become
of them, and asks before it stores anything.

The columns nom, email, telephone, statut and the five events are recognised by
their names in French and English. Every other column becomes one of its own.
Nothing is stored of a file in which something cannot be read. To import a file
again is safe: rows that have changed are updated, the others left alone.`

type importCommand struct {
	choices  app.ImportOptions
	order    string
	mappings []string
	yes      bool
	show     bool
	form     string
}

func newImport(w World) *cobra.Command {
	var c importCommand
	cmd := &cobra.Command{
		Use: "import FILE [flags]", Short: "Make leads of a spreadsheet's rows", Long: importHelp, DisableFlagsInUseLine: true,
		Example: `  leadlake import prospects.xlsx --dry-run
  leadlake import prospects.csv --map "Relancé=date_relance" --map "Notes=" --id "Réf"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(w, cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&c.mappings, "map", nil, "\"COLUMN OF THE FILE=date_relance\" feeds it, \"COLUMN=\" leaves it out")
	flags.StringVar(&c.choices.ID, "id", "", "the column that tells rows apart (default id, e-mail, or name and phone)")
	flags.StringVar(&c.choices.Source, "source", "", "what the leads' source is called (default the name of the file)")
	flags.StringVar(&c.choices.Sheet, "sheet", "", "the sheet of a workbook (default the first)")
	flags.StringVar(&c.order, "date-order", "dmy", "what comes first in 03/02/2025: the day (dmy) or the month (mdy)")
	flags.BoolVar(&c.yes, "yes", false, "do not ask")
	flags.BoolVar(&c.show, "show", false, "show values of the file, which are personal data")
	flags.StringVarP(&c.form, "output", "o", asText, "text or json")
	return withDryRun(cmd, &c.choices.DryRun)
}

func (c *importCommand) run(w World, cmd *cobra.Command, args []string) error {
	if err := c.read(args); err != nil {
		return err
	}
	settings, err := load(w, cmd)
	if err != nil {
		return err
	}
	file := filepath.Base(args[0])
	if w.Terminal && w.Stdin != nil && !c.yes && c.form == asText {
		c.choices.Confirm = func(i app.Imported) (bool, error) { return c.ask(w, file, i) }
	}
	done, err := app.Import(cmd.Context(), settings, args[0], options(w, slog.LevelWarn), c.choices)
	if done.Plan == nil {
		return err
	}
	if c.form == asJSON {
		return errors.Join(json.NewEncoder(w.Stdout).Encode(c.importedJSON(done)), err)
	}
	if err != nil || c.choices.DryRun {
		out := w.Stdout
		if err != nil {
			out = w.Stderr
		}
		return errors.Join(c.preview(out, file, done), err)
	}
	_, err = fmt.Fprintln(w.Stdout, importedText(done))
	return err
}

// read checks the flags.
func (c *importCommand) read(args []string) error {
	const hint = "Try: leadlake import prospects.csv --dry-run"
	if len(args) != 1 {
		return usageError{errors.New("name one file"), hint}
	}
	if !slices.Contains([]string{asText, asJSON}, c.form) {
		return usageError{fmt.Errorf("the output can be text or json, not %q", c.form), hint + " -o json"}
	}
	var err error
	if c.choices.Map, err = mappingOf(c.mappings); err != nil {
		return err
	}
	c.choices.DateOrder = tabular.DateOrder(c.order)
	if !slices.Contains([]tabular.DateOrder{tabular.DayFirst, tabular.MonthFirst}, c.choices.DateOrder) {
		return usageError{fmt.Errorf("the order of dates can be dmy or mdy, not %q", c.order), "Dates such as 2025-01-31 are read in any case."}
	}
	return nil
}

// ask shows the plan and returns whether the user wants it.
func (c *importCommand) ask(w World, file string, i app.Imported) (bool, error) {
	if err := c.preview(w.Stderr, file, i); err != nil || i.Tally.Inserted+i.Tally.Updated == 0 {
		return true, err // nothing would change: that is told at the end
	}
	fmt.Fprintf(w.Stderr, "Import %s? [y/N] ", counted(i.Tally.Inserted+i.Tally.Updated, "lead"))
	answer, err := bufio.NewReader(w.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return slices.Contains([]string{"y", "yes", "o", "oui"}, strings.ToLower(strings.TrimSpace(answer))), nil
}

func importedText(i app.Imported) string {
	switch {
	case !i.Done:
		return "Nothing was imported."
	case i.Plan.Leads == 0:
		return "The file has no rows below the names of its columns; nothing was stored."
	case i.Commits == 0:
		return fmt.Sprintf("Everything is there already: %s unchanged, nothing was stored.", counted(i.Tally.Unchanged, "lead"))
	}
	commits := ""
	if i.Commits > 1 {
		commits = fmt.Sprintf(", in %d commits", i.Commits)
	}
	return fmt.Sprintf("Imported: %d inserted, %d updated, %d unchanged, source %s, version %d%s.",
		i.Tally.Inserted, i.Tally.Updated, i.Tally.Unchanged, i.Source, i.Tally.Version, commits)
}
