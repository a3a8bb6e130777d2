package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"
)

// request is what is known about one, for its line in the log.
type request struct {
	id    string
	cause error // why it failed; nil where it did not, or where it is the client's doing
}

type requestKey struct{}

// requestOf returns the request that ctx belongs to.
func requestOf(ctx context.Context) *request {
	if seen, ok := ctx.Value(requestKey{}).(*request); ok {
		return seen
	}
	return &request{}
}

// RequestID returns the id of the request that ctx belongs to, "" for none.
func RequestID(ctx context.Context) string { return requestOf(ctx).id }

// answerTime bounds how long the work for a request may take.
const answerTime = 60 * time.Second

// observe gives every request an id, a deadline, a span and one line in the
// log, and turns a panic into a 500. Paths and queries stay out of the log, because
// they may hold personal data: the route stands for them.
func (s *Server) observe(next http.Handler) http.Handler {
	safe := regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.options.Now()
		seen := &request{id: r.Header.Get("X-Request-Id")}
		if !safe.MatchString(seen.id) {
			seen.id = rand.Text()
		}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), requestKey{}, seen), answerTime)
		defer cancel()
		ctx, span := s.begin(ctx, r)
		r = r.WithContext(ctx)
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", seen.id)
		s.pass(ctx, rec, r)
		defer func() {
			abort := recovered(recover(), rec, seen)
			s.logRequest(r, rec, seen, s.options.Now().Sub(start))
			end(span, r, rec)
			if abort {
				panic(http.ErrAbortHandler) // cuts the connection: what was sent is not the whole answer
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// recovered answers for a handler that panicked with p. It reports whether
// the answer had begun, so that it can only be cut off.
func recovered(p any, rec *recorder, seen *request) (abort bool) {
	if p == nil {
		return false
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return true
	}
	seen.cause = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	if rec.status != 0 {
		return true
	}
	writeProblem(rec, http.StatusInternalServerError, internalDetail(seen.id))
	return false
}

func (s *Server) logRequest(r *http.Request, rec *recorder, seen *request, took time.Duration) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("method", methodOf(r)),
		slog.String("route", routeOf(r)),
		slog.Int("status", rec.status),
		slog.Duration("took", took),
		slog.Int64("bytes", rec.bytes),
		slog.String("request_id", seen.id),
	}
	if seen.cause != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", seen.cause.Error()))
	}
	s.options.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// methodOf returns a method that is safe to log: a client may send any token.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "other"
	}
}

// routeOf returns the path of the pattern that took the request.
func routeOf(r *http.Request) string {
	if _, path, ok := strings.Cut(r.Pattern, " "); ok {
		return path
	}
	return r.Pattern
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// WriteHeader notes the status.
func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 && status >= http.StatusOK {
		rec.status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (rec *recorder) Write(p []byte) (int, error) {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	n, err := rec.ResponseWriter.Write(p)
	rec.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what is beneath.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }
