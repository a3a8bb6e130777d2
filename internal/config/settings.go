package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// setting is one row of the table below: the one place that knows a setting's
// names, default, form and check.
type setting struct {
	name    string // in the environment
	key     string // in leadlake.yaml and as a flag
	secret  bool   // refused in leadlake.yaml and as a flag
	initial string
	set     func(*Config, string) error // the error says what to write instead
	show    func(Config) string
}

func settings() []setting {
	return []setting{
		{
			name: "NOTION_TOKEN", key: "notion_token", secret: true,
			set:  func(c *Config, v string) error { c.NotionToken = Secret(v); return nil },
			show: func(c Config) string { return c.NotionToken.String() },
		},
		{
			name: "DATABASE_ID", key: "database_id",
			set:  func(c *Config, v string) error { c.DatabaseID = v; return nil },
			show: func(c Config) string { return c.DatabaseID },
		},
		{
			name: "LEADLAKE_LAKE", key: "lake", initial: "./lake",
			set:  setLake,
			show: func(c Config) string { return c.Lake },
		},
		{
			name: "LEADLAKE_CACHE", key: "cache",
			set:  func(c *Config, v string) error { c.Cache = v; return checkFolder(v) },
			show: func(c Config) string { return c.Cache },
		},
		{
			name: "LEADLAKE_CACHE_MB", key: "cache_mb", initial: "2048",
			set:  setCacheMB,
			show: func(c Config) string { return strconv.Itoa(c.CacheMB) },
		},
		{
			name: "LEADLAKE_ADDR", key: "addr", initial: "127.0.0.1:8000",
			set:  func(c *Config, v string) error { c.Addr = v; return checkAddr(v) },
			show: func(c Config) string { return c.Addr },
		},
		{
			name: "LEADLAKE_TIMEZONE", key: "timezone", initial: "Europe/Paris",
			set:  setZone,
			show: showZone,
		},
		{
			name: "LEADLAKE_NOTION_URL", key: "notion_url", initial: "https://api.notion.com",
			set:  func(c *Config, v string) error { c.NotionURL = v; return checkURL(v) },
			show: func(c Config) string { return c.NotionURL },
		},
		{
			name: "LEADLAKE_NOTION_RATE", key: "notion_rate", initial: "180",
			set:  setRate,
			show: func(c Config) string { return strconv.Itoa(c.NotionRate) },
		},
		{
			name: "LEADLAKE_SYNC_EVERY", key: "sync_every", initial: "5m",
			set:  duration(func(c *Config) *time.Duration { return &c.SyncEvery }),
			show: func(c Config) string { return c.SyncEvery.String() },
		},
		{
			name: "LEADLAKE_SWEEP_EVERY", key: "sweep_every", initial: "1h",
			set:  duration(func(c *Config) *time.Duration { return &c.SweepEvery }),
			show: func(c Config) string { return c.SweepEvery.String() },
		},
		{
			name: "LEADLAKE_REFRESH_EVERY", key: "refresh_every", initial: "6h",
			set:  duration(func(c *Config) *time.Duration { return &c.RefreshEvery }),
			show: func(c Config) string { return c.RefreshEvery.String() },
		},
		{
			name: "LEADLAKE_FULL_AT", key: "full_at", initial: "03:00",
			set:  setFullAt,
			show: showFullAt,
		},
		{
			name: "LEADLAKE_SYNC_DEADLINE", key: "sync_deadline", initial: "12h",
			set:  duration(func(c *Config) *time.Duration { return &c.SyncDeadline }),
			show: func(c Config) string { return c.SyncDeadline.String() },
		},
		{
			name: "LEADLAKE_CORS_ORIGINS", key: "cors_origins",
			set:  setOrigins,
			show: func(c Config) string { return strings.Join(c.CORSOrigins, ",") },
		},
	}
}

func setLake(c *Config, v string) error {
	c.Lake = v
	rest, isBucket := strings.CutPrefix(v, "gs://")
	if !isBucket {
		return checkFolder(v)
	}
	bucket, prefix, _ := strings.Cut(rest, "/")
	prefix = strings.TrimSuffix(prefix, "/")
	if bucket == "" || strings.ContainsAny(bucket, "?#%@: ") || prefix != "" && !fs.ValidPath(prefix) || strings.Contains("/"+prefix, "/.") {
		return fmt.Errorf("%q is not the address of a bucket: write one like gs://bucket/lake", v)
	}
	return nil
}

func checkFolder(v string) error {
	if strings.Contains(v, "://") {
		return fmt.Errorf("%q is not a folder: write a path, for example ./lake", v)
	}
	return nil
}

func setCacheMB(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil {
		return fmt.Errorf("%q is not a number of megabytes: write a whole number, for example 2048", v)
	}
	c.CacheMB = n
	return checkCacheMB(n)
}

func checkCacheMB(n int) error {
	if n < 1 || n > 100_000_000 {
		return fmt.Errorf("%d megabytes are out of range: write 1 or more", n)
	}
	return nil
}

func setZone(c *Config, v string) error {
	zone, err := time.LoadLocation(v)
	if err != nil || v == "Local" {
		return fmt.Errorf("%q is not a time zone: write a name like Europe/Paris", v)
	}
	c.Zone = zone
	return nil
}

func showZone(c Config) string {
	if c.Zone == nil {
		return ""
	}
	return c.Zone.String()
}

func setRate(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil {
		return fmt.Errorf("%q is not a number of requests per minute: write a whole number, for example 180", v)
	}
	c.NotionRate = n
	return checkRate(n)
}

func checkRate(n int) error {
	if n < 1 || n > 10_000 {
		return fmt.Errorf("%d requests per minute are out of range: write 1 to 10000 (Notion allows 180)", n)
	}
	return nil
}

// duration returns what sets a length of time between runs, or of one.
func duration(of func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil {
			return fmt.Errorf("%q is not a duration: write one like 30s, 5m or 1h", v)
		}
		*of(c) = d
		return checkDuration(d)
	}
}

func checkDuration(d time.Duration) error {
	if d < 100*time.Millisecond {
		return fmt.Errorf("%s is too short: write a duration like 30s, 5m or 1h", d)
	}
	return nil
}

// never is the time of day that never comes.
const never = -1

func setFullAt(c *Config, v string) error {
	if v == "never" {
		c.FullAt = never
		return nil
	}
	at, err := time.Parse("15:04", v)
	if err != nil {
		return fmt.Errorf("%q is not a time of day: write one like 03:00, or never", v)
	}
	c.FullAt = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	if c.FullAt == 0 {
		c.FullAt = 24 * time.Hour // midnight, where zero is nothing set
	}
	return nil
}

func showFullAt(c Config) string {
	if c.FullAt == never {
		return "never"
	}
	return time.Time{}.Add(c.FullAt).Format("15:04")
}

func setOrigins(c *Config, v string) error {
	c.CORSOrigins = nil
	for origin := range strings.SplitSeq(v, ",") {
		if origin = strings.TrimSpace(origin); origin != "" {
			c.CORSOrigins = append(c.CORSOrigins, origin)
		}
	}
	return checkOrigins(c.CORSOrigins)
}

func checkOrigins(origins []string) error {
	var errs []error
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || !isWeb(u) || u.Scheme+"://"+u.Host != origin || strings.Contains(u.Host, "*") {
			errs = append(errs, fmt.Errorf("%q is not an origin: write each as https://host or https://host:port, with nothing behind it", origin))
		}
	}
	return errors.Join(errs...)
}

func checkURL(v string) error {
	u, err := url.Parse(v)
	if err != nil || !isWeb(u) || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("this is not the address of an API: write one like https://api.notion.com, without user, query or fragment")
	}
	return nil
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}
