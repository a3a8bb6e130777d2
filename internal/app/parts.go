package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/httpapi"
	"leadlake/internal/ingest"
	"leadlake/internal/journal"
	"leadlake/internal/leadtable"
	"leadlake/internal/notion"
)

// notionSource is a notion.Source as ingest reads it.
type notionSource struct{ *notion.Source }

// Effort returns what reading has cost.
func (s notionSource) Effort() leadlake.Effort {
	stats := s.Stats()
	return leadlake.Effort{
		Requests: stats.Requests, Retries: stats.Retries, Waited: stats.Waited, PausedUntil: stats.PausedUntil,
		Warnings: s.Warnings(), RequestIDs: stats.RequestIDs,
	}
}

// connection opens the source that the configuration describes at the time, to
// be copied into a lake.
type connection struct {
	lake    *lake
	log     *slog.Logger
	limiter *notion.Limiter
	config  atomic.Pointer[config.Config]
	title   atomic.Pointer[string] // of the database, once it is known
}

func newConnection(c config.Config, o Options, l *lake) *connection {
	n := &connection{lake: l, log: o.log("notion"), limiter: notion.NewLimiter(notion.LimiterOptions{Rate: c.NotionRate})}
	n.config.Store(&c)
	return n
}

// use has the source opened with another configuration from now on.
func (n *connection) use(c config.Config) {
	n.config.Store(&c)
	n.limiter.SetRate(c.NotionRate)
}

// name is what people call the source, "" while that is not known.
func (n *connection) name() string {
	if title := n.title.Load(); title != nil {
		return *title
	}
	return ""
}

func (n *connection) open(ctx context.Context) (ingest.Source, error) {
	c := n.config.Load()
	source, err := notion.Open(ctx, c.NotionToken.Reveal(), c.DatabaseID, notion.Options{
		BaseURL: c.NotionURL, Limiter: n.limiter, Zone: c.Zone, Events: c.Events, Fields: c.Fields, Log: n.log,
	})
	if err != nil {
		return nil, err
	}
	if err := refuseOthers(ctx, n.lake.leads, source.ID()); err != nil {
		return nil, err
	}
	if snap, err := n.lake.leads.Latest(ctx); err != nil || snap.Version < 0 {
		if _, errSchema := source.Schema(ctx, nil); errors.Join(err, errSchema) != nil {
			return nil, errors.Join(err, errSchema) // what is wrong with it is said before anything begins
		}
	}
	n.title.Store(new(source.Name()))
	return notionSource{source}, nil
}

// refuseOthers refuses a lake that follows another Notion database: the leads
// of both would be counted together, and nobody would know.
func refuseOthers(ctx context.Context, leads *leadtable.Table, source string) error {
	sources, err := leads.Sources(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(sources, func(s string) bool { return s != source && strings.HasPrefix(s, "notion:") }) {
		return leadlake.Errorf(leadlake.Conflict,
			"The lake holds the leads of another Notion database, which would be counted with these. Choose another folder with LEADLAKE_LAKE, or put the former database back into DATABASE_ID.")
	}
	return nil
}

// storedLeads is the table of leads as the API stores in it.
type storedLeads struct {
	*leadtable.Table

	shown *shown
}

// Size returns the newest version and how many leads it holds.
func (l storedLeads) Size(ctx context.Context) (version, rows int64, err error) {
	snap, err := l.shown.Latest(ctx)
	return snap.Version, snap.Rows(), err
}

// Columns returns the columns of the newest version.
func (l storedLeads) Columns(ctx context.Context) ([]leadlake.Column, error) {
	snap, err := l.shown.Latest(ctx)
	return snap.Columns, err
}

// ingestion is the runner and its records as the API sees them; without a
// runner there is nothing to start.
type ingestion struct {
	runner  *ingest.Runner
	journal *journal.Journal
}

// Runs returns the last runs.
func (i ingestion) Runs(ctx context.Context, limit int) ([]leadlake.Run, error) {
	return i.journal.Runs(ctx, journal.RunsQuery{Limit: limit})
}

// Schema returns what is known of the properties of the lake's source.
func (i ingestion) Schema(ctx context.Context) ([]leadlake.Property, []leadlake.Drift, error) {
	sources, err := i.journal.Sources(ctx)
	if err != nil || len(sources) == 0 {
		return nil, nil, err
	}
	drifts, err := i.journal.Drifts(ctx, sources[0]) // a lake follows one source with a schema
	return journal.Fold(drifts), drifts, err
}

// Start asks for a run.
func (i ingestion) Start(context.Context) error {
	if i.runner == nil {
		return leadlake.Errorf(leadlake.Conflict,
			"No Notion database is connected. Set NOTION_TOKEN and DATABASE_ID in the file .env, and start Leadlake again.")
	}
	i.runner.Start()
	return nil
}

// Status returns what is known about runs.
func (i ingestion) Status() leadlake.Ingestion {
	if i.runner == nil {
		return leadlake.Ingestion{}
	}
	return i.runner.Status()
}

var (
	_ ingest.Source     = (*notionSource)(nil)
	_ httpapi.Leads     = storedLeads{}
	_ httpapi.Ingestion = ingestion{}
)
