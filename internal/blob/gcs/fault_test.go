package gcs_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/blob/gcs"
)

const address = "gs://leads/lake"

// trap lets a road do something once, when it is set.
type trap struct{ set atomic.Bool }

func (t *trap) springs() bool { return t.set.CompareAndSwap(true, false) }

// says is an answer of the server.
func says(request *http.Request, status int) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: request,
	}
}

func connectionReset() error {
	return &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

func isInsert(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/upload/") }

func isRead(r *http.Request) bool { return r.URL.Query().Get("alt") == "media" }

// errBroken is an error that the client does not try again after.
var errBroken = errors.New("broken road")

func TestAnswersThatAskToTryAgain(t *testing.T) {
	t.Parallel()
	const chunk = 256 << 10
	content := bytes.Repeat([]byte("0123456789abcdef"), 2*chunk/16+1)
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusRequestTimeout} {
		var first trap
		r := road{server: emulator(t), before: func(request *http.Request) (*http.Response, error) {
			if first.springs() {
				return says(request, status), nil
			}
			return nil, nil //nolint:nilnil // the request goes on
		}}
		b := open(t, r, address, gcs.Options{Chunk: chunk})
		steps := []struct {
			name string
			do   func() error
		}{
			{"Create", func() error { return b.Create(t.Context(), "small", strings.NewReader("x")) }},
			{"Create in chunks", func() error { return b.Create(t.Context(), "big", bytes.NewReader(content)) }},
			{"Put", func() error { return b.Put(t.Context(), "small", strings.NewReader("y")) }},
			{"Get", func() error { return expect(b.Get(t.Context(), "big"))(string(content)) }},
			{"GetRange", func() error { return expect(b.GetRange(t.Context(), "big", 10, 6))("abcdef") }},
			{"Download", func() error {
				var got bytes.Buffer
				err := b.Download(t.Context(), "big", &got)
				return expect(got.Bytes(), err)(string(content))
			}},
			{"Size", func() error { _, err := b.Size(t.Context(), "small"); return err }},
			{"List", func() error {
				n := 0
				for _, err := range b.List(t.Context(), "", "") {
					if err != nil {
						return err
					}
					n++
				}
				return expect(fmt.Append(nil, n), nil)("2")
			}},
			{"Delete", func() error { return b.Delete(t.Context(), "small") }},
		}
		for _, step := range steps {
			first.set.Store(true)
			if err := step.do(); err != nil || first.set.Load() {
				t.Errorf("%s after a %d: %v; want it tried again", step.name, status, err)
			}
		}
	}
}

func expect(got []byte, err error) func(want string) error {
	return func(want string) error {
		if err == nil && string(got) != want {
			err = fmt.Errorf("got %d bytes that are not the %d wanted", len(got), len(want))
		}
		return err
	}
}

// TestLostAnswers has the server do what it is asked while the answer is lost.
// The client repeats the insert, and is told that the name is taken.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	const chunk = 256 << 10
	for name, content := range map[string]string{"one request": "ours", "chunks": strings.Repeat("ours", chunk)} {
		for loss, lost := range map[string]error{"repeated": connectionReset(), "not repeated": errBroken} {
			t.Run(name+", "+loss, func(t *testing.T) {
				t.Parallel()
				var first trap
				r := road{server: emulator(t), after: func(request *http.Request, response *http.Response) (*http.Response, error) {
					done := response.Header.Get("X-Http-Status-Code-Override") == "" && request.URL.Query().Get("upload_id") != "" ||
						request.URL.Query().Get("uploadType") == "multipart"
					if isInsert(request) && done && first.springs() {
						return nil, lost
					}
					return response, nil
				}}
				b := open(t, r, address, gcs.Options{Chunk: chunk})
				first.set.Store(true)
				if err := b.Create(t.Context(), "commit", strings.NewReader(content)); err != nil || first.set.Load() {
					t.Errorf("Create whose answer is lost: %v; want nil, for it is there", err)
				}
				if err := b.Create(t.Context(), "commit", strings.NewReader(content)); !errors.Is(err, blob.ErrExist) {
					t.Errorf("a second Create of the same content: %v; want ErrExist", err)
				}
				first.set.Store(true)
				if err := b.Create(t.Context(), "commit", strings.NewReader("other")); !errors.Is(err, blob.ErrExist) && loss == "repeated" {
					t.Errorf("a third whose answer is lost: %v; want ErrExist", err)
				} else if err == nil {
					t.Error("a third Create won")
				}
				if err := expect(b.Get(t.Context(), "commit"))(content); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

var seed = flag.Uint64("seed", 0, "of TestChaos; 0 takes a new one")

// TestChaos has writers race for names on roads that lose requests and
// answers. A name has one winner; who is told ErrExist has lost.
func TestChaos(t *testing.T) {
	t.Parallel()
	const writers = 6
	seed := *seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	server := emulator(t)
	buckets := make([]*gcs.Bucket, writers)
	for i := range buckets {
		dice := &dice{rand: rand.New(rand.NewPCG(seed, uint64(i)))}
		r := road{
			server: server,
			before: func(request *http.Request) (*http.Response, error) {
				switch dice.roll() {
				case 0:
					return says(request, http.StatusServiceUnavailable), nil
				case 1:
					return says(request, http.StatusTooManyRequests), nil
				case 2:
					return nil, connectionReset()
				}
				return nil, nil //nolint:nilnil // the request goes on
			},
			after: func(_ *http.Request, response *http.Response) (*http.Response, error) {
				switch dice.roll() {
				case 0, 1:
					return nil, connectionReset()
				case 2:
					return nil, errBroken
				}
				return response, nil
			},
		}
		for buckets[i] == nil { // the trial of Open is on the same road
			var err error
			buckets[i], err = gcs.Open(t.Context(), address, gcs.Options{HTTP: &http.Client{Transport: r}, Pause: time.Millisecond})
			if err != nil && !errors.Is(err, errBroken) {
				t.Fatal(err)
			}
		}
	}
	calm := open(t, road{server: server}, address, gcs.Options{})
	for round := range 3 * *rounds {
		name := fmt.Sprintf("commit/%d", round)
		outcomes := make([]error, writers)
		var group sync.WaitGroup
		for i, b := range buckets {
			group.Go(func() {
				outcomes[i] = b.Create(t.Context(), name, strings.NewReader(fmt.Sprint("writer ", i)))
			})
		}
		group.Wait()
		judge(t, calm, name, outcomes)
	}
}

// judge compares what the writers of a name were told with what is stored.
func judge(t *testing.T, calm *gcs.Bucket, name string, outcomes []error) {
	t.Helper()
	stored, err := calm.Get(t.Context(), name)
	if err != nil && !errors.Is(err, blob.ErrNotExist) {
		t.Fatal(err)
	}
	for i, told := range outcomes {
		won := string(stored) == fmt.Sprint("writer ", i)
		switch {
		case told == nil && !won:
			t.Errorf("%s: writer %d was told that it won; stored is %q", name, i, stored)
		case errors.Is(told, blob.ErrExist) && (won || stored == nil):
			t.Errorf("%s: writer %d was told that it lost; stored is %q", name, i, stored)
		case errors.Is(told, blob.ErrNotCreated):
			t.Errorf("%s: writer %d was told of a proof that there is not: %v", name, i, told)
		}
	}
}

// dice are thrown by many goroutines.
type dice struct {
	mu   sync.Mutex
	rand *rand.Rand
}

// roll returns 0 to 9.
func (d *dice) roll() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rand.IntN(10)
}

func TestTruncatedAndDamagedReads(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 20_000)
	var cut, flip trap
	r := road{server: emulator(t), after: func(request *http.Request, response *http.Response) (*http.Response, error) {
		if !isRead(request) {
			return response, nil
		}
		body, err := io.ReadAll(response.Body)
		switch {
		case cut.springs():
			response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), failing{io.ErrUnexpectedEOF}))
			return response, err
		case flip.springs():
			body[len(body)/2] ^= 1
		}
		response.Body = io.NopCloser(bytes.NewReader(body))
		return response, err
	}}
	b := open(t, r, address, gcs.Options{})
	if err := b.Create(t.Context(), "data", strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	reads := map[string]func() error{
		"Get": func() error { return expect(b.Get(t.Context(), "data"))(content) },
		"GetRange": func() error {
			return expect(b.GetRange(t.Context(), "data", 7, 100_000))(content[7:100_007])
		},
		"Download": func() error {
			var got bytes.Buffer
			err := b.Download(t.Context(), "data", &got)
			return expect(got.Bytes(), err)(content)
		},
	}
	for name, read := range reads {
		cut.set.Store(true)
		if err := read(); err != nil || cut.set.Load() {
			t.Errorf("%s where a connection breaks: %v; want the whole content", name, err)
		}
		if name == "GetRange" { // Google keeps no sums of parts
			continue
		}
		flip.set.Store(true)
		if err := read(); err == nil || flip.set.Load() || errors.Is(err, blob.ErrNotExist) {
			t.Errorf("%s of bytes that were changed on the way: %v; want an error", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestReadOfWhatIsReplaced replaces an object while a broken connection keeps
// its reader waiting: what the reader began with is gone.
func TestReadOfWhatIsReplaced(t *testing.T) {
	t.Parallel()
	before, after := strings.Repeat("before", 9_999), "after"
	server := emulator(t)
	calm := open(t, road{server: server}, address, gcs.Options{})
	var cut trap
	r := road{server: server, after: func(request *http.Request, response *http.Response) (*http.Response, error) {
		if !isRead(request) || !cut.springs() {
			return response, nil
		}
		err := calm.Put(request.Context(), "hint", strings.NewReader(after))
		response.Body = io.NopCloser(io.MultiReader(io.LimitReader(response.Body, 100), failing{io.ErrUnexpectedEOF}))
		return response, err
	}}
	b := open(t, r, address, gcs.Options{})
	if err := calm.Create(t.Context(), "hint", strings.NewReader(before)); err != nil {
		t.Fatal(err)
	}
	cut.set.Store(true)
	if err := expect(b.Get(t.Context(), "hint"))(after); err != nil {
		t.Errorf("Get: %v; want the new content", err)
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	var silent, busy atomic.Bool
	r := road{server: emulator(t), before: func(request *http.Request) (*http.Response, error) {
		switch {
		case silent.Load():
			<-request.Context().Done()
			return nil, request.Context().Err()
		case busy.Load():
			return says(request, http.StatusTooManyRequests), nil
		}
		return nil, nil //nolint:nilnil // the request goes on
	}}
	b := open(t, r, address, gcs.Options{Patience: 20 * time.Millisecond})
	for _, bad := range []*atomic.Bool{&silent, &busy} {
		bad.Store(true)
		for name, do := range operations(b) {
			err := do(t.Context())
			if !errors.Is(err, gcs.ErrUnreachable) || errors.Is(err, context.Canceled) || errors.Is(err, blob.ErrExist) || errors.Is(err, blob.ErrNotExist) {
				t.Errorf("%s without an answer: %v; want ErrUnreachable alone", name, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := do(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s that the caller cancels: %v; want Canceled", name, err)
			}
		}
		bad.Store(false)
	}
}
