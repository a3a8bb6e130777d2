package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/config"
)

func newConfig(w World) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "config", Short: "Show every setting and where it comes from", Args: noArguments,
		Long: `Config shows the value of every setting and where it comes from: the default,
leadlake.yaml, .env, the environment or a flag; later ones win. Secrets are
not shown.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(output, "leadlake config -o json"); err != nil {
				return err
			}
			c, err := load(w, cmd)
			if printed := printConfig(w, c, output); printed != nil {
				return printed
			}
			if used, ok := errors.AsType[usageError](err); ok {
				return usageError{err: used.err} // the hint would be this command
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", asText, "text or json")
	cmd.AddCommand(newConfigInit(w), newConfigSchema(w))
	return cmd
}

func printConfig(w World, c config.Config, output string) error {
	if output == asJSON {
		return printLines(w.Stdout, c.Describe())
	}
	table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
	for _, s := range c.Describe() {
		origin := string(s.Origin)
		if s.File != "" {
			origin += ", file " + s.File
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, s.Value, origin)
	}
	return table.Flush()
}

func newConfigInit(w World) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "init", Short: "Write a leadlake.yaml with every setting in it, commented out", Args: noArguments,
		Long: `Init writes a leadlake.yaml into this folder: every setting with its default,
commented out, and what it is for. Beside it, it writes the schema by which
editors complete and check the file. It writes over nothing: with --force, a
leadlake.yaml that is there is put aside first.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			said, err := initConfig(w.Dir, force)
			if err != nil {
				return err
			}
			next := "run leadlake doctor"
			if c, err := load(w, cmd); err == nil && !c.Connected() {
				next = "put NOTION_TOKEN and DATABASE_ID into a file called .env, and run leadlake doctor"
			}
			_, err = fmt.Fprintf(w.Stdout, "%s\nNext: %s\n", said, next)
			return err
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "put a leadlake.yaml that is there aside, and write a new one")
	return cmd
}

// initConfig writes leadlake.yaml and its schema, and returns what was done.
func initConfig(dir fs.FS, force bool) (said string, err error) {
	const name = string(config.FromFile)
	_, err = fs.Stat(dir, name)
	there := !errors.Is(err, fs.ErrNotExist)
	if there && !force {
		return "", leadlake.Errorf(leadlake.Conflict,
			"There is a %s already; nothing was written. With --force it is put aside, and a new one is written.", name)
	}
	if there {
		aside, err := putAside(dir, name)
		if err != nil {
			return "", unwritable(name, err)
		}
		said = fmt.Sprintf("The %s that was there is %s now.\n", name, aside)
	}
	schema, err := config.JSONSchema()
	if err != nil {
		return "", fmt.Errorf("describing the settings: %w", err)
	}
	for file, content := range map[string][]byte{name: config.Template(), config.SchemaFile: schema} {
		if err := replaceFile(file, content, 0o644); err != nil {
			return "", unwritable(file, err)
		}
	}
	return said + fmt.Sprintf("Wrote %s, every setting in it commented out, and %s, by which editors check it.", name, config.SchemaFile), nil
}

// putAside renames a file to a name that nothing has, and returns that.
func putAside(dir fs.FS, name string) (string, error) {
	aside := name + ".old"
	for n := 1; ; n++ {
		if _, err := fs.Stat(dir, aside); err != nil {
			return aside, os.Rename(name, aside)
		}
		aside = name + ".old" + strconv.Itoa(n)
	}
}

func unwritable(name string, err error) error {
	return leadlake.Errorf(leadlake.Unavailable, "The file %s cannot be written. Give this user write permission on its folder.", name).Because(err)
}

func newConfigSchema(w World) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON schema of leadlake.yaml, for editors", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.JSONSchema()
			if err != nil {
				return fmt.Errorf("describing the settings: %w", err)
			}
			_, err = w.Stdout.Write(schema)
			return err
		},
	}
}
