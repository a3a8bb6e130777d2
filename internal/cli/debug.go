package cli

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
)

func newDebug(w World) *cobra.Command {
	cmd := &cobra.Command{
		Use: "debug", Short: "Collect what helps to find out what is wrong", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDebugBundle(w))
	return cmd
}

const bundleHelp = `Bundle writes a .tar.gz for whoever helps you: versions, the settings without
secrets, the last syncs, the shape of the lake, what the doctor finds, and facts
of this machine. Of a server that runs it has its health; its metrics and what
its goroutines do, where LEADLAKE_METRICS_ADDR is set.

Nothing of a lead is in it, and no secret. It names your Notion database, its
properties, and folders of this machine: look into it before you send it.`

func newDebugBundle(w World) *cobra.Command {
	return &cobra.Command{
		Use: "bundle [FILE]", Short: "Write it all into one file, without secrets and personal data", Long: bundleHelp,
		Args: cobra.MaximumNArgs(1), DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			now := time.Now()
			name := "leadlake-debug-" + now.UTC().Format("20060102-150405") + ".tar.gz"
			if len(args) == 1 {
				name = args[0]
			}
			c, problem := load(w, cmd)
			parts := app.Bundle(cmd.Context(), c, problem, options(w, slog.LevelError))
			if err := writeBundle(w.Stdout, name, parts, now); err != nil {
				return err
			}
			if name != "-" {
				names := make([]string, 0, len(parts))
				for _, p := range parts {
					names = append(names, p.Name)
				}
				fmt.Fprintf(w.Stdout, "Wrote %s: %s.\nNothing of a lead is in it, and no secret. Look into it before you send it.\n", name, strings.Join(names, ", "))
			}
			return cmd.Context().Err()
		},
	}
}

// writeBundle writes the parts into a file that is not there yet, or to out
// where its name is "-".
func writeBundle(out io.Writer, name string, parts []app.Part, now time.Time) (err error) {
	if name == "-" {
		return pack(out, parts, now)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the user names it
	switch {
	case errors.Is(err, fs.ErrExist):
		return leadlake.Errorf(leadlake.Conflict, "There is a file %s already; nothing was written.", name)
	case err != nil:
		return unwritable(name, err)
	}
	return errors.Join(pack(file, parts, now), file.Close())
}

func pack(out io.Writer, parts []app.Part, now time.Time) error {
	zipped := gzip.NewWriter(out)
	files := tar.NewWriter(zipped)
	for _, p := range parts {
		header := &tar.Header{Name: "leadlake-debug/" + p.Name, Mode: 0o600, Size: int64(len(p.Content)), ModTime: now}
		if err := files.WriteHeader(header); err != nil {
			return fmt.Errorf("packing %s: %w", p.Name, err)
		}
		if _, err := files.Write(p.Content); err != nil {
			return fmt.Errorf("packing %s: %w", p.Name, err)
		}
	}
	return errors.Join(files.Close(), zipped.Close())
}
