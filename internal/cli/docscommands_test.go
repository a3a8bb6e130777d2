package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"leadlake/internal/cli"
)

// block is the text between two fences.
type block struct{ language, text string }

func blocks(page string) []block {
	var all []block
	for _, m := range regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```").FindAllStringSubmatch(page, -1) {
		all = append(all, block{m[1], m[2]})
	}
	return all
}

// TestCommandsInText looks whether every `leadlake …` between back-quotes names
// a command and flags that there are.
func TestCommandsInText(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for page, text := range pages(t) {
		if strings.HasPrefix(page, "docs/adr/") {
			continue // as it was then
		}
		for _, m := range regexp.MustCompile("`(leadlake [^`]+)`").FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "…") || known[m[1]] {
				continue
			}
			known[m[1]] = true
			if problem := commandProblem(m[1]); problem != "" {
				t.Errorf("%s: `%s`: %s", page, m[1], problem)
			}
		}
	}
	if len(known) < 20 {
		t.Errorf("found only %d commands", len(known))
	}
}

// commandProblem has a command show its help, which says how it is called. N
// stands for a number, brackets for what may be left out.
func commandProblem(command string) string {
	plain := strings.NewReplacer("[", "", "]", "", " N", " 1").Replace(command)
	args := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(plain, -1)[1:]
	words := slices.IndexFunc(args, func(a string) bool { return !regexp.MustCompile(`^[a-z]+$`).MatchString(a) })
	if words < 0 {
		words = len(args)
	}
	var out, errs bytes.Buffer
	call := slices.Insert(slices.Clone(args), words, "--help")
	code := cli.Run(cli.World{Args: call, Dir: os.DirFS("testdata"), Stdout: &out, Stderr: &errs})
	if strings.Contains(errs.String(), "flag needs an argument") {
		return "" // a text may speak of a flag without saying with what
	}
	if code != 0 {
		return strings.TrimSpace(errs.String())
	}
	for _, n := range []int{words, words - 1} { // the last word may be a folder
		if n > 0 && strings.Contains(out.String(), "\n  leadlake "+strings.Join(args[:n], " ")) {
			return ""
		}
	}
	return "there is no such command"
}

// TestCommandsInBlocks runs what stands in the blocks of a page that are marked
// as sh, one after the other, in a folder of their own beside a Notion with
// leads. A command in another block must be run by one of the scripts.
func TestCommandsInBlocks(t *testing.T) {
	t.Parallel()
	inScripts := scriptCommands(t)
	for page, text := range pages(t) {
		var script strings.Builder
		for _, b := range blocks(text) {
			if b.language == "sh" {
				script.WriteString(b.text)
				continue
			}
			for _, command := range regexp.MustCompile(`(?m)^ *(leadlake .*)$`).FindAllStringSubmatch(b.text, -1) {
				if here := strings.NewReplacer(" /mnt/", " mnt/", " /tmp/", " tmp/").Replace(command[1]); !inScripts[here] {
					t.Errorf("%s: no script runs this, nor is its block marked as sh: %s", page, command[1])
				}
			}
		}
		if script.Len() == 0 {
			continue
		}
		t.Run(strings.ReplaceAll(page, "/", "_"), func(t *testing.T) {
			t.Parallel()
			runBlocks(t, script.String())
		})
	}
}

// scriptCommands returns the commands that testdata/script runs.
func scriptCommands(t *testing.T) map[string]bool {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	must(t, err)
	run := map[string]bool{}
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, m := range regexp.MustCompile(`(?m)^(?:exec|exits \d) (leadlake .*?)(?: &\w*&?)?$`).FindAllSubmatch(text, -1) {
			run[string(m[1])] = true
		}
	}
	return run
}

// preamble makes servers end by themselves once they are ready, and keeps the
// rest as it is typed.
const preamble = `set -euo pipefail
leadlake() {
  case $1 in
  serve | demo) timeout --preserve-status --signal=TERM 5 "$LEADLAKE" "$@" ;;
  *) "$LEADLAKE" "$@" ;;
  esac
}
`

func runBlocks(t *testing.T, script string) {
	t.Helper()
	w := newWorkspace()
	web := httptest.NewServer(w.server)
	t.Cleanup(web.Close)
	if err := w.fill(300); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "here")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "docs"))); err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	program, err := exec.LookPath("leadlake")
	if err != nil {
		t.Fatal(err)
	}
	script = strings.ReplaceAll(script, "localhost:8000", addr)
	script = strings.ReplaceAll(script, "127.0.0.1:8000", addr)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bash := exec.CommandContext(ctx, "bash", "-c", preamble+script)
	bash.Dir = dir
	bash.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	bash.Cancel = func() error { return syscall.Kill(-bash.Process.Pid, syscall.SIGKILL) }
	bash.Env = append(os.Environ(), "HOME="+dir, "LEADLAKE="+program, "LEADLAKE_ADDR="+addr, "LEADLAKE_NOTION_URL="+web.URL,
		"LEADLAKE_NOTION_RATE=10000", "NOTION_TOKEN="+w.server.Token(), "DATABASE_ID="+w.database.ID())
	out, err := bash.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s\n%s", err, script, out)
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return fmt.Sprint(listener.Addr())
}
