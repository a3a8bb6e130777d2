package telemetry_test

import (
	"maps"
	"strings"
	"testing"

	"leadlake/internal/telemetry"
)

func TestDestinations(t *testing.T) {
	const us, eu = "https://logfire-us.pydantic.dev/v1/", "https://logfire-eu.pydantic.dev/v1/"
	all := func(base string) map[string]string {
		return map[string]string{"traces": base + "traces", "metrics": base + "metrics", "logs": base + "logs"}
	}
	for _, tt := range []struct {
		token     string
		variables string
		want      map[string]string
	}{
		{"", "", map[string]string{}},
		{"", "OTEL_SERVICE_NAME=x OTEL_EXPORTER_OTLP_PROTOCOL=grpc", map[string]string{}},
		{"pylf_v1_us_abc", "", all(us)},
		{"pylf_v1_eu_abc", "", all(eu)},
		{"abc", "", all(us)}, // from before there were regions
		{"pylf_v1_eu_abc", "OTEL_SDK_DISABLED=true", map[string]string{}},
		{"pylf_v1_eu_abc", "OTEL_METRICS_EXPORTER=none", map[string]string{"traces": eu + "traces", "logs": eu + "logs"}},
		{"pylf_v1_eu_abc", "OTEL_EXPORTER_OTLP_ENDPOINT=http://gate:4318/x/", all("http://gate:4318/x/v1/")},
		{"", "OTEL_EXPORTER_OTLP_ENDPOINT=http://gate:4318", all("http://gate:4318/v1/")},
		{"", "OTEL_EXPORTER_OTLP_ENDPOINT=https://u:p@gate/?k=s", all("https://gate/v1/")},
		{"", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://tempo/in", map[string]string{"traces": "http://tempo/in"}},
		{"", "OTEL_TRACES_EXPORTER=otlp", map[string]string{"traces": "http://localhost:4318/v1/traces"}},
		{"", "OTEL_LOGS_EXPORTER=otlp OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=grpc", map[string]string{"logs": "http://localhost:4317"}},
		{
			"", "OTEL_EXPORTER_OTLP_ENDPOINT=gate:4317 OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_METRICS_INSECURE=true",
			map[string]string{"traces": "https://gate:4317", "metrics": "http://gate:4317", "logs": "https://gate:4317"},
		},
	} {
		got, err := telemetry.Destinations(telemetry.Settings{LogfireToken: tt.token, OTel: variables(tt.variables)})
		if err != nil || !maps.Equal(got, tt.want) {
			t.Errorf("%q %s: %v, %v; want %v", tt.token, tt.variables, got, err, tt.want)
		}
	}
}

// variables reads NAME=value, with spaces between several.
func variables(text string) map[string]string {
	all := map[string]string{}
	for pair := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

func TestWrongVariablesAreNamed(t *testing.T) {
	for _, tt := range []struct{ variables, named string }{
		{"OTEL_EXPORTER_OTLP_ENDPOINT=geheim", "OTEL_EXPORTER_OTLP_ENDPOINT"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=ftp://geheim", "OTEL_EXPORTER_OTLP_ENDPOINT"},
		{"OTEL_TRACES_EXPORTER=geheim", "OTEL_TRACES_EXPORTER"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_PROTOCOL=geheim", "OTEL_EXPORTER_OTLP_PROTOCOL"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_HEADERS=geheim", "OTEL_EXPORTER_OTLP_HEADERS"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_CERTIFICATE=/geheim", "OTEL_EXPORTER_OTLP_CERTIFICATE"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_TIMEOUT=geheim", "OTEL_EXPORTER_OTLP_TIMEOUT"},
		{"OTEL_BSP_MAX_QUEUE_SIZE=0", "OTEL_BSP_MAX_QUEUE_SIZE"},
		{"OTEL_TRACES_SAMPLER=geheim", "OTEL_TRACES_SAMPLER"},
		{"OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=2", "OTEL_TRACES_SAMPLER_ARG"},
		{"OTEL_PROPAGATORS=b3", "OTEL_PROPAGATORS"},
	} {
		_, err := telemetry.Open(t.Context(), telemetry.Settings{OTel: variables(tt.variables)}, telemetry.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), tt.named+" ") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", tt.variables, err)
		}
	}
	if _, err := telemetry.Open(t.Context(), telemetry.Settings{Levels: "loud"}, telemetry.Options{}); err == nil {
		t.Error("a wrong level is taken")
	}
}
