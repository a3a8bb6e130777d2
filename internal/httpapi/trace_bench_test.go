package httpapi_test

import (
	"log/slog"
	"net/http"
	"testing"

	"leadlake/internal/httpapi"
	"leadlake/internal/telemetry"
	"leadlake/internal/telemetry/otlptest"
)

// BenchmarkRequest measures what it costs a request to be told of.
func BenchmarkRequest(b *testing.B) {
	c := otlptest.New(b, "grpc")
	there := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL, "OTEL_EXPORTER_OTLP_PROTOCOL": c.Protocol}
	for _, tt := range []struct {
		name string
		s    telemetry.Settings
	}{
		{"log alone", telemetry.Settings{}},
		{"metrics", telemetry.Settings{Prometheus: true}},
		{"everything", telemetry.Settings{Prometheus: true, OTel: there}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			tel, err := telemetry.Open(b.Context(), tt.s, telemetry.Options{Log: slog.DiscardHandler})
			if err != nil {
				b.Fatal(err)
			}
			s, err := httpapi.New(filled(), filled(), filled(), httpapi.Options{Log: tel.Log(), Tracer: tel.Tracer(), Propagator: tel.Propagator()})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if w := send(s, http.MethodGet, weeks, ""); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
			b.StopTimer()
			if err := tel.Close(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
	}
}
