package gcs_test

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"leadlake/internal/blob"
	"leadlake/internal/blob/blobtest"
	"leadlake/internal/blob/gcs"
)

// emulator is a server with one bucket, "leads".
func emulator(t *testing.T) *fakestorage.Server {
	t.Helper()
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "leads"})
	return server
}

// road brings requests to a server. Before is asked first: an answer or an
// error of its own ends the request. After sees the answer and may spoil it.
type road struct {
	server *fakestorage.Server
	before func(*http.Request) (*http.Response, error)
	after  func(*http.Request, *http.Response) (*http.Response, error)
}

func (r road) RoundTrip(request *http.Request) (*http.Response, error) {
	if r.before != nil {
		if response, err := r.before(request); response != nil || err != nil {
			return response, err
		}
	}
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	response, err := r.server.HTTPClient().Transport.RoundTrip(request)
	if err == nil && r.after != nil {
		return r.after(request, response)
	}
	return response, err
}

func open(t *testing.T, r road, address string, o gcs.Options) *gcs.Bucket {
	t.Helper()
	o.HTTP = &http.Client{Transport: r}
	if o.Pause == 0 {
		o.Pause = time.Millisecond
	}
	b, err := gcs.Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestBucket(t *testing.T) {
	t.Parallel()
	blobtest.RunSlow(t, func(t *testing.T) blob.Bucket {
		t.Helper()
		return open(t, road{server: emulator(t)}, "gs://leads/a/lake/", gcs.Options{Chunk: 1 << 20})
	})
}

func TestPrefixesAreApart(t *testing.T) {
	t.Parallel()
	server := emulator(t)
	one := open(t, road{server: server}, "gs://leads/one", gcs.Options{})
	other := open(t, road{server: server}, "gs://leads/one2", gcs.Options{})
	all := open(t, road{server: server}, "gs://leads", gcs.Options{})
	for i, b := range []*gcs.Bucket{one, other} {
		if err := b.Create(t.Context(), "same", strings.NewReader(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	server.CreateObject(fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: "leads", Name: "one/"}}) // the console's idea of a folder
	for b, want := range map[*gcs.Bucket][]string{one: {"same"}, other: {"same"}, all: {"one/same", "one2/same"}} {
		var got []string
		for o, err := range b.List(t.Context(), "", "") {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, o.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("List = %q; want %q", got, want)
		}
	}
}

func TestListingGoesOnOverPages(t *testing.T) {
	t.Parallel()
	server := emulator(t)
	const objects = 1_060
	for i := range objects {
		server.CreateObject(fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: "leads", Name: fmt.Sprintf("log/%04d", i)}})
	}
	var requests atomic.Int64
	b := open(t, road{server: server, before: func(*http.Request) (*http.Response, error) {
		requests.Add(1)
		return nil, nil //nolint:nilnil // the request goes on
	}}, "gs://leads", gcs.Options{})
	requests.Store(0)
	found := 0
	for o, err := range b.List(t.Context(), "log/", "log/0049") {
		if want := fmt.Sprintf("log/%04d", found+50); err != nil || o.Name != want {
			t.Fatalf("object %d = %s, %v; want %s", found, o.Name, err, want)
		}
		found++
	}
	if found != objects-50 || requests.Load() != 2 {
		t.Errorf("%d objects in %d requests; want %d in 2", found, requests.Load(), objects-50)
	}
}

var rounds = flag.Int("rounds", 20, "of TestRacers and TestChaos")

// TestRacers has 100 writers put one name (T17).
func TestRacers(t *testing.T) {
	t.Parallel()
	const racers = 100
	server := emulator(t)
	machines := []*gcs.Bucket{
		open(t, road{server: server}, "gs://leads/lake", gcs.Options{}),
		open(t, road{server: server}, "gs://leads/lake", gcs.Options{}),
	}
	for round := range *rounds {
		name := fmt.Sprintf("_delta_log/%020d.json", round)
		var wins atomic.Int64
		var winner atomic.Value
		var group sync.WaitGroup
		for i := range racers {
			group.Go(func() {
				content := strconv.Itoa(i)
				switch err := machines[i%2].Create(t.Context(), name, strings.NewReader(content)); {
				case err == nil:
					wins.Add(1)
					winner.Store(content)
				case !errors.Is(err, blob.ErrExist):
					t.Errorf("round %d: %v; want nil or ErrExist", round, err)
				}
			})
		}
		group.Wait()
		got, err := machines[0].Get(t.Context(), name)
		if wins.Load() != 1 || err != nil || string(got) != winner.Load() {
			t.Fatalf("round %d: %d winners, %q is stored, %v; want one and its content", round, wins.Load(), got, err)
		}
		if err := machines[1].Delete(t.Context(), name); err != nil { // the emulator is slow where there is much
			t.Fatal(err)
		}
	}
}
