package app

import (
	"context"
	"slices"
	"sync/atomic"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/httpapi"
	"leadlake/internal/ingest"
	"leadlake/internal/leadtable"
	"leadlake/internal/notion"
)

// notionSource is a notion.Source as ingest reads it, one run at a time.
type notionSource struct {
	*notion.Source
	known []leadlake.Property
}

// Columns reads the schema again: it may have changed since the last run.
func (s *notionSource) Columns(ctx context.Context) ([]leadlake.Column, error) {
	known, err := s.Schema(ctx, s.known)
	if err != nil {
		return nil, err
	}
	s.known = known
	return s.Source.Columns(), nil
}

// Effort returns what reading has cost.
func (s *notionSource) Effort() leadlake.Effort {
	stats := s.Stats()
	return leadlake.Effort{
		Requests: stats.Requests, Waited: stats.Waited, PausedUntil: stats.PausedUntil,
		Warnings: s.Warnings(), RequestIDs: stats.RequestIDs,
	}
}

// openNotion returns what opens the source that c describes, to be copied into
// leads. Its name is kept in name once it is known.
func openNotion(c config.Config, o Options, leads *leadtable.Table, name *atomic.Value) func(context.Context) (ingest.Source, error) {
	limiter := notion.NewLimiter(notion.LimiterOptions{Rate: c.NotionRate})
	return func(ctx context.Context) (ingest.Source, error) {
		source, err := notion.Open(ctx, c.NotionToken.Reveal(), c.DatabaseID, notion.Options{
			BaseURL: c.NotionURL, Limiter: limiter, Zone: c.Zone, Events: c.Events, Fields: c.Fields, Log: o.Log,
		})
		if err != nil {
			return nil, err
		}
		if err := refuseOthers(ctx, leads, source.ID()); err != nil {
			return nil, err
		}
		known, err := source.Schema(ctx, nil)
		if err != nil {
			return nil, err
		}
		name.Store(source.Name())
		return &notionSource{source, known}, nil
	}
}

// refuseOthers refuses a lake that follows another Notion database: the leads
// of both would be counted together, and nobody would know.
func refuseOthers(ctx context.Context, leads *leadtable.Table, source string) error {
	sources, err := leads.Sources(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(sources, func(s string) bool { return s != source }) {
		return leadlake.Errorf(leadlake.Conflict,
			"The lake holds the leads of another Notion database, which would be counted with these. Choose another folder with LEADLAKE_LAKE, or put the former database back into DATABASE_ID.")
	}
	return nil
}

// storedLeads is the table of leads as the API stores in it.
type storedLeads struct{ *leadtable.Table }

// Size returns the newest version and how many leads it holds.
func (l storedLeads) Size(ctx context.Context) (version, rows int64, err error) {
	snap, err := l.Latest(ctx)
	return snap.Version, snap.Rows(), err
}

// ingestion is the runner as the API sees it; without one there is nothing to
// start.
type ingestion struct{ runner *ingest.Runner }

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
