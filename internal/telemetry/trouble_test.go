package telemetry_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"

	"leadlake/internal/telemetry"
	"leadlake/internal/telemetry/otlptest"
)

// TestACollectorInTrouble sends to one that is not there, refuses, hangs, or
// dies in between. Nothing waits for it: the work goes on at once, and the end
// comes soon.
func TestACollectorInTrouble(t *testing.T) {
	t.Parallel()
	const items = 3000 // more than a queue holds
	for _, protocol := range otlptest.Protocols() {
		for trouble, cause := range map[string]func(*otlptest.Collector){
			"is gone": (*otlptest.Collector).Close,
			"refuses": func(c *otlptest.Collector) { c.Be(otlptest.Refusing) },
			"hangs":   func(c *otlptest.Collector) { c.Be(otlptest.Hanging) },
		} {
			t.Run(protocol+" "+trouble, func(t *testing.T) {
				t.Parallel()
				c := otlptest.New(t, protocol)
				s := to(c, "OTEL_BSP_MAX_QUEUE_SIZE=50 OTEL_BLRP_MAX_QUEUE_SIZE=50 OTEL_BSP_SCHEDULE_DELAY=1 OTEL_EXPORTER_OTLP_TIMEOUT=60000")
				s.Prometheus = true
				tel, out := open(t, s, telemetry.Options{Flush: 500 * time.Millisecond})
				cause(c)
				worked := make(chan struct{})
				go func() {
					defer close(worked)
					for range items {
						work(t.Context(), tel)
					}
				}()
				within(t, worked, "the work")
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					if err := tel.Close(t.Context()); err != nil {
						t.Error(err)
					}
				}()
				within(t, ended, "the end")
				if n := strings.Count(out.String(), "telemetry was not delivered"); n > 1 {
					t.Errorf("it is told %d times", n)
				}
				if n := strings.Count(out.String(), "sync done"); n > items {
					t.Errorf("the log has %d lines", n)
				}
			})
		}
	}
}

// within waits much longer than anything should take, and much less than a
// collector that hangs would.
func within(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s waits for the collector", what)
	}
}

// TestLossesAreCounted also has a collector come back.
func TestLossesAreCounted(t *testing.T) {
	c := otlptest.New(t, "http/protobuf")
	c.Be(otlptest.Refusing)
	s := to(c, "OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none OTEL_BSP_SCHEDULE_DELAY=1")
	s.Prometheus = true
	tel, out := open(t, s, telemetry.Options{})
	web := httptest.NewServer(tel.Handler(true))
	defer web.Close()
	work(t.Context(), tel)
	const lost = `leadlake_telemetry_dropped_total{leadlake_telemetry_reason="not_delivered",leadlake_telemetry_signal="traces"} 2`
	await(t, func() bool { return strings.Contains(get(t, web.URL+"/metrics"), lost) })
	if !strings.Contains(out.String(), `WARN  | telemetry was not delivered signal=traces`) {
		t.Errorf("the log is %s", out)
	}
	c.Be(otlptest.Taking)
	work(t.Context(), tel)
	await(t, func() bool { return len(c.Spans()) == 2 })
	if text := get(t, web.URL+"/metrics"); !strings.Contains(text, lost) {
		t.Errorf("the metrics are %s", text)
	}
}

// TestTheSDKSpeaksInOurLog has it report many errors at once.
func TestTheSDKSpeaksInOurLog(t *testing.T) {
	_, out := open(t, telemetry.Settings{Prometheus: true}, telemetry.Options{})
	for range 100 {
		otel.Handle(errors.New("the SDK has an error"))
	}
	if n := strings.Count(out.String(), `telemetry is in trouble cause="the SDK has an error"`); n != 1 {
		t.Errorf("it is said %d times: %s", n, out)
	}
}

func await(t *testing.T, until func() bool) {
	t.Helper()
	for range 1000 {
		if until() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it never came")
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d %s, %v", url, resp.StatusCode, body, err)
	}
	http.DefaultClient.CloseIdleConnections()
	return string(body)
}
