package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"leadlake/internal/config"
)

func TestSecretNeverPrints(t *testing.T) {
	const token = "ntn_SoVerySecret"
	c, err := config.Load(config.Sources{Environ: []string{"NOTION_TOKEN=" + token, "DATABASE_ID=x"}})
	if err != nil {
		t.Fatal(err)
	}
	if c.NotionToken.Reveal() != token {
		t.Error("Reveal does not return the secret")
	}
	var out bytes.Buffer
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d", "%10s"} {
		fmt.Fprintf(&out, verb+"\n", c.NotionToken)
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", &c)
		fmt.Fprintf(&out, verb+"\n", []config.Secret{c.NotionToken})
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("config", "token", c.NotionToken, "config", c)
	}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		data, err := marshal(map[string]any{"token": c.NotionToken, "in": struct{ T config.Secret }{c.NotionToken}})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(data)
	}
	fmt.Fprint(&out, c.Describe())
	for _, leak := range []string{token, fmt.Sprintf("%x", token), fmt.Sprintf("%X", token)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the secret was printed as %s in\n%s", leak, out.String())
		}
	}
	if !strings.Contains(out.String(), "[redacted]") {
		t.Error("nothing says that the secret is set")
	}
}
