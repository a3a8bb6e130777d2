package blobtest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"leadlake/internal/blob"
)

func putting(t *testing.T, b blob.Bucket) {
	t.Helper()
	create(t, b, "made", "by Create")
	for _, name := range []string{"made", "d/new"} {
		for _, content := range []string{"longer content", "short", ""} {
			if err := b.Put(t.Context(), name, strings.NewReader(content)); err != nil {
				t.Fatalf("Put(%q): %v", name, err)
			}
			if got, err := b.Get(t.Context(), name); err != nil || string(got) != content {
				t.Errorf("after Put(%q) Get = %q, %v; want %q", name, got, err, content)
			}
			if size, err := b.Size(t.Context(), name); err != nil || size != int64(len(content)) {
				t.Errorf("after Put(%q) Size = %d, %v; want %d", name, size, err, len(content))
			}
		}
	}
	if err := b.Create(t.Context(), "d/new", strings.NewReader("x")); !errors.Is(err, blob.ErrExist) {
		t.Errorf("Create of what was put: %v; want ErrExist", err)
	}
}

func brokenPut(t *testing.T, b blob.Bucket) {
	t.Helper()
	create(t, b, "d/kept", "kept")
	for _, name := range []string{"d/kept", "d/half"} {
		if err := b.Put(t.Context(), name, brokenReader{strings.NewReader("half of it")}); !errors.Is(err, errBroken) {
			t.Errorf("Put(%q): %v; want the reader's error", name, err)
		}
	}
	if got, err := b.Get(t.Context(), "d/kept"); err != nil || string(got) != "kept" {
		t.Errorf("after it Get = %q, %v; want the content before", got, err)
	}
	if found := list(t, b, "", ""); len(found) != 1 {
		t.Errorf("List = %v; want nothing new", found)
	}
}

// puttingUnderReaders has one object replaced by contents of one letter each,
// of different lengths, while others read it.
func puttingUnderReaders(t *testing.T, b blob.Bucket) {
	t.Helper()
	const readers, puts, step = 4, 60, 1 << 10
	const letters = "abcdefghijklmnopqrstuvwxyz"
	content := func(i int) []byte { return bytes.Repeat([]byte{letters[i%26]}, (i%26+1)*step) }
	create(t, b, "hint", string(content(0)))
	done := make(chan struct{})
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := b.Get(t.Context(), "hint")
				if err != nil || len(got) == 0 || !bytes.Equal(got, content(strings.IndexByte(letters, got[0]))) {
					t.Errorf("Get = %d bytes, %v; want one content, whole", len(got), err)
					return
				}
				if _, err := b.GetRange(t.Context(), "hint", 0, 27*step); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("GetRange beyond every content: %v; want ErrUnexpectedEOF", err)
					return
				}
			}
		})
	}
	for i := range puts {
		if err := b.Put(t.Context(), "hint", bytes.NewReader(content(i))); err != nil {
			t.Errorf("Put: %v", err)
		}
	}
	close(done)
	group.Wait()
}
