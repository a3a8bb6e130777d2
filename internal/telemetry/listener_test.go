package telemetry_test

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"leadlake/internal/telemetry"
	"leadlake/internal/telemetry/otlptest"
)

var update = flag.Bool("update", false, "write the table of metrics into docs/observe.md")

func metrics(t *testing.T, tel *telemetry.Telemetry) string {
	t.Helper()
	w := httptest.NewRecorder()
	tel.Handler(true).ServeHTTP(w, local(t, http.MethodGet, "/metrics", ""))
	if w.Code != http.StatusOK {
		t.Fatalf("/metrics answers %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func local(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:9464"
	return r
}

func TestTheListener(t *testing.T) {
	tel, _ := open(t, telemetry.Settings{Prometheus: true}, telemetry.Options{Version: "1.2.3"})
	for _, tt := range []struct {
		method, path, body, host, origin string
		status                           int
		answer                           string
	}{
		{method: "GET", path: "/healthz", status: 200, answer: "ok"},
		{method: "GET", path: "/metrics", status: 200, answer: "leadlake_build_info{"},
		{method: "GET", path: "/debug/pprof/", status: 200, answer: "goroutine"},
		{method: "GET", path: "/debug/pprof/goroutine?debug=1", status: 200, answer: "goroutine profile"},
		{method: "GET", path: "/debug/pprof/heap?debug=1", status: 200, answer: "heap profile"},
		{method: "GET", path: "/debug/pprof/cmdline", status: 404},
		{method: "GET", path: "/debug/log-level", status: 200, answer: "info"},
		{method: "PUT", path: "/debug/log-level", body: "warn,notion=debug\n", status: 200, answer: "warn,notion=debug"},
		{method: "GET", path: "/debug/log-level", status: 200, answer: "warn,notion=debug"},
		{method: "PUT", path: "/debug/log-level", body: "loud", status: 422, answer: "is not a level"},
		{method: "PUT", path: "/debug/log-level", body: "debug", origin: "https://evil.example", status: 403},
		{method: "GET", path: "/metrics", host: "evil.example", status: 421},
		{method: "GET", path: "/metrics", host: "localhost", status: 200},
		{method: "GET", path: "/metrics", host: "[::1]:80", status: 200},
		{method: "POST", path: "/metrics", status: 405},
		{method: "GET", path: "/", status: 404},
	} {
		r := local(t, tt.method, tt.path, tt.body)
		if tt.host != "" {
			r.Host = tt.host
		}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		w := httptest.NewRecorder()
		tel.Handler(true).ServeHTTP(w, r)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.answer) {
			t.Errorf("%s %s answers %d %.300s, want %d %s", tt.method, tt.path, w.Code, w.Body, tt.status, tt.answer)
		}
	}
	w := httptest.NewRecorder()
	r := local(t, http.MethodGet, "/metrics", "")
	r.Host = "leads.example.org"
	tel.Handler(false).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("on an open address another name gets %d", w.Code)
	}
}

func TestServeEnds(t *testing.T) {
	tel, _ := open(t, telemetry.Settings{Prometheus: true}, telemetry.Options{})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tel.Serve(ctx, listener) }()
	if got := get(t, "http://"+listener.Addr().String()+"/healthz"); got != "ok\n" {
		t.Errorf("it answers %q", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func state() telemetry.State {
	return telemetry.State{
		Version: 7, Rows: 120, Files: 3, SmallFiles: 2, Bytes: 5000, LogCommits: 4, LastSuccess: time.Now().Add(-time.Hour),
		SyncFailing: true, DeletionsHeld: 57, DiskFree: 1 << 30, DiskSize: 1 << 40,
	}
}

func TestTheStateOfTheLake(t *testing.T) {
	tel, _ := open(t, telemetry.Settings{Prometheus: true}, telemetry.Options{Version: "1.2.3"})
	if text := metrics(t, tel); strings.Contains(text, "leadlake_lake_version ") || !strings.Contains(text, "leadlake_config_last_reload_successful 1") {
		t.Errorf("before anything is known: %s", text)
	}
	broken := false
	stop := tel.Observe(func(context.Context) (telemetry.State, error) {
		if broken {
			return telemetry.State{}, errors.New("the bucket is gone")
		}
		return state(), nil
	})
	tel.ConfigReloaded(false)
	for range 3 { // as it is, as it was before it broke, as it was when nobody looks any more
		text := metrics(t, tel)
		for _, want := range []string{
			"leadlake_lake_version 7", "leadlake_lake_rows 120", "leadlake_lake_files 3", "leadlake_lake_small_files 2", "leadlake_lake_size_bytes 5000",
			"leadlake_log_commits 4", "leadlake_sync_failing 1", "leadlake_deletions_held 57", "leadlake_disk_free_bytes 1.073741824e+09",
			"leadlake_config_last_reload_successful 0", `service_version="1.2.3"`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is missing in %s", want, text)
			}
		}
		if !regexp.MustCompile(`leadlake_data_age_seconds 36\d\d`).MatchString(text) {
			t.Errorf("the age is missing in %s", text)
		}
		if broken {
			stop(t.Context())
		}
		broken = true
	}
}

// TestEveryMetricIsExported has every metric appear under the name that the
// table of metrics says it has.
func TestEveryMetricIsExported(t *testing.T) {
	c := otlptest.New(t, "http/protobuf")
	c.Be(otlptest.Refusing)
	s := to(c, "OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none OTEL_BSP_SCHEDULE_DELAY=1")
	s.Prometheus = true
	tel, _ := open(t, s, telemetry.Options{})
	defer tel.Observe(func(context.Context) (telemetry.State, error) { return state(), nil })(t.Context())
	exercise(t, tel)
	await(t, func() bool { return strings.Contains(metrics(t, tel), "leadlake_telemetry_dropped_total") })
	text := metrics(t, tel)
	for _, i := range telemetry.Instruments() {
		kind := string(i.Kind)
		if !strings.Contains(text, "# TYPE "+i.Prometheus()+" "+kind+"\n") || !strings.Contains(text, "# HELP "+i.Prometheus()+" "+i.Text+"\n") {
			t.Errorf("%s is not exported as %s", i.Name, i.Prometheus())
		}
		for _, attribute := range i.Attributes {
			label := strings.ReplaceAll(attribute, ".", "_") + `="`
			if !regexp.MustCompile(`(?m)^` + i.Prometheus() + `[a-z_]*\{[^}]*` + regexp.QuoteMeta(label)).MatchString(text) {
				t.Errorf("%s is not divided by %s", i.Prometheus(), attribute)
			}
		}
	}
	if strings.Contains(text, "otel_scope") {
		t.Error("there are labels of the SDK's")
	}
	for line := range strings.Lines(text) {
		name, ours := strings.CutPrefix(line, "# TYPE ")
		name, _, _ = strings.Cut(name, " ")
		if ours && name != "target_info" && !known(name) {
			t.Errorf("%s is in no table", name)
		}
	}
}

// exercise ends a span of every kind, with every attribute that a metric is
// divided by.
func exercise(t *testing.T, tel *telemetry.Telemetry) {
	t.Helper()
	for _, s := range []struct{ scope, span string }{
		{"httpapi", "GET /"},
		{"metric", "count"},
		{"duck", "query"},
		{"cache", "download"},
		{"ingest", "sync"},
		{"ingest", "store"},
		{"notion", "POST /v1/x"},
		{"notion", "wait"},
		{"delta", "commit"},
		{"leadtable", "upsert"},
	} {
		_, span := tel.Tracer().Tracer("leadlake/"+s.scope).Start(t.Context(), s.span)
		for _, i := range telemetry.Instruments() {
			for _, name := range i.Attributes {
				span.SetAttributes(attribute.String(name, "x"))
			}
		}
		span.SetAttributes(attribute.Int("leadlake.leads.inserted", 1))
		span.End()
	}
}

func known(name string) bool {
	for _, i := range telemetry.Instruments() {
		if i.Prometheus() == name {
			return true
		}
	}
	return false
}

// TestTheTableOfMetrics compares docs/observe.md with the instruments. With
// -update, as make generate has it, it writes them there.
func TestTheTableOfMetrics(t *testing.T) {
	const file = "../../docs/observe.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- metrics: begin -->\n", "<!-- metrics: end -->\n"
	before, rest, found := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("the page has no place for the table")
	}
	want := before + begin + telemetry.Documentation() + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Error("docs/observe.md is not what the code describes: run make generate")
	}
}
