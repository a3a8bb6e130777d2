// Package otlptest is an OpenTelemetry collector in the process of a test: it
// speaks OTLP over gRPC and over HTTP on loopback, keeps what it is sent, and
// can refuse, hang or die.
package otlptest

import (
	"compress/gzip"
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	logspb "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricspb "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip" // clients may compress
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Mood is how a collector treats what it is sent.
type Mood int

// The moods.
const (
	Taking   Mood = iota // keeps everything
	Refusing             // answers that it does not want it
	Hanging              // does not answer until it is closed
)

// Collector takes all three signals.
type Collector struct {
	// URL is where it listens, as OTEL_EXPORTER_OTLP_ENDPOINT has it, and
	// Protocol what it speaks, as OTEL_EXPORTER_OTLP_PROTOCOL has it.
	URL, Protocol string

	closed chan struct{}
	close  func()

	mu      sync.Mutex
	mood    Mood
	headers []map[string][]string
	paths   map[string]int // how often each was asked
	traces  []*tracepb.ExportTraceServiceRequest
	metrics []*metricspb.ExportMetricsServiceRequest
	logs    []*logspb.ExportLogsServiceRequest
}

// Protocols returns what a collector can speak.
func Protocols() []string { return []string{"grpc", "http/protobuf"} }

// New returns a collector that lives until the test ends.
func New(tb testing.TB, protocol string) *Collector {
	tb.Helper()
	c := newCollector(tb, protocol)
	if protocol == "grpc" {
		c.serveGRPC(tb, "http", grpc.Creds(insecure.NewCredentials()))
	} else {
		server := httptest.NewServer(http.HandlerFunc(c.serveHTTP))
		c.URL, c.close = server.URL, server.Close
	}
	return c
}

// NewTLS returns one that speaks TLS, and the file of the certificate by which
// it can be believed.
func NewTLS(tb testing.TB, protocol string) (c *Collector, authority string) {
	tb.Helper()
	c = newCollector(tb, protocol)
	server := httptest.NewTLSServer(http.HandlerFunc(c.serveHTTP))
	if protocol == "grpc" {
		server.Close() // its certificate is good for more
		c.serveGRPC(tb, "https", grpc.Creds(credentials.NewServerTLSFromCert(&server.TLS.Certificates[0])))
	} else {
		c.URL, c.close = server.URL, server.Close
	}
	authority = filepath.Join(tb.TempDir(), "authority.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		tb.Fatal(err)
	}
	return c, authority
}

func newCollector(tb testing.TB, protocol string) *Collector {
	tb.Helper()
	c := &Collector{Protocol: protocol, closed: make(chan struct{}), paths: map[string]int{}}
	tb.Cleanup(c.Close)
	return c
}

// Environment returns the standard variables that lead to the collector.
func (c *Collector) Environment() []string {
	return []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.URL, "OTEL_EXPORTER_OTLP_PROTOCOL=" + c.Protocol}
}

// Close ends the collector: nobody listens any more.
func (c *Collector) Close() {
	c.mu.Lock()
	end := c.close
	c.close = nil
	c.mu.Unlock()
	if end != nil {
		close(c.closed)
		end()
	}
}

// Be changes the mood.
func (c *Collector) Be(m Mood) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mood = m
}

// take keeps a message, unless the mood forbids it. It reports whether it did.
func (c *Collector) take(ctx context.Context, path string, headers map[string][]string, message proto.Message) bool {
	c.mu.Lock()
	mood := c.mood
	c.paths[path]++
	c.headers = append(c.headers, headers)
	if mood == Taking {
		switch m := message.(type) {
		case *tracepb.ExportTraceServiceRequest:
			c.traces = append(c.traces, m)
		case *metricspb.ExportMetricsServiceRequest:
			c.metrics = append(c.metrics, m)
		case *logspb.ExportLogsServiceRequest:
			c.logs = append(c.logs, m)
		}
	}
	c.mu.Unlock()
	if mood == Hanging {
		select {
		case <-c.closed:
		case <-ctx.Done():
		}
	}
	return mood == Taking
}

func (c *Collector) serveHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	message, answer := messagesOf(r.URL.Path)
	if err != nil || message == nil || proto.Unmarshal(data, message) != nil {
		http.Error(w, "not OTLP", http.StatusBadRequest)
		return
	}
	if !c.take(r.Context(), r.URL.Path, r.Header, message) {
		http.Error(w, "not now", http.StatusForbidden)
		return
	}
	encoded, _ := proto.Marshal(answer) // an empty message
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(encoded) // who asked may be gone
}

func messagesOf(path string) (message, answer proto.Message) {
	switch {
	case strings.HasSuffix(path, "/v1/traces"):
		return &tracepb.ExportTraceServiceRequest{}, &tracepb.ExportTraceServiceResponse{}
	case strings.HasSuffix(path, "/v1/metrics"):
		return &metricspb.ExportMetricsServiceRequest{}, &metricspb.ExportMetricsServiceResponse{}
	case strings.HasSuffix(path, "/v1/logs"):
		return &logspb.ExportLogsServiceRequest{}, &logspb.ExportLogsServiceResponse{}
	default:
		return nil, nil
	}
}

func (c *Collector) serveGRPC(tb testing.TB, scheme string, o grpc.ServerOption) {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server := grpc.NewServer(o)
	tracepb.RegisterTraceServiceServer(server, traceService{collector: c})
	metricspb.RegisterMetricsServiceServer(server, metricsService{collector: c})
	logspb.RegisterLogsServiceServer(server, logsService{collector: c})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // until it is stopped
	}()
	c.URL, c.close = scheme+"://"+listener.Addr().String(), func() { server.Stop(); <-ended }
}

// takeCall is take for a call over gRPC.
func (c *Collector) takeCall(ctx context.Context, message proto.Message) error {
	headers, _ := metadata.FromIncomingContext(ctx)
	if method, _ := grpc.Method(ctx); !c.take(ctx, method, headers, message) {
		return status.Error(codes.PermissionDenied, "not now")
	}
	return nil
}

type traceService struct {
	tracepb.UnimplementedTraceServiceServer
	collector *Collector
}

// Export implements the service.
func (s traceService) Export(ctx context.Context, r *tracepb.ExportTraceServiceRequest) (*tracepb.ExportTraceServiceResponse, error) {
	return &tracepb.ExportTraceServiceResponse{}, s.collector.takeCall(ctx, r)
}

type metricsService struct {
	metricspb.UnimplementedMetricsServiceServer
	collector *Collector
}

// Export implements the service.
func (s metricsService) Export(ctx context.Context, r *metricspb.ExportMetricsServiceRequest) (*metricspb.ExportMetricsServiceResponse, error) {
	return &metricspb.ExportMetricsServiceResponse{}, s.collector.takeCall(ctx, r)
}

type logsService struct {
	logspb.UnimplementedLogsServiceServer
	collector *Collector
}

// Export implements the service.
func (s logsService) Export(ctx context.Context, r *logspb.ExportLogsServiceRequest) (*logspb.ExportLogsServiceResponse, error) {
	return &logspb.ExportLogsServiceResponse{}, s.collector.takeCall(ctx, r)
}
