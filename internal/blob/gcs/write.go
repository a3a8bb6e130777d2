package gcs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"

	"cloud.google.com/go/storage"

	"leadlake/internal/blob"
)

// tokenKey is where an object's metadata says which Create made it.
const tokenKey = "leadlake-token"

// Create implements blob.Bucket. An answer that was lost is looked up; what
// remains open then is an error that is neither ErrExist nor ErrNotCreated.
func (b *Bucket) Create(ctx context.Context, name string, content io.Reader) error {
	doing := "creating " + name
	if err := b.checkWrite(ctx, name); err != nil {
		return fmt.Errorf("%s: %w (%w)", doing, err, blob.ErrNotCreated)
	}
	token := rand.Text()
	object := b.object(name).If(storage.Conditions{DoesNotExist: true})
	err := b.upload(ctx, object, content, token)
	if err == nil {
		return nil
	}
	if unread, ok := errors.AsType[contentError](err); ok {
		return fmt.Errorf("%s: %w (%w)", doing, unread.err, blob.ErrNotCreated)
	}
	taken := codeOf(err) == http.StatusPreconditionFailed
	holder, unknown := b.tokenOf(ctx, name)
	switch {
	case unknown == nil && holder == token:
		return nil
	case unknown == nil && taken:
		return fmt.Errorf("%s: %w", doing, blob.ErrExist)
	case taken && errors.Is(unknown, storage.ErrObjectNotExist): // was it ours?
		return fmt.Errorf("%s: it was made and deleted meanwhile", doing)
	case taken:
		return b.fail(ctx, doing, unknown)
	}
	return b.fail(ctx, doing, err)
}

// tokenOf returns the token of the Create that made the object, "" where that
// was not one of ours.
func (b *Bucket) tokenOf(ctx context.Context, name string) (string, error) {
	ctx, w := b.watch(ctx)
	defer w.stop()
	attrs, err := b.object(name).Attrs(ctx)
	if err != nil {
		return "", w.verdict(err)
	}
	return attrs.Metadata[tokenKey], nil
}

// Put implements blob.Bucket. Google refuses to replace one object more often
// than about once a second; the client then tries again within Patience.
func (b *Bucket) Put(ctx context.Context, name string, content io.Reader) error {
	doing := "putting " + name
	if err := b.checkWrite(ctx, name); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	object := b.object(name).Retryer(storage.WithPolicy(storage.RetryAlways)) // twice the same is harmless
	err := b.upload(ctx, object, content, "")
	if unread, ok := errors.AsType[contentError](err); ok {
		return fmt.Errorf("%s: %w", doing, unread.err)
	}
	return b.fail(ctx, doing, err)
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	if err := b.checkWrite(ctx, name); err != nil {
		return fmt.Errorf("deleting %s: %w", name, err)
	}
	within, w := b.watch(ctx)
	defer w.stop()
	object := b.object(name).Retryer(storage.WithPolicy(storage.RetryAlways))
	err := w.verdict(object.Delete(within))
	if errors.Is(kindOf(err), blob.ErrNotExist) {
		return nil
	}
	return b.fail(ctx, "deleting "+name, err)
}

// contentError says that the caller's content could not be read. The object is
// then not made: it is sent, or its last piece is, after the content has ended.
type contentError struct{ err error }

func (e contentError) Error() string { return e.err.Error() }

// upload sends content to object, in one request if it is smaller than a chunk
// and chunk by chunk (a resumable upload) if it is not.
func (b *Bucket) upload(ctx context.Context, object *storage.ObjectHandle, content io.Reader, token string) error {
	head, err := io.ReadAll(io.LimitReader(content, int64(b.options.Chunk)))
	if err != nil {
		return contentError{err}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if len(head) < b.options.Chunk {
		return b.uploadWhole(ctx, object, head, token)
	}
	w := writer(ctx, object, token)
	w.ChunkSize = b.options.Chunk
	w.ChunkTransferTimeout = b.options.Patience
	w.ChunkRetryDeadline = 2 * b.options.Patience
	rest := &tracked{content: content}
	_, err = w.Write(head)
	if err == nil {
		_, err = io.Copy(w, rest)
	}
	if rest.err != nil {
		cancel()
		_ = w.Close() // which would complete the object, were it not cancelled
		return contentError{rest.err}
	}
	if closed := w.Close(); closed != nil { // which knows more than a Write that was cut off
		return closed
	}
	return err
}

func (b *Bucket) uploadWhole(ctx context.Context, object *storage.ObjectHandle, data []byte, token string) error {
	ctx, watch := b.watch(ctx)
	defer watch.stop()
	watch.restart(int64(len(data)))
	w := writer(ctx, object, token)
	w.ChunkSize = len(data) + 1 // its buffer is no larger than it must be
	w.SendCRC32C, w.CRC32C = true, crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
	_, err := w.Write(data)
	if closed := w.Close(); closed != nil {
		err = closed
	}
	return watch.verdict(err)
}

func writer(ctx context.Context, object *storage.ObjectHandle, token string) *storage.Writer {
	w := object.NewWriter(ctx)
	w.ContentType = "application/octet-stream"
	w.CacheControl = "no-store" // or a public bucket answers with what it was an hour ago
	if token != "" {
		w.Metadata = map[string]string{tokenKey: token}
	}
	return w
}

// tracked keeps the error of the content apart from those of the upload.
type tracked struct {
	content io.Reader
	err     error
}

func (t *tracked) Read(p []byte) (int, error) {
	n, err := t.content.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
	}
	return n, err
}
