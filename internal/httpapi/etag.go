package httpapi

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// gzipSuffix stands at the end of the ETag of a compressed answer.
const gzipSuffix = "-gzip"

// Conditional is the part of an input that an answer which depends on the
// table needs.
type Conditional struct {
	IfNoneMatch string `doc:"ETags that the client has; where one still holds, the answer is 304" header:"If-None-Match"`

	question string // path and query
}

// Resolve notes the question; huma calls it.
func (c *Conditional) Resolve(ctx huma.Context) []error {
	u := ctx.URL()
	c.question = u.Path + "?" + u.Query().Encode()
	return nil
}

// versioned is an answer that stays true as long as the table has a version.
type versioned[T any] struct {
	Status       int
	ETag         string `doc:"The table version and a hash of the question" header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         T
}

// answer asks, unless the client has the answer already: the version of the
// table alone tells that.
func answer[T any](ctx context.Context, s *Server, c Conditional, ask func(context.Context) (version int64, body T, err error)) (*versioned[T], error) {
	version, _, err := s.leads.Size(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the version of the table: %w", err)
	}
	out := &versioned[T]{Status: http.StatusNotModified, ETag: s.etag(version, c.question), CacheControl: "no-cache"}
	if had := matching(c.IfNoneMatch, out.ETag); had != "" {
		out.ETag = had
		return out, nil
	}
	if version, out.Body, err = ask(ctx); err != nil {
		return nil, err
	}
	out.Status, out.ETag = http.StatusOK, s.etag(version, c.question)
	return out, nil
}

// etag names the answer to a question. The day is part of it, because the
// current period is part of some answers.
func (s *Server) etag(version int64, question string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%s", s.options.Version, s.options.Table, s.numbers.Today(), question))
	return fmt.Sprintf(`"%d-%x"`, version, sum[:8])
}

// matching returns the tag in an If-None-Match header that names the same
// answer as etag, whatever its compression; "" where there is none.
func matching(header, etag string) string {
	if strings.TrimSpace(header) == "*" {
		return etag
	}
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimSpace(tag)
		if strings.Replace(strings.TrimPrefix(tag, "W/"), gzipSuffix+`"`, `"`, 1) == etag {
			return tag
		}
	}
	return ""
}
