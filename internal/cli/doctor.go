package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
)

func newDoctor(w World) *cobra.Command {
	var write bool
	var output string
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look whether everything is set up, and say the next step", Args: noArguments,
		Long: `Doctor looks at the token, the database, what feeds each event, the lake and the
clock, and says what is right, what is wrong and what to do next. It ends with
code 1 where something is wrong.

Where it is not clear which property holds an event, it suggests one by its name;
--write puts what it suggests into leadlake.yaml, where all else stays as it is.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(output, "leadlake doctor -o json"); err != nil {
				return err
			}
			d, wrote, err := examine(w, cmd, write)
			if err != nil {
				return err
			}
			if output == "json" {
				err = printDoctorJSON(w.Stdout, d, wrote)
			} else {
				err = printDoctor(w.Stdout, d, wrote)
			}
			if n := d.Wrong(); n > 0 && err == nil {
				err = leadlake.Errorf(leadlake.Invalid, "%s wrong.", map[bool]string{true: "One thing is", false: fmt.Sprintf("%d things are", n)}[n == 1])
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "put what is suggested into leadlake.yaml")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

// examine has everything looked at; where something was written, once more.
func examine(w World, cmd *cobra.Command, write bool) (d app.Diagnosis, wrote []string, err error) {
	for {
		c, err := load(w, cmd)
		if err != nil {
			return d, wrote, err
		}
		if d, err = app.Doctor(cmd.Context(), c, options(w, slog.LevelWarn)); err != nil {
			return d, wrote, err
		}
		events, fields := d.Suggestions()
		if !write || wrote != nil || len(events)+len(fields) == 0 {
			return d, wrote, nil
		}
		if err = amendFile(w.Dir, events, fields); err != nil {
			return d, wrote, err
		}
		for e, property := range events {
			wrote = append(wrote, fmt.Sprintf("%s: %s", e, property))
		}
		for column, property := range fields {
			wrote = append(wrote, fmt.Sprintf("%s: %s", column, property))
		}
		slices.Sort(wrote)
	}
}

// amendFile puts a mapping into the leadlake.yaml of the working folder, which
// changes at once or not at all.
func amendFile(dir fs.FS, events map[leadlake.Event]string, fields map[string]string) error {
	const name = string(config.FromFile)
	data, err := fs.ReadFile(dir, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if data, err = config.Amend(data, events, fields); err != nil {
		return err
	}
	path, mode := name, fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(name); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	if err = replaceFile(path, data, mode); err != nil {
		return unwritable(name, err)
	}
	return nil
}

func replaceFile(path string, data []byte, mode fs.FileMode) error {
	next, err := os.CreateTemp(filepath.Dir(path), ".leadlake-*.yaml")
	if err != nil {
		return err
	}
	_, err = next.Write(data)
	if err = errors.Join(err, next.Chmod(mode), next.Sync(), next.Close()); err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next.Name()))
	}
	return nil
}

// nextStep says what to do now.
func nextStep(d app.Diagnosis) string {
	events, fields := d.Suggestions()
	switch n := len(events) + len(fields); {
	case n > 0:
		return "run leadlake doctor --write to put what is suggested into leadlake.yaml, or name other properties there by hand"
	case d.Wrong() > 0:
		return "put right what is wrong, and look again: leadlake doctor"
	}
	return "run leadlake serve: it syncs, and serves the dashboard"
}

func printDoctor(out io.Writer, d app.Diagnosis, wrote []string) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range d.Examined {
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.State, f.Subject, f.Says)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if d.Mapping != nil {
		fmt.Fprintln(out)
	}
	for _, m := range d.Mapping {
		from := m.Property
		switch {
		case m.Suggested != "":
			from = "nothing; suggested: " + m.Suggested
		case from == "":
			from = "nothing"
		}
		fmt.Fprintf(table, "  %s\tfrom %s\n", m.Column, from)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if len(wrote) > 0 {
		fmt.Fprintf(out, "Written into leadlake.yaml: %s\n", strings.Join(wrote, ", "))
	}
	_, err := fmt.Fprintf(out, "Next: %s\n", nextStep(d))
	return err
}

// doctorJSON is what `leadlake doctor -o json` prints: a contract, see
// docs/cli-json.md.
type doctorJSON struct {
	OK      bool           `json:"ok"`
	Checks  []app.Examined `json:"checks"`
	Mapping []app.Fed      `json:"mapping"`
	Written []string       `json:"written"`
	Next    string         `json:"next"`
}

func printDoctorJSON(out io.Writer, d app.Diagnosis, wrote []string) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(doctorJSON{
		OK: d.Wrong() == 0, Checks: d.Examined, Mapping: append([]app.Fed{}, d.Mapping...), Written: append([]string{}, wrote...), Next: nextStep(d),
	})
}
