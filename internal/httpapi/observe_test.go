package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/httpapi"
)

func TestKindsBecomeStatuses(t *testing.T) {
	cause := errors.New("secret cause")
	for _, tt := range []struct {
		err    error
		status int
		detail string
	}{
		{leadlake.Errorf(leadlake.Invalid, "say it otherwise"), 422, "say it otherwise"},
		{leadlake.Errorf(leadlake.NotFound, "it is not there"), 404, "it is not there"},
		{leadlake.Errorf(leadlake.Conflict, "connect Notion first"), 409, "connect Notion first"},
		{leadlake.Errorf(leadlake.Denied, "ask for more"), 403, "ask for more"},
		{fmt.Errorf("wrapping: %w", leadlake.Errorf(leadlake.Unavailable, "come back later").Because(cause)), 503, "come back later"},
		{leadlake.Errorf(leadlake.Internal, "not for people").Because(cause), 500, "Something went wrong on our side. The log tells the cause under request r-1."},
		{cause, 500, "Something went wrong on our side. The log tells the cause under request r-1."},
	} {
		var log bytes.Buffer
		l := newLake()
		l.fail = tt.err
		s := serve(t, l, httpapi.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
		w := send(s, http.MethodPost, "/api/v1/ingestion/notion", "", "X-Request-Id", "r-1")
		p := parseProblem(t, w.Body.String())
		if w.Code != tt.status || p.Status != tt.status || p.Detail != tt.detail || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v got %d %s", tt.err, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("the cause was shown: %s", w.Body)
		}
		if logged := strings.Count(log.String(), tt.err.Error()); logged != 1 && tt.status >= 500 || logged != 0 && tt.status < 500 {
			t.Errorf("%v was logged %d times: %s", tt.err, logged, &log)
		}
		if retry := w.Header().Get("Retry-After"); (retry != "") != (tt.status == 503) {
			t.Errorf("%v has Retry-After %q", tt.err, retry)
		}
	}
}

func TestNothingThere(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("page")) })
	s := serve(t, filled(), httpapi.Options{Pages: pages})
	for _, tt := range []struct {
		method, target string
		status         int
		allow          string
	}{
		{"GET", "/api/v1/nothing", 404, ""},
		{"GET", "/api/", 404, ""},
		{"POST", "/api/v1/nothing", 404, ""},
		{"GET", weeks + "/x", 404, ""},
		{"POST", weeks, 405, "GET, HEAD"},
		{"GET", leadsPath, 405, "POST"},
		{"DELETE", leadsPath, 405, "POST"},
		{"OPTIONS", weeks, 405, "GET, HEAD"},
		{"PATCH", "/docs", 405, "GET, HEAD"},
		{"POST", "/fr/", 405, "GET, HEAD"},
		{"WHATEVER", "/fr/", 405, "GET, HEAD"},
		{"GET", weeks + "?limit=1", 422, ""},
		{"GET", "/api/v1/metrics/progress?grain=day", 422, ""},
		{"GET", "/api/v1/metrics/progress?grain=", 200, ""},
		{"GET", "/api/v1/conversion?from=2025-02-30", 422, ""},
		{"GET", "/api/v1/conversion?from=2025-01-02&to=2025-01-02", 422, ""},
		{"GET", "/api/v1/conversion?from=9999-01-02", 422, ""},
		{"GET", "/api/v1/conversion?from=%27%3B+drop+table+leads", 422, ""},
		{"GET", "/fr/", 200, ""},
		{"HEAD", "/", 200, ""},
	} {
		w := send(s, tt.method, tt.target, "")
		if w.Code != tt.status || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s got %d, Allow %q", tt.method, tt.target, w.Code, w.Header().Get("Allow"))
		}
		if w.Code >= 400 && (parseProblem(t, w.Body.String()).Detail == "" || w.Header().Get("Content-Type") != "application/problem+json") {
			t.Errorf("%s %s got %s", tt.method, tt.target, w.Body)
		}
	}
}

func TestConversionErrorsNameTheField(t *testing.T) {
	w := send(serve(t, newLake(), httpapi.Options{}), http.MethodGet, "/api/v1/conversion?from=2025-02-30&to=x", "")
	p := parseProblem(t, w.Body.String())
	if len(p.Errors) != 2 || p.Errors[0].Location != "query.from" || p.Errors[1].Location != "query.to" {
		t.Errorf("got %s", w.Body)
	}
}

func TestPanics(t *testing.T) {
	for _, value := range []any{"oh no", errors.New("oh no")} {
		var log bytes.Buffer
		l := newLake()
		l.panics = value
		s := serve(t, l, httpapi.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
		w := send(s, http.MethodGet, weeks, "")
		if w.Code != 500 || strings.Contains(w.Body.String(), "oh no") || !strings.Contains(parseProblem(t, w.Body.String()).Detail, w.Header().Get("X-Request-Id")) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if strings.Count(log.String(), "oh no") != 1 || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("logged %s", &log)
		}
	}
}

func TestPanicInMidAnswer(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("oh no")
	})
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // a panic's value, compared as net/http does
			t.Errorf("the connection is not cut, but %v", p)
		}
	}()
	send(serve(t, newLake(), httpapi.Options{Pages: pages}), http.MethodGet, "/", "")
}

func TestLogLine(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, filled(), httpapi.Options{Log: slog.New(slog.NewJSONHandler(&log, nil)), LocalOnly: true})
	const marker = "MARKER"
	send(s, http.MethodGet, "/api/v1/conversion?from="+marker, "", "Host", "localhost")
	send(s, http.MethodGet, "/"+marker, "", "Host", "localhost", "User-Agent", marker, "Referer", marker)
	send(s, http.MethodGet, "/api/"+marker, "", "Host", "localhost")
	send(s, marker, "/", "", "Host", "localhost")
	send(s, http.MethodGet, "/", "", "Host", marker)
	send(s, http.MethodPost, leadsPath, `[{"id":"`+marker+`","nom":"`+marker+`","`+marker+`":1}]`, "Host", "localhost", "Content-Type", "application/json")
	send(s, http.MethodPost, leadsPath, marker, "Host", "localhost", "Content-Type", "application/json", "X-Request-Id", marker+"\n")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if strings.Contains(log.String(), marker) || len(lines) != 7 {
		t.Fatalf("the log is\n%s", &log)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"time", "took", "bytes", "request_id"} {
		if line[key] == nil {
			t.Errorf("%s is missing in %s", key, lines[0])
		}
		delete(line, key)
	}
	if want := "map[level:INFO method:GET msg:request route:/api/v1/conversion status:422]"; fmt.Sprint(line) != want {
		t.Errorf("got %v, want %s", line, want)
	}
}

func TestRequestID(t *testing.T) {
	s := serve(t, newLake(), httpapi.Options{})
	id := func(sent string) string {
		return send(s, http.MethodGet, "/healthz", "", "X-Request-Id", sent).Header().Get("X-Request-Id")
	}
	if got := id("trace-1.2_3"); got != "trace-1.2_3" {
		t.Errorf("a safe id became %q", got)
	}
	seen := map[string]bool{}
	for _, unsafe := range []string{"", "a b", "a\nb", "<script>", strings.Repeat("a", 65), "é"} {
		got := id(unsafe)
		if !regexp.MustCompile(`^[A-Z0-9]{20,}$`).MatchString(got) || seen[got] {
			t.Errorf("%q became %q", unsafe, got)
		}
		seen[got] = true
	}
}

func TestClientGone(t *testing.T) {
	var log bytes.Buffer
	l := newLake()
	ctx, cancel := context.WithCancel(t.Context())
	l.ask = func(ctx context.Context) { cancel(); l.fail = ctx.Err() }
	s := serve(t, l, httpapi.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	sendContext(ctx, s, http.MethodGet, weeks)
	if !strings.Contains(log.String(), `"status":499`) || strings.Contains(log.String(), "ERROR") {
		t.Errorf("logged %s", &log)
	}
}

func TestTooSlow(t *testing.T) {
	l := newLake()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	l.ask = func(ctx context.Context) { l.fail = fmt.Errorf("asking: %w", ctx.Err()) }
	w := sendContext(ctx, serve(t, l, httpapi.Options{}), http.MethodGet, weeks)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "took too long") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
