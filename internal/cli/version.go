package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
)

func newVersion(w World) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "version", Short: "Show the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := checkOutput(output, "leadlake version -o json"); err != nil {
				return err
			}
			p := app.ThisProgram()
			if output == asJSON {
				said := versionJSON{Program: p}
				if !p.Committed.IsZero() {
					said.Committed = &p.Committed
				}
				return json.NewEncoder(w.Stdout).Encode(said)
			}
			_, err := fmt.Fprint(w.Stdout, versionText(p))
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", asText, "text or json")
	return cmd
}

// versionJSON is what `leadlake version -o json` prints: a contract, see
// docs/cli-json.md.
type versionJSON struct {
	app.Program

	Committed *time.Time `json:"committed"`
}

func versionText(p app.Program) string {
	text := fmt.Sprintf("leadlake %s (%s, %s)\n", p.Commit, p.Go, p.Platform)
	if !p.Committed.IsZero() {
		text += "  committed    " + p.Committed.UTC().Format(time.RFC3339)
		if p.Modified {
			text += ", and changed since"
		}
		text += "\n"
	}
	return text + fmt.Sprintf("  DuckDB       %s\n  lake format  %d\n", p.DuckDB, p.LakeFormat)
}

// version returns the commit that the program was built from, or "devel".
func version() string { return app.ThisProgram().Commit }
