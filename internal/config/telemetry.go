package config

import "strings"

func telemetryGroup() group {
	return group{"Logs, traces and metrics", []setting{
		{
			name: "LOGFIRE_TOKEN", key: "logfire_token", secret: true, example: "pylf_v1_…",
			doc:  "A write token of Logfire: logs, traces and metrics are sent there.",
			kind: ofSecret(func(c *Config) *Secret { return &c.LogfireToken }),
		},
	}}
}

// otelPrefix begins the variables that OpenTelemetry defines for all programs.
const otelPrefix = "OTEL_"

// isOTel reports whether a variable is one of OpenTelemetry's.
func isOTel(name string) bool { return strings.HasPrefix(name, otelPrefix) }

// showOTel returns the value of such a variable as it may be shown: headers
// carry tokens, and an address may carry a password.
func showOTel(name string, value Secret) string {
	if strings.Contains(name, "HEADERS") || strings.Contains(value.Reveal(), "@") {
		return value.String()
	}
	return value.Reveal()
}
