package app_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"leadlake/internal/config"
)

var otelcol = flag.String("otelcol", "", "OpenTelemetry's collector, built by make otelcol, for TestOpenTelemetrysOwnCollector")

// TestOpenTelemetrysOwnCollector sends everything to it, in both protocols, and
// reads what it prints.
func TestOpenTelemetrysOwnCollector(t *testing.T) {
	if *otelcol == "" {
		t.Skip("building the collector takes minutes: make otelcol does it")
	}
	for protocol, receiver := range map[string]string{"grpc": "grpc", "http/protobuf": "http"} {
		addr := freeAddr(t)
		var said writing
		ctx, stop := context.WithCancel(t.Context())
		run := exec.CommandContext(ctx, *otelcol, "--config", fmt.Sprintf("yaml:{receivers: {otlp: {protocols: {%s: {endpoint: %q}}}}, exporters: {debug: {verbosity: detailed}}, "+
			"service: {telemetry: {metrics: {level: none}}, pipelines: {traces: {receivers: [otlp], exporters: [debug]}, metrics: {receivers: [otlp], exporters: [debug]}, "+
			"logs: {receivers: [otlp], exporters: [debug]}}}}", receiver, addr))
		run.Stdout, run.Stderr = &said, &said
		run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		saying(t, &said, "Everything is ready")

		w := newWorkspace(t)
		c := synced(t, w)
		c.OTel = map[string]config.Secret{"OTEL_EXPORTER_OTLP_ENDPOINT": config.Secret("http://" + addr), "OTEL_EXPORTER_OTLP_PROTOCOL": config.Secret(protocol)}
		s := serve(t, c)
		s.wait(t, func(st status) bool { return st.State == "idle" && st.Mode != "" })
		checkCounts(t, w, "Europe/Paris", s.url)
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		saying(t, &said, "Name           : sync\n", "Name           : GET /api/v1/", "Body: Str(sync done)", "-> Name: leadlake.lake.rows\n", "-> Name: http.server.request.duration\n")
		stop()
		_ = run.Wait() // it was told to end
		if strings.Contains(s.log.String(), "not delivered") {
			t.Errorf("%s: the log is %s", protocol, s.log)
		}
	}
}

// saying waits until a program has said all of this.
func saying(t *testing.T, said *writing, all ...string) {
	t.Helper()
	for _, text := range all {
		for range 1000 {
			if strings.Contains(said.String(), text) {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if !strings.Contains(said.String(), text) {
			t.Fatalf("it does not say %q, but %s", text, said)
		}
	}
}

// freeAddr returns an address on loopback that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
