package app

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"leadlake"
	"leadlake/internal/config"
)

// changes follows the places where the configuration was read, while the
// product serves. A change is taken as a whole or not at all.
type changes struct {
	options Options
	current config.Config // as it was read; a demo serves another

	mu      sync.Mutex
	refused string // why the last change was not taken, "" where it was
}

func newChanges(c config.Config, o Options) *changes { return &changes{options: o, current: c} }

// lookAtFilesEvery is how often the files of the configuration are looked at.
const lookAtFilesEvery = time.Second

// follow has apply take the changes until ctx ends.
func (ch *changes) follow(ctx context.Context, apply func(config.Config) error) error {
	sources := ch.options.Sources
	if sources == nil {
		return nil
	}
	seen := sources.Stamp(ch.current)
	if ch.different() { // changed between being read and being followed
		ch.take(ctx, apply)
	}
	for taken := seen; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-ch.options.Reload:
			seen = sources.Stamp(ch.current)
		case <-time.After(lookAtFilesEvery):
			stamp := sources.Stamp(ch.current)
			if stamp == taken || stamp != seen { // the same twice: nobody is writing it
				seen = stamp
				continue
			}
		}
		ch.take(ctx, apply)
		taken = seen
	}
}

// different says whether the files no longer say what was read from them.
func (ch *changes) different() bool {
	next, err := config.Load(*ch.options.Sources)
	live, fixed := ch.current.Changes(next)
	return err != nil || len(live)+len(fixed) > 0
}

// take reads the configuration and has it applied.
func (ch *changes) take(ctx context.Context, apply func(config.Config) error) {
	ch.options.Stage(Reloading)
	defer ch.options.Stage(Running)
	next, err := config.Load(*ch.options.Sources)
	live, fixed := ch.current.Changes(next)
	switch {
	case err != nil:
		err = leadlake.Errorf(leadlake.Invalid, "The changed configuration is wrong, and was not taken; the former one still holds. %s", leadlake.MessageOf(err))
	case len(fixed) > 0:
		err = leadlake.Errorf(leadlake.Conflict,
			"The changed configuration was not taken, because %s cannot change while Leadlake runs: restart it, or undo the change.", strings.Join(fixed, ", "))
	case len(live) > 0:
		err = apply(next)
	}
	log := ch.options.log("app")
	ch.options.telemetry.ConfigReloaded(err == nil)
	switch {
	case err != nil:
		log.WarnContext(ctx, "configuration refused", slog.String("reason", leadlake.MessageOf(err)))
	default:
		ch.current = next
		log.InfoContext(ctx, "configuration taken", slog.Any("changed", append([]string{}, live...)))
	}
	ch.mu.Lock()
	ch.refused = leadlake.MessageOf(err)
	ch.mu.Unlock()
	ch.options.Reloaded(ch.current, err)
}

// refusal returns why the last change was not taken, "" where it was.
func (ch *changes) refusal() string {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return ch.refused
}

// reconfigure has the product go on with c.
func (p *product) reconfigure(c config.Config) error {
	if err := p.server.AllowOrigins(c.CORSOrigins); err != nil {
		return err
	}
	if err := p.options.telemetry.Levels().Set(c.LogLevel); err != nil {
		return leadlake.Errorf(leadlake.Invalid, "LEADLAKE_LOG_LEVEL: %s", err)
	}
	if p.serving == OwnNotion {
		p.source.use(c)
		p.runner.Reconfigure(scheduleOf(c), c.SyncDeadline)
	}
	return nil
}
