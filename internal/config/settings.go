package config

import (
	"slices"
	"time"
)

// setting is one row of the tables below: the one place that knows a setting's
// names, default, form, check and what it is for.
type setting struct {
	name    string // in the environment
	key     string // in leadlake.yaml and as a flag; "" where it can only be in the environment and .env
	secret  bool   // refused in leadlake.yaml and as a flag; also to be had as name_FILE
	live    bool   // whether a change is taken without a restart
	initial string
	example string // a value that somebody might write; default the initial one
	doc     string // a sentence or two
	kind
}

// group is the settings that belong together, as people read of them.
type group struct {
	title    string
	settings []setting
}

// groups returns every setting, in the order in which they are shown.
func groups() []group {
	return []group{notionGroup(), lakeGroup(), servingGroup(), syncGroup(), telemetryGroup()}
}

func settings() []setting {
	var all []setting
	for _, g := range groups() {
		all = append(all, g.settings...)
	}
	return all
}

func notionGroup() group {
	return group{"Notion", []setting{
		{
			name: "NOTION_TOKEN", key: "notion_token", secret: true, live: true, example: "ntn_…",
			doc:  "The secret of the Notion integration that may read the database.",
			kind: ofSecret(func(c *Config) *Secret { return &c.NotionToken }),
		},
		{
			name: "DATABASE_ID", key: "database_id", example: "https://www.notion.so/team/8f6e0c1e000040008000000000000001",
			doc:  "The address of the Notion database with the leads, or its id.",
			kind: ofText(func(c *Config) *string { return &c.DatabaseID }, anything).as(form{types: []string{"string", "integer"}}),
		},
		{
			name: "LEADLAKE_NOTION_URL", key: "notion_url", initial: "https://api.notion.com",
			doc:  "Where Notion's API is. Another address than Notion's is for tests, and for a proxy.",
			kind: ofText(func(c *Config) *string { return &c.NotionURL }, checkURL),
		},
		{
			name: "LEADLAKE_NOTION_RATE", key: "notion_rate", initial: "180", example: "90", live: true,
			doc:  "How many requests a minute Notion may be sent. Notion allows an integration 180; write fewer where it has other work, too.",
			kind: ofNumber(func(c *Config) *int { return &c.NotionRate }, 1, 10_000, "requests per minute", "180"),
		},
	}}
}

func lakeGroup() group {
	return group{"The lake", []setting{
		{
			name: "LEADLAKE_LAKE", key: "lake", initial: "./lake", example: "gs://bucket/lake",
			doc:  "The folder of the lake, on a disk with hard links, or `gs://bucket/prefix`.",
			kind: ofText(func(c *Config) *string { return &c.Lake }, checkLake),
		},
		{
			name: "LEADLAKE_CACHE", key: "cache", example: "/var/cache/leadlake",
			doc:  "The folder in which the files of a bucket are kept on this machine. Without it, one of the user's.",
			kind: ofText(func(c *Config) *string { return &c.Cache }, checkFolder),
		},
		{
			name: "LEADLAKE_CACHE_MB", key: "cache_mb", initial: "2048", example: "512",
			doc:  "How many megabytes that folder may hold.",
			kind: ofNumber(func(c *Config) *int { return &c.CacheMB }, 1, 100_000_000, "megabytes", "2048"),
		},
		{
			name: "GOOGLE_APPLICATION_CREDENTIALS", key: "google_application_credentials", example: "/etc/leadlake/google.json",
			doc:  "The file of the Google service account that may use the bucket. Without it, Google's own rules find an account.",
			kind: ofText(func(c *Config) *string { return &c.GoogleCredentials }, checkFile),
		},
	}}
}

func servingGroup() group {
	return group{"The dashboard and the API", []setting{
		{
			name: "LEADLAKE_ADDR", key: "addr", initial: "127.0.0.1:8000", example: "127.0.0.1:9000",
			doc:  "The host and port to listen on. An address that other machines can reach is refused without `--insecure`, because there are no accounts yet.",
			kind: ofText(func(c *Config) *string { return &c.Addr }, checkAddr),
		},
		{
			name: "LEADLAKE_TIMEZONE", key: "timezone", initial: "Europe/Paris", example: "America/Montreal",
			doc:  "The team's time zone: in it a day begins, and in it the nightly sync is.",
			kind: kind{set: setZone, show: showZone, check: checkZone},
		},
		{
			name: "LEADLAKE_CORS_ORIGINS", key: "cors_origins", example: "https://intranet.example.org", live: true,
			doc: "Other sites whose pages may use the API in a browser. In the environment with commas between them.",
			kind: kind{
				form: form{types: []string{"array", "string"}},
				set:  setOrigins, show: showOrigins,
				check: func(c Config) error { return checkOrigins(c.CORSOrigins) },
			},
		},
	}}
}

func syncGroup() group {
	return group{"The sync", []setting{
		{
			name: "LEADLAKE_SYNC_EVERY", key: "sync_every", initial: "5m", example: "2m", live: true,
			doc:  "How long after a sync the next one begins.",
			kind: ofDuration(func(c *Config) *time.Duration { return &c.SyncEvery }),
		},
		{
			name: "LEADLAKE_SWEEP_EVERY", key: "sweep_every", initial: "1h", example: "30m", live: true,
			doc:  "How often it is looked which leads are gone from the database.",
			kind: ofDuration(func(c *Config) *time.Duration { return &c.SweepEvery }),
		},
		{
			name: "LEADLAKE_REFRESH_EVERY", key: "refresh_every", initial: "6h", example: "2h", live: true,
			doc:  "How often every lead is read again where the database has formulas or rollups, whose values change without an edit.",
			kind: ofDuration(func(c *Config) *time.Duration { return &c.RefreshEvery }),
		},
		{
			name: "LEADLAKE_FULL_AT", key: "full_at", initial: "03:00", example: "never", live: true,
			doc:  "The time of day at which every lead is read again, or `never`.",
			kind: kind{form: form{pattern: `^(([01][0-9]|2[0-3]):[0-5][0-9]|never)$`}, set: setFullAt, show: showFullAt},
		},
		{
			name: "LEADLAKE_SYNC_DEADLINE", key: "sync_deadline", initial: "12h", example: "3h", live: true,
			doc:  "How long one sync may take.",
			kind: ofDuration(func(c *Config) *time.Duration { return &c.SyncDeadline }),
		},
	}}
}

// names returns what can stand in the environment and in .env.
func names() []string {
	var all []string
	for _, st := range settings() {
		all = append(all, st.name)
		if st.secret {
			all = append(all, st.name+fileSuffix)
		}
	}
	return all
}

// keys returns what can stand in leadlake.yaml beside events and fields.
func keys() []string {
	var all []string
	for _, st := range settings() {
		if st.inFile() {
			all = append(all, st.key)
		}
	}
	return all
}

func (st setting) inFile() bool { return st.key != "" && !st.secret }

// isSecretKey reports whether a key of leadlake.yaml is the name of a secret.
func isSecretKey(key string) bool {
	return slices.ContainsFunc(settings(), func(st setting) bool { return st.secret && st.key == key })
}
