// Package gcs is a blob.Bucket on Google Cloud Storage, through the JSON API.
//
// Create is an insert with ifGenerationMatch=0. The client repeats an insert
// whose answer it did not hear, so its own success can come back as "exists
// already" (412): every object carries the token of the Create that made it,
// by which Create tells the two apart.
package gcs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/storage"
	gax "github.com/googleapis/gax-go/v2"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"

	"leadlake/internal/blob"
)

// Scheme is how the address of a bucket begins.
const Scheme = "gs://"

// Options are what a Bucket can be told; the zero Options are fine.
type Options struct {
	// HTTP sends the requests. The default adds the application default
	// credentials of Google: the file that GOOGLE_APPLICATION_CREDENTIALS names,
	// those of gcloud, or the identity of the machine or workload. With
	// STORAGE_EMULATOR_HOST set it talks to that host, without credentials.
	HTTP *http.Client
	// Credentials is the file of an account to be used in place of those; "" for
	// none.
	Credentials string
	// ReadOnly refuses everything that writes with ErrReadOnly.
	ReadOnly bool
	// Patience is how long a request may take with its repetitions, beside the
	// time that its bytes need; default one minute.
	Patience time.Duration
	// Pause is how long to wait before the first repetition, at most; it
	// doubles. The default is a second.
	Pause time.Duration
	// Chunk is how many bytes of an object are held in memory and sent at once;
	// default 8 MiB, rounded up to 256 KiB.
	Chunk int
	// Explain may say more of an error before it is returned; what it returns
	// must wrap the error. The default keeps it.
	Explain func(error) error
}

func (o Options) withDefaults() Options {
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	if o.Chunk == 0 {
		o.Chunk = 8 << 20
	}
	if o.Explain == nil {
		o.Explain = func(err error) error { return err }
	}
	return o
}

// Bucket is a blob.Bucket in a bucket of Google Cloud Storage, under a prefix.
type Bucket struct {
	client  *storage.Client
	bucket  *storage.BucketHandle
	prefix  string // "", or ends in a slash
	options Options
}

var _ blob.Bucket = (*Bucket)(nil)

// Open returns what is at address, "gs://bucket/prefix" or "gs://bucket",
// after a trial that it can be read and, as far as Google says so, written.
// The bucket must exist: ErrNoBucket, ErrNoCredentials, ErrDenied and
// ErrUnreachable say what is wrong.
func Open(ctx context.Context, address string, o Options) (*Bucket, error) {
	o = o.withDefaults()
	name, prefix, err := Parse(address)
	if err != nil {
		return nil, err
	}
	settings := []option.ClientOption{storage.WithJSONReads(), option.WithScopes(storage.ScopeReadWrite)}
	if o.Credentials != "" {
		account, err := credentials.DetectDefault(&credentials.DetectOptions{
			Scopes: []string{storage.ScopeReadWrite}, CredentialsFile: o.Credentials, //nolint:staticcheck // the kind of account is the operator's choice, and the file is theirs
		})
		if err != nil {
			return nil, o.Explain(fmt.Errorf("opening %s: %w: %w", address, ErrNoCredentials, err))
		}
		settings = append(settings, option.WithAuthCredentials(account))
	}
	if o.HTTP != nil {
		settings = []option.ClientOption{storage.WithJSONReads(), option.WithHTTPClient(o.HTTP)}
	}
	client, err := storage.NewClient(context.WithoutCancel(ctx), settings...) // which keeps ctx for its tokens
	if err != nil {
		return nil, o.Explain(fmt.Errorf("opening %s: %w: %w", address, ErrNoCredentials, err))
	}
	retry := []storage.RetryOption{storage.WithBackoff(gax.Backoff{Initial: o.Pause, Max: 30 * o.Pause, Multiplier: 2})}
	b := &Bucket{client: client, bucket: client.Bucket(name).Retryer(retry...), prefix: prefix, options: o}
	if err := b.try(ctx); err != nil {
		return nil, errors.Join(b.fail(ctx, "opening "+address, err), client.Close())
	}
	return b, nil
}

// Parse takes the address of a bucket apart. The prefix is "" or ends in a
// slash.
func Parse(address string) (bucket, prefix string, err error) {
	rest, ok := strings.CutPrefix(address, Scheme)
	bucket, prefix, _ = strings.Cut(rest, "/")
	prefix = strings.TrimSuffix(prefix, "/")
	if !ok || bucket == "" || strings.ContainsAny(bucket, "?#%@: ") || prefix != "" && blob.CheckName(prefix) != nil {
		return "", "", fmt.Errorf("%q is not the address of a bucket, such as %sbucket/prefix", address, Scheme)
	}
	if prefix != "" {
		prefix += "/"
	}
	return bucket, prefix, nil
}

// try asks for one name, and for the permissions to write. The second question
// is answered without any permission, but not by every emulator.
func (b *Bucket) try(ctx context.Context) error {
	ctx, w := b.watch(ctx)
	defer w.stop()
	query := &storage.Query{Prefix: b.prefix, Projection: storage.ProjectionNoACL}
	if err := query.SetAttrSelection([]string{"Name"}); err != nil {
		return err
	}
	names := b.bucket.Objects(ctx, query)
	names.PageInfo().MaxSize = 1
	if _, err := names.Next(); err != nil && !errors.Is(err, iterator.Done) {
		return w.verdict(err)
	}
	if b.options.ReadOnly {
		return nil
	}
	wanted := []string{"storage.objects.create", "storage.objects.delete", "storage.objects.get"}
	granted, err := b.bucket.IAM().TestPermissions(ctx, wanted)
	if err == nil && len(granted) < len(wanted) {
		return fmt.Errorf("%w: of %s there is only %q", ErrDenied, strings.Join(wanted, ", "), granted)
	}
	return nil
}

// Close ends the connections.
func (b *Bucket) Close() error { return b.client.Close() }

func (b *Bucket) object(name string) *storage.ObjectHandle { return b.bucket.Object(b.prefix + name) }

// check says why nothing can be asked about name.
func (b *Bucket) check(ctx context.Context, name string) error {
	return errors.Join(ctx.Err(), blob.CheckName(name))
}

func (b *Bucket) checkWrite(ctx context.Context, name string) error {
	if b.options.ReadOnly {
		return errors.Join(b.check(ctx, name), ErrReadOnly)
	}
	return b.check(ctx, name)
}
