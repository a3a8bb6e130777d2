package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func telemetryGroup() group {
	return group{"Logs, traces and metrics", []setting{
		{
			name: "LEADLAKE_LOG_LEVEL", key: "log_level", example: "info,notion=debug,httpapi=warn", live: true,
			doc: "Which lines the log has: `debug`, `info`, `warn` or `error`, and another level for some packages behind it. " +
				"Without it `info`; but on a terminal, where the server speaks in sentences, `error`.",
			kind: ofText(func(c *Config) *string { return &c.LogLevel }, checkLevels).as(form{pattern: levelsPattern}),
		},
		{
			name: "LEADLAKE_LOG_FORMAT", key: "log_format", initial: "auto", example: "json",
			doc:  "How lines of the log look: `console` for people, `json` for programs, `auto` for the one or the other as somebody watches on a terminal or not.",
			kind: ofChoice(func(c *Config) *string { return &c.LogFormat }, "auto", "console", "json"),
		},
		{
			name: "LEADLAKE_LOG_EMOJI", key: "log_emoji", initial: "true", example: "false",
			doc:  "Whether the console shows a sign for every level.",
			kind: ofSwitch(func(c *Config) *bool { return &c.LogEmoji }),
		},
		{
			name: "LEADLAKE_METRICS_ADDR", key: "metrics_addr", example: "127.0.0.1:9464",
			doc: "The host and port of a listener for operators: metrics for Prometheus at `/metrics`, and `/debug/pprof/`. Without it there is none. " +
				"An address that other machines can reach is refused without `--insecure`.",
			kind: ofText(func(c *Config) *string { return &c.MetricsAddr }, checkMetricsAddr),
		},
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

const levelsPattern = `^$|^([a-z]+=)?(debug|info|warn|error)(,([a-z]+=)?(debug|info|warn|error))*$`

func checkLevels(v string) error {
	if !regexp.MustCompile(levelsPattern).MatchString(v) {
		return fmt.Errorf("%q is not a level: write debug, info, warn or error, or several as in info,notion=debug", v)
	}
	return nil
}

func checkMetricsAddr(v string) error {
	if v == "" {
		return nil
	}
	return checkAddr(v)
}

// ofChoice is one of some words.
func ofChoice(field func(*Config) *string, choices ...string) kind {
	return ofText(field, func(v string) error {
		if v != "" && !slices.Contains(choices, v) {
			return fmt.Errorf("%q is none of the choices: write %s", v, strings.Join(choices, " or "))
		}
		return nil
	}).as(form{choices: choices})
}

// ofSwitch is on or off.
func ofSwitch(field func(*Config) *bool) kind {
	return kind{
		form: form{types: []string{"boolean"}},
		set: func(c *Config, v string) (err error) {
			if *field(c), err = strconv.ParseBool(v); err != nil {
				return errors.New("this is neither on nor off: write true or false")
			}
			return nil
		},
		show: func(c Config) string { return strconv.FormatBool(*field(&c)) },
	}
}
