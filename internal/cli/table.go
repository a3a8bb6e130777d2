package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
	"leadlake/internal/config"
)

func newLake(w World) *cobra.Command {
	cmd := &cobra.Command{
		Use: "lake", Short: "Look into a table of a lake, and keep it in order", Args: noArguments,
		Long: `Lake works on a Delta table, whoever wrote it. PATH is the folder of a lake, or
of a table, such as lake/data_leads or gs://bucket/lake/data_leads; without it,
it is your own lake.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLakeInfo(w), newLakeCat(w), newLakeHistory(w), newLakeDiff(w), newLakeVerify(w),
		newLakeDelete(w), newLakeRestore(w), newLakeOptimize(w), newLakeVacuum(w), newLakeFsck(w))
	return cmd
}

// tableCommand is a command that works on one table.
type tableCommand struct {
	use, short, long string
	forms            []string    // of the output, the default first
	writes           func() bool // whether it changes something, as it was called; nil for never
	numbers          int         // how many versions may stand behind the table's path
	run              func(cmd *cobra.Command, t *app.Table, numbers []int64, form string) error
}

func (c tableCommand) build(w World) *cobra.Command {
	form := c.forms[0]
	cmd := &cobra.Command{
		Use: c.use, Short: c.short, Long: c.long, DisableFlagsInUseLine: true,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(c.forms, form) {
				return usageError{fmt.Errorf("there is no output %q", form), "Try: " + cmd.CommandPath() + " PATH -o " + c.forms[len(c.forms)-1]}
			}
			path, numbers, err := c.split(w, cmd, args)
			if err != nil {
				return err
			}
			settings, err := loadForBucket(w, cmd, path)
			if err != nil {
				return err
			}
			table, err := app.OpenTable(cmd.Context(), settings, path, c.writes == nil || !c.writes())
			if err != nil {
				return err
			}
			return errors.Join(c.run(cmd, table, numbers, form), table.Close())
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", form, strings.Join(c.forms, " or "))
	return cmd
}

// loadForBucket reads the configuration where path is in a bucket. A folder of
// this machine needs none, so that a broken one does not matter.
func loadForBucket(w World, cmd *cobra.Command, path string) (config.Config, error) {
	if !strings.HasPrefix(path, "gs://") {
		return config.Config{}, nil
	}
	return load(w, cmd)
}

// split returns the path of the table and the versions behind it.
func (c tableCommand) split(w World, cmd *cobra.Command, args []string) (path string, numbers []int64, err error) {
	for len(args) > 0 && len(numbers) < c.numbers {
		n, err := strconv.ParseInt(args[len(args)-1], 10, 64)
		if err != nil {
			break
		}
		numbers, args = append([]int64{n}, numbers...), args[:len(args)-1]
	}
	switch {
	case len(args) == 0:
		settings, err := load(w, cmd)
		return settings.Lake, numbers, err
	case len(args) == 1 && args[0] != "":
		return args[0], numbers, nil
	}
	versions := []string{"", " 3", " 3 7"}[c.numbers]
	return "", nil, usageError{errors.New("name the folder of one table"), "Try: " + cmd.CommandPath() + " lake/data_leads" + versions}
}

func newLakeCat(w World) *cobra.Command {
	var m moment
	var where []string
	c := tableCommand{
		use: "cat [PATH] [flags]", short: "Print the rows of a table", forms: []string{"ndjson"},
		long: `Cat prints the rows of a table, all of them or those that you ask for. Files
that hold none of those, by what the table knows of them, are not read.

` + conditionsHelp,
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, _ string) error {
			at, err := m.read(cmd)
			if err != nil {
				return err
			}
			return misused(cmd, t.Print(cmd.Context(), at, where, w.Stdout))
		},
	}
	return m.optionalFlags(withWhere(c.build(w), &where, "print only rows for which this holds"))
}

// moment is the flags that say which version is meant.
type moment struct {
	version int64
	asOf    string
}

func (m *moment) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Int64Var(&m.version, "version", 0, "as it was at this version")
	cmd.Flags().StringVar(&m.asOf, "as-of", "", "as it was at this time: 2026-01-31, 2026-01-31T15:04:05Z")
	return cmd
}

// optionalFlags are the same where none of them means the newest version.
func (m *moment) optionalFlags(cmd *cobra.Command) *cobra.Command {
	m.flags(cmd)
	cmd.Flag("version").Usage += " (default the newest)"
	cmd.Flag("as-of").Usage += " (default now)"
	return cmd
}

func (m *moment) read(cmd *cobra.Command) (app.Moment, error) {
	byVersion, byTime := cmd.Flag("version").Changed, cmd.Flag("as-of").Changed
	switch {
	case byVersion && byTime:
		return app.Moment{}, usageError{errors.New("--version and --as-of name two versions"), "Leave one of them out."}
	case byVersion && m.version < 0:
		return app.Moment{}, usageError{fmt.Errorf("there is no version %d", m.version), "Versions count from 0."}
	case byVersion:
		return app.Moment{Version: &m.version}, nil
	case byTime:
		at, err := instant(m.asOf)
		return app.Moment{AsOf: at}, err
	}
	return app.Moment{}, nil
}

// instant reads a time; one without a zone is in UTC.
func instant(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, usageError{fmt.Errorf("%q is no time", text), "Write 2026-01-31, or 2026-01-31T15:04:05Z."}
}
