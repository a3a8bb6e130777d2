package config

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"leadlake"
)

// Setting is one row of what `leadlake config` shows.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"` // "[redacted]" where it is a secret that is set
	Origin Origin `json:"origin"`
	File   string `json:"file,omitempty"` // that a secret was read from
}

// Describe returns every setting with where its value comes from, in a fixed
// order.
func (c Config) Describe() []Setting {
	var rows []Setting
	add := func(name, value string) {
		origin, ok := c.origins[name]
		if !ok {
			origin = FromDefault
		}
		rows = append(rows, Setting{Name: name, Value: value, Origin: origin, File: c.files[name]})
	}
	for _, st := range settings() {
		add(st.name, st.show(c))
	}
	for _, name := range slices.Sorted(maps.Keys(c.OTel)) {
		add(name, showOTel(name, c.OTel[name]))
	}
	for _, e := range leadlake.Events() {
		add("events."+string(e), c.Events[e])
	}
	for _, field := range fieldNames() {
		add("fields."+field, c.Fields[field])
	}
	return rows
}

// Changes compares c with what comes after it. live are the names of settings
// whose change can be taken while the program runs, fixed those that need a
// restart.
func (c Config) Changes(next Config) (live, fixed []string) {
	for _, st := range settings() {
		switch {
		case st.equal(c, next):
		case st.live:
			live = append(live, st.name)
		default:
			fixed = append(fixed, st.name)
		}
	}
	if !maps.Equal(c.Events, next.Events) {
		live = append(live, "events")
	}
	if !maps.Equal(c.Fields, next.Fields) {
		live = append(live, "fields")
	}
	for _, name := range slices.Sorted(maps.Keys(c.OTel)) {
		if c.OTel[name] != next.OTel[name] {
			fixed = append(fixed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(next.OTel)) {
		if _, was := c.OTel[name]; !was {
			fixed = append(fixed, name)
		}
	}
	return live, fixed
}

// Stamp changes when a file does from which c was read.
func (s Sources) Stamp(c Config) string {
	var stamp strings.Builder
	add := func(info fs.FileInfo, err error) {
		if err != nil {
			fmt.Fprintf(&stamp, "-;")
			return
		}
		fmt.Fprintf(&stamp, "%d %d;", info.Size(), info.ModTime().UnixNano())
	}
	if s.Dir != nil {
		add(fs.Stat(s.Dir, string(FromFile)))
		add(fs.Stat(s.Dir, string(FromDotEnv)))
	}
	for _, path := range c.SecretFiles() {
		add(os.Stat(path))
	}
	return stamp.String()
}

// SecretFiles returns the files from which secrets were read, .env too where it
// holds one.
func (c Config) SecretFiles() []string {
	files := slices.Sorted(maps.Values(c.files))
	for _, st := range settings() {
		if st.secret && c.origins[st.name] == FromDotEnv && c.files[st.name] == "" {
			return append(files, string(FromDotEnv))
		}
	}
	return files
}
