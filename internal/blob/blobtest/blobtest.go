// Package blobtest holds the contract of blob.Bucket as tests.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadlake/internal/blob"
)

// Run checks the contract on empty buckets that open makes.
func Run(t *testing.T, open func(t *testing.T) blob.Bucket) {
	t.Helper()
	run(t, open, 1000)
}

// RunSlow is Run for a store where a request takes milliseconds: it races over
// fewer rounds.
func RunSlow(t *testing.T, open func(t *testing.T) blob.Bucket) {
	t.Helper()
	run(t, open, 50)
}

func run(t *testing.T, open func(t *testing.T) blob.Bucket, rounds int) {
	t.Helper()
	tests := []struct {
		name string
		test func(t *testing.T, b blob.Bucket)
	}{
		{"create then read", createThenRead},
		{"create is put-if-absent", createTwice},
		{"a broken content leaves nothing", brokenContent},
		{"what is missing", missing},
		{"ranges", ranges},
		{"listing", listing},
		{"names", names},
		{"a cancelled context", cancelled},
		{"put creates and replaces", putting},
		{"a broken put changes nothing", brokenPut},
		{"readers see what is put whole", puttingUnderReaders},
		{"racers have one winner", racers(rounds)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

func create(t *testing.T, b blob.Bucket, name, content string) {
	t.Helper()
	if err := b.Create(t.Context(), name, strings.NewReader(content)); err != nil {
		t.Fatalf("Create(%q): %v", name, err)
	}
}

func createThenRead(t *testing.T, b blob.Bucket) {
	t.Helper()
	for name, content := range map[string]string{"a": "", "deep/er/é b.json": "x\x00y", "big": strings.Repeat("0123456789", 300_000)} {
		create(t, b, name, content)
		if got, err := b.Get(t.Context(), name); err != nil || string(got) != content {
			t.Errorf("Get(%q) = %d bytes, %v; want %d bytes", name, len(got), err, len(content))
		}
		if size, err := b.Size(t.Context(), name); err != nil || size != int64(len(content)) {
			t.Errorf("Size(%q) = %d, %v; want %d", name, size, err, len(content))
		}
	}
}

func createTwice(t *testing.T, b blob.Bucket) {
	t.Helper()
	create(t, b, "d/name", "first")
	if err := b.Create(t.Context(), "d/name", strings.NewReader("second")); !errors.Is(err, blob.ErrExist) {
		t.Errorf("second Create: %v; want ErrExist", err)
	}
	if got, err := b.Get(t.Context(), "d/name"); string(got) != "first" {
		t.Errorf("after it Get = %q, %v; want the first content", got, err)
	}
	if err := b.Delete(t.Context(), "d/name"); err != nil {
		t.Fatal(err)
	}
	create(t, b, "d/name", "third")
}

type brokenReader struct{ rest io.Reader }

var errBroken = errors.New("broken")

func (r brokenReader) Read(p []byte) (int, error) {
	n, err := r.rest.Read(p)
	if errors.Is(err, io.EOF) {
		err = errBroken
	}
	return n, err
}

func brokenContent(t *testing.T, b blob.Bucket) {
	t.Helper()
	err := b.Create(t.Context(), "half", brokenReader{strings.NewReader("half of it")})
	if !errors.Is(err, errBroken) || !errors.Is(err, blob.ErrNotCreated) {
		t.Errorf("Create: %v; want the reader's error and ErrNotCreated", err)
	}
	if _, err := b.Get(t.Context(), "half"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Get: %v; want ErrNotExist", err)
	}
	if found := list(t, b, "", ""); len(found) > 0 {
		t.Errorf("List = %v; want nothing", found)
	}
}

func missing(t *testing.T, b blob.Bucket) {
	t.Helper()
	if _, err := b.Get(t.Context(), "no/such"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Get: %v; want ErrNotExist", err)
	}
	if _, err := b.GetRange(t.Context(), "no/such", 0, 1); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("GetRange: %v; want ErrNotExist", err)
	}
	if _, err := b.Size(t.Context(), "no/such"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Size: %v; want ErrNotExist", err)
	}
	if err := b.Delete(t.Context(), "no/such"); err != nil {
		t.Errorf("Delete: %v; want nil", err)
	}
	if found := list(t, b, "no/", ""); len(found) > 0 {
		t.Errorf("List = %v; want nothing", found)
	}
	create(t, b, "no/such/thing", "")
	if _, err := b.Size(t.Context(), "no/such"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Size of a folder: %v; want ErrNotExist", err)
	}
}

func ranges(t *testing.T, b blob.Bucket) {
	t.Helper()
	create(t, b, "r", "0123456789")
	for _, r := range []struct {
		offset, length int64
		want           string
	}{{0, 10, "0123456789"}, {3, 4, "3456"}, {9, 1, "9"}, {10, 0, ""}, {0, 0, ""}} {
		if got, err := b.GetRange(t.Context(), "r", r.offset, r.length); err != nil || string(got) != r.want {
			t.Errorf("GetRange(%d, %d) = %q, %v; want %q", r.offset, r.length, got, err, r.want)
		}
	}
	for _, r := range [][2]int64{{0, 11}, {10, 1}, {11, 0}, {-1, 2}, {2, -1}, {math.MaxInt64, 2}, {2, math.MaxInt64}} {
		if _, err := b.GetRange(t.Context(), "r", r[0], r[1]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("GetRange(%d, %d): %v; want ErrUnexpectedEOF", r[0], r[1], err)
		}
	}
}

func list(t *testing.T, b blob.Bucket, prefix, after string) []string {
	t.Helper()
	var found []string
	for o, err := range b.List(t.Context(), prefix, after) {
		if err != nil {
			t.Fatalf("List(%q, %q): %v", prefix, after, err)
		}
		found = append(found, o.Name)
	}
	return found
}

func listing(t *testing.T, b blob.Bucket) {
	t.Helper()
	all := []string{"A", "a!", "a-b/1", "a/b/1", "a/b/2", "a/b0", "a/c", "a0", "b/é", "b/z/1"}
	for i := range all {
		name := all[(i*7)%len(all)] // made in another order than listed
		create(t, b, name, name)
	}
	for _, prefix := range []string{"", "a", "a/", "a/b", "a/b/", "a/b/1", "b/z", "c", "a-"} {
		for _, after := range append([]string{"", "a/", "a/b/", "a/b/15", "zz", "\x01"}, all...) {
			var want []string
			for _, name := range all {
				if strings.HasPrefix(name, prefix) && name > after {
					want = append(want, name)
				}
			}
			slices.Sort(want)
			if got := list(t, b, prefix, after); !slices.Equal(got, want) {
				t.Errorf("List(%q, %q) = %q; want %q", prefix, after, got, want)
			}
		}
	}
	firstListed(t, b)
}

// firstListed looks at one object of a listing: a caller may stop early.
func firstListed(t *testing.T, b blob.Bucket) {
	t.Helper()
	for o, err := range b.List(t.Context(), "a", "") {
		if err != nil || o.Size != int64(len(o.Name)) {
			t.Errorf("first of List = %+v, %v; want its size", o, err)
		}
		if age := time.Since(o.Modified); age < -time.Hour || age > time.Hour {
			t.Errorf("first of List was stored %v ago; want now", age)
		}
		break
	}
}

func names(t *testing.T, b blob.Bucket) {
	t.Helper()
	for _, name := range []string{"", ".", "..", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "a/./b"} {
		if err := b.Create(t.Context(), name, strings.NewReader("x")); err == nil || errors.Is(err, blob.ErrExist) {
			t.Errorf("Create(%q): %v; want it refused", name, err)
		}
		if err := b.Put(t.Context(), name, strings.NewReader("x")); err == nil {
			t.Errorf("Put(%q) was not refused", name)
		}
		if _, err := b.Get(t.Context(), name); err == nil || errors.Is(err, blob.ErrNotExist) {
			t.Errorf("Get(%q): %v; want it refused", name, err)
		}
		if err := b.Delete(t.Context(), name); err == nil {
			t.Errorf("Delete(%q) was not refused", name)
		}
	}
}

func cancelled(t *testing.T, b blob.Bucket) {
	t.Helper()
	create(t, b, "here", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Create(ctx, "late", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("Create: %v; want Canceled", err)
	}
	if err := b.Put(ctx, "late", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v; want Canceled", err)
	}
	if _, err := b.Get(ctx, "here"); !errors.Is(err, context.Canceled) {
		t.Errorf("Get: %v; want Canceled", err)
	}
	for _, err := range b.List(ctx, "", "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("List: %v; want Canceled", err)
		}
	}
}

// racers has 16 writers put the same name, many times over. Each round has one
// winner, and readers see nothing or the winner's whole content.
func racers(rounds int) func(t *testing.T, b blob.Bucket) {
	return func(t *testing.T, b blob.Bucket) {
		t.Helper()
		for round := range rounds {
			race(t, b, fmt.Sprintf("race/%04d", round))
		}
	}
}

func race(t *testing.T, b blob.Bucket, name string) {
	t.Helper()
	var winner atomic.Uint32
	var wins atomic.Int32
	var group sync.WaitGroup
	start := make(chan struct{})
	for w := range uint8(16) {
		group.Go(func() {
			content := bytes.Repeat([]byte{'a' + w}, 64)
			<-start
			err := b.Create(t.Context(), name, bytes.NewReader(content))
			switch {
			case err == nil:
				wins.Add(1)
				winner.Store(uint32(w))
			case !errors.Is(err, blob.ErrExist):
				t.Errorf("%s: Create: %v; want nil or ErrExist", name, err)
			}
			if got, err := b.Get(t.Context(), name); err != nil || len(got) != 64 {
				t.Errorf("%s: Get = %d bytes, %v; want the whole object", name, len(got), err)
			}
		})
	}
	close(start)
	group.Wait()
	got, err := b.Get(t.Context(), name)
	if wins.Load() != 1 || err != nil || uint32(got[0]) != 'a'+winner.Load() {
		t.Fatalf("%s: %d winners, content of %q, error %v; want one winner and its content", name, wins.Load(), got[:1], err)
	}
	if err := b.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
}
