package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/rogpeppe/go-internal/testscript"
)

// bucket starts a Google Cloud Storage with one bucket and leads the
// environment to it.
func bucket(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: bucket NAME")
	}
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http"})
	ts.Check(err)
	ts.Defer(server.Stop)
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: args[0]})
	ts.Setenv("STORAGE_EMULATOR_HOST", server.URL())
	*stored(ts) = server
	ts.Setenv("HOME", ts.MkAbs("home"))
	ts.Setenv("XDG_CACHE_HOME", ts.MkAbs("cache"))
}

// stored returns where the script's storage is noted.
func stored(ts *testscript.TestScript) **fakestorage.Server {
	server, ok := ts.Value("storage").(**fakestorage.Server)
	if !ok {
		ts.Fatalf("there is no place for a storage")
	}
	return server
}

// upload copies a folder into the script's storage.
func upload(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: upload DIR gs://BUCKET/PREFIX")
	}
	name, prefix, _ := strings.Cut(strings.TrimPrefix(args[1], "gs://"), "/")
	files := os.DirFS(ts.MkAbs(args[0]))
	ts.Check(fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		(*stored(ts)).CreateObject(fakestorage.Object{
			ObjectAttrs: fakestorage.ObjectAttrs{BucketName: name, Name: filepath.ToSlash(filepath.Join(prefix, path))}, Content: content,
		})
		return err
	}))
}
