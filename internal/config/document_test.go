package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/config"
)

var update = flag.Bool("update", false, "write docs/configuration.md and docs/leadlake.schema.json")

// TestGenerated keeps what is committed of the settings equal to the code.
// `make generate` runs it with -update.
func TestGenerated(t *testing.T) {
	schema, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"configuration.md": config.Documentation(), config.SchemaFile: schema} {
		file := "../../docs/" + name
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not what the code describes: run make generate", name)
		}
	}
}

// TestTemplate takes the comment marks away that a person would: all of the
// settings are there, and every one has its default.
func TestTemplate(t *testing.T) {
	template := config.Template()
	if c, err := config.Load(config.Sources{Dir: files("leadlake.yaml", string(template))}); err != nil || c.Lake != "./lake" {
		t.Errorf("as it is written: %v, %+v", err, c)
	}
	live := regexp.MustCompile(`(?m)^#( *[a-z_]+:)`).ReplaceAllString(string(template), "$1")
	c, err := config.Load(config.Sources{
		Dir:     files("leadlake.yaml", distinct(live)),
		Environ: []string{"NOTION_TOKEN=x"},
	})
	if err != nil {
		t.Fatalf("with every line taken: %v\n%s", err, live)
	}
	for _, row := range c.Describe() {
		secret := strings.HasSuffix(row.Name, "_TOKEN")
		if want := config.FromFile; !secret && row.Origin != want {
			t.Errorf("%s comes from %s, want %s", row.Name, row.Origin, want)
		}
	}
	for _, word := range []string{"`", "\t"} {
		if strings.Contains(string(template), word) {
			t.Errorf("the template holds %q", word)
		}
	}
}

// distinct gives every property of the template a name of its own.
func distinct(yaml string) string {
	lines := strings.Split(yaml, "\n")
	for i, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		lines[i] = strings.Replace(line, "Name of a property", "P "+name, 1)
	}
	return strings.Join(lines, "\n")
}

func TestJSONSchemaNamesEveryKey(t *testing.T) {
	data, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct {
			Description string
			Default     any
			Examples    []any
			Properties  map[string]any
		}
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	inTemplate := regexp.MustCompile(`(?m)^#([a-z_]+):`).FindAllStringSubmatch(string(config.Template()), -1)
	for _, key := range inTemplate {
		if p, ok := schema.Properties[key[1]]; !ok || p.Description == "" {
			t.Errorf("the schema does not describe %s", key[1])
		}
	}
	if len(inTemplate) != len(schema.Properties) {
		t.Errorf("the template has %d keys, the schema %d", len(inTemplate), len(schema.Properties))
	}
	if schema.Properties["cache_mb"].Default != 2048.0 || schema.Properties["notion_token"].Description != "" {
		t.Errorf("got %+v", schema.Properties)
	}
}

func TestSecretsInFiles(t *testing.T) {
	secrets := map[string]string{"/run/secrets/notion": "ntn_file\r\n", "/run/empty": "\n", "rotated": "ntn_rotated\n"}
	read := func(path string) ([]byte, error) {
		if content, ok := secrets[path]; ok {
			return []byte(content), nil
		}
		return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrPermission}
	}
	load := func(dotEnv string, environ ...string) (config.Config, error) {
		return config.Load(config.Sources{Dir: files(".env", dotEnv), Environ: append(environ, "DATABASE_ID=x"), ReadFile: read})
	}
	c, err := load("NOTION_TOKEN=ntn_old\n", "NOTION_TOKEN_FILE=/run/secrets/notion", "LOGFIRE_TOKEN_FILE=rotated")
	if err != nil || c.NotionToken.Reveal() != "ntn_file" || c.LogfireToken.Reveal() != "ntn_rotated" {
		t.Errorf("got %q and %q, %v", c.NotionToken.Reveal(), c.LogfireToken.Reveal(), err)
	}
	if w := (config.Setting{Name: "NOTION_TOKEN", Value: "[redacted]", Origin: config.FromEnvironment, File: "/run/secrets/notion"}); !slices.Contains(c.Describe(), w) {
		t.Errorf("%+v is not among %+v", w, c.Describe())
	}
	if c, err = load("NOTION_TOKEN_FILE=rotated\n"); err != nil || c.NotionToken.Reveal() != "ntn_rotated" {
		t.Errorf("of .env: got %q, %v", c.NotionToken.Reveal(), err)
	}
	if c, err = load("NOTION_TOKEN_FILE=rotated\n", "NOTION_TOKEN=ntn_plain"); err != nil || c.NotionToken.Reveal() != "ntn_plain" || c.Describe()[0].File != "" {
		t.Errorf("the environment over a file: got %+v, %v", c.Describe()[0], err)
	}
	for want, environ := range map[string][]string{
		"NOTION_TOKEN and NOTION_TOKEN_FILE are both set (environment): keep one of them":                                            {"NOTION_TOKEN=ntn_plain", "NOTION_TOKEN_FILE=rotated"},
		"NOTION_TOKEN_FILE (environment): the file /etc/shadow cannot be read (permission denied): name one that this user may read": {"NOTION_TOKEN_FILE=/etc/shadow"},
		"NOTION_TOKEN_FILE (environment): the file /run/empty is empty: write the secret into it":                                    {"NOTION_TOKEN_FILE=/run/empty"},
	} {
		if _, err := load("", environ...); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "ntn_") {
			t.Errorf("%v: got %v, want %s", environ, err, want)
		}
	}
}

func TestSlipsInTheEnvironment(t *testing.T) {
	_, err := config.Load(config.Sources{Environ: []string{"LEADLAKE_SYNC_EVRY=1m"}})
	if err == nil || err.Error() != "the environment sets LEADLAKE_SYNC_EVRY, which is not a setting: did you mean LEADLAKE_SYNC_EVERY?" {
		t.Errorf("got %v", err)
	}
	kubernetes := []string{"LEADLAKE_SERVICE_HOST=10.0.0.1", "LEADLAKE_PORT=tcp://10.0.0.1:8000", "LEADLAKE_PORT_8000_TCP_ADDR=10.0.0.1"}
	if _, err := config.Load(config.Sources{Environ: kubernetes}); err != nil {
		t.Errorf("what Kubernetes sets: %v", err)
	}
}

func TestOpenTelemetrysVariables(t *testing.T) {
	c, err := config.Load(config.Sources{
		Dir:     files(".env", "OTEL_SERVICE_NAME=ours\nOTEL_EXPORTER_OTLP_HEADERS=authorization=geheim\nOTEL_SDK_DISABLED=true\n"),
		Environ: []string{"OTEL_SERVICE_NAME=theirs", "OTEL_SDK_DISABLED="},
	})
	if err != nil || c.OTel["OTEL_SERVICE_NAME"] != "theirs" || c.OTel["OTEL_EXPORTER_OTLP_HEADERS"] != "authorization=geheim" || len(c.OTel) != 2 {
		t.Errorf("got %d variables, %v", len(c.OTel), err)
	}
	for _, w := range []config.Setting{
		{Name: "OTEL_SERVICE_NAME", Value: "theirs", Origin: config.FromEnvironment},
		{Name: "OTEL_EXPORTER_OTLP_HEADERS", Value: "[redacted]", Origin: config.FromDotEnv},
	} {
		if !slices.Contains(c.Describe(), w) {
			t.Errorf("%+v is not among %+v", w, c.Describe())
		}
	}
}

func TestChanges(t *testing.T) {
	load := func(yaml string, environ ...string) config.Config {
		c, err := config.Load(config.Sources{Dir: files("leadlake.yaml", yaml), Environ: append(environ, "DATABASE_ID=x")})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := load("sync_every: 1m\nlake: a\n", "NOTION_TOKEN=ntn_a", "OTEL_SERVICE_NAME=a")
	live, fixed := before.Changes(load("sync_every: 60s\nlake: a\n", "NOTION_TOKEN=ntn_a", "OTEL_SERVICE_NAME=a"))
	if len(live)+len(fixed) > 0 {
		t.Errorf("nothing has changed, got %v and %v", live, fixed)
	}
	live, fixed = before.Changes(load("sync_every: 2m\nlake: b\nevents: {date_relance: R}\n", "NOTION_TOKEN=ntn_b", "OTEL_NEW=x"))
	if want := []string{"NOTION_TOKEN", "LEADLAKE_SYNC_EVERY", "events"}; !slices.Equal(live, want) {
		t.Errorf("taken are %v, want %v", live, want)
	}
	if want := []string{"LEADLAKE_LAKE", "OTEL_SERVICE_NAME", "OTEL_NEW"}; !slices.Equal(fixed, want) {
		t.Errorf("refused are %v, want %v", fixed, want)
	}
}
