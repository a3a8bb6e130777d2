package app_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/notion/fakenotion"
)

var sample = flag.String("sample", "", "NAME=BINARY: make testdata/lakes/NAME.tar.gz with a program of that commit")

// pastOf is what happened in the Notion that the sample lakes were copied from.
// sync copies it.
func pastOf(t *testing.T, sync func(*workspace)) *workspace {
	t.Helper()
	w := newWorkspace(t)
	for _, n := range []int{40, 20} {
		w.passAnHour()
		w.fill(t, n)
		w.passAnHour()
		sync(w)
	}
	return w
}

// TestLakesOfEarlierPrograms opens lakes that earlier commits of this program
// have made: their numbers are shown before anything is synced, and a sync
// carries them on. A sample is made, of a commit that is built elsewhere, with
//
//	go test ./internal/app -run TestLakesOfEarlierPrograms -sample COMMIT=BINARY
func TestLakesOfEarlierPrograms(t *testing.T) {
	t.Parallel()
	if name, binary, ok := strings.Cut(*sample, "="); ok {
		makeSample(t, name, binary)
	}
	samples, err := filepath.Glob("testdata/lakes/*.tar.gz")
	if err != nil || len(samples) < 3 {
		t.Fatalf("there are only %d sample lakes, %v", len(samples), err)
	}
	for _, file := range samples {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			lake := filepath.Join(t.TempDir(), "lake")
			unpack(t, file, lake)
			w := pastOf(t, func(*workspace) {})
			w.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.Unavailable()})
			s := serve(t, w.config(t, lake, "Europe/Paris"))
			if st := s.status(t); st.Rows != 60 {
				t.Errorf("it holds %d rows, want 60", st.Rows)
			}
			checkCounts(t, w, "Europe/Paris", s.url)

			before := s.status(t).Version
			w.server.Clear()
			w.passAnHour()
			w.add(t, map[leadlake.Event]string{leadlake.Relance: "2026-11-19"})
			s.wait(t, func(st status) bool { return st.Rows == 61 && st.Version > before && st.LastError == nil })
			checkCounts(t, w, "Europe/Paris", s.url)
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
			leads := table(t, w.config(t, lake, "Europe/Paris"), lake)
			for version := range before + 1 { // the past can be asked, too
				if printed(t, leads, app.Moment{Version: &version}) == "" {
					t.Errorf("version %d has no rows", version)
				}
			}
		})
	}
}

func makeSample(t *testing.T, name, binary string) {
	t.Helper()
	lake := filepath.Join(t.TempDir(), "lake")
	pastOf(t, func(w *workspace) {
		run := exec.Command(binary, "sync")
		run.Dir = filepath.Dir(lake)
		run.Env = append(os.Environ(), "NOTION_TOKEN="+w.server.Token(), "DATABASE_ID="+w.base.ID(), "LEADLAKE_NOTION_URL="+w.url,
			"LEADLAKE_NOTION_RATE=10000", "LEADLAKE_LAKE="+lake)
		if said, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	})
	if err := os.MkdirAll("testdata/lakes", 0o755); err != nil {
		t.Fatal(err)
	}
	pack := exec.Command("tar", "--sort=name", "--owner=0", "--group=0", "--mtime=2026-11-21", "--exclude=.tmp",
		"-C", lake, "-czf", "testdata/lakes/"+name+".tar.gz", ".")
	if said, err := pack.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
}

func unpack(t *testing.T, file, dir string) {
	t.Helper()
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(header.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestALakeOfANewerProgram refuses a lake whose format this program does not
// know, whatever it is asked to do with it, and changes nothing.
func TestALakeOfANewerProgram(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`{"format": 1, "more": true}`: "",
		`{"format": 2}`:               "was made by a newer Leadlake: its format is 2, and this one knows 1. Install the newer one; nothing was changed.",
		`newer`:                       "does not say its format in a way that this Leadlake understands",
	} {
		w := newWorkspace(t)
		c := synced(t, w)
		if err := os.WriteFile(filepath.Join(c.Lake, "_app", "format.json"), []byte(said), 0o600); err != nil {
			t.Fatal(err)
		}
		before := everything(t, c.Lake)
		refused := func(what string, err error) {
			if got := leadlake.MessageOf(err); (want == "") != (err == nil) || !strings.Contains(got, want) {
				t.Errorf("format.json is %s, %s: got %q, want %q", said, what, got, want)
			}
		}
		for _, place := range []string{c.Lake, filepath.Join(c.Lake, "data_leads")} {
			for _, readOnly := range []bool{true, false} {
				table, err := app.OpenTable(t.Context(), c, place, readOnly)
				refused("opening its table", err)
				if err == nil {
					err = table.Close()
				}
				if want == "" && err != nil {
					t.Error(err)
				}
			}
		}
		_, err := app.Runs(t.Context(), c, 1)
		refused("its runs", err)
		if d, err := app.Doctor(t.Context(), c, app.Options{}); err != nil || (d.Wrong() > 0) != (want != "") {
			t.Errorf("the doctor finds %+v, %v", d.Examined, err)
		}
		if want == "" {
			continue
		}
		_, err = app.Sync(t.Context(), c, leadlake.Task{}, app.Options{})
		refused("a sync", err)
		refused("serving it", app.Serve(t.Context(), c, app.Options{}))
		for name, content := range everything(t, c.Lake) {
			if before[name] != content {
				t.Errorf("%s has changed", name)
			}
		}
	}
}
