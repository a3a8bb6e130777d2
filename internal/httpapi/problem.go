package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
)

// problem is an error as RFC 9457 has it, with what else the answer needs.
type problem struct {
	huma.ErrorModel

	headers http.Header
}

// GetHeaders returns the headers that go with the problem.
func (p *problem) GetHeaders() http.Header { return p.headers }

func newProblem(status int, detail string, errs ...*huma.ErrorDetail) *problem {
	return &problem{ErrorModel: huma.ErrorModel{
		Title: http.StatusText(status), Status: status, Detail: detail, Errors: errs,
	}}
}

// statusOf is the one place that turns kinds into HTTP.
func statusOf(kind leadlake.Kind) int {
	switch kind {
	case leadlake.Invalid:
		return http.StatusUnprocessableEntity
	case leadlake.NotFound:
		return http.StatusNotFound
	case leadlake.Conflict:
		return http.StatusConflict
	case leadlake.Denied:
		return http.StatusForbidden
	case leadlake.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// statusGone is what the log says of a request whose client left; nobody
// receives it.
const statusGone = 499

// problemOf makes what a client may see of err, and hands the rest to the
// log.
func problemOf(ctx context.Context, err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	seen := requestOf(ctx)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return newProblem(statusGone, "The client went away.")
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		err = leadlake.Errorf(leadlake.Unavailable, "the answer took too long; try again in a moment").Because(err)
	}
	status := statusOf(leadlake.KindOf(err))
	p := newProblem(status, leadlake.MessageOf(err))
	switch status {
	case http.StatusInternalServerError:
		p.Detail = internalDetail(seen.id)
		seen.cause = err
	case http.StatusServiceUnavailable:
		p.headers = http.Header{"Retry-After": {"5"}}
		seen.cause = err
	}
	return p
}

func internalDetail(id string) string {
	return fmt.Sprintf("Something went wrong on our side. The log tells the cause under request %s.", id)
}

// handle registers a typed handler whose errors become problems.
func handle[I, O any](s *Server, op operation, f func(context.Context, *I) (*O, error)) {
	huma.Register(s.api, op.huma(), func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// explain gives huma's own problems a detail that says what is wrong.
func explain(_ huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok || len(p.Errors) == 0 {
		return v, nil
	}
	sentences := make([]string, 0, len(p.Errors))
	for _, e := range p.Errors {
		sentences = append(sentences, e.Location+": "+e.Message)
	}
	p.Detail = strings.Join(sentences, "; ") + "."
	return p, nil
}

// writeProblem answers outside of huma.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	body, err := json.Marshal(newProblem(status, detail).ErrorModel)
	if err != nil {
		panic(err) // a struct of strings
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone; there is nobody to tell
}
