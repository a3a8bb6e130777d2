package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/backup"
)

const backupHelp = `Backup copies the lake to PLACE, a folder or gs://bucket/prefix, each table at
one version, while Leadlake may run and sync. Done again into the same place it
copies only what is new; one that is interrupted leaves the earlier ones whole.

PLACE holds personal data, and the secrets that are in the lake: keep it where
only you can read it. It is a lake itself, which is only read: leadlake serve
--lake PLACE shows it. To go on with a backup: leadlake restore PLACE.`

func newBackup(w World) *cobra.Command {
	var choices app.BackupOptions
	form := asText
	cmd := &cobra.Command{
		Use: "backup PLACE [flags]", Short: "Copy the whole lake to another place", Long: backupHelp, DisableFlagsInUseLine: true,
		Example: `  leadlake backup /mnt/backups/leads
  leadlake backup gs://bucket/leads --keep 30`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			place, err := onePlace(cmd, args, form)
			if err != nil {
				return err
			}
			if choices.Keep < 0 {
				return usageError{fmt.Errorf("%d backups cannot be kept", choices.Keep), "Try: " + cmd.CommandPath() + " PLACE --keep 30"}
			}
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			show, end := copyProgress(w)
			choices.Progress = show
			done, err := app.Backup(cmd.Context(), c, place, options(w, slog.LevelWarn), choices)
			end()
			if err != nil {
				return err
			}
			return printDone(w.Stdout, form, done, func() string { return backedUpText(done) })
		},
	}
	flags := withDryRun(cmd, &choices.DryRun).Flags()
	flags.IntVar(&choices.Keep, "keep", 0, "forget all backups in PLACE but the newest `N` (default keep all)")
	flags.BoolVar(&choices.Verify, "verify", false, "read everything again when it is done")
	flags.StringVarP(&form, "output", "o", form, "text or json")
	cmd.AddCommand(newBackupList(w), newBackupVerify(w))
	return cmd
}

// onePlace returns the one argument of a command, and checks its output.
func onePlace(cmd *cobra.Command, args []string, form string) (string, error) {
	hint := "Try: " + cmd.CommandPath() + " /mnt/backups/leads"
	switch {
	case len(args) != 1 || args[0] == "":
		return "", usageError{errors.New("name one place"), hint}
	case !slices.Contains([]string{asText, asJSON}, form):
		return "", usageError{fmt.Errorf("the output can be text or json, not %q", form), hint + " -o json"}
	}
	return args[0], nil
}

func backedUpText(b app.BackedUp) string {
	version, rows := b.Leads()
	fresh := fmt.Sprintf("%d of them new (%s)", b.New, size(b.NewBytes))
	if b.DryRun {
		return fmt.Sprintf("A backup of %s would have %s of %s, %s. Nothing was written.", leadsAt(version, rows), counted(b.Objects, "file"), size(b.Bytes), fresh)
	}
	text := fmt.Sprintf("Backed up %s to %s: %s of %s, %s.", leadsAt(version, rows), b.Place, counted(b.Objects, "file"), size(b.Bytes), fresh)
	if b.Verified {
		text += " All of them were read again."
	}
	if b.Forgotten > 0 {
		text += fmt.Sprintf(" Forgot %s.", counted(b.Forgotten, "older backup"))
	}
	return text
}

func leadsAt(version int64, rows *int64) string {
	if rows == nil {
		return fmt.Sprintf("version %d", version)
	}
	return fmt.Sprintf("%s (version %d)", counted(int(*rows), "lead"), version)
}

func newBackupList(w World) *cobra.Command {
	form := asText
	cmd := &cobra.Command{
		Use: "list PLACE [flags]", Short: "List the backups in a place, the newest first", DisableFlagsInUseLine: true, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			place, err := onePlace(cmd, args, form)
			if err != nil {
				return err
			}
			c, err := loadForBucket(w, cmd, place)
			if err != nil {
				return err
			}
			list, err := app.Backups(cmd.Context(), c, place)
			if err != nil {
				return err
			}
			if form == asJSON {
				return printLines(w.Stdout, backupsJSON(list))
			}
			return printBackups(w.Stdout, list)
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", form, "text or json")
	return cmd
}

// backupJSON is a backup as `leadlake backup list -o json` prints it: a
// contract.
type backupJSON struct {
	Name      string         `json:"name"`
	CreatedAt time.Time      `json:"created_at"`
	By        string         `json:"by"`
	Tables    []backup.Table `json:"tables"`
	Objects   int            `json:"objects"`
	Bytes     int64          `json:"bytes"`
}

func backupsJSON(list []backup.Manifest) []backupJSON {
	out := make([]backupJSON, len(list))
	for i, m := range list {
		out[i] = backupJSON{Name: m.Name, CreatedAt: m.CreatedAt, By: m.By, Tables: m.Tables, Objects: len(m.Objects), Bytes: m.Bytes()}
	}
	return out
}

func printBackups(out io.Writer, list []backup.Manifest) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tWHEN (UTC)\tLEADS\tVERSION\tFILES\tSIZE")
	for _, m := range list {
		leads, rows := m.Leads(), "?"
		if leads.Rows != nil {
			rows = strconv.FormatInt(*leads.Rows, 10)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\n", m.Name, m.CreatedAt.Format("2006-01-02 15:04:05"), rows, leads.Version, len(m.Objects), size(m.Bytes()))
	}
	return table.Flush()
}

func newBackupVerify(w World) *cobra.Command {
	form, name := asText, ""
	cmd := &cobra.Command{
		Use: "verify PLACE [flags]", Short: "Read a backup again, and compare it with its sums", DisableFlagsInUseLine: true, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			place, err := onePlace(cmd, args, form)
			if err != nil {
				return err
			}
			c, err := loadForBucket(w, cmd, place)
			if err != nil {
				return err
			}
			show, end := copyProgress(w)
			m, findings, err := app.CheckBackup(cmd.Context(), c, place, name, show)
			end()
			if err != nil {
				return err
			}
			checked := checkedJSON{Name: m.Name, Objects: len(m.Objects), Bytes: m.Bytes(), Findings: []findingJSON{}}
			for _, f := range findings {
				checked.Findings = append(checked.Findings, findingJSON(f))
			}
			if err := printDone(w.Stdout, form, checked, checked.text); err != nil || len(findings) == 0 {
				return err
			}
			return leadlake.Errorf(leadlake.Invalid, "The backup has %s.", counted(len(findings), "fault"))
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", form, "text or json")
	cmd.Flags().StringVar(&name, "backup", "", "the `NAME` of the backup (default the newest)")
	return cmd
}

// checkedJSON is what `leadlake backup verify -o json` prints: a contract.
type checkedJSON struct {
	Name     string        `json:"name"`
	Objects  int           `json:"objects"`
	Bytes    int64         `json:"bytes"`
	Findings []findingJSON `json:"findings"`
}

type findingJSON struct {
	Name    string `json:"name"`
	Problem string `json:"problem"`
}

func (c checkedJSON) text() string {
	if len(c.Findings) == 0 {
		return fmt.Sprintf("The backup %s is as it was made: %s of %s read and compared.", c.Name, counted(c.Objects, "file"), size(c.Bytes))
	}
	var lines []string
	for _, f := range c.Findings {
		lines = append(lines, f.Name+": "+f.Problem)
	}
	lines = append(lines, fmt.Sprintf("Of %s in the backup %s, %d are not as they were.", counted(c.Objects, "file"), c.Name, len(c.Findings)))
	return strings.Join(lines, "\n")
}

// copyProgress shows a terminal how far something has come; end clears the line.
func copyProgress(w World) (show func(backup.Progress), end func()) {
	last, drawn := time.Now(), false
	show = func(p backup.Progress) {
		if w.Terminal && time.Since(last) > 100*time.Millisecond {
			fmt.Fprintf(w.Stderr, "\r\x1b[K%d of %d files, %s of %s", p.Objects, p.OfObjects, size(p.Bytes), size(p.OfBytes))
			last, drawn = time.Now(), true
		}
	}
	return show, func() {
		if drawn {
			fmt.Fprint(w.Stderr, "\r\x1b[K")
		}
	}
}
