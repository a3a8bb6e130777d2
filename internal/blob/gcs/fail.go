package gcs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/storage"
	"google.golang.org/api/googleapi"

	"leadlake/internal/blob"
)

// Errors that say what a person can do something about, wrapped with details.
var (
	// ErrNoBucket says that there is no bucket of that name.
	ErrNoBucket = errors.New("no such bucket")
	// ErrNoCredentials says that there are no credentials, or that Google does
	// not know them.
	ErrNoCredentials = errors.New("no valid Google credentials")
	// ErrDenied says that the credentials may not do it.
	ErrDenied = errors.New("permission denied by Google Cloud Storage")
	// ErrUnreachable says that there was no answer in time, or only "later".
	ErrUnreachable = errors.New("no answer from Google Cloud Storage")
	// ErrReadOnly says that a bucket was opened only to be read.
	ErrReadOnly = fmt.Errorf("the bucket is only read: %w", fs.ErrPermission)
)

// fail wraps an error of the client for the caller, who gave ctx.
func (b *Bucket) fail(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil { // the client does not always say so
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	kind := kindOf(err)
	switch {
	case errors.Is(err, kind):
		err = fmt.Errorf("%s: %w", doing, err)
	case kind != nil:
		err = fmt.Errorf("%s: %w: %w", doing, kind, plain(err))
	default:
		err = fmt.Errorf("%s: %w", doing, plain(err))
	}
	return b.options.Explain(err)
}

// plain returns err without what does not belong into a log: Google names the
// account that asked, and the address of an upload lets anybody go on with it.
func plain(err error) error {
	if answer, ok := errors.AsType[*googleapi.Error](err); ok {
		reason := http.StatusText(answer.Code)
		if len(answer.Errors) > 0 {
			reason = answer.Errors[0].Reason
		}
		return fmt.Errorf("the answer was %d (%s)", answer.Code, reason)
	}
	if refused, ok := errors.AsType[*auth.Error](err); ok && refused.Response != nil {
		return fmt.Errorf("the answer to the request for a token was %d", refused.Response.StatusCode)
	}
	if lost, ok := errors.AsType[*url.Error](err); ok {
		return lost.Err
	}
	return err
}

// kindOf returns which of the contract's errors or ours err is, or nil.
func kindOf(err error) error {
	if _, ok := errors.AsType[*auth.Error](err); ok {
		return ErrNoCredentials
	}
	_, inTransport := errors.AsType[*url.Error](err)
	_, inNetwork := errors.AsType[net.Error](err)
	switch code := codeOf(err); {
	case errors.Is(err, storage.ErrBucketNotExist), code == http.StatusNotFound && strings.Contains(err.Error(), "bucket does not exist"):
		return ErrNoBucket
	case errors.Is(err, storage.ErrObjectNotExist):
		return blob.ErrNotExist
	case code == http.StatusRequestedRangeNotSatisfiable:
		return io.ErrUnexpectedEOF
	case code == http.StatusUnauthorized:
		return ErrNoCredentials
	case code == http.StatusForbidden:
		return ErrDenied
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		return ErrUnreachable
	case inTransport, inNetwork:
		return ErrUnreachable
	}
	return nil
}

// codeOf returns the HTTP status that Google answered with, or 0.
func codeOf(err error) int {
	if answer, ok := errors.AsType[*googleapi.Error](err); ok {
		return answer.Code
	}
	return 0
}

// slowest is how many bytes a second a connection carries at least.
const slowest = 256 << 10

// watch ends a request that takes too long. The client by itself repeats for
// as long as its context lasts.
type watch struct {
	patience time.Duration
	timer    *time.Timer
	cancel   context.CancelFunc
	ended    atomic.Bool
}

// watch returns a context that ends when patience does.
func (b *Bucket) watch(ctx context.Context) (context.Context, *watch) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{patience: b.options.Patience, cancel: cancel}
	w.timer = time.AfterFunc(w.patience, func() {
		w.ended.Store(true)
		cancel()
	})
	return ctx, w
}

// restart grants the time for n bytes from now on.
func (w *watch) restart(n int64) {
	w.timer.Reset(w.patience + time.Duration(n/slowest)*time.Second)
}

// stop releases the context.
func (w *watch) stop() {
	w.timer.Stop()
	w.cancel()
}

// verdict returns err, or that patience has ended. Then it was not the caller
// who cancelled, and the error must not say so.
func (w *watch) verdict(err error) error {
	if err != nil && w.ended.Load() {
		return fmt.Errorf("%w within %s (%s)", ErrUnreachable, w.patience, plain(err).Error())
	}
	return err
}
