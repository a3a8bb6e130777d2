package app_test

import (
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/config"
	"leadlake/internal/telemetry/otlptest"
)

// telling returns c as it tells a collector everything, and Prometheus.
func telling(t *testing.T, c config.Config, protocol string) (config.Config, *otlptest.Collector) {
	t.Helper()
	to := otlptest.New(t, protocol)
	c.OTel = map[string]config.Secret{}
	for _, variable := range to.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		c.OTel[name] = config.Secret(value)
	}
	c.MetricsAddr = "127.0.0.1:0"
	return c, to
}

// metricsURL returns where a product has said that it serves metrics.
func (s *served) metricsURL(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`msg="metrics are served".* addr=(\S+)`).FindStringSubmatch(s.log.String())
	if found == nil {
		t.Fatalf("no metrics are served: %s", s.log)
	}
	return "http://" + found[1]
}

// tree is a trace as text: a line for every span, indented below its parent,
// and spans of one parent that are called the same only once.
func tree(spans []otlptest.Span, parent, indent string) string {
	var out strings.Builder
	told := map[string]bool{}
	for _, s := range spans {
		if s.Parent != parent {
			continue
		}
		below := indent + s.Name + "\n" + tree(spans, s.SpanID, indent+"  ")
		if !told[below] {
			told[below] = true
			out.WriteString(below)
		}
	}
	return out.String()
}

// traceOf returns the spans of the trace that has a span called name.
func traceOf(t *testing.T, spans []otlptest.Span, name string) []otlptest.Span {
	t.Helper()
	i := slices.IndexFunc(spans, func(s otlptest.Span) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("there is no span %q", name)
	}
	return slices.DeleteFunc(slices.Clone(spans), func(s otlptest.Span) bool { return s.TraceID != spans[i].TraceID })
}

// TestAPageAndItsRequestsAreOneTrace opens the page as a browser does, and asks
// what the page asks.
func TestAPageAndItsRequestsAreOneTrace(t *testing.T) {
	t.Parallel()
	for _, protocol := range otlptest.Protocols() {
		w := newWorkspace(t)
		c := synced(t, w)
		c.NotionToken, c.DatabaseID = "", "" // nothing but the requests
		c, to := telling(t, c, protocol)
		s := serve(t, c)
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		page := visit(t, browser, s.url+"/fr/", "text/html,*/*")
		for range 2 {
			visit(t, browser, s.url+"/api/v1/conversion", "application/json")
		}
		browser.CloseIdleConnections()
		points := string(get(t, s.metricsURL(t)+"/metrics"))
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}

		spans := traceOf(t, to.Spans(), "GET /api/v1/conversion")
		want := "GET /\n  GET /api/v1/conversion\n    count\n      query\n        hold\n  GET /api/v1/conversion\n    count\n"
		if got := tree(spans, "", ""); got != want {
			t.Errorf("%s: the trace is\n%s", protocol, got)
		}
		if timing := page.Get("Server-Timing"); !strings.Contains(timing, `traceparent;desc="00-`+spans[0].TraceID+"-"+spans[0].SpanID+`-01"`) {
			t.Errorf("the page says Server-Timing %q", timing)
		}
		request := spans[1]
		if request.Kind != "server" || request.Attributes["http.route"] != "/api/v1/conversion" || request.Attributes["http.response.status_code"] != "200" {
			t.Errorf("the request is %+v", request)
		}
		line := slices.IndexFunc(to.Lines(), func(l otlptest.Line) bool {
			return l.Message == "request" && l.SpanID == request.SpanID && l.TraceID == request.TraceID && l.Attributes["request_id"] == request.Attributes["leadlake.request.id"]
		})
		if line < 0 || !strings.Contains(s.log.String(), "trace_id="+request.TraceID+" span_id="+request.SpanID) {
			t.Errorf("the log that arrives is %+v, and here\n%s", to.Lines(), s.log)
		}
		for _, part := range []string{
			`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",http_route="/api/v1/conversion",url_scheme="http"} 2`,
			`leadlake_answer_duration_seconds_count{leadlake_answer_kept="true"} 1`,
			`db_client_operation_duration_seconds_count{db_operation_name="query",db_system_name="duckdb"} 1`,
			"leadlake_lake_rows 120", "leadlake_disk_free_bytes ",
		} {
			if !strings.Contains(points, part) {
				t.Errorf("%s is missing in\n%s", part, points)
			}
		}
	}
}

func visit(t *testing.T, client *http.Client, url, accept string) http.Header {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("%s answers %s", url, answer.Status)
	}
	return answer.Header
}

// TestASyncIsOneTrace also proves that Notion hears nothing of it.
func TestASyncIsOneTrace(t *testing.T) {
	t.Parallel()
	for _, protocol := range otlptest.Protocols() {
		w := newWorkspace(t)
		w.fill(t, 120)
		w.passAnHour()
		var mu sync.Mutex
		heard := map[string]bool{}
		notion := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			mu.Lock()
			for name := range r.Header {
				heard[name] = true
			}
			mu.Unlock()
			w.server.ServeHTTP(rw, r)
		}))
		defer notion.Close()
		c, to := telling(t, w.config(t, t.TempDir(), "Europe/Paris"), protocol)
		c.NotionURL = notion.URL
		run, err := app.Sync(t.Context(), c, leadlake.Task{}, app.Options{})
		if err != nil {
			t.Fatal(err)
		}
		spans := traceOf(t, to.Spans(), "sync")
		want := `sync
  GET /v1/databases/{id}
  GET /v1/data_sources/{id}
  store
    upsert
  schema
    GET /v1/data_sources/{id}
    write
    commit
  POST /v1/data_sources/{id}/query
  store
    upsert
      write
      commit
  store
    upsert
      commit
  sweep
    query
      hold
  schema
    GET /v1/data_sources/{id}
  record
    write
    commit
`
		if got := tree(spans, "", ""); got != want {
			t.Errorf("%s: the trace is\n%s", protocol, got)
		}
		if at := spans[0].Attributes; at["leadlake.sync.mode"] != "full" || at["leadlake.sync.outcome"] != "done" || at["leadlake.sync.run"] != run.ID {
			t.Errorf("the run is %+v", spans[0])
		}
		for name := range maps.Keys(heard) {
			if lower := strings.ToLower(name); strings.Contains(lower, "trace") || strings.Contains(lower, "baggage") || strings.Contains(lower, "request-id") {
				t.Errorf("Notion is told %s", name)
			}
		}
		points := map[string]float64{}
		for _, p := range to.Points() {
			points[p.Name+" "+p.Attributes["leadlake.lead.change"]] += p.Value
		}
		if points["leadlake.leads.changed inserted"] != 120 || points["leadlake.lake.rows "] != 120 || points["leadlake.sync.duration "] != 1 {
			t.Errorf("the metrics are %v", points)
		}
	}
}

// TestTheLineOfASyncIsInItsTrace reads what the server logs of its syncs.
func TestTheLineOfASyncIsInItsTrace(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c, to := telling(t, synced(t, w), "grpc")
	s := serve(t, c)
	s.wait(t, func(st status) bool { return st.State == "idle" && st.Mode != "" })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	span := traceOf(t, to.Spans(), "sync")[0]
	i := slices.IndexFunc(to.Lines(), func(l otlptest.Line) bool { return l.Message == "sync done" && l.TraceID == span.TraceID })
	if i < 0 || to.Lines()[i].SpanID != span.SpanID || to.Lines()[i].Attributes["run"] != span.Attributes["leadlake.sync.run"] {
		t.Errorf("the log is %+v, the sync %+v", to.Lines(), span)
	}
	if !slices.ContainsFunc(to.Points(), func(p otlptest.Point) bool { return p.Name == "leadlake.lake.rows" && p.Value == 120 }) {
		t.Errorf("the metrics are %+v", to.Points())
	}
}

// TestOperatorsHaveAListenerOfTheirOwn proves that nobody else sees what is on it.
func TestOperatorsHaveAListenerOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	c.MetricsAddr = "127.0.0.1:0"
	s := serve(t, c)
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/heap", "/debug/log-level"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = answer.Body.Close(); answer.StatusCode != http.StatusNotFound {
			t.Errorf("everybody gets %s of %s", answer.Status, path)
		}
		get(t, s.metricsURL(t)+path)
	}
	c.Addr, c.MetricsAddr = "127.0.0.1:0", strings.TrimPrefix(s.metricsURL(t), "http://")
	if err := app.Serve(t.Context(), c, app.Options{}); leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), "LEADLAKE_METRICS_ADDR") {
		t.Errorf("with the listener's address in use: %v", err)
	}
}

// TestACollectorThatHangsHoldsNothingUp starts, asks, syncs and ends beside one.
func TestACollectorThatHangsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c, to := telling(t, synced(t, w), "http/protobuf")
	to.Be(otlptest.Hanging)
	c.OTel["OTEL_BSP_SCHEDULE_DELAY"], c.OTel["OTEL_BLRP_SCHEDULE_DELAY"] = "1", "1"
	s := serve(t, c)
	s.wait(t, func(st status) bool { return st.State == "idle" && st.Mode != "" })
	checkCounts(t, w, "Europe/Paris", s.url)
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(s.log.String(), "telemetry was not delivered"); n > 3 {
		t.Errorf("it is told %d times", n)
	}
}

func TestAWrongVariableIsSaid(t *testing.T) {
	c := newWorkspace(t).config(t, t.TempDir(), "Europe/Paris")
	c.OTel = map[string]config.Secret{"OTEL_TRACES_SAMPLER": "geheim"}
	err := app.Serve(t.Context(), c, app.Options{})
	if leadlake.KindOf(err) != leadlake.Invalid || !strings.HasPrefix(leadlake.MessageOf(err), "OTEL_TRACES_SAMPLER cannot be understood") {
		t.Errorf("it ends with %v", err)
	}
}
