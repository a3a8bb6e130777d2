package cli

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
)

func newLake(w World) *cobra.Command {
	cmd := &cobra.Command{
		Use: "lake", Short: "Look into a table of a lake", Args: noArguments,
		Long: `Lake reads a Delta table, whoever wrote it, and writes nothing to it. PATH is the
table's folder, such as lake/data_leads.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLakeInfo(w), newLakeCat(w))
	return cmd
}

func newLakeInfo(w World) *cobra.Command {
	return tableCommand("info PATH", "Describe a table", "json", func(cmd *cobra.Command, path string, version int64) error {
		info, err := app.InfoOfTable(cmd.Context(), path, version)
		if err != nil {
			return err
		}
		return json.NewEncoder(w.Stdout).Encode(info)
	})
}

func newLakeCat(w World) *cobra.Command {
	return tableCommand("cat PATH", "Print the rows of a table", "ndjson", func(cmd *cobra.Command, path string, version int64) error {
		return app.PrintTable(cmd.Context(), path, version, w.Stdout)
	})
}

// tableCommand returns a command that reads one table at one version and
// prints it in one form.
func tableCommand(use, short, form string, run func(cmd *cobra.Command, path string, version int64) error) *cobra.Command {
	version, output := app.Newest, form
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return usageError{errors.New("name the folder of one table"), "Try: " + cmd.CommandPath() + " lake/data_leads"}
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case output != form:
				return usageError{fmt.Errorf("there is no output %q", output), "Try: " + cmd.CommandPath() + " PATH -o " + form}
			case version < 0 && cmd.Flag("version").Changed:
				return usageError{fmt.Errorf("there is no version %d", version), "Versions count from 0."}
			}
			return run(cmd, args[0], version)
		},
	}
	cmd.Flags().Int64Var(&version, "version", app.Newest, "as it was at this version (default the newest)")
	cmd.Flag("version").DefValue = "" // it is said in words
	cmd.Flags().StringVarP(&output, "output", "o", form, form)
	return cmd
}
