package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
)

const restoreHelp = `Restore makes a lake of a backup, where there is none yet: the folder or prefix
of --lake or LEADLAKE_LAKE must be empty or missing. Every file is compared with
its sum and every table verified before the lake is there; otherwise there is
nothing. The next sync goes on from where the backup was.

(To make one table what it was some versions ago, see leadlake lake restore.)`

func newRestore(w World) *cobra.Command {
	var choices app.RestoreOptions
	form := asText
	cmd := &cobra.Command{
		Use: "restore PLACE [flags]", Short: "Make a lake of a backup", Long: restoreHelp, DisableFlagsInUseLine: true,
		Example: `  leadlake restore /mnt/backups/leads --lake ./lake
  leadlake restore gs://bucket/leads --backup 20261121T180000.000Z`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			place, err := onePlace(cmd, args, form)
			if err != nil {
				return err
			}
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			show, end := copyProgress(w)
			choices.Progress = show
			done, err := app.Restore(cmd.Context(), c, place, choices)
			end()
			if err != nil {
				return err
			}
			return printDone(w.Stdout, form, done, func() string { return recoveredText(done) })
		},
	}
	flags := withDryRun(cmd, &choices.DryRun).Flags()
	flags.StringVar(&choices.Backup, "backup", "", "the `NAME` of the backup (default the newest, see leadlake backup list)")
	flags.BoolVar(&choices.Force, "force", false, "move a folder that is there aside; stop what uses it first")
	flags.StringVarP(&form, "output", "o", form, "text or json")
	return cmd
}

func recoveredText(r app.Recovered) string {
	what := fmt.Sprintf("the backup %s, %s of %s", r.Backup, counted(r.Objects, "file"), size(r.Bytes))
	for _, t := range r.Tables {
		if t.Folder == "data_leads" {
			what = leadsAt(t.Version, t.Rows) + " of " + what
		}
	}
	if r.DryRun {
		return fmt.Sprintf("This would restore %s to %s. Nothing was written.", what, r.Lake)
	}
	lines := []string{fmt.Sprintf("Restored %s to %s. All tables were verified.", what, r.Lake)}
	if r.Aside != "" {
		lines = append(lines, "What was there is in "+r.Aside+" now.")
	}
	return strings.Join(append(lines, "The next sync reads what has changed in Notion since: leadlake sync"), "\n")
}
