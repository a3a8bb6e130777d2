package cli

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
)

func newServe(w World) *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Sync and serve the dashboard", Args: noArguments,
		Long: `Serve syncs the Notion database into the lake, now and every few minutes, and
serves the dashboard and the API. Without NOTION_TOKEN and DATABASE_ID it
serves what the lake holds, or a demo if that is nothing.

It takes changes of leadlake.yaml and .env while it runs. On SIGTERM it ends
within ten seconds. On SIGHUP it looks at its configuration at once, unless it
runs on a terminal, whose end SIGHUP says.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			return supervised(cmd.Context(), cmd, w, func(ctx context.Context, o app.Options) error { return app.Serve(ctx, c, o) })
		},
	}
	addServeFlags(cmd)
	return cmd
}

func newDemo(w World) *cobra.Command {
	var notionAddr string
	var still bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Serve a dashboard of made-up leads", Args: noArguments,
		Long: `Demo runs a made-up Notion workspace on this machine, in which leads move on
every few seconds, and serves the dashboard that follows it.

With --notion-addr it serves that workspace's Notion API and nothing else, so
that any Notion client can be tried against it.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			if notionAddr == "" {
				return supervised(cmd.Context(), cmd, w, func(ctx context.Context, o app.Options) error { return app.ServeDemo(ctx, c, o) })
			}
			return app.DemoNotion(cmd.Context(), c, notionAddr, !still, options(w, slog.LevelInfo),
				func(url, token, database string) {
					fmt.Fprintf(w.Stdout, "LEADLAKE_NOTION_URL=%s\nNOTION_TOKEN=%s\nDATABASE_ID=%s\n", url, token, database)
				})
		},
	}
	addServeFlags(cmd)
	cmd.Flags().StringVar(&notionAddr, "notion-addr", "", "serve only the made-up Notion API, on this address")
	cmd.Flags().BoolVar(&still, "still", false, "with --notion-addr: no lead moves")
	return cmd
}

func addServeFlags(cmd *cobra.Command) {
	cmd.Flags().String("addr", "", "address to serve on (default 127.0.0.1:8000)")
	cmd.Flags().Bool("insecure", false, "allow an address that other machines can reach, without accounts")
}

// serving returns options that tell what goes on: a person on a terminal in
// sentences, a program in the log and nothing else, so that every line of it can
// be read as one.
func serving(w World) app.Options {
	var once sync.Once
	if !w.Terminal {
		o := options(w, slog.LevelInfo)
		o.Tell, o.Report = nil, func(leadlake.Run) {}
		o.Ready = func(url string, _ app.Serving) {
			once.Do(func() { fmt.Fprintln(w.Stdout, url) })
		}
		return o
	}
	o := options(w, slog.LevelError)
	o.Report = newProgress(w, true).report
	o.Ready = func(url string, what app.Serving) {
		once.Do(func() {
			fmt.Fprintln(w.Stdout, url)
			fmt.Fprintln(w.Stderr, welcome(what))
		})
	}
	return o
}

func welcome(what app.Serving) string {
	switch what {
	case app.Demo:
		return "This is a demo: the leads are made up. To see your own, put NOTION_TOKEN and DATABASE_ID into\n" +
			"a file called .env and start again. Ctrl+C ends it."
	case app.OwnLake:
		return "No Notion database is connected: the dashboard shows what the lake holds. To connect one, put\n" +
			"NOTION_TOKEN and DATABASE_ID into a file called .env and start again. Ctrl+C ends it."
	case app.OwnNotion:
	}
	return "The dashboard follows your Notion database. Ctrl+C ends it."
}
