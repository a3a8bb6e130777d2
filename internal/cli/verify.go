package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
)

func newLakeVerify(w World) *cobra.Command {
	c := tableCommand{
		use: "verify [PATH] [flags]", short: "Check everything that a table rests on",
		long: `Verify replays the log, compares it with every checkpoint and checksum, and reads
every live data file. It ends with 1 if anything is wrong.`,
		forms: []string{asText, asJSON},
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, form string) error {
			return verify(w, cmd, t, false, form)
		},
	}
	return c.build(w)
}

func newLakeFsck(w World) *cobra.Command {
	var repair, dryRun bool
	c := tableCommand{
		use: "fsck [PATH] [flags]", short: "Check a table, and mend what can be mended with --repair",
		long: `Fsck checks what verify checks. With --repair it mends what only repeats the log:
checkpoints, checksums, the pointer to the newest checkpoint. Rows stay what
they are; a data file that is gone cannot be brought back.`,
		forms: []string{asText, asJSON}, writes: func() bool { return repair && !dryRun },
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, form string) error {
			return verify(w, cmd, t, repair && !dryRun, form)
		},
	}
	cmd := withDryRun(c.build(w), &dryRun)
	cmd.Flags().BoolVar(&repair, "repair", false, "mend what can be mended without losing anything")
	return cmd
}

func verify(w World, cmd *cobra.Command, t *app.Table, repair bool, form string) error {
	last, drawn := time.Now(), false
	v, err := t.Verify(cmd.Context(), repair, func(done int, _ string) {
		if w.Terminal && time.Since(last) > 100*time.Millisecond {
			fmt.Fprintf(w.Stderr, "\r\x1b[K%d files checked", done)
			last, drawn = time.Now(), true
		}
	})
	if drawn {
		fmt.Fprint(w.Stderr, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if err := printDone(w.Stdout, form, v, func() string { return verifiedText(v) }); err != nil {
		return err
	}
	if n := len(v.Findings); n > 0 {
		return leadlake.Errorf(leadlake.Invalid, "The table has %s.", counted(n, "fault"))
	}
	return nil
}

func verifiedText(v app.Verified) string {
	var lines []string
	for _, f := range v.Findings {
		line := f.Name + ": " + f.Problem
		if f.Repairable {
			line += " (leadlake lake fsck --repair mends it)"
		}
		lines = append(lines, line)
	}
	if v.Repaired > 0 {
		lines = append(lines, fmt.Sprintf("Mended %s.", counted(v.Repaired, "fault")))
	}
	if len(v.Findings) == 0 {
		lines = append(lines, fmt.Sprintf("Version %d is sound: %s checked.", v.Version, counted(v.Objects, "file")))
	}
	return strings.Join(lines, "\n")
}
