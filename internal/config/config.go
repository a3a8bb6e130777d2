// Package config knows every setting of the program, where its value comes
// from, and whether it makes sense. Later sources win: defaults,
// leadlake.yaml, .env, the environment, flags.
package config

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"leadlake"
)

// Config is every setting. Load fills it; a Config that was made by hand
// should pass Validate before it is used.
type Config struct {
	NotionToken  Secret         // NOTION_TOKEN; empty where no Notion is connected
	DatabaseID   string         // DATABASE_ID
	LogfireToken Secret         // LOGFIRE_TOKEN
	LogLevel     string         // LEADLAKE_LOG_LEVEL; empty leaves it to the command
	LogFormat    string         // LEADLAKE_LOG_FORMAT
	LogEmoji     bool           // LEADLAKE_LOG_EMOJI
	MetricsAddr  string         // LEADLAKE_METRICS_ADDR; empty is none
	Lake         string         // LEADLAKE_LAKE: the folder of the lake, or gs://bucket/prefix
	Cache        string         // LEADLAKE_CACHE: the folder of a bucket's files; empty is one of the user's
	CacheMB      int            // LEADLAKE_CACHE_MB: how much that folder may hold
	Addr         string         // LEADLAKE_ADDR: host:port to listen on
	Zone         *time.Location // LEADLAKE_TIMEZONE: the team's time zone
	NotionURL    string         // LEADLAKE_NOTION_URL
	NotionRate   int            // LEADLAKE_NOTION_RATE: requests per 60 s
	SyncEvery    time.Duration  // LEADLAKE_SYNC_EVERY: from a sync to the next
	SweepEvery   time.Duration  // LEADLAKE_SWEEP_EVERY: from a look for leads that are gone to the next
	RefreshEvery time.Duration  // LEADLAKE_REFRESH_EVERY: from a full sync to the next where formulas change
	FullAt       time.Duration  // LEADLAKE_FULL_AT: time of day of the nightly full sync, 24 h is midnight; negative is never
	SyncDeadline time.Duration  // LEADLAKE_SYNC_DEADLINE: how long a sync may take
	CORSOrigins  []string       // LEADLAKE_CORS_ORIGINS; empty allows the same origin only

	// GoogleCredentials is GOOGLE_APPLICATION_CREDENTIALS: the file of a
	// service account; empty leaves it to Google's client.
	GoogleCredentials string

	// Events names the Notion property of an event, where it is not one that
	// is recognised by itself; Fields does so for nom, email, telephone and
	// statut. Both come from leadlake.yaml only.
	Events map[leadlake.Event]string
	Fields map[string]string

	// Insecure allows an address that other machines can reach, without
	// accounts. A flag only, so that nobody inherits it from a file.
	Insecure bool

	// OTel holds the variables of OpenTelemetry (OTEL_…) that are set in .env
	// or the environment. Headers among them carry tokens.
	OTel map[string]Secret

	origins map[string]Origin // by setting name
	files   map[string]string // of secrets, by setting name
}

// Origin says where a value comes from.
type Origin string

// The origins, from weak to strong.
const (
	FromDefault     Origin = "default"
	FromFile        Origin = "leadlake.yaml"
	FromDotEnv      Origin = ".env"
	FromEnvironment Origin = "environment"
	FromFlag        Origin = "flag"
)

// Sources is where Load looks. The zero value gives the defaults.
type Sources struct {
	// Dir is the folder that may hold leadlake.yaml and .env; nil is none.
	Dir fs.FS
	// Environ is the environment as "NAME=value"; see os.Environ.
	Environ []string
	// Flags holds the flags that were given, by the setting's name in
	// leadlake.yaml ("addr", "sync_every"), and "insecure" ("true").
	Flags map[string]string
	// ReadFile reads the file that a secret is in; default os.ReadFile.
	ReadFile func(path string) ([]byte, error)
}

// Load reads every source and validates the result. An empty value in the
// environment, in .env or in a flag means the default again. The error is a
// leadlake.Error of kind Invalid that says one sentence per broken setting,
// one a line; the Config is then filled in as far as it can be, so that it can
// be shown.
func Load(s Sources) (Config, error) {
	l := &loader{
		readFile: s.ReadFile,
		config:   Config{OTel: map[string]Secret{}, origins: map[string]Origin{}, files: map[string]string{}},
	}
	if l.readFile == nil {
		l.readFile = os.ReadFile
	}
	for _, st := range settings() {
		l.set(st, st.initial, FromDefault)
	}
	l.file(s.Dir)
	l.dotEnv(s.Dir)
	l.environ(s.Environ)
	l.flags(s.Flags)
	l.problems = append(l.problems, l.config.problems(l.broken)...)
	return l.config, invalid(l.problems)
}

// Validate says everything that is wrong with c, in the form of Load's error.
func (c Config) Validate() error { return invalid(c.problems(nil)) }

// Connected reports whether a Notion database is configured. It is not in a
// demo.
func (c Config) Connected() bool { return c.NotionToken != "" && c.DatabaseID != "" }

// Loopback reports whether only this machine can reach Addr.
func (c Config) Loopback() bool { return isLoopback(c.Addr) }

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// invalid joins what is wrong into one error, or nil.
func invalid(problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	return leadlake.Errorf(leadlake.Invalid, "%s", errors.Join(problems...))
}
