package cli

import (
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
)

const adoptHelp = `Adopt takes over a Delta table of leads that another program wrote: the five
events become days, columns get the names that a sync gives them, and the next
sync from Notion goes on from there. It shows what it found and would do, and
does it only with --yes.

PATH is the table's folder, such as data/data_leads: what that lies in becomes
the lake, and the table goes on in a new version; its older ones stay. With
--copy a new table is made in your own lake, and nothing in PATH is changed.

Stop the program that writes the table first.`

type adoptCommand struct {
	choices  app.AdoptOptions
	mappings []string
	form     string
}

func newAdopt(w World) *cobra.Command {
	c := adoptCommand{form: asText}
	cmd := &cobra.Command{
		Use: "adopt PATH [flags]", Short: "Take over a Delta table of leads that another program wrote", Long: adoptHelp, DisableFlagsInUseLine: true,
		Example: `  leadlake adopt data/data_leads
  leadlake adopt data/data_leads --yes
  leadlake adopt gs://bucket/prospection --copy --map "Relancé le=date_relance" --yes`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(w, cmd, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&c.choices.Yes, "yes", false, "do it")
	flags.BoolVar(&c.choices.Copy, "copy", false, "make a new table in the lake, and leave this one as it is")
	flags.StringArrayVar(&c.mappings, "map", nil, "\"COLUMN OF THE TABLE=date_relance\" feeds it, \"COLUMN=\" leaves it out")
	flags.IntVar(&c.choices.Days, "keep-days", 0, "keep every version for so many days (default 30, or what the table says if that is more)")
	flags.StringVarP(&c.form, "output", "o", c.form, "text or json")
	return cmd
}

func (c *adoptCommand) run(w World, cmd *cobra.Command, args []string) error {
	if err := c.read(cmd, args); err != nil {
		return err
	}
	settings, err := load(w, cmd)
	if err != nil {
		return err
	}
	done, err := app.Adopt(cmd.Context(), settings, args[0], options(w, slog.LevelWarn), c.choices)
	if err != nil {
		return err
	}
	if c.form == asJSON {
		return json.NewEncoder(w.Stdout).Encode(c.adoptedJSON(done))
	}
	text := c.preview(done, args[0])
	if done.Done {
		text = adoptedText(done, settings.Lake)
	}
	_, err = io.WriteString(w.Stdout, tidy(text))
	return err
}

// read checks the flags.
func (c *adoptCommand) read(cmd *cobra.Command, args []string) (err error) {
	const hint = "Try: leadlake adopt data/data_leads"
	switch {
	case len(args) != 1 || args[0] == "":
		return usageError{errors.New("name the folder of one table"), hint}
	case !slices.Contains([]string{asText, asJSON}, c.form):
		return usageError{fmt.Errorf("the output can be text or json, not %q", c.form), hint + " -o json"}
	case cmd.Flag("keep-days").Changed && c.choices.Days < 7:
		return usageError{fmt.Errorf("versions cannot be kept for %d days only", c.choices.Days), "Try: " + cmd.CommandPath() + " " + args[0] + " --keep-days 30"}
	}
	c.choices.Map, err = mappingOf(c.mappings)
	return err
}

// mappingOf reads --map flags.
func mappingOf(flags []string) (map[string]string, error) {
	mapping := map[string]string{}
	for _, m := range flags {
		at := strings.LastIndexByte(m, '=')
		if at <= 0 {
			return nil, usageError{fmt.Errorf("--map %q has no =", m), "Try: --map \"Relancé le=date_relance\""}
		}
		mapping[m[:at]] = strings.TrimSpace(m[at+1:])
	}
	return mapping, nil
}

// adoptedText tells what an adoption has done.
func adoptedText(a app.Adopted, configured string) string {
	var text strings.Builder
	if a.Copied {
		fmt.Fprintf(&text, "Copied %s to the lake %s.\n", counted(int(a.Plan.Rows), "lead"), a.Lake)
	} else {
		fmt.Fprintf(&text, "Adopted %s: version %d of %s.\n", counted(int(a.Plan.Rows), "lead"), a.Version, a.Table)
	}
	text.WriteString("Counted before and after, day by day, and equal:\n")
	text.WriteString(eventTable(a))
	if !sameFolder(a.Lake, configured) {
		fmt.Fprintf(&text, "The lake is %s: set LEADLAKE_LAKE to that, in the environment or the file .env.\n", absolute(a.Lake))
	}
	text.WriteString("Next: leadlake sync, which reads every lead from Notion once, then leadlake serve.\n")
	return text.String()
}

func sameFolder(a, b string) bool { return a == b || absolute(a) == absolute(b) }

func absolute(place string) string {
	if strings.HasPrefix(place, "gs://") {
		return strings.TrimRight(place, "/")
	}
	if full, err := filepath.Abs(place); err == nil {
		return full
	}
	return place
}
