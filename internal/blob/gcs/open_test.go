package gcs_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"leadlake/internal/blob/gcs"
)

func TestWhatIsWrongIsSaid(t *testing.T) {
	t.Parallel()
	server := emulator(t)
	var status atomic.Int64
	status.Store(http.StatusOK)
	r := road{server: server, before: func(request *http.Request) (*http.Response, error) {
		if code := int(status.Load()); code != http.StatusOK {
			return says(request, code), nil
		}
		return nil, nil //nolint:nilnil // the request goes on
	}}
	said := errors.New("a sentence for people")
	b := open(t, r, address, gcs.Options{Explain: func(err error) error { return errors.Join(said, err) }})
	for code, want := range map[int]error{http.StatusUnauthorized: gcs.ErrNoCredentials, http.StatusForbidden: gcs.ErrDenied} {
		status.Store(int64(code))
		for name, do := range operations(b) {
			if err := do(t.Context()); !errors.Is(err, want) || !errors.Is(err, said) {
				t.Errorf("%s answered by %d: %v; want %v, explained", name, code, err, want)
			}
		}
		if _, err := gcs.Open(t.Context(), address, gcs.Options{HTTP: &http.Client{Transport: r}}); !errors.Is(err, want) {
			t.Errorf("Open answered by %d: %v; want %v", code, err, want)
		}
	}
	status.Store(http.StatusOK)
	if _, err := gcs.Open(t.Context(), "gs://nothing/lake", gcs.Options{HTTP: &http.Client{Transport: r}}); !errors.Is(err, gcs.ErrNoBucket) {
		t.Errorf("Open of no bucket: %v; want ErrNoBucket", err)
	}
}

// TestErrorsKeepSecrets looks for what Google's answers and the client's errors
// hold beside what went wrong.
func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	var denied, lost trap
	r := road{server: emulator(t), before: func(request *http.Request) (*http.Response, error) {
		switch {
		case denied.set.Load():
			answer := says(request, http.StatusForbidden)
			answer.Body = io.NopCloser(strings.NewReader(`{"error":{"message":"zoe@personne.test does not have access","errors":[{"reason":"forbidden"}]}}`))
			return answer, nil
		case lost.set.Load() && request.URL.Query().Has("upload_id"):
			return nil, errBroken
		}
		return nil, nil //nolint:nilnil // the request goes on
	}}
	b := open(t, r, address, gcs.Options{Chunk: 256 << 10})
	lost.set.Store(true)
	err := b.Create(t.Context(), "big", strings.NewReader(strings.Repeat("x", 300<<10)))
	if !errors.Is(err, errBroken) || strings.Contains(err.Error(), "upload_id") {
		t.Errorf("an upload that is lost: %v; want its address left out", err)
	}
	denied.set.Store(true)
	for name, do := range operations(b) {
		if err := do(t.Context()); !errors.Is(err, gcs.ErrDenied) || strings.Contains(err.Error(), "zoe") {
			t.Errorf("%s that is denied: %v; want the account left out", name, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	server := emulator(t)
	server.CreateObject(fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: "leads", Name: "lake/there"}, Content: []byte("x")})
	b := open(t, road{server: server}, address, gcs.Options{ReadOnly: true})
	for _, name := range []string{"Create", "Put", "Delete"} {
		if err := operations(b)[name](t.Context()); !errors.Is(err, gcs.ErrReadOnly) {
			t.Errorf("%s: %v; want ErrReadOnly", name, err)
		}
	}
	if err := expect(b.Get(t.Context(), "there"))("x"); err != nil {
		t.Error(err)
	}
}

func TestNoCredentials(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file")
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	if _, err := gcs.Open(t.Context(), address, gcs.Options{}); !errors.Is(err, gcs.ErrNoCredentials) {
		t.Errorf("Open: %v; want ErrNoCredentials", err)
	}
}

func TestEmulatorFromTheEnvironment(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", emulator(t).URL())
	b, err := gcs.Open(t.Context(), address, gcs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	if err := b.Create(t.Context(), "there", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := expect(b.Get(t.Context(), "there"))("x"); err != nil {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][2]string{
		"gs://b": {"b", ""}, "gs://b/": {"b", ""}, "gs://b/p": {"b", "p/"}, "gs://b-1.x_y/p/q/": {"b-1.x_y", "p/q/"},
	} {
		if bucket, prefix, err := gcs.Parse(address); err != nil || bucket != want[0] || prefix != want[1] {
			t.Errorf("Parse(%q) = %q, %q, %v; want %q", address, bucket, prefix, err, want)
		}
	}
	for _, address := range []string{"", "b/p", "gs://", "gs:///p", "gs://b//p", "gs://b/p//", "gs://b/../p", "gs://b/.p", "gs://user@b/p", "s3://b/p"} {
		if bucket, prefix, err := gcs.Parse(address); err == nil {
			t.Errorf("Parse(%q) = %q, %q; want it refused", address, bucket, prefix)
		}
	}
}

// operations are one call of each method.
func operations(b *gcs.Bucket) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Create":   func(ctx context.Context) error { return b.Create(ctx, "new", strings.NewReader("x")) },
		"Put":      func(ctx context.Context) error { return b.Put(ctx, "new", strings.NewReader("x")) },
		"Delete":   func(ctx context.Context) error { return b.Delete(ctx, "new") },
		"Get":      func(ctx context.Context) error { _, err := b.Get(ctx, "new"); return err },
		"GetRange": func(ctx context.Context) error { _, err := b.GetRange(ctx, "new", 0, 1); return err },
		"Download": func(ctx context.Context) error { return b.Download(ctx, "new", io.Discard) },
		"Size":     func(ctx context.Context) error { _, err := b.Size(ctx, "new"); return err },
		"List": func(ctx context.Context) error {
			for _, err := range b.List(ctx, "", "") {
				return err
			}
			return nil
		},
	}
}
