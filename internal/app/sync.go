package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sync/errgroup"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/demo"
	"leadlake/internal/ingest"
)

// Sync does one task in the foreground; see ingest.Syncer.Run.
func Sync(ctx context.Context, c config.Config, task leadlake.Task, o Options) (run leadlake.Run, err error) {
	o, end, err := o.observed(ctx, c, false)
	if err != nil {
		return run, err
	}
	defer end()
	if !c.Connected() {
		return run, leadlake.Errorf(leadlake.Invalid,
			"No Notion database is connected. Set NOTION_TOKEN and DATABASE_ID in the file .env or the environment; `leadlake demo` shows Leadlake without one.")
	}
	_, missing := os.Stat(c.Lake)
	l, err := openOwn(ctx, c, o)
	if err != nil {
		return run, err
	}
	defer func() {
		err = errors.Join(err, l.Close())
		if task.DryRun && missing != nil && !isBucket(c.Lake) { // only what is empty goes
			_ = os.Remove(l.disk.Scratch())
			_ = os.Remove(c.Lake)
		}
	}()
	runner := ingest.NewRunner(newConnection(c, o, l).open, l.leads, l.journal, runnerOptions(c, o, l))
	keeping, stop := context.WithCancel(ctx)
	group, keeping := errgroup.WithContext(keeping)
	group.Go(func() error { return l.keep(keeping, l.leads, o.log("app")) })
	run, err = runner.Once(ctx, task, o.Report)
	stop()
	err = errors.Join(err, group.Wait())
	o.lastLook(ctx, l, runner)
	if !task.DryRun {
		l.tidy(ctx, o.log("app"))
	}
	return run, err
}

// openOwn opens the lake for the team's own data: one with demo data is set
// aside.
func openOwn(ctx context.Context, c config.Config, o Options) (*lake, error) {
	l, err := openLake(ctx, c)
	if err != nil {
		return nil, err
	}
	return l.own(ctx, c, o)
}

// own returns a lake for the team's own data; it closes one that is none.
func (l *lake) own(ctx context.Context, c config.Config, o Options) (*lake, error) {
	what, err := l.holds(ctx)
	if err = errors.Join(err, l.forSyncing(c)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if what != onlyDemo || c.DatabaseID == demo.DatabaseID {
		return l, nil
	}
	to, err := l.setAside()
	if err != nil {
		return nil, err
	}
	o.Tell(fmt.Sprintf("The lake held the leads of the demo. It was moved to %s, and yours begins empty.", to))
	return openLake(ctx, c)
}
