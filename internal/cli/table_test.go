package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
		{"lake diff " + empty + " 3", 2, "Try: leadlake lake diff lake/data_leads 3 7"},
		{"lake restore " + empty, 1, "There is no Delta table in"},
		{"lake optimize " + empty, 1, "There is no Delta table in"},
		{"lake vacuum " + empty + " --retain-hours -1", 1, "There is no Delta table in"},
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
	if entries, err := os.ReadDir(empty); err != nil || len(entries) > 0 {
		t.Errorf("looking left %v, %v", entries, err)
	}
}
