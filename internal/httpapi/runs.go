package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
)

// Run is the report of one run.
type Run struct {
	ID             string          `json:"id"`
	Source         string          `example:"notion:8f6e0c1e-0000-4000-8000-000000000001" json:"source"`
	Mode           Mode            `json:"mode"`
	Outcome        string          `enum:"success,failure" json:"outcome"`
	Error          *string         `doc:"Of a failure, for people" json:"error"`
	StartedAt      time.Time       `json:"started_at"`
	FinishedAt     time.Time       `json:"finished_at"`
	Since          *time.Time      `doc:"The edits or creations that it began to read at; null is all" json:"since"`
	Seen           int             `doc:"Leads read from the source" json:"seen"`
	Inserted       int             `json:"inserted"`
	Updated        int             `json:"updated"`
	Unchanged      int             `json:"unchanged"`
	States         States          `doc:"Of the updated leads, by the state that they have got" json:"states"`
	Held           int             `doc:"Leads that are missing and were not marked as gone" json:"held"`
	Balance        orNull[Balance] `doc:"The source beside the table; null where the run has not seen all" json:"balance"`
	Requests       int             `json:"requests"`
	Retries        int             `json:"retries"`
	WaitedSeconds  float64         `json:"waited_seconds"`
	VersionBefore  int64           `doc:"-1 where there was no table" json:"version_before"`
	VersionAfter   int64           `doc:"-1 where there is no table" json:"version_after"`
	Warnings       list[Warning]   `doc:"What could not be read as it should" json:"warnings"`
	Drift          list[Drift]     `doc:"How the schema had changed" json:"drift"`
	FailedRequests list[string]    `doc:"The source's ids of requests that failed" json:"failed_requests"`
}

// States counts leads by a state.
type States struct {
	Active      int `json:"active"`
	Archived    int `json:"archived"`
	Trashed     int `json:"trashed"`
	Moved       int `json:"moved"`
	Unreachable int `json:"unreachable"`
}

// Balance is how many leads there are on both sides.
type Balance struct {
	Active   int `doc:"That Notion lists" json:"notion_active"`
	Archived int `doc:"That Notion lists" json:"notion_archived"`
	Table    int `doc:"Active and archived ones in the table" json:"table"`
}

// Warning is one kind of thing that could not be read as it should.
type Warning struct {
	Text     string       `json:"text"`
	Count    int          `json:"count"`
	Examples list[string] `doc:"Ids of some of the leads" json:"examples"`
}

// Drift is one change of the schema.
type Drift struct {
	At         time.Time `json:"at"`
	Change     Change    `json:"change"`
	PropertyID string    `json:"property_id"`
	Property   string    `doc:"Its name since" json:"property"`
	Column     string    `json:"column"`
	Was        *string   `json:"was"`
	Is         *string   `json:"is"`
}

// Change says how a schema changed.
type Change string

// Schema lists the changes; huma calls it.
func (Change) Schema(huma.Registry) *huma.Schema {
	return enumOf(leadlake.PropertyAdded, leadlake.PropertyRenamed, leadlake.PropertyRetyped, leadlake.PropertyRemoved,
		leadlake.PropertyReturned, leadlake.OptionAdded, leadlake.OptionRenamed, leadlake.OptionRemoved)
}

// Properties is what feeds the columns.
type Properties struct {
	Properties list[Property] `json:"properties"`
	Changes    list[Drift]    `doc:"The oldest first" json:"changes"`
}

// Property is one property of the source.
type Property struct {
	ID        string     `json:"id"`
	Label     string     `doc:"What people call it now" json:"label"`
	Kind      string     `doc:"The source's own type" example:"select" json:"kind"`
	Column    string     `doc:"The column that it feeds" json:"column"`
	Type      string     `doc:"Of the column" example:"string" json:"type"`
	FirstSeen time.Time  `json:"first_seen"`
	RemovedAt *time.Time `doc:"Since when the source does not show it; null while it does" json:"removed_at"`
}

func (s *Server) registerRuns() {
	handle(s, operation{
		id: "ingestionRuns", method: http.MethodGet, path: "/api/v1/ingestion/runs", tag: "ingestion",
		summary: "List the last runs, the newest first",
	}, s.runs)
	handle(s, operation{
		id: "schema", method: http.MethodGet, path: "/api/v1/ingestion/schema", tag: "ingestion",
		summary: "Show which property feeds which column, and how that changed",
	}, s.schema)
}

type runsInput struct {
	Limit int `default:"20" maximum:"1000" minimum:"1" query:"limit"`
}

type runsOutput struct{ Body list[Run] }

func (s *Server) runs(ctx context.Context, in *runsInput) (*runsOutput, error) {
	runs, err := s.ingestion.Runs(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	return &runsOutput{Body: each(runs, runOf)}, nil
}

type schemaOutput struct{ Body Properties }

func (s *Server) schema(ctx context.Context, _ *struct{}) (*schemaOutput, error) {
	properties, drifts, err := s.ingestion.Schema(ctx)
	if err != nil {
		return nil, err
	}
	return &schemaOutput{Body: Properties{Properties: each(properties, propertyOf), Changes: each(drifts, driftOf)}}, nil
}

// each converts a list; an empty one is [], not null.
func each[T, J any](items []T, convert func(T) J) list[J] {
	out := make(list[J], 0, len(items))
	for _, item := range items {
		out = append(out, convert(item))
	}
	return out
}

func itself[T any](t T) T { return t }

func runOf(run leadlake.Run) Run {
	out := Run{
		ID: run.ID, Source: run.Source, Mode: Mode(run.Mode), Outcome: "success",
		StartedAt: instant(run.StartedAt), FinishedAt: instant(run.FinishedAt), Since: orNone(run.Since),
		Seen: run.Seen, Inserted: run.Inserted, Updated: run.Updated, Unchanged: run.Unchanged,
		States: States(run.Moves), Held: run.Held, Requests: run.Requests, Retries: run.Retries, WaitedSeconds: seconds(run.Waited),
		VersionBefore: run.Before, VersionAfter: run.Version,
		Warnings: each(run.Warnings, func(w leadlake.Warning) Warning { return Warning{w.Text, w.Count, each(w.Examples, itself)} }),
		Drift:    each(run.Drift, driftOf), FailedRequests: each(run.RequestIDs, itself),
	}
	if run.Balance != nil {
		out.Balance.value = &Balance{Active: run.Balance.Active, Archived: run.Balance.Archived, Table: run.Balance.Stored}
	}
	if run.Err != nil {
		out.Outcome, out.Error = "failure", new(failureOf(run).Message)
	}
	return out
}

func driftOf(d leadlake.Drift) Drift {
	text := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return Drift{
		At: instant(d.At), Change: Change(d.Kind), PropertyID: d.Property.ID, Property: d.Property.Label,
		Column: d.Property.Column, Was: text(d.Was), Is: text(d.Is),
	}
}

func propertyOf(p leadlake.Property) Property {
	return Property{
		ID: p.ID, Label: p.Label, Kind: p.Kind, Column: p.Column, Type: string(p.Type),
		FirstSeen: instant(p.FirstSeen), RemovedAt: orNone(p.RemovedAt),
	}
}

// orNone is a moment in JSON, null for none.
func orNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(instant(t))
}
