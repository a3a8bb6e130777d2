package cli_test

import (
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
	ts.Setenv("HOME", ts.MkAbs("home"))
	ts.Setenv("XDG_CACHE_HOME", ts.MkAbs("cache"))
}
