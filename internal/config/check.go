package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func checkLake(v string) error {
	if v == "" {
		return errors.New("there is none: write a folder, for example ./lake")
	}
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

func checkFile(v string) error {
	if strings.Contains(v, "://") || strings.HasPrefix(v, "{") {
		return errors.New("this is not the name of a file: write a path, for example /etc/leadlake/google.json")
	}
	return nil
}

func checkAddr(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not an address to listen on: write host:port, for example 127.0.0.1:8000", v)
	}
	return nil
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

func checkZone(c Config) error {
	if c.Zone == nil {
		return errors.New("there is none: write a name like Europe/Paris")
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

func showOrigins(c Config) string { return strings.Join(c.CORSOrigins, ",") }

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
