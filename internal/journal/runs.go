package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leadlake"
)

// runColumns are what one can ask of a run in SQL; report has all of it.
func runColumns() []leadlake.Column {
	columns := []leadlake.Column{
		{Name: leadlake.ColumnID, Type: leadlake.Text},
		{Name: "source", Type: leadlake.Text},
		{Name: "mode", Type: leadlake.Text},
		{Name: "outcome", Type: leadlake.Text}, // "success", "failure"
		{Name: "message", Type: leadlake.Text}, // of a failure, for people
		{Name: "started_at", Type: leadlake.Instant},
		{Name: "finished_at", Type: leadlake.Instant},
	}
	for _, name := range []string{"seen", "inserted", "updated", "unchanged", "gone", "held", "requests", "version_before", "version_after"} {
		columns = append(columns, leadlake.Column{Name: name, Type: leadlake.Whole})
	}
	return append(columns, leadlake.Column{Name: "report", Type: leadlake.Text}) // JSON
}

// report is a run in JSON: what the columns do not say.
type report struct {
	Since      *time.Time         `json:"since,omitempty"`
	Moves      leadlake.Moves     `json:"moves"`
	Different  int                `json:"different,omitempty"`
	Balance    *leadlake.Balance  `json:"balance,omitempty"`
	Retries    int                `json:"retries,omitempty"`
	Waited     time.Duration      `json:"waited_ns,omitempty"`
	Warnings   []leadlake.Warning `json:"warnings,omitempty"`
	Drift      []leadlake.Drift   `json:"drift,omitempty"`
	Samples    []leadlake.Sample  `json:"samples,omitempty"`
	RequestIDs []string           `json:"request_ids,omitempty"`
	Kind       leadlake.Kind      `json:"kind,omitempty"` // of the failure
}

// AddRun records a run that has ended.
func (j *Journal) AddRun(ctx context.Context, run leadlake.Run) error {
	r := report{
		Moves: run.Moves, Different: run.Different, Balance: run.Balance, Retries: run.Retries, Waited: run.Waited,
		Warnings: run.Warnings, Drift: run.Drift, Samples: run.Samples, RequestIDs: run.RequestIDs,
	}
	if !run.Since.IsZero() {
		r.Since = &run.Since
	}
	outcome, message := "success", leadlake.Value(nil)
	if run.Err != nil {
		outcome, message, r.Kind = "failure", messageOf(run.Err), leadlake.KindOf(run.Err)
	}
	encoded, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("recording a run: %w", err)
	}
	return j.runs.append(ctx, record{
		leadlake.ColumnID: run.ID, "source": run.Source, "mode": string(run.Mode), "outcome": outcome, "message": message,
		"started_at": run.StartedAt.UTC(), "finished_at": run.FinishedAt.UTC(),
		"seen": int64(run.Seen), "inserted": int64(run.Inserted), "updated": int64(run.Updated), "unchanged": int64(run.Unchanged),
		"gone": int64(run.Moves.Gone()), "held": int64(run.Held), "requests": int64(run.Requests),
		"version_before": run.Before, "version_after": run.Version, "report": string(encoded),
	})
}

// messageOf returns what people may read of an error; a cause that is not
// written for them may hold anything.
func messageOf(err error) string {
	if message := leadlake.MessageOf(err); message != "" {
		return message
	}
	return "The sync failed for a reason of ours; the log tells the cause."
}

// RunsQuery says which runs are wanted.
type RunsQuery struct {
	Limit int             // the newest so many; 0 is all
	Modes []leadlake.Mode // nil: any
	// Succeeded leaves out those that failed.
	Succeeded bool
}

const runsSQL = `SELECT id, source, mode, outcome, message, started_at, finished_at,
  seen, inserted, updated, unchanged, held, requests, version_before, version_after, report
FROM leads
WHERE (len(?::VARCHAR[]) = 0 OR list_contains(?::VARCHAR[], mode)) AND (outcome = 'success' OR NOT ?)
ORDER BY started_at DESC, finished_at DESC, id
LIMIT ?`

// Runs returns runs, the newest first.
func (j *Journal) Runs(ctx context.Context, q RunsQuery) ([]leadlake.Run, error) {
	modes := []string{}
	for _, m := range q.Modes {
		modes = append(modes, string(m))
	}
	if q.Limit <= 0 {
		q.Limit = 1 << 40
	}
	var runs []leadlake.Run
	for row, err := range j.runs.rows(ctx, runsSQL, modes, modes, q.Succeeded, q.Limit) {
		if err != nil {
			return nil, err
		}
		run, err := runOf(row)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, nil
}

func runOf(row []any) (leadlake.Run, error) {
	text := func(i int) string { s, _ := row[i].(string); return s }
	at := func(i int) time.Time { t, _ := row[i].(time.Time); return t }
	count := func(i int) int64 { n, _ := row[i].(int64); return n }
	run := leadlake.Run{
		ID: text(0), Source: text(1), Mode: leadlake.Mode(text(2)), StartedAt: at(5), FinishedAt: at(6),
		Seen: int(count(7)), Inserted: int(count(8)), Updated: int(count(9)), Unchanged: int(count(10)),
		Held: int(count(11)), Requests: int(count(12)), Before: count(13), Version: count(14),
	}
	var r report
	if err := json.Unmarshal([]byte(text(15)), &r); err != nil {
		return run, fmt.Errorf("reading the report of run %s: %w", run.ID, err)
	}
	run.Moves, run.Different, run.Balance, run.Retries, run.Waited = r.Moves, r.Different, r.Balance, r.Retries, r.Waited
	run.Warnings, run.Drift, run.Samples, run.RequestIDs = r.Warnings, r.Drift, r.Samples, r.RequestIDs
	if r.Since != nil {
		run.Since = *r.Since
	}
	if text(3) != "success" {
		run.Err = leadlake.Errorf(r.Kind, "%s", text(4))
	}
	return run, nil
}
