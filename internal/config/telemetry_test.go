package config_test

import (
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/config"
)

// TestWhatIsToldAndToWhom sets everything about logs, traces and metrics, right
// and wrong.
func TestWhatIsToldAndToWhom(t *testing.T) {
	for _, tt := range []struct{ variable, wrong string }{
		{"LEADLAKE_LOG_LEVEL=", ""},
		{"LEADLAKE_LOG_LEVEL=warn", ""},
		{"LEADLAKE_LOG_LEVEL=info,notion=debug,httpapi=warn", ""},
		{"LEADLAKE_LOG_LEVEL=notion=debug", ""},
		{"LEADLAKE_LOG_LEVEL=loud", "LEADLAKE_LOG_LEVEL"},
		{"LEADLAKE_LOG_LEVEL=info,notion=", "LEADLAKE_LOG_LEVEL"},
		{"LEADLAKE_LOG_FORMAT=json", ""},
		{"LEADLAKE_LOG_FORMAT=xml", "LEADLAKE_LOG_FORMAT"},
		{"LEADLAKE_LOG_EMOJI=false", ""},
		{"LEADLAKE_LOG_EMOJI=maybe", "LEADLAKE_LOG_EMOJI"},
		{"LEADLAKE_METRICS_ADDR=127.0.0.1:9464", ""},
		{"LEADLAKE_METRICS_ADDR=localhost:9464", ""},
		{"LEADLAKE_METRICS_ADDR=9464", "LEADLAKE_METRICS_ADDR"},
		{"LEADLAKE_METRICS_ADDR=0.0.0.0:9464", "LEADLAKE_METRICS_ADDR"},
		{"LEADLAKE_METRICS_ADDR=:9464", "LEADLAKE_METRICS_ADDR"},
	} {
		_, err := config.Load(config.Sources{Environ: []string{tt.variable}})
		if (err == nil) != (tt.wrong == "") || tt.wrong != "" && !strings.HasPrefix(leadlake.MessageOf(err), tt.wrong) {
			t.Errorf("%s: %v", tt.variable, err)
		}
	}
	c, err := config.Load(config.Sources{
		Environ: []string{"LEADLAKE_METRICS_ADDR=0.0.0.0:9464"}, Flags: map[string]string{"insecure": "true"},
	})
	if err != nil || c.MetricsAddr != "0.0.0.0:9464" || c.LogFormat != "auto" || !c.LogEmoji {
		t.Errorf("with --insecure: %+v, %v", c, err)
	}
}
