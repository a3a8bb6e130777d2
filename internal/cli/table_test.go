package cli_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadlake/internal/cli"
)

func TestLakeCommandsRefuse(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"lake cat " + empty, 1, "There is no Delta table in " + empty + ": name the folder that holds _delta_log.\n"},
		{"lake info " + filepath.Join(empty, "missing"), 1, "There is no Delta table in"},
		{"lake cat " + empty + " -o csv", 2, `there is no output "csv"`},
		{"lake cat " + empty + " --version -1", 2, "there is no version -1"},
		{"lake cat", 1, "There is no Delta table in ./lake"},
		{"lake info a b", 2, "Try: leadlake lake info lake/data_leads"},
		{"lake info s3://bucket/table", 1, "s3://bucket/table is no address that is understood: name a folder of this machine, or gs://bucket/prefix.\n"},
		{"lake restore " + empty + " three", 2, "Try: leadlake lake restore lake/data_leads 3\n"},
		{"lake diff " + empty + " 3", 2, "Try: leadlake lake diff lake/data_leads 3 7"},
		{"lake restore " + empty, 1, "There is no Delta table in"},
		{"lake optimize " + empty, 1, "There is no Delta table in"},
		{"lake vacuum " + empty + " --retain-hours -1", 2, "files cannot be kept for -1 hours"},
		{"lake vacuum " + empty + " --delete", 1, "There is no Delta table in"},
		{"lake cat " + empty + " --version 1 --as-of 2026-01-01", 2, "name two versions"},
		{"lake cat " + empty + " --as-of yesterday", 2, `"yesterday" is no time`},
	} {
		var stdout, stderr bytes.Buffer
		code := cli.Run(cli.World{Args: strings.Fields(tt.args), Dir: os.DirFS(empty), Stdout: &stdout, Stderr: &stderr})
		if code != tt.code || stdout.Len() > 0 || !strings.Contains(stderr.String(), tt.says) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q; want %d, nothing, %q", tt.args, code, stdout.String(), stderr.String(), tt.code, tt.says)
		}
		if tt.code == 1 && strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%s says more than a sentence: %q", tt.args, stderr.String())
		}
	}
	var stderr bytes.Buffer
	if code := cli.Run(cli.World{Args: []string{"lake", "info", ""}, Stdout: io.Discard, Stderr: &stderr}); code != 2 || !strings.Contains(stderr.String(), "name the folder of one table") {
		t.Errorf("no path at all: exit code %d, %q", code, stderr.String())
	}
	if entries, err := os.ReadDir(empty); err != nil || len(entries) > 0 {
		t.Errorf("looking left %v, %v", entries, err)
	}
}

// TestDryRunsWriteNothing: not even the trial whether they could, by which the
// folder would not have been as old as before.
func TestDryRunsWriteNothing(t *testing.T) {
	t.Parallel()
	table := filepath.Join(t.TempDir(), "table")
	if err := os.CopyFS(table, os.DirFS(filepath.Join("testdata", "adopt", "instants"))); err != nil {
		t.Fatal(err)
	}
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(table, old, old); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{
		"optimize --dry-run", "optimize --dry-run --order-by id", "restore 0 --dry-run", "vacuum", "vacuum --delete --dry-run",
		"fsck", "fsck --repair --dry-run", "verify", "delete --dry-run --where id=x",
	} {
		var stderr bytes.Buffer
		words := strings.Fields(args)
		code := cli.Run(cli.World{Args: append([]string{"lake", words[0], table}, words[1:]...), Stdout: io.Discard, Stderr: &stderr})
		if info, err := os.Stat(table); code != 0 || err != nil || !info.ModTime().Equal(old) {
			t.Errorf("%s: exit code %d, %q; the folder is of %v, %v", args, code, stderr.String(), info.ModTime(), err)
		}
	}
}
