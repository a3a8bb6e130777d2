package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"leadlake/internal/telemetry"
)

// open returns what s asks for, which ends with the test, and what is written
// on this machine.
func open(t *testing.T, s telemetry.Settings, o telemetry.Options) (*telemetry.Telemetry, *writing) {
	t.Helper()
	var out writing
	if o.Log == nil {
		o.Log = telemetry.NewHandler(telemetry.Output{To: &out, Format: telemetry.Console})
	}
	tel, err := telemetry.Open(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tel.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return tel, &out
}

func TestTheConsole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // at midnight, on 1 January 2000
		var out bytes.Buffer
		for _, emoji := range []bool{true, false} {
			log := slog.New(telemetry.NewHandler(telemetry.Output{To: &out, Terminal: true, Emoji: emoji})).With("package", "ingest")
			log.DebugContext(t.Context(), "batch stored", "version", 7)
			log.InfoContext(t.Context(), "sync done", "took", 1500*time.Millisecond, slog.Group("leads", "new", 3, "gone", 0))
			log.WithGroup("run").WarnContext(t.Context(), "deletions held", "note", "a b", "empty", "", "at", time.Now())
			log.ErrorContext(t.Context(), "sync failed", "error", errors.New(`"x" = y`))
		}
		want := `TIME | 🔍 DEBUG | batch stored package=ingest version=7
TIME | ✅ INFO  | sync done package=ingest took=1.5s leads.new=3 leads.gone=0
TIME | 🔶 WARN  | deletions held package=ingest run.note="a b" run.empty="" run.at=2000-01-01T00:00:00Z
TIME | ❌ ERROR | sync failed package=ingest error="\"x\" = y"
TIME | DEBUG | batch stored package=ingest version=7
TIME | INFO  | sync done package=ingest took=1.5s leads.new=3 leads.gone=0
TIME | WARN  | deletions held package=ingest run.note="a b" run.empty="" run.at=2000-01-01T00:00:00Z
TIME | ERROR | sync failed package=ingest error="\"x\" = y"
`
		got := regexp.MustCompile(`(?m)^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}`).ReplaceAllString(out.String(), "TIME")
		if got = regexp.MustCompile(`run\.at=\S+`).ReplaceAllString(got, "run.at=2000-01-01T00:00:00Z"); got != want {
			t.Errorf("got\n%s", got)
		}
	})
}

// TestALineStaysOneLine writes what could forge a line or command a terminal
// wherever a line takes text.
func TestALineStaysOneLine(t *testing.T) {
	nasty := "a\nb\r2026-01-01 | ERROR | forged\x1b[2J\x9b31m\u202e\u2028\x00 | x=\"y\""
	for _, format := range []telemetry.Format{telemetry.Console, telemetry.JSON} {
		var out bytes.Buffer
		log := slog.New(telemetry.NewHandler(telemetry.Output{To: &out, Format: format}))
		log.With(nasty, nasty).WithGroup(nasty).InfoContext(t.Context(), nasty, nasty, nasty, "error", errors.New(nasty), slog.Group(nasty, nasty, nasty)) //nolint:sloglint // what must not happen is tried
		line, rest, _ := strings.Cut(out.String(), "\n")
		if rest != "" || strings.ContainsAny(line, "\r\x1b\x00") || format == telemetry.Console && strings.ContainsAny(line, "\u202e\u2028") ||
			strings.Contains(line, "\x9b") || strings.Count(line, " | ERROR | forged") > 0 && format == telemetry.Console && strings.HasPrefix(line, "2026-01-01") {
			t.Errorf("%s gives %q", format, out.String())
		}
	}
}

func TestTheFormatIsChosen(t *testing.T) {
	for _, tt := range []struct {
		format   telemetry.Format
		terminal bool
		isJSON   bool
	}{
		{"", true, false},
		{"", false, true},
		{telemetry.Auto, true, false},
		{telemetry.Auto, false, true},
		{telemetry.JSON, true, true},
		{telemetry.Console, false, false},
	} {
		var out bytes.Buffer
		slog.New(telemetry.NewHandler(telemetry.Output{To: &out, Format: tt.format, Terminal: tt.terminal})).InfoContext(t.Context(), "hello")
		if json.Valid(out.Bytes()) != tt.isJSON {
			t.Errorf("%q, terminal %t: %s", tt.format, tt.terminal, &out)
		}
	}
}

func TestDurationsAreInSeconds(t *testing.T) {
	var out bytes.Buffer
	slog.New(telemetry.NewHandler(telemetry.Output{To: &out, Format: telemetry.JSON})).InfoContext(t.Context(), "request", "took", 1500*time.Microsecond)
	if !strings.Contains(out.String(), `"took":0.0015`) {
		t.Errorf("got %s", &out)
	}
}

func TestLevels(t *testing.T) {
	tel, out := open(t, telemetry.Settings{}, telemetry.Options{Quiet: slog.LevelWarn})
	notion, httpapi := tel.Log().With(telemetry.PackageKey, "notion"), tel.Log().With(telemetry.PackageKey, "httpapi")
	for i, tt := range []struct{ levels, shown, said string }{
		{"", "w", "info"}, // the command is quiet
		{"info", "niw", "info"},
		{"info,notion=debug,httpapi=warn", "dnw", "info,httpapi=warn,notion=debug"},
		{" ERROR , notion=Info", "n", "error,notion=info"},
		{"notion=error", "iw", "info,notion=error"},
		{"", "w", "info"},
	} {
		if err := tel.Levels().Set(tt.levels); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		notion.DebugContext(t.Context(), "d")
		notion.InfoContext(t.Context(), "n")
		httpapi.InfoContext(t.Context(), "i")
		httpapi.WarnContext(t.Context(), "w", "error", i)
		var shown strings.Builder
		for line := range strings.Lines(out.String()) {
			shown.WriteString(regexp.MustCompile(`\| (\w) `).FindStringSubmatch(line)[1])
		}
		got := shown.String()
		if got != tt.shown || tel.Levels().String() != tt.said {
			t.Errorf("%q shows %q and is %q, want %q and %q", tt.levels, got, tel.Levels(), tt.shown, tt.said)
		}
	}
	for _, wrong := range []string{"loud", "info,", "notion=", "=info", "notion=loud"} {
		if err := tel.Levels().Set(wrong); err == nil || tel.Levels().String() != "info" {
			t.Errorf("%q is taken: %v, %s", wrong, err, tel.Levels())
		}
	}
}

func TestRepeatsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tel, out := open(t, telemetry.Settings{}, telemetry.Options{})
		log := tel.Log()
		say := func(err string) { log.WarnContext(t.Context(), "sync failed", "error", err) }
		for range 100 {
			say("Notion is away")
			time.Sleep(time.Second)
		}
		say("The disk is full")
		for range 3 {
			log.InfoContext(t.Context(), "request", "status", 200) // no trouble: said each time
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			got = append(got, regexp.MustCompile(`^\S+ \S+ \| `).ReplaceAllString(strings.TrimSpace(line), ""))
		}
		want := []string{
			`WARN  | sync failed error="Notion is away"`,
			`WARN  | sync failed error="Notion is away" repeated=59`,
			`WARN  | sync failed error="The disk is full"`,
			"INFO  | request status=200", "INFO  | request status=200", "INFO  | request status=200",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s", strings.Join(got, "\n"))
		}
	})
}

// TestRequestsAreNeverHeldBack has the same failure in many requests: people
// look for the line of theirs.
func TestRequestsAreNeverHeldBack(t *testing.T) {
	type key struct{}
	tel, out := open(t, telemetry.Settings{}, telemetry.Options{Context: func(ctx context.Context) []slog.Attr {
		id, _ := ctx.Value(key{}).(string)
		return []slog.Attr{slog.String("request_id", id)}
	}})
	for _, id := range []string{"r-1", "r-2", "r-3"} {
		ctx := context.WithValue(t.Context(), key{}, id)
		tel.Log().ErrorContext(ctx, "request", "error", "no disk")
		tel.Log().ErrorContext(ctx, "request", "error", "no disk", "request_id", id) // said by itself: once is enough
	}
	for _, id := range []string{"r-1", "r-2", "r-3"} {
		if n := strings.Count(out.String(), "request_id="+id); n != 2 {
			t.Errorf("%s is named %d times:\n%s", id, n, out)
		}
	}
}
