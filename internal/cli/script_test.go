package cli_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/rogpeppe/go-internal/testscript"

	"leadlake/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"leadlake": func() { os.Exit(cli.Run(cli.ThisProcess())) },
	})
}

// TestScripts runs testdata/script/*.txtar. Each has a Notion of its own, with
// nothing in it yet, which the environment names. Beside testscript's own
// commands there are
//
//	notion fill N | adopted | edit N | tick | hide | split | rename FROM TO | blank   see notionCommand
//	exits CODE COMMAND…     runs a command that must end with that code
//	parquet keep | cut | lose | restore DIR   see parquet
//	tree DIR FILE           writes what DIR holds, with sums, into FILE
//	port NAME               sets the variable to an address that nobody has
//	taken NAME              sets it to one that somebody has
//	answers CODE URL        waits until there is an answer with that status
//	appears FILE            waits until there is such a file
//	original NAME DIR       copies a table of testdata/adopt
//	bucket NAME             starts a Google Cloud Storage with that bucket
//	upload DIR PLACE        copies a folder into it
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			w := newWorkspace()
			web := httptest.NewServer(w.server)
			env.Defer(web.Close)
			env.Values["workspace"] = w
			env.Values["storage"] = new(*fakestorage.Server)
			env.Setenv("NOTION_TOKEN", w.server.Token())
			env.Setenv("DATABASE_ID", w.database.ID())
			env.Setenv("LEADLAKE_NOTION_URL", web.URL)
			env.Setenv("LEADLAKE_NOTION_RATE", "10000")
			env.Setenv("SOURCE_ID", w.leads.ID())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"notion": notionCommand, "exits": exits, "tree": tree, "parquet": parquet, "port": port, "taken": taken, "answers": answers, "appears": appears, "bucket": bucket, "original": original, "upload": upload,
		},
	})
}

// notionCommand changes the workspace: fill adds leads, adopted those of the
// tables in testdata/adopt, edit changes the first ones, tick lets time pass, hide takes the database from the integration, split gives it a second
// data source, rename gives a property another name, and blank sets DATABASE_ID
// to a database without events.
func notionCommand(ts *testscript.TestScript, _ bool, args []string) {
	w, ok := ts.Value("workspace").(*workspace)
	if !ok || len(args) == 0 {
		ts.Fatalf("usage: notion fill N | adopted | edit N | tick | hide | split | rename FROM TO | blank")
	}
	n := 0
	if len(args) == 2 {
		var err error
		n, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	switch args[0] {
	case "fill":
		ts.Check(w.fill(n))
	case "adopted":
		ts.Check(w.adopted())
	case "tick":
		w.tick()
	case "edit":
		ts.Check(w.edit(w.ids[:n]...))
	case "hide":
		w.database.Hide()
	case "split":
		w.database.AddSource("Anciens prospects", schema()...)
	case "rename":
		ts.Check(w.leads.Rename(args[1], args[2]))
	case "blank":
		ts.Setenv("DATABASE_ID", w.server.AddDatabase("Courses", schema()[0]).ID())
	default:
		ts.Fatalf("there is no notion %s", args[0])
	}
}

// original copies a table that another program wrote; make.py says how.
func original(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: original NAME DIR")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(filepath.Join("testdata", "adopt", args[0]))))
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func tree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tree DIR FILE")
	}
	var list strings.Builder
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&list, "%s %x\n", path, sha256.Sum256(content))
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(list.String()), 0o600))
}

func listen(ts *testscript.TestScript) net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	return listener
}

func port(ts *testscript.TestScript, _ bool, args []string) {
	listener := listen(ts)
	ts.Check(listener.Close())
	ts.Setenv(args[0], listener.Addr().String())
}

func taken(ts *testscript.TestScript, _ bool, args []string) {
	listener := listen(ts)
	ts.Defer(func() { _ = listener.Close() })
	ts.Setenv(args[0], listener.Addr().String())
}

func answers(ts *testscript.TestScript, _ bool, args []string) {
	waitFor(ts, args[1], func() bool {
		resp, err := http.Get(args[1])
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return strconv.Itoa(resp.StatusCode) == args[0]
	})
}

func appears(ts *testscript.TestScript, _ bool, args []string) {
	waitFor(ts, args[0], func() bool {
		_, err := os.Stat(ts.MkAbs(args[0]))
		return err == nil
	})
}

func waitFor(ts *testscript.TestScript, what string, there func() bool) {
	for range 600 {
		if there() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s is not there after 30 s", what)
}

// parquet keeps the data files below DIR as they are (keep), cuts them off
// (cut), removes them (lose), or puts them back (restore).
func parquet(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*.parquet"))
	ts.Check(err)
	kept := filepath.Join(ts.MkAbs("."), "kept")
	switch args[0] {
	case "keep":
		ts.Check(os.CopyFS(kept, os.DirFS(ts.MkAbs(args[1]))))
	case "restore":
		copies, err := filepath.Glob(filepath.Join(kept, "*.parquet"))
		ts.Check(err)
		for _, file := range copies {
			ts.Check(os.Link(file, filepath.Join(ts.MkAbs(args[1]), filepath.Base(file))))
		}
	case "cut":
		for _, file := range files {
			ts.Check(os.Truncate(file, 100))
		}
	case "lose":
		for _, file := range files {
			ts.Check(os.Remove(file))
		}
	default:
		ts.Fatalf("there is no parquet %s", args[0])
	}
}
