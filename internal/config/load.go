package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/joho/godotenv"

	"leadlake"
)

// loader collects values and what is wrong with them, source by source.
type loader struct {
	readFile func(path string) ([]byte, error) // of a secret
	config   Config
	problems []error
	broken   map[string]bool // settings whose strongest value cannot be read
}

// set gives a setting the value of a source; a stronger source comes later.
// An empty value stands for the default.
func (l *loader) set(st setting, value string, from Origin) {
	value = strings.TrimSpace(value)
	if value == "" && from != FromDefault {
		value, from = st.initial, FromDefault
	}
	if l.broken == nil {
		l.broken = map[string]bool{}
	}
	l.config.origins[st.name], l.broken[st.name] = from, false
	delete(l.config.files, st.name)
	if err := st.set(&l.config, value); err != nil {
		l.broken[st.name] = true
		l.problems = append(l.problems, about(fmt.Sprintf("%s (%s)", st.name, from), err))
	}
}

func (l *loader) fail(format string, args ...any) {
	l.problems = append(l.problems, fmt.Errorf(format, args...))
}

// read returns the file without a byte order mark, or nil where there is none.
func (l *loader) read(dir fs.FS, name string) []byte {
	if dir == nil {
		return nil
	}
	data, err := fs.ReadFile(dir, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.fail("%s is there but cannot be read (%w): make it a file that you may read", name, err)
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
}

func (l *loader) file(dir fs.FS) {
	doc, err := parseFile(l.read(dir, string(FromFile)))
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	for _, st := range settings() {
		value, ok := doc.values[st.key]
		switch {
		case ok && st.secret:
			l.fail("leadlake.yaml holds %s, which is a secret: move it to .env or the environment as %s", st.key, st.name)
		case ok && value != "":
			l.set(st, value, FromFile)
		}
	}
	l.config.Events = make(map[leadlake.Event]string, len(doc.events))
	for name, property := range doc.events {
		l.config.Events[leadlake.Event(name)] = property
		l.config.origins["events."+name] = FromFile
	}
	l.config.Fields = doc.fields
	for name := range doc.fields {
		l.config.origins["fields."+name] = FromFile
	}
}

func (l *loader) dotEnv(dir fs.FS) {
	values, err := godotenv.Parse(bytes.NewReader(l.read(dir, string(FromDotEnv))))
	if err != nil { // its text quotes the file, and so the token: it is dropped
		l.fail(".env cannot be understood: write one NAME=value a line, with values that hold spaces in quotes")
		return
	}
	l.take(values, FromDotEnv)
	known := names()
	for _, name := range sortedKeys(values) { // other programs may share the file; our prefix is ours
		if strings.HasPrefix(name, prefix) && !slices.Contains(known, name) {
			l.fail(".env sets %s, which is not a setting%s", name, suggestion(name, known))
		}
	}
}

// prefix begins the names that are ours alone.
const prefix = "LEADLAKE_"

func (l *loader) environ(environ []string) {
	values := make(map[string]string, len(environ))
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	l.take(values, FromEnvironment)
	known := names()
	for _, name := range sortedKeys(values) { // Kubernetes makes variables of a service's name: only a slip is meant for us
		if near := slip(name, known); near != "" {
			l.fail("the environment sets %s, which is not a setting: did you mean %s?", name, near)
		}
	}
}

// take takes every setting that a list of variables has.
func (l *loader) take(values map[string]string, from Origin) {
	for _, st := range settings() {
		value, given := values[st.name]
		path := ""
		if st.secret {
			path = strings.TrimSpace(values[st.name+fileSuffix])
		}
		switch {
		case path != "" && strings.TrimSpace(value) != "":
			l.fail("%s and %s%s are both set (%s): keep one of them", st.name, st.name, fileSuffix, from)
		case path != "":
			l.secretFile(st, path, from)
		case given:
			l.set(st, value, from)
		}
	}
	for name, value := range values {
		switch {
		case !isOTel(name):
		case value == "":
			delete(l.config.OTel, name)
		default:
			l.config.OTel[name], l.config.origins[name] = Secret(value), from
		}
	}
}

// fileSuffix makes of the name of a secret that of a file which holds it.
const fileSuffix = "_FILE"

// secretFile gives a secret what a file holds.
func (l *loader) secretFile(st setting, path string, from Origin) {
	data, err := l.readFile(path)
	switch {
	case err != nil:
		if _, reason, ok := strings.Cut(err.Error(), path+": "); ok {
			err = errors.New(reason)
		}
		l.fail("%s%s (%s): the file %s cannot be read (%w): name one that this user may read", st.name, fileSuffix, from, path, err)
	case len(bytes.TrimSpace(data)) == 0:
		l.fail("%s%s (%s): the file %s is empty: write the secret into it", st.name, fileSuffix, from, path)
	default:
		l.set(st, string(data), from)
		l.config.files[st.name] = path
	}
}

func (l *loader) flags(flags map[string]string) {
	for _, st := range settings() {
		value, ok := flags[st.key]
		switch {
		case ok && st.secret:
			l.fail("%s cannot be a flag, because every process can read it there: set it in .env or the environment as %s", st.key, st.name)
		case ok:
			l.set(st, value, FromFlag)
		}
	}
	if value, ok := flags["insecure"]; ok {
		insecure, err := strconv.ParseBool(value)
		if err != nil {
			l.fail("--insecure takes true or false, not %q", value)
		}
		l.config.Insecure = insecure
	}
}
