// Package cli is what a person types: commands, flags, what is printed, and
// exit codes. Data goes to stdout, talk to stderr.
//
// Start reading at Run.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
)

// Exit codes.
const (
	done   = 0
	failed = 1
	misuse = 2 // of a command, a flag or a setting
)

// World is what a run of the program sees and can reach.
type World struct {
	Args    []string // without the program's name
	Environ []string
	Dir     fs.FS     // where leadlake.yaml and .env may lie
	Stdin   io.Reader // where a person answers questions, if Terminal; nil for nobody
	Stdout  io.Writer
	Stderr  io.Writer
	// Terminal says that a person watches Stderr, so that a line of progress
	// may be drawn over.
	Terminal bool
}

// ThisProcess returns the world of the running process.
func ThisProcess() World {
	w := World{
		Args: os.Args[1:], Environ: os.Environ(), Dir: os.DirFS("."), Stdout: os.Stdout, Stderr: os.Stderr,
		Terminal: isTerminal(os.Stderr),
	}
	if isTerminal(os.Stdin) {
		w.Stdin = os.Stdin
	}
	return w
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// patience is how long a command that was told to stop may take for it.
const patience = 10 * time.Second

// Run runs the command that the world asks for, until it is done or the
// process is told to stop, and returns the exit code. Told a second time, or
// after ten seconds, it returns whatever still goes on.
func Run(w World) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, w) }()
	select {
	case code := <-ended:
		return code
	case <-signals:
		stop()
	}
	told, impatient := time.Now(), time.After(patience)
	for {
		select {
		case code := <-ended:
			return code
		case second := <-signals:
			if time.Since(told) > echo {
				return killed(second)
			}
		case <-impatient:
			fmt.Fprintf(w.Stderr, "leadlake: stopped, although something still went on after %s; everything committed so far is kept.\n", patience)
			return failed
		}
	}
}

// echo is for how long a second signal is the first once more: what starts
// other programs, as timeout does, tells a process and then its whole group.
const echo = 50 * time.Millisecond

// killed is the exit code that a shell shows of a process which a signal ended.
func killed(s os.Signal) int {
	if number, ok := s.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return failed
}

// run runs the command until ctx ends.
func run(ctx context.Context, w World) int {
	err := newRoot(w).ExecuteContext(ctx) //nolint:contextcheck // cobra hands it to the commands
	switch {
	case err == nil:
		return done
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(w.Stderr, "leadlake: stopped; everything committed so far is kept.")
		return failed
	}
	fmt.Fprintln(w.Stderr, "leadlake: "+sentence(err))
	if used, ok := errors.AsType[usageError](err); ok {
		if used.hint != "" {
			fmt.Fprintln(w.Stderr, used.hint)
		}
		return misuse
	}
	return failed
}

// usageError is a mistake in how the program was called or set up.
type usageError struct {
	err  error
	hint string
}

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// sentence returns what a person should read of err.
func sentence(err error) string {
	e, ok := errors.AsType[*leadlake.Error](err)
	switch {
	case !ok:
		return err.Error()
	case e.Err == nil || e.Kind == leadlake.Invalid:
		return e.Msg
	default:
		return e.Msg + "\n  (" + e.Err.Error() + ")"
	}
}

const about = `Leadlake turns a Notion leads database into a table and a live dashboard.

Without any configuration, "leadlake serve" shows a demo. To connect your own
database, put NOTION_TOKEN and DATABASE_ID into a file called .env.`

func newRoot(w World) *cobra.Command {
	root := &cobra.Command{
		Use: "leadlake", Short: "Notion leads, as a table and a dashboard", Long: about,
		SilenceErrors: true, SilenceUsage: true, Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetArgs(w.Args)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{err, "Try: " + cmd.CommandPath() + " --help"}
	})
	root.PersistentFlags().String("lake", "", "folder of the lake, or gs://bucket/prefix (default ./lake)")
	root.AddCommand(newServe(w), newSync(w), newImport(w), newRuns(w), newSchema(w), newWebhook(w), newDoctor(w), newDemo(w), newBackup(w), newRestore(w), newAdopt(w), newLake(w), newConfig(w), newDebug(w), newVersion(w), newCompletion(w))
	return root
}

// noArguments says that a command takes none; for one that has commands below
// it, that there is no such command.
func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !cmd.HasSubCommands():
		return usageError{fmt.Errorf("%q is one word too many", args[0]), "Try: " + cmd.CommandPath() + " --help"}
	}
	hint := "Try: " + cmd.CommandPath() + " --help"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "Try: " + cmd.CommandPath() + " " + near[0]
	}
	return usageError{fmt.Errorf("there is no command %q", args[0]), hint}
}

// sources returns where the configuration is read, with the flags of cmd that
// were given.
func sources(w World, cmd *cobra.Command) config.Sources {
	given := map[string]string{}
	for _, name := range []string{"lake", "addr", "insecure"} {
		if f := cmd.Flag(name); f != nil && f.Changed {
			given[name] = f.Value.String()
		}
	}
	return config.Sources{Dir: w.Dir, Environ: w.Environ, Flags: given}
}

// load reads the configuration.
func load(w World, cmd *cobra.Command) (config.Config, error) {
	c, err := config.Load(sources(w, cmd))
	if err != nil {
		return c, usageError{err, "Try: leadlake config"}
	}
	return c, nil
}

func options(w World, level slog.Level) app.Options {
	return app.Options{
		Version: version(), Stderr: app.Stderr{Writer: w.Stderr, Terminal: w.Terminal, Quiet: level},
		Tell: func(sentence string) { fmt.Fprintln(w.Stderr, sentence) },
	}
}
