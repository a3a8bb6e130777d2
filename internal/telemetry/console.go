package telemetry

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Format is how log lines look.
type Format string

// The formats.
const (
	Auto    Format = "auto" // console where a person watches, else JSON
	Console Format = "console"
	JSON    Format = "json"
)

// Output is where lines of the log go on this machine, and how they look.
type Output struct {
	To       io.Writer
	Format   Format
	Terminal bool // whether a person watches
	Emoji    bool // whether the console shows a sign for every level
}

// NewHandler returns a handler that writes every line that it is given.
func NewHandler(o Output) slog.Handler {
	if o.Format == JSON || o.Format != Console && !o.Terminal {
		return slog.NewJSONHandler(o.To, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: inSeconds})
	}
	return &console{to: &locked{Writer: o.To}, emoji: o.Emoji}
}

// inSeconds writes a duration in seconds, as metrics and other programs have
// it.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.Float64(a.Key, a.Value.Duration().Seconds())
	}
	return a
}

// locked lets one line at a time through.
type locked struct {
	io.Writer
	mu sync.Mutex
}

// console writes "time | level | message" and key=value behind it, one line
// for each record whatever is in it: what could end a line or command a
// terminal is escaped.
type console struct {
	to     *locked
	emoji  bool
	prefix string // of keys, from groups
	fixed  string // attributes, as written
}

// Enabled implements slog.Handler.
func (c *console) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (c *console) Handle(_ context.Context, r slog.Record) error {
	line := make([]byte, 0, 256)
	if !r.Time.IsZero() {
		line = r.Time.AppendFormat(line, time.DateTime)
		line = append(line, " | "...)
	}
	line = append(line, c.level(r.Level)...)
	line = append(line, " | "...)
	line = append(line, plain(r.Message)...)
	line = append(line, c.fixed...)
	r.Attrs(func(a slog.Attr) bool {
		line = appendAttr(line, c.prefix, a)
		return true
	})
	line = append(line, '\n')
	c.to.mu.Lock()
	defer c.to.mu.Unlock()
	_, err := c.to.Write(line)
	return err
}

// WithAttrs implements slog.Handler.
func (c *console) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *c
	line := []byte(c.fixed)
	for _, a := range attrs {
		line = appendAttr(line, c.prefix, a)
	}
	next.fixed = string(line)
	return &next
}

// WithGroup implements slog.Handler.
func (c *console) WithGroup(name string) slog.Handler {
	if name == "" {
		return c
	}
	next := *c
	next.prefix = c.prefix + name + "."
	return &next
}

// level returns a level's name in five columns, behind its sign.
func (c *console) level(l slog.Level) string {
	name := l.String()
	for len(name) < len("ERROR") {
		name += " "
	}
	if !c.emoji {
		return name
	}
	return sign(l) + " " + name
}

// sign returns an emoji that is two columns wide.
func sign(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "🔍"
	case l < slog.LevelWarn:
		return "✅"
	case l < slog.LevelError:
		return "🔶"
	default:
		return "❌"
	}
}

func appendAttr(line []byte, prefix string, a slog.Attr) []byte {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, member := range value.Group() {
			line = appendAttr(line, prefix, member)
		}
		return line
	}
	if a.Equal(slog.Attr{}) {
		return line
	}
	line = append(line, ' ')
	line = append(line, quoted(prefix+a.Key)...)
	line = append(line, '=')
	return append(line, quoted(textOf(value))...)
}

func textOf(v slog.Value) string {
	if v.Kind() == slog.KindTime {
		return v.Time().Format(time.RFC3339Nano)
	}
	return v.String()
}

// plain returns a sentence without what could end a line or command a terminal.
func plain(s string) string {
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// quoted returns a key or a value in quotes, where it could be misread
// otherwise.
func quoted(s string) string {
	if s == "" || strings.ContainsAny(s, " =\"|") || strings.ContainsFunc(s, unprintable) {
		return strconv.Quote(s)
	}
	return s
}

// unprintable also holds for bytes that are no text: a terminal may obey them.
func unprintable(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
