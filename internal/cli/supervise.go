package cli

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/systemd"
)

// supervised runs what serves until it is told to stop, which is a good end,
// and tells the service manager how it is.
func supervised(ctx context.Context, cmd *cobra.Command, w World, serve func(context.Context, app.Options) error) error {
	o, manager := serving(w), systemd.Find(w.Environ)
	from := sources(w, cmd)
	o.Sources = &from
	if !w.Terminal { // there it says that the terminal has gone
		hangups := make(chan os.Signal, 1)
		signal.Notify(hangups, syscall.SIGHUP)
		defer signal.Stop(hangups)
		o.Reload = hangups
	}
	told := ctx
	ctx, stop := context.WithCancel(told)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	address := make(chan string, 1)
	ready := o.Ready
	o.Ready = func(url string, what app.Serving) {
		ready(url, what)
		address <- url
	}
	tellManager(ctx, &o, manager)
	group.Go(func() error {
		defer stop()
		return serve(ctx, o)
	})
	group.Go(func() error { return showAlive(ctx, manager, address, o.Logger()) })
	err := group.Wait()
	if err == nil || told.Err() == nil {
		return err
	}
	if !errors.Is(err, context.Canceled) {
		o.Logger().ErrorContext(ctx, "not everything ended by itself", slog.Any("error", err))
	}
	return nil
}

// tellManager has the service manager hear of what o hears.
func tellManager(ctx context.Context, o *app.Options, manager systemd.Manager) {
	tell := func(states ...string) {
		if err := manager.Tell(states...); err != nil {
			o.Logger().WarnContext(ctx, "the service manager does not hear", slog.Any("error", err))
		}
	}
	o.Stage = func(s app.Stage) {
		switch s {
		case app.Running:
			tell(systemd.Ready, systemd.Status("serving"))
		case app.Reloading:
			tell(systemd.Reloading()...)
		case app.Stopping:
			tell(systemd.Stopping, systemd.Status("finishing what goes on"))
		}
	}
	report := o.Report
	o.Report = func(run leadlake.Run) {
		report(run)
		if !run.FinishedAt.IsZero() {
			tell(systemd.Status(describe(run)))
		}
	}
}

// showAlive tells the service manager that the process lives, as long as it
// answers what it is asked at its address.
func showAlive(ctx context.Context, manager systemd.Manager, address <-chan string, log *slog.Logger) error {
	every := manager.Watchdog() / 3
	if every <= 0 {
		return nil
	}
	url := ""
	select {
	case <-ctx.Done():
		return nil
	case url = <-address:
	}
	client := &http.Client{Timeout: every}
	defer client.CloseIdleConnections()
	for {
		err := answersWell(ctx, client, url+"/healthz")
		if err == nil {
			err = manager.Tell(systemd.Alive)
		}
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "the service manager was not told that the process lives", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

func answersWell(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // nothing of it is read
	if answer.StatusCode != http.StatusOK {
		return errors.New("the answer was " + answer.Status)
	}
	return nil
}
