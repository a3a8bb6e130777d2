package config_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"leadlake"
	"leadlake/internal/config"
)

// files makes a folder of name, content pairs.
func files(pairs ...string) fstest.MapFS {
	dir := fstest.MapFS{}
	for pair := range slices.Chunk(pairs, 2) {
		dir[pair[0]] = &fstest.MapFile{Data: []byte(pair[1])}
	}
	return dir
}

func TestDefaults(t *testing.T) {
	c, err := config.Load(config.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Lake != "./lake" || c.Addr != "127.0.0.1:8000" || c.Zone.String() != "Europe/Paris" ||
		c.NotionURL != "https://api.notion.com" || c.NotionRate != 180 || c.Cache != "" || c.CacheMB != 2048 || c.SyncEvery != 5*time.Minute ||
		len(c.CORSOrigins) != 0 || c.Connected() || !c.Loopback() || c.Insecure {
		t.Errorf("defaults are %+v", c)
	}
	for _, row := range c.Describe() {
		if row.Origin != config.FromDefault {
			t.Errorf("%s comes from %s, want %s", row.Name, row.Origin, config.FromDefault)
		}
	}
}

func TestStrongerSourcesWin(t *testing.T) {
	yaml := "lake: /yaml\naddr: 127.0.0.1:1\nnotion_rate: 1\ntimezone: UTC\ncors_origins: [https://a.example, https://b.example:8443]\n"
	dotEnv := "LEADLAKE_ADDR=127.0.0.1:2\nLEADLAKE_NOTION_RATE=2\nLEADLAKE_TIMEZONE=Asia/Kolkata\nOTHER_PROGRAM=x\nLOGFIRE_TOKEN=y\n"
	c, err := config.Load(config.Sources{
		Dir:     files("leadlake.yaml", yaml, ".env", dotEnv),
		Environ: []string{"LEADLAKE_NOTION_RATE=3", "LEADLAKE_TIMEZONE=Europe/Madrid", "LEADLAKE_UNKNOWN=1"},
		Flags:   map[string]string{"timezone": "America/Los_Angeles"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Setting{
		{Name: "LEADLAKE_LAKE", Value: "/yaml", Origin: config.FromFile},
		{Name: "LEADLAKE_ADDR", Value: "127.0.0.1:2", Origin: config.FromDotEnv},
		{Name: "LEADLAKE_NOTION_RATE", Value: "3", Origin: config.FromEnvironment},
		{Name: "LEADLAKE_TIMEZONE", Value: "America/Los_Angeles", Origin: config.FromFlag},
		{Name: "LEADLAKE_SYNC_EVERY", Value: "5m0s", Origin: config.FromDefault},
		{Name: "LEADLAKE_CORS_ORIGINS", Value: "https://a.example,https://b.example:8443", Origin: config.FromFile},
	}
	for _, w := range want {
		if !slices.Contains(c.Describe(), w) {
			t.Errorf("%+v is not among %+v", w, c.Describe())
		}
	}
}

func TestEmptyMeansTheDefault(t *testing.T) {
	c, err := config.Load(config.Sources{
		Dir:     files(".env", "\xef\xbb\xbfNOTION_TOKEN=secret\r\nDATABASE_ID=abc\r\nLEADLAKE_ADDR=127.0.0.1:9\r\n"),
		Environ: []string{"NOTION_TOKEN=", "DATABASE_ID=", "LEADLAKE_ADDR="},
	})
	if err != nil || c.Connected() || c.Addr != "127.0.0.1:8000" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestTextKeepsItsForm(t *testing.T) {
	for _, id := range []string{"12345678901234567890123456789012", "01e45678901234567890123456789012", "0x10", "2025-01-31"} {
		c, err := config.Load(config.Sources{
			Dir:     files("leadlake.yaml", "database_id: "+id+"\n"),
			Environ: []string{"NOTION_TOKEN=t"},
		})
		if err != nil || c.DatabaseID != id {
			t.Errorf("database_id %s was read as %q, %v", id, c.DatabaseID, err)
		}
	}
}

func TestMapping(t *testing.T) {
	c, err := config.Load(config.Sources{Dir: files("leadlake.yaml",
		"# ours\nevents:\n  date_relance: \"Dernière relance: le\"\n\"fields\":\n  nom: Société\n")})
	if err != nil {
		t.Fatal(err)
	}
	if c.Events[leadlake.Relance] != "Dernière relance: le" || c.Fields["nom"] != "Société" {
		t.Errorf("got %v and %v", c.Events, c.Fields)
	}
	if w := (config.Setting{Name: "events.date_relance", Value: "Dernière relance: le", Origin: config.FromFile}); !slices.Contains(c.Describe(), w) {
		t.Errorf("%+v is not among %+v", w, c.Describe())
	}
}

func TestBrokenSettings(t *testing.T) {
	const token = "ntn_1234567890"
	tests := []struct {
		name string
		in   config.Sources
		want []string // each is part of the error
	}{
		{"unknown key", config.Sources{Dir: files("leadlake.yaml", "addr: 127.0.0.1:1\ntimezon: UTC\n")}, []string{`line 2: "timezon" is not a setting: did you mean timezone?`}},
		{"unknown key, far from any", config.Sources{Dir: files("leadlake.yaml", "banana: 1\n")}, []string{`"banana" is not a setting: see`}},
		{"insecure is a flag only", config.Sources{Dir: files("leadlake.yaml", "insecure: true\n")}, []string{`"insecure" is not a setting`}},
		{"secret in yaml", config.Sources{Dir: files("leadlake.yaml", "notion_token: "+token+"\n")}, []string{"which is a secret: move it to .env or the environment as NOTION_TOKEN"}},
		{"secret as a flag", config.Sources{Flags: map[string]string{"notion_token": token}}, []string{"notion_token cannot be a flag"}},
		{"not YAML", config.Sources{Dir: files("leadlake.yaml", "addr: [1\n")}, []string{"leadlake.yaml is not valid YAML, line 1"}},
		{"key twice", config.Sources{Dir: files("leadlake.yaml", "addr: a\naddr: b\n")}, []string{"line 2"}},
		{"two documents", config.Sources{Dir: files("leadlake.yaml", "addr: 127.0.0.1:1\n---\naddr: 127.0.0.1:2\n")}, []string{"more than one document"}},
		{"a list of settings", config.Sources{Dir: files("leadlake.yaml", "- addr\n")}, []string{`expected lines of the form "setting: value"`}},
		{"a mapping for a value", config.Sources{Dir: files("leadlake.yaml", "addr: {host: x}\n")}, []string{"addr takes a plain value"}},
		{"an alias", config.Sources{Dir: files("leadlake.yaml", "lake: &a x\naddr: *a\n")}, []string{"lake takes a plain value", "addr takes a plain value"}},
		{"a folder for a file", config.Sources{Dir: fstest.MapFS{"leadlake.yaml/x": {}}}, []string{"leadlake.yaml is there but cannot be read"}},
		{"broken .env", config.Sources{Dir: files(".env", "NOTION_TOKEN "+token+"\n=\n")}, []string{".env cannot be understood"}},
		{"misspelt in .env", config.Sources{Dir: files(".env", "LEADLAKE_ADR=x\n")}, []string{".env sets LEADLAKE_ADR, which is not a setting: did you mean LEADLAKE_ADDR?"}},
		{"token alone", config.Sources{Environ: []string{"NOTION_TOKEN=" + token}}, []string{"DATABASE_ID is not: set it"}},
		{"database alone", config.Sources{Environ: []string{"DATABASE_ID=x"}}, []string{"NOTION_TOKEN is not: set it"}},
		{"token with a space", config.Sources{Environ: []string{"DATABASE_ID=x", "NOTION_TOKEN=" + token + " x"}}, []string{"copy it again"}},
		{"no bucket", config.Sources{Environ: []string{"LEADLAKE_LAKE=gs:///p"}}, []string{`LEADLAKE_LAKE (environment): "gs:///p" is not the address of a bucket`}},
		{"hidden prefix", config.Sources{Environ: []string{"LEADLAKE_LAKE=gs://b/.p"}}, []string{`"gs://b/.p" is not the address of a bucket`}},
		{"broken prefix", config.Sources{Environ: []string{"LEADLAKE_LAKE=gs://b//p"}}, []string{`"gs://b//p" is not the address of a bucket`}},
		{"cache", config.Sources{Environ: []string{"LEADLAKE_CACHE=gs://b/p"}}, []string{`LEADLAKE_CACHE (environment): "gs://b/p" is not a folder`}},
		{"cache size", config.Sources{Environ: []string{"LEADLAKE_CACHE_MB=2GB"}}, []string{`"2GB" is not a number of megabytes`}},
		{"no cache", config.Sources{Environ: []string{"LEADLAKE_CACHE_MB=0"}}, []string{"0 megabytes are out of range"}},
		{"other scheme", config.Sources{Environ: []string{"LEADLAKE_LAKE=s3://b/p"}}, []string{`"s3://b/p" is not a folder`}},
		{"address without port", config.Sources{Flags: map[string]string{"addr": "localhost"}}, []string{"LEADLAKE_ADDR (flag): \"localhost\" is not an address"}},
		{"port too high", config.Sources{Flags: map[string]string{"addr": "localhost:65536"}}, []string{"is not an address"}},
		{"open address", config.Sources{Environ: []string{"LEADLAKE_ADDR=:8000"}}, []string{"other machines could reach :8000"}},
		{"zone", config.Sources{Environ: []string{"LEADLAKE_TIMEZONE=Mars/Olympus"}}, []string{`"Mars/Olympus" is not a time zone`}},
		{"local zone", config.Sources{Environ: []string{"LEADLAKE_TIMEZONE=Local"}}, []string{`"Local" is not a time zone`}},
		{"url", config.Sources{Environ: []string{"LEADLAKE_NOTION_URL=ftp://x"}}, []string{"LEADLAKE_NOTION_URL (environment): this is not the address of an API"}},
		{"rate", config.Sources{Environ: []string{"LEADLAKE_NOTION_RATE=fast"}}, []string{`"fast" is not a number`}},
		{"rate zero", config.Sources{Environ: []string{"LEADLAKE_NOTION_RATE=0"}}, []string{"0 requests per minute are out of range"}},
		{"interval", config.Sources{Environ: []string{"LEADLAKE_SYNC_EVERY=300"}}, []string{`"300" is not a duration`}},
		{"interval zero", config.Sources{Environ: []string{"LEADLAKE_SYNC_EVERY=0s"}}, []string{"0s is too short"}},
		{"origins", config.Sources{Environ: []string{"LEADLAKE_CORS_ORIGINS=https://ok.example, *, null, https://x.example/path"}}, []string{`"*" is not an origin`, `"null" is not an origin`, `"https://x.example/path" is not an origin`}},
		{"unknown event", config.Sources{Dir: files("leadlake.yaml", "events:\n  date_relanc: x\n")}, []string{"did you mean date_relance?"}},
		{"unknown field", config.Sources{Dir: files("leadlake.yaml", "fields:\n  mail: x\n")}, []string{"did you mean email?"}},
		{"empty property", config.Sources{Dir: files("leadlake.yaml", "fields:\n  email:\n")}, []string{"fields.email is empty"}},
		{"property twice", config.Sources{Dir: files("leadlake.yaml", "events:\n  date_relance: D\nfields:\n  nom: D\n")}, []string{`events.date_relance and fields.nom both name the property "D"`}},
		{"all at once", config.Sources{Environ: []string{"LEADLAKE_NOTION_RATE=x", "LEADLAKE_SYNC_EVERY=y", "DATABASE_ID=z"}}, []string{"LEADLAKE_NOTION_RATE", "LEADLAKE_SYNC_EVERY", "DATABASE_ID"}},
		{"insecure", config.Sources{Flags: map[string]string{"insecure": "maybe"}}, []string{"--insecure takes true or false"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Load(tt.in)
			if leadlake.KindOf(err) != leadlake.Invalid || err == nil {
				t.Fatalf("got %v, want an error of kind invalid", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(leadlake.MessageOf(err), want) {
					t.Errorf("the message is\n%s\nwant it to hold\n%s", leadlake.MessageOf(err), want)
				}
			}
			if lines := strings.Count(err.Error(), "\n") + 1; lines != len(tt.want) {
				t.Errorf("the message has %d lines, want one per broken setting (%d):\n%s", lines, len(tt.want), err)
			}
			if strings.Contains(err.Error(), token) {
				t.Error("the message holds the token")
			}
		})
	}
}

func TestBuckets(t *testing.T) {
	for _, lake := range []string{"gs://b", "gs://b/", "gs://my-bucket.example/team/lake/"} {
		c, err := config.Load(config.Sources{Environ: []string{"LEADLAKE_LAKE=" + lake, "LEADLAKE_CACHE=/var/cache/lake", "LEADLAKE_CACHE_MB=512"}})
		if err != nil || c.Lake != lake || c.Cache != "/var/cache/lake" || c.CacheMB != 512 {
			t.Errorf("%s: got %+v, %v", lake, c, err)
		}
	}
}

func TestOpenAddressWhenToldSo(t *testing.T) {
	c, err := config.Load(config.Sources{Flags: map[string]string{"addr": "0.0.0.0:8000", "insecure": "true"}})
	if err != nil || c.Loopback() {
		t.Errorf("got %v, loopback %v", err, c.Loopback())
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:1": true, "127.9.9.9:1": true, "[::1]:1": true, "localhost:1": true, "LocalHost:1": true,
		":1": false, "0.0.0.0:1": false, "[::]:1": false, "192.168.1.2:1": false, "example.com:1": false, "": false,
	} {
		if got := (config.Config{Addr: addr}).Loopback(); got != want {
			t.Errorf("%q: got %v", addr, got)
		}
	}
}

func TestZeroConfigIsInvalid(t *testing.T) {
	err := config.Config{}.Validate()
	for _, name := range []string{"LEADLAKE_LAKE", "LEADLAKE_CACHE_MB", "LEADLAKE_ADDR", "LEADLAKE_TIMEZONE", "LEADLAKE_NOTION_URL", "LEADLAKE_NOTION_RATE", "LEADLAKE_SYNC_EVERY"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is missing in %v", name, err)
		}
	}
}
