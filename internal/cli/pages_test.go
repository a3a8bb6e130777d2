package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryCommandOfThePagesIsRun looks whether the commands that pages show in
// blocks of their own are run by the script that goes with them.
func TestEveryCommandOfThePagesIsRun(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(filepath.Join("testdata", "script", "moving.txtar"))
	must(t, err)
	run := map[string]bool{}
	for line := range strings.Lines(string(script)) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "exec "); ok {
			run[strings.TrimSuffix(command, " &serve&")] = true
		}
	}
	for _, page := range []string{"moving.md", "backup.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
		must(t, err)
		shown := 0
		for line := range strings.Lines(string(text)) {
			command := strings.TrimSpace(line)
			if !strings.HasPrefix(command, "leadlake ") {
				continue
			}
			shown++
			if here := strings.NewReplacer(" /mnt/", " mnt/", " /tmp/", " tmp/").Replace(command); !run[here] {
				t.Errorf("%s shows a command that testdata/script/moving.txtar does not run: %s", page, command)
			}
		}
		if shown < 5 {
			t.Errorf("%s shows %d commands", page, shown)
		}
	}
}
