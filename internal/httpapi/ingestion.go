package httpapi

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
)

// Status is what is known about the copying into the lake.
type Status struct {
	State            string           `enum:"idle,running" json:"state"`
	Mode             orNull[Mode]     `doc:"Of the running or else the last run" json:"mode"`
	Progress         orNull[RunSoFar] `doc:"Of the running run" json:"progress"`
	LastSuccess      *time.Time       `json:"last_success"`
	LastError        orNull[Failure]  `doc:"The newest failure since the last success" json:"last_error"`
	Held             orNull[Held]     `doc:"Leads that are missing from the source and were not marked as gone, because they are suspiciously many" json:"held"`
	Elsewhere        *string          `doc:"Which other process syncs this lake now, for people" json:"elsewhere"`
	Version          *int64           `doc:"The newest version of the table; null while there is none" example:"42" json:"version"`
	Rows             int64            `doc:"How many leads it holds" example:"3012" json:"rows"`
	FreshnessSeconds *float64         `doc:"The age of the last success" example:"35" json:"freshness_seconds"`
	Demo             bool             `doc:"Whether the data are made up" json:"demo"`
	Source           orNull[Source]   `doc:"Where the leads come from; null where only this API brings them" json:"source"`
	Today            string           `doc:"Today in the team's time zone" format:"date" json:"today"`
	TimeZone         string           `example:"Europe/Paris" json:"time_zone"`
}

// Mode is how much a run reads.
type Mode string

// Schema lists the modes; huma calls it.
func (Mode) Schema(huma.Registry) *huma.Schema { return enumOf(leadlake.Modes()...) }

// RunSoFar is how far a run has come.
type RunSoFar struct {
	Seen             int        `doc:"Leads read from the source" json:"seen"`
	Inserted         int        `json:"inserted"`
	Updated          int        `json:"updated"`
	Unchanged        int        `json:"unchanged"`
	Requests         int        `doc:"Sent to the source" json:"requests"`
	WaitedSeconds    float64    `doc:"Spent waiting because the source asked for it" json:"waited_seconds"`
	RemainingSeconds *float64   `doc:"Estimate of what is left; null where unknown" json:"remaining_seconds"`
	StartedAt        time.Time  `json:"started_at"`
	PausedUntil      *time.Time `doc:"When a pause ends that the source has asked for" json:"paused_until"`
}

// Held is a deletion that waits for somebody to allow it.
type Held struct {
	At      time.Time `json:"at"`
	Leads   int       `doc:"How many are missing" example:"57" json:"leads"`
	Message string    `doc:"What is wrong and what to do, for people" json:"message"`
}

// Failure is a run that ended before it was done.
type Failure struct {
	At      time.Time `json:"at"`
	Message string    `doc:"What went wrong and what to do, for people" json:"message"`
}

func (s *Server) registerIngestion() {
	handle(s, operation{
		id: "ingestionStatus", method: http.MethodGet, path: "/api/v1/ingestion/status", tag: "ingestion",
		summary: "Say what the ingestion is doing and how fresh the data are",
	}, s.ingestionStatus)
	handle(s, operation{
		id: "ingestNotion", method: http.MethodPost, path: "/api/v1/ingestion/notion", tag: "ingestion",
		summary:     "Copy what changed in Notion",
		description: "Starts a run, or joins the one that goes on. 409 where no Notion database is configured.",
		status:      http.StatusAccepted, errors: []int{http.StatusConflict},
	}, s.ingestNotion)
	s.registerRuns()
}

type statusOutput struct{ Body Status }

func (s *Server) ingestionStatus(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	version, rows, err := s.leads.Size(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the size of the table: %w", err)
	}
	status := s.statusOf(s.ingestion.Status())
	if version >= 0 {
		status.Version, status.Rows = &version, rows
	}
	return &statusOutput{Body: status}, nil
}

func (s *Server) ingestNotion(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	if err := s.ingestion.Start(ctx); err != nil {
		return nil, err
	}
	return s.ingestionStatus(ctx, nil)
}

func (s *Server) statusOf(in leadlake.Ingestion) Status {
	out := Status{
		State: "idle", Demo: s.options.Demo, Source: orNull[Source]{s.options.Source()},
		Today: s.numbers.Today().String(), TimeZone: s.options.Zone.String(),
	}
	if in.Last != nil {
		out.Mode.value = modeOf(*in.Last)
	}
	if in.Current != nil {
		out.State, out.Mode.value, out.Progress.value = "running", modeOf(*in.Current), soFar(*in.Current)
	}
	if !in.LastSuccess.IsZero() {
		out.LastSuccess = new(instant(in.LastSuccess))
		out.FreshnessSeconds = new(seconds(max(0, s.options.Now().Sub(in.LastSuccess))))
	}
	if in.LastFailure != nil {
		out.LastError.value = failureOf(*in.LastFailure)
	}
	if in.Held != nil {
		out.Held.value = &Held{At: instant(in.Held.FinishedAt), Leads: in.Held.Held, Message: fmt.Sprintf(
			"%d leads are no longer in the database. So many at once may be a mistake, so none was marked as gone. "+
				"If they really are, run: leadlake sync --sweep --allow-mass-delete", in.Held.Held)}
	}
	if in.Elsewhere != "" {
		out.Elsewhere = &in.Elsewhere
	}
	return out
}

// modeOf returns nil for a run that has not got as far as to know its mode.
func modeOf(run leadlake.Run) *Mode {
	if run.Mode == "" {
		return nil
	}
	return new(Mode(run.Mode))
}

func soFar(run leadlake.Run) *RunSoFar {
	out := &RunSoFar{
		Seen: run.Seen, Inserted: run.Inserted, Updated: run.Updated, Unchanged: run.Unchanged,
		Requests: run.Requests, WaitedSeconds: seconds(run.Waited), StartedAt: instant(run.StartedAt),
	}
	if run.Remaining > 0 {
		out.RemainingSeconds = new(seconds(run.Remaining))
	}
	if !run.PausedUntil.IsZero() {
		out.PausedUntil = new(instant(run.PausedUntil))
	}
	return out
}

func failureOf(run leadlake.Run) *Failure {
	message := leadlake.MessageOf(run.Err)
	if message == "" {
		message = "The sync failed for a reason of ours; the log tells the cause."
	}
	return &Failure{At: instant(run.FinishedAt), Message: message}
}

// instant is how a moment looks in JSON: in UTC, to the second.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// seconds is how a length of time looks in JSON: to the tenth.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*10) / 10 }
