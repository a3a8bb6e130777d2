package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
)

func newSync(w World) *cobra.Command {
	var full bool
	var output string
	cmd := &cobra.Command{
		Use: "sync", Short: "Copy Notion's changes into the lake, once", Args: noArguments,
		Long: `Sync copies what has changed in the Notion database since the last sync into
the lake, and ends. The first time, or with --full, it reads every lead.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "text" && output != "json" {
				return usageError{fmt.Errorf("the output can be text or json, not %q", output), "Try: leadlake sync -o json"}
			}
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			if !c.Connected() {
				return usageError{
					leadlake.Errorf(leadlake.Invalid, "No Notion database is connected."),
					"Put NOTION_TOKEN and DATABASE_ID into a file called .env, or try: leadlake demo",
				}
			}
			mode := leadlake.Mode("")
			if full {
				mode = leadlake.Full
			}
			o := options(w, slog.LevelWarn)
			o.Report = newProgress(w, false).report
			run, err := app.Sync(cmd.Context(), c, mode, o)
			if err != nil {
				return err
			}
			return printRun(w.Stdout, run, output)
		},
	}
	cmd.Flags().BoolVar(&full, "full", false, "read every lead, not only what has changed")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

// runJSON is what `leadlake sync -o json` prints: a contract.
type runJSON struct {
	Mode          leadlake.Mode `json:"mode"`
	Version       int64         `json:"version"`
	Seen          int           `json:"seen"`
	Inserted      int           `json:"inserted"`
	Updated       int           `json:"updated"`
	Unchanged     int           `json:"unchanged"`
	Requests      int           `json:"requests"`
	WaitedSeconds float64       `json:"waited_seconds"`
	Seconds       float64       `json:"seconds"`
	Warnings      []string      `json:"warnings"`
}

func printRun(out io.Writer, run leadlake.Run, output string) error {
	took := run.FinishedAt.Sub(run.StartedAt)
	if output == "json" {
		warnings := []string{}
		for _, warning := range run.Warnings {
			warnings = append(warnings, warning.String())
		}
		return json.NewEncoder(out).Encode(runJSON{
			Mode: run.Mode, Version: run.Version, Seen: run.Seen, Inserted: run.Inserted, Updated: run.Updated,
			Unchanged: run.Unchanged, Requests: run.Requests, WaitedSeconds: run.Waited.Seconds(),
			Seconds: took.Seconds(), Warnings: warnings,
		})
	}
	state := fmt.Sprintf("version %d", run.Version)
	if run.Version < 0 {
		state = "no table yet"
	}
	_, err := fmt.Fprintf(out, "%s: %d leads read, %d inserted, %d updated, %d unchanged (%s sync, %d requests, %s)\n",
		state, run.Seen, run.Inserted, run.Updated, run.Unchanged, run.Mode, run.Requests, took.Round(100*time.Millisecond))
	for _, warning := range run.Warnings {
		if err == nil {
			_, err = fmt.Fprintf(out, "warning: %s\n", warning)
		}
	}
	return err
}
