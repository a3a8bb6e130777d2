package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadlake/internal/cli"
)

// TestAPersonIsAskedBeforeAnImport answers the question in several ways.
func TestAPersonIsAskedBeforeAnImport(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "l'été\x1b[31m.csv")
	must(t, os.WriteFile(file, []byte("Nom;Relance \x1b[2J\nZoé;31/01/2025\n"), 0o600))
	for _, tt := range []struct {
		answer string
		flags  []string
		stored bool
	}{
		{"y\n", nil, true},
		{"OUI\n", nil, true},
		{"n\n", nil, false},
		{"\n", nil, false},
		{"", nil, false},
		{"n\n", []string{"--yes"}, true},
	} {
		var stdout, stderr strings.Builder
		lake := filepath.Join(t.TempDir(), "lake")
		code := cli.Run(cli.World{
			Args: append([]string{"import", file}, tt.flags...), Terminal: true, Stdin: strings.NewReader(tt.answer),
			Stdout: &stdout, Stderr: &stderr, Environ: []string{"LEADLAKE_LAKE=" + lake},
		})
		want := "Nothing was imported.\n"
		if tt.stored {
			want = "Imported: 1 inserted, 0 updated, 0 unchanged, source import:l_ete_31m, version 0.\n"
		}
		if code != 0 || stdout.String() != want {
			t.Errorf("%q %v: code %d, %q", tt.answer, tt.flags, code, stdout.String())
		}
		if asked := strings.HasSuffix(stderr.String(), "Import 1 lead? [y/N] "); asked != (tt.flags == nil) {
			t.Errorf("%q %v: it said %q", tt.answer, tt.flags, stderr.String())
		}
		if strings.Contains(stderr.String(), "\x1b") || strings.Contains(stderr.String(), "Zoé") {
			t.Errorf("it shows what a terminal obeys, or values: %q", stderr.String())
		}
		if _, err := os.Stat(lake); (err == nil) != tt.stored {
			t.Errorf("%q %v: the lake is there: %v", tt.answer, tt.flags, err == nil)
		}
	}
}
