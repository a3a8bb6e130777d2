package telemetry

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// PackageKey is the attribute by which a logger says whose it is. Levels go by
// it.
const PackageKey = "package"

// Levels says which lines are written: one level for all, and others for some
// packages. It may be changed while lines are written.
type Levels struct {
	chosen atomic.Pointer[levels]
}

type levels struct {
	all    slog.Level
	of     map[string]slog.Level
	silent bool // whether nothing was chosen
}

// NewLevels returns the level info for everything.
func NewLevels() *Levels {
	l := &Levels{}
	l.chosen.Store(&levels{silent: true})
	return l
}

// Set takes levels as in "info,notion=debug,httpapi=warn". An empty text means
// the default again. After an error everything is as it was.
func (l *Levels) Set(text string) error {
	parsed, err := parseLevels(text)
	if err != nil {
		return err
	}
	l.chosen.Store(parsed)
	return nil
}

// String returns the levels in the form of Set.
func (l *Levels) String() string {
	chosen := l.chosen.Load()
	parts := []string{strings.ToLower(chosen.all.String())}
	for _, name := range slices.Sorted(maps.Keys(chosen.of)) {
		parts = append(parts, name+"="+strings.ToLower(chosen.of[name].String()))
	}
	return strings.Join(parts, ",")
}

// of returns the level of a package.
func (l *Levels) of(name string) slog.Level {
	chosen := l.chosen.Load()
	if level, ok := chosen.of[name]; ok {
		return level
	}
	return chosen.all
}

// chosenByUser reports whether somebody has said which level they want.
func (l *Levels) chosenByUser() bool { return !l.chosen.Load().silent }

func parseLevels(text string) (*levels, error) {
	parsed := &levels{of: map[string]slog.Level{}, silent: strings.TrimSpace(text) == ""}
	if parsed.silent {
		return parsed, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		name, word, ofPackage := strings.Cut(strings.TrimSpace(part), "=")
		if !ofPackage {
			word = name
		}
		level, ok := levelOf(word)
		if !ok || ofPackage && name == "" {
			return nil, fmt.Errorf("%q is not a level: write debug, info, warn or error, and other levels of some packages behind it, for example info,notion=debug", part)
		}
		if ofPackage {
			parsed.of[strings.TrimSpace(name)] = level
		} else {
			parsed.all = level
		}
	}
	return parsed, nil
}

func levelOf(word string) (slog.Level, bool) {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "debug":
		return slog.LevelDebug, true
	case "info":
		return slog.LevelInfo, true
	case "warn", "warning":
		return slog.LevelWarn, true
	case "error":
		return slog.LevelError, true
	default:
		return 0, false
	}
}
