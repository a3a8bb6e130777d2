package cache_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/blob/blobtest"
	"leadlake/internal/blob/cache"
	"leadlake/internal/blob/mem"
)

// far is a remote that counts what is downloaded.
type far struct {
	mem.Bucket

	downloads atomic.Int64
	before    func(ctx context.Context, name string, to io.Writer) error // may be nil
}

func (f *far) Download(ctx context.Context, name string, to io.Writer) error {
	f.downloads.Add(1)
	if f.before != nil {
		if err := f.before(ctx, name, to); err != nil {
			return err
		}
	}
	data, err := f.Get(ctx, name)
	if err == nil {
		_, err = to.Write(data)
	}
	return err
}

// fill creates objects of size bytes, each of its own letter, and returns them
// as they are to be held.
func (f *far) fill(t *testing.T, size int, names ...string) []blob.Object {
	t.Helper()
	objects := make([]blob.Object, len(names))
	for i, name := range names {
		if err := f.Create(t.Context(), name, bytes.NewReader(content(name, size))); err != nil {
			t.Fatal(err)
		}
		objects[i] = blob.Object{Name: name, Size: int64(size)}
	}
	return objects
}

func content(name string, size int) []byte {
	return bytes.Repeat([]byte(name[len(name)-1:]), size)
}

func open(t *testing.T, remote cache.Remote, root string, o cache.Options) *cache.Bucket {
	t.Helper()
	b, err := cache.Open(remote, root, "gs://test/lake", o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hold(t *testing.T, b *cache.Bucket, objects ...blob.Object) (release func()) {
	t.Helper()
	release, err := b.Hold(t.Context(), objects)
	if err != nil {
		t.Errorf("holding %v: %v", objects, err)
		return func() {}
	}
	for _, o := range objects {
		if got, err := os.ReadFile(b.Path(o.Name)); err != nil || !bytes.Equal(got, content(o.Name, int(o.Size))) {
			t.Errorf("the file of %s has %d bytes, %v; want %d of its own", o.Name, len(got), err, o.Size)
		}
	}
	return release
}

// files returns the names of the files of b, in order, and fails if a broken
// download left something behind.
func files(t *testing.T, b *cache.Bucket) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(b.Path(""), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := strings.CutPrefix(path, b.Path("")+"/")
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func TestBucket(t *testing.T) {
	t.Parallel()
	blobtest.RunSlow(t, func(t *testing.T) blob.Bucket {
		t.Helper()
		return open(t, &far{}, t.TempDir(), cache.Options{Keep: func(string) bool { return true }})
	})
}

func TestOneDownloadForManyReaders(t *testing.T) {
	t.Parallel()
	remote := &far{}
	objects := remote.fill(t, 1000, "data/a", "data/b", "data/c")
	b := open(t, remote, t.TempDir(), cache.Options{})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { hold(t, b, objects...)() })
	}
	group.Wait()
	hold(t, b, objects...)()
	if n := remote.downloads.Load(); n != 3 {
		t.Errorf("%d downloads of 3 files", n)
	}
	again := open(t, remote, filepath.Dir(b.Path("")), cache.Options{}) // the next process
	hold(t, again, objects...)()
	if n := remote.downloads.Load(); n != 3 {
		t.Errorf("%d downloads of 3 files after a restart", n)
	}
}

func TestLeastRecentlyUsedGoesFirst(t *testing.T) {
	t.Parallel()
	remote := &far{}
	objects := remote.fill(t, 400, "a", "b", "c", "d")
	now := time.Now()
	b := open(t, remote, t.TempDir(), cache.Options{MaxBytes: 1000, Now: func() time.Time { return now }})
	for _, step := range []struct {
		use  int
		want []string
	}{{0, []string{"a"}}, {1, []string{"a", "b"}}, {0, []string{"a", "b"}}, {2, []string{"a", "c"}}, {3, []string{"c", "d"}}} {
		now = now.Add(time.Hour)
		hold(t, b, objects[step.use])()
		if got := files(t, b); !slices.Equal(got, step.want) {
			t.Errorf("after %s there is %q; want %q", objects[step.use].Name, got, step.want)
		}
	}
}

func TestHeldFilesStay(t *testing.T) {
	t.Parallel()
	remote := &far{}
	objects := remote.fill(t, 400, "a", "b", "c", "d")
	root := t.TempDir()
	one, other := open(t, remote, root, cache.Options{MaxBytes: 500}), open(t, remote, root, cache.Options{MaxBytes: 500})
	release := hold(t, one, objects[:3]...)
	hold(t, other, objects[3])()
	if got := files(t, one); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("there is %q; want what one process holds, and not what another has released", got)
	}
	if err := other.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(one.Path("a")); err != nil || len(got) != 400 {
		t.Errorf("after another process deleted it the file has %d bytes, %v; want it while it is held", len(got), err)
	}
	release()
	release()
	if got := files(t, one); len(got) != 1 {
		t.Errorf("there is %q when all is released; want no more than fits", got)
	}
}

func TestProcessesThrash(t *testing.T) {
	t.Parallel()
	remote := &far{}
	objects := remote.fill(t, 400, "a", "b", "c", "d", "e", "f")
	root := t.TempDir()
	var group sync.WaitGroup
	for process := range 3 {
		b := open(t, remote, root, cache.Options{MaxBytes: 900})
		for worker := range 3 {
			group.Go(func() {
				for i := range 40 {
					n := process + worker + i
					hold(t, b, objects[n%6], objects[(n+1+worker)%6])()
				}
			})
		}
	}
	group.Wait()
}

func TestNewObjectsAreKept(t *testing.T) {
	t.Parallel()
	remote := &far{}
	b := open(t, remote, t.TempDir(), cache.Options{Keep: func(name string) bool { return strings.HasSuffix(name, ".parquet") }})
	for _, name := range []string{"x.parquet", "log.json"} {
		if err := b.Create(t.Context(), name, bytes.NewReader(content(name, 99))); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Create(t.Context(), "x.parquet", strings.NewReader("other")); !errors.Is(err, blob.ErrExist) {
		t.Errorf("a second Create: %v; want ErrExist", err)
	}
	hold(t, b, blob.Object{Name: "x.parquet", Size: 99})()
	if n := remote.downloads.Load(); n > 0 {
		t.Errorf("%d downloads of what was made here", n)
	}
	if got := files(t, b); !slices.Equal(got, []string{"x.parquet"}) {
		t.Errorf("there is %q; want what is to be kept", got)
	}
	if err := b.Delete(t.Context(), "x.parquet"); err != nil || len(files(t, b)) > 0 {
		t.Errorf("after Delete (%v) there is %q", err, files(t, b))
	}
	if err := os.RemoveAll(b.Scratch()); err != nil {
		t.Fatal(err)
	}
	if err := b.Create(t.Context(), "y.parquet", strings.NewReader("y")); err != nil {
		t.Errorf("Create that cannot keep a copy: %v; want nil", err)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	remote := &far{}
	o := remote.fill(t, 400, "a")[0]
	b := open(t, remote, t.TempDir(), cache.Options{})
	hold(t, b, o)()
	if err := os.Truncate(b.Path("a"), 300); err != nil {
		t.Fatal(err)
	}
	hold(t, b, o)()
	if n := remote.downloads.Load(); n != 2 {
		t.Errorf("%d downloads; want the short file replaced", n)
	}
	for _, tt := range []struct {
		name   string
		object blob.Object
		want   error
	}{
		{"of another size", blob.Object{Name: "a", Size: 401}, io.ErrUnexpectedEOF},
		{"that is not there", blob.Object{Name: "b", Size: 1}, blob.ErrNotExist},
		{"out of the folder", blob.Object{Name: "../b", Size: 1}, fs.ErrInvalid},
	} {
		if _, err := b.Hold(t.Context(), []blob.Object{o, tt.object}); !errors.Is(err, tt.want) {
			t.Errorf("holding an object %s: %v; want %v", tt.name, err, tt.want)
		}
	}
	hold(t, b, o)()
	if got := files(t, b); !slices.Equal(got, []string{"a"}) {
		t.Errorf("there is %q; want the good file alone", got)
	}
}

func TestNamesThatAreUsedAgain(t *testing.T) {
	t.Parallel()
	remote := &far{}
	b := open(t, remote, t.TempDir(), cache.Options{})
	for _, text := range []string{"before", "after!", "longer"} {
		if err := remote.Put(t.Context(), "checkpoint", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		release, err := b.Hold(t.Context(), []blob.Object{{Name: "checkpoint", Size: -1}})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(b.Path("checkpoint")); err != nil || string(got) != text {
			t.Errorf("the file holds %q, %v; want %q", got, err, text)
		}
		release()
	}
}

func TestBrokenDownloads(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	remote := &far{before: func(_ context.Context, _ string, to io.Writer) error {
		return errors.Join(broken, second(to.Write([]byte("half"))))
	}}
	o := remote.fill(t, 400, "a")[0]
	b := open(t, remote, t.TempDir(), cache.Options{})
	if _, err := b.Hold(t.Context(), []blob.Object{o}); !errors.Is(err, broken) {
		t.Errorf("Hold: %v; want the download's error", err)
	}
	if got := files(t, b); len(got) > 0 {
		t.Errorf("there is %q; want nothing", got)
	}
	remote.before = nil
	hold(t, b, o)()
}

func second(_ int, err error) error { return err }

// TestACancelledReaderLeavesTheOthers has the reader who downloads go away
// while others wait for the file.
func TestACancelledReaderLeavesTheOthers(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 2)
	remote := &far{before: func(ctx context.Context, _ string, _ io.Writer) error {
		begun <- struct{}{}
		if len(begun) == 1 { // the first
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}}
	o := remote.fill(t, 400, "a")[0]
	b := open(t, remote, t.TempDir(), cache.Options{})
	first, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := b.Hold(first, []blob.Object{o}); !errors.Is(err, context.Canceled) {
			t.Errorf("the cancelled reader: %v; want Canceled", err)
		}
	})
	for len(begun) == 0 {
		time.Sleep(time.Millisecond)
	}
	for range 5 {
		group.Go(func() { hold(t, b, o)() })
	}
	waiting, leave := context.WithCancel(t.Context())
	leave()
	if _, err := b.Hold(waiting, []blob.Object{o}); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader that does not wait: %v; want Canceled", err)
	}
	cancel()
	group.Wait()
	if n := remote.downloads.Load(); n != 2 {
		t.Errorf("%d downloads; want the one that was cancelled and one more", n)
	}
}

func TestOpenSweeps(t *testing.T) {
	t.Parallel()
	remote := &far{}
	objects := remote.fill(t, 400, "a", "b")
	root := t.TempDir()
	now := time.Now()
	clock := cache.Options{Now: func() time.Time { return now }}
	b := open(t, remote, root, clock)
	hold(t, b, objects...)()
	for _, name := range []string{"get-1", "get-2"} {
		if err := os.WriteFile(filepath.Join(b.Scratch(), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(filepath.Join(b.Scratch(), "get-1"), now.Add(-25*time.Hour), now.Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	open(t, remote, root, clock)
	if got := files(t, b); !slices.Equal(got, []string{".tmp/get-2", "a", "b"}) {
		t.Errorf("there is %q; want only what may still be in use", got)
	}
	now = now.Add(5 * 24 * time.Hour)
	hold(t, b, objects[0])()
	now = now.Add(3 * 24 * time.Hour)
	other, err := cache.Open(remote, root, "gs://test/other", clock) // of another bucket
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, b); !slices.Equal(got, []string{".tmp/get-2", "a"}) {
		t.Errorf("there is %q; want what was used this week", got)
	}
	hold(t, other, objects...)()
	hold(t, open(t, remote, root, cache.Options{MaxBytes: 900, Now: clock.Now}), objects[1])()
	if left := len(files(t, b)) + len(files(t, other)); left != 2 {
		t.Errorf("%d files are left; want room made in all buckets' files", left)
	}
}

func TestWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cache.Open(&far{}, file, "gs://test/lake", cache.Options{}); err == nil {
		t.Error("a cache in the place of a file was opened")
	}
}
