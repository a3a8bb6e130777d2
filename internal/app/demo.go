package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"leadlake/internal/config"
	"leadlake/internal/demo"
)

// demoEvery is how often the demo syncs: somebody is watching.
const demoEvery = 5 * time.Second

// startDemo runs the demo's Notion on a loopback port, with life in it, and
// returns c changed to follow it.
func startDemo(ctx context.Context, group *errgroup.Group, c config.Config, o Options) (config.Config, error) {
	workspace := demo.New(demo.Options{Zone: c.Zone, Log: o.log("demo")})
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return c, err
	}
	group.Go(func() error { return serveNotion(ctx, listener, workspace) })
	group.Go(func() error { return workspace.Live(ctx) })
	c.NotionURL = "http://" + listener.Addr().String()
	c.NotionToken = config.Secret(workspace.Token())
	c.DatabaseID = workspace.DatabaseID()
	c.Events, c.Fields = nil, nil
	c.SyncEvery = demoEvery
	return c, nil
}

// DemoNotion serves nothing but the demo's Notion API on addr until ctx ends,
// with life in it or without. ready is told how to reach it.
func DemoNotion(ctx context.Context, c config.Config, addr string, alive bool, o Options, ready func(url, token, database string)) error {
	o = o.withDefaults()
	workspace := demo.New(demo.Options{Zone: c.Zone, Log: o.log("demo")})
	listener, err := listen(ctx, addr)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveNotion(ctx, listener, workspace) })
	if alive {
		group.Go(func() error { return workspace.Live(ctx) })
	}
	ready("http://"+listener.Addr().String(), workspace.Token(), workspace.DatabaseID())
	return group.Wait()
}

func serveNotion(ctx context.Context, listener net.Listener, workspace *demo.Workspace) error {
	server := &http.Server{Handler: workspace.Handler(), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the demo's Notion: %w", err)
	}
	return nil
}
