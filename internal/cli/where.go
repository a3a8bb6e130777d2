package cli

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
)

const conditionsHelp = `A condition is a column, an operator and a value:

  --where 'statut = Signé'    --where 'date_relance >= 2026-01-31'
  --where 'email is null'     --where '"a=b" != 1.5'

Operators are =, !=, <, <=, >, >=, is null and is not null. Of several --where
all must hold. A column without a value is neither equal to one nor different
from it. Quotes around a value keep its spaces: 'nom = " x"'.`

// withWhere adds the flag of commands that choose rows.
func withWhere(cmd *cobra.Command, where *[]string, usage string) *cobra.Command {
	cmd.Flags().StringArrayVar(where, "where", nil, usage+"; several must all hold")
	return cmd
}

// misused makes a condition that cannot be asked a mistake in the call.
func misused(cmd *cobra.Command, err error) error {
	if wrong, ok := errors.AsType[app.ConditionError](err); ok {
		return usageError{wrong, "Try: " + cmd.CommandPath() + " --help"}
	}
	return err
}

func newLakeDelete(w World) *cobra.Command {
	var where []string
	var dryRun bool
	c := tableCommand{
		use: "delete [PATH] --where CONDITION [flags]", short: "Delete rows of a table",
		long: `Delete commits a new version without the rows that you name. Older versions still
have them until a vacuum, and can be restored until then.

` + conditionsHelp,
		forms: []string{asText, asJSON}, writes: func() bool { return !dryRun },
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, form string) error {
			done, err := t.Delete(cmd.Context(), where, dryRun)
			if err != nil {
				return misused(cmd, err)
			}
			return printDone(w.Stdout, form, done, func() string { return deletedText(done) })
		},
	}
	cmd := withDryRun(withWhere(c.build(w), &where, "delete rows for which this holds"), &dryRun)
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(where) == 0 {
			return usageError{errors.New("say which rows are to be deleted"), "Try: " + cmd.CommandPath() + " PATH --where 'email = a@example.org' --dry-run"}
		}
		return run(cmd, args)
	}
	return cmd
}

func deletedText(d app.Deleted) string {
	rows := strconv.FormatInt(d.Rows, 10) + " rows"
	if d.Rows == 1 {
		rows = "1 row"
	}
	files := fmt.Sprintf("%s removed, %d rewritten", counted(d.FilesRemoved, "file"), d.FilesRewritten)
	switch {
	case d.Rows == 0:
		return "There is no such row; nothing was changed."
	case d.DryRun:
		return fmt.Sprintf("%s would be deleted: %s. Nothing was changed.", rows, files)
	}
	return fmt.Sprintf("%s deleted, in version %d: %s.", rows, d.Version, files)
}
