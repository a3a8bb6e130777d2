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

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	write, quiet bool
	remote       string
	output       string
}

func newDoctor(w World) *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look whether everything is set up, and say the next step", Args: noArguments,
		Long: `Doctor looks at the token, the database, what feeds each event, the lake and the
clock, and says what is right, what is wrong and what to do next. It ends with
code 1 where something is wrong.

Where it is not clear which property holds an event, it suggests one by its name;
--write puts what it suggests into leadlake.yaml, where all else stays as it is.

With --remote it asks a running "leadlake serve" instead, whether it answers and
how fresh its leads are; "here" is the one at LEADLAKE_ADDR. That is quick: with
--quiet it is a health check.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(w, cmd) },
	}
	cmd.Flags().BoolVar(&f.write, "write", false, "put what is suggested into leadlake.yaml")
	cmd.Flags().StringVar(&f.remote, "remote", "", "ask the server at this `address`, such as http://127.0.0.1:8000, or here")
	cmd.Flags().BoolVar(&f.quiet, "quiet", false, "say only what is not as it should be")
	cmd.Flags().StringVarP(&f.output, "output", "o", asText, "text or json")
	return cmd
}

func (f doctorFlags) run(w World, cmd *cobra.Command) error {
	if err := checkOutput(f.output, "leadlake doctor -o json"); err != nil {
		return err
	}
	if f.write && f.remote != "" {
		return usageError{errors.New("--write changes a file of this machine, and --remote asks another one"), "Leave one of them out."}
	}
	d, wrote, err := f.examine(w, cmd)
	if err != nil {
		return err
	}
	next := nextStep(d)
	if f.remote != "" {
		next = nextStepThere(d)
	}
	if f.quiet {
		d.Examined = slices.DeleteFunc(d.Examined, func(e app.Examined) bool { return e.State == app.Fine })
	}
	switch {
	case f.output == asJSON:
		err = printDoctorJSON(w.Stdout, d, wrote, next)
	case !f.quiet || len(d.Examined)+len(wrote) > 0:
		err = printDoctor(w.Stdout, d, wrote, next)
	}
	if n := d.Wrong(); n > 0 && err == nil {
		err = leadlake.Errorf(leadlake.Invalid, "%s wrong.", map[bool]string{true: "One thing is", false: fmt.Sprintf("%d things are", n)}[n == 1])
	}
	return err
}

func (f doctorFlags) examine(w World, cmd *cobra.Command) (d app.Diagnosis, wrote []string, err error) {
	if f.remote == "" {
		return examine(w, cmd, f.write)
	}
	address := f.remote
	if address == here {
		c, _ := load(w, cmd) // whatever else is wrong with it, it says where the server listens
		address = c.Addr
	}
	d, err = app.DoctorRemote(cmd.Context(), address, options(w, slog.LevelWarn))
	if leadlake.KindOf(err) == leadlake.Invalid && err != nil {
		err = usageError{err, "Try: leadlake doctor --remote http://127.0.0.1:8000"}
	}
	return d, nil, err
}

// here stands for the address that the configuration says.
const here = "here"

// nextStepThere says what to do now about a server.
func nextStepThere(d app.Diagnosis) string {
	if d.Wrong() > 0 {
		return "look at the log of the server"
	}
	return "nothing: it serves"
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

func printDoctor(out io.Writer, d app.Diagnosis, wrote []string, next string) error {
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
	_, err := fmt.Fprintf(out, "Next: %s\n", next)
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

func printDoctorJSON(out io.Writer, d app.Diagnosis, wrote []string, next string) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(doctorJSON{
		OK: d.Wrong() == 0, Checks: append([]app.Examined{}, d.Examined...), Mapping: append([]app.Fed{}, d.Mapping...), Written: append([]string{}, wrote...), Next: next,
	})
}
