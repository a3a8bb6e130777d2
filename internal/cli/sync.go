package cli

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
)

// syncFlags are the flags of sync.
type syncFlags struct {
	full, sweep, dryRun, massDelete bool
	verify                          int
	output                          string
}

func newSync(w World) *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use: "sync", Short: "Copy Notion's changes into the lake, once", Args: noArguments,
		Long: `Sync copies what has changed in the Notion database since the last sync into
the lake, and ends. The first time, or with --full, it reads every lead.

A lead that is no longer in the database is never deleted here: its state says
that it is in the trash, moved or out of reach, and it no longer counts.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			task, err := f.task(cmd)
			if err != nil {
				return err
			}
			c, err := loadConnected(w, cmd)
			if err != nil {
				return err
			}
			o := options(w, slog.LevelWarn)
			o.Report = newProgress(w, false).report
			run, err := app.Sync(cmd.Context(), c, task, o)
			if err != nil {
				return err
			}
			if err := printRun(w.Stdout, run, f.output); err != nil {
				return err
			}
			return verdict(run)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.full, "full", false, "read every lead, not only what has changed")
	flags.BoolVar(&f.sweep, "sweep", false, "look which leads are gone from the database")
	flags.BoolVar(&f.massDelete, "allow-mass-delete", false, "believe it when many leads are gone at once")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and write nothing")
	flags.IntVar(&f.verify, "verify", 0, "read `K` leads again, chosen by chance, and compare")
	flags.StringVarP(&f.output, "output", "o", "text", "text or json")
	return cmd
}

// contradict reports whether the flags ask for two things at once.
func (f syncFlags) contradict(verify bool) bool {
	return f.full && f.sweep || verify && (f.full || f.sweep || f.dryRun || f.massDelete)
}

// task returns what the flags ask for.
func (f syncFlags) task(cmd *cobra.Command) (leadlake.Task, error) {
	task := leadlake.Task{DryRun: f.dryRun, MassDelete: f.massDelete, Sample: f.verify}
	verify := cmd.Flags().Changed("verify")
	switch {
	case f.contradict(verify):
		return task, usageError{errors.New("one sync does one thing: --full, --sweep or --verify, and --verify writes nothing anyway"), "Try: leadlake sync --help"}
	case f.output != "text" && f.output != "json":
		return task, usageError{fmt.Errorf("the output can be text or json, not %q", f.output), "Try: leadlake sync -o json"}
	case verify && f.verify < 1:
		return task, usageError{fmt.Errorf("%d leads cannot be verified", f.verify), "Try: leadlake sync --verify 20"}
	case f.verify > 0:
		task.Mode = leadlake.Verify
	case f.full:
		task.Mode = leadlake.Full
	case f.sweep:
		task.Mode = leadlake.Sweep
	case f.massDelete:
		return task, usageError{errors.New("--allow-mass-delete needs --sweep or --full, which look for leads that are gone"), "Try: leadlake sync --sweep --allow-mass-delete"}
	}
	return task, nil
}

// loadConnected reads a configuration that has a Notion database.
func loadConnected(w World, cmd *cobra.Command) (config.Config, error) {
	c, err := load(w, cmd)
	if err == nil && !c.Connected() {
		err = usageError{
			leadlake.Errorf(leadlake.Invalid, "No Notion database is connected."),
			"Put NOTION_TOKEN and DATABASE_ID into a file called .env, or try: leadlake demo",
		}
	}
	return c, err
}

// verdict is an error where a run that came to its end has found what somebody
// has to look at.
func verdict(run leadlake.Run) error {
	switch {
	case run.Held > 0:
		return leadlake.Errorf(leadlake.Conflict, "%s", heldSentence(run))
	case run.Different > 0:
		return leadlake.Errorf(leadlake.Conflict,
			"%d of %d leads differ from what Notion shows. Read everything again with: leadlake sync --full", run.Different, run.Seen)
	}
	return nil
}

func heldSentence(run leadlake.Run) string {
	return fmt.Sprintf("%d leads are no longer in the database. So many at once may be a mistake, so none was marked as gone. "+
		"If they really are, run: leadlake sync --sweep --allow-mass-delete; if not, look whether the integration still sees the whole database.", run.Held)
}
