package cli

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"leadlake/internal/config"
)

func newConfig(w World) *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "Show every setting and where it comes from", Args: noArguments,
		Long: `Config shows the value of every setting and where it comes from: the default,
leadlake.yaml, .env, the environment or a flag; later ones win. Secrets are
not shown.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(w, cmd)
			if printed := printConfig(w, c); printed != nil {
				return printed
			}
			if used, ok := errors.AsType[usageError](err); ok {
				return usageError{err: used.err} // the hint would be this command
			}
			return err
		},
	}
}

func printConfig(w World, c config.Config) error {
	table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
	for _, s := range c.Describe() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, s.Value, s.Origin)
	}
	return table.Flush()
}

func newVersion(w World) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(w.Stdout, "leadlake %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// version returns the commit that the program was built from, or "devel".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "devel"
}
