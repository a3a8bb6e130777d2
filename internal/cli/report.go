package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"leadlake"
)

// runJSON is a run as commands print it: a contract, see docs/cli-json.md.
type runJSON struct {
	Mode          leadlake.Mode `json:"mode"`
	Version       int64         `json:"version"`
	Seen          int           `json:"seen"`
	Inserted      int           `json:"inserted"`
	Updated       int           `json:"updated"`
	Unchanged     int           `json:"unchanged"`
	Requests      int           `json:"requests"`
	WaitedSeconds float64       `json:"waited_seconds"`
	Seconds       float64       `json:"seconds"`
	Warnings      []string      `json:"warnings"`

	ID            string        `json:"id"`
	Outcome       string        `json:"outcome"`
	Error         *string       `json:"error"`
	StartedAt     time.Time     `json:"started_at"`
	FinishedAt    time.Time     `json:"finished_at"`
	Since         *time.Time    `json:"since"`
	DryRun        bool          `json:"dry_run"`
	VersionBefore int64         `json:"version_before"`
	States        statesJSON    `json:"states"`
	Held          int           `json:"held"`
	Different     int           `json:"different"`
	Balance       *balanceJSON  `json:"balance"`
	Retries       int           `json:"retries"`
	Drift         []driftJSON   `json:"drift"`
	Samples       []sampleJSON  `json:"samples"`
	Details       []warningJSON `json:"warning_details"`
	RequestIDs    []string      `json:"request_ids"`
}

// statesJSON counts the leads that have got a state in a run.
type statesJSON struct {
	Active      int `json:"active"`
	Archived    int `json:"archived"`
	Trashed     int `json:"trashed"`
	Moved       int `json:"moved"`
	Unreachable int `json:"unreachable"`
}

type balanceJSON struct {
	Active   int `json:"notion_active"`
	Archived int `json:"notion_archived"`
	Stored   int `json:"table"`
}

type driftJSON struct {
	At       time.Time          `json:"at"`
	Change   leadlake.DriftKind `json:"change"`
	Property string             `json:"property"`
	ID       string             `json:"property_id"`
	Column   string             `json:"column"`
	Was      *string            `json:"was"`
	Is       *string            `json:"is"`
}

type sampleJSON struct {
	ID      string   `json:"id"`
	Action  string   `json:"action"`
	Columns []string `json:"columns"`
}

type warningJSON struct {
	Text     string   `json:"text"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"`
}

func toRunJSON(run leadlake.Run) runJSON {
	out := runJSON{
		Mode: run.Mode, Version: run.Version, Seen: run.Seen, Inserted: run.Inserted, Updated: run.Updated, Unchanged: run.Unchanged,
		Requests: run.Requests, WaitedSeconds: run.Waited.Seconds(), Seconds: run.FinishedAt.Sub(run.StartedAt).Seconds(),
		ID: run.ID, Outcome: "success", StartedAt: run.StartedAt.UTC(), FinishedAt: run.FinishedAt.UTC(), DryRun: run.DryRun,
		VersionBefore: run.Before, States: statesJSON(run.Moves), Held: run.Held, Different: run.Different, Retries: run.Retries,
		Balance:  (*balanceJSON)(run.Balance),
		Warnings: []string{}, Drift: []driftJSON{}, Samples: []sampleJSON{}, Details: []warningJSON{}, RequestIDs: append([]string{}, run.RequestIDs...),
	}
	if run.Err != nil {
		out.Outcome, out.Error = "failure", new(leadlake.MessageOf(run.Err))
	}
	if !run.Since.IsZero() {
		out.Since = new(run.Since.UTC())
	}
	for _, warning := range run.Warnings {
		out.Warnings = append(out.Warnings, warning.String())
		out.Details = append(out.Details, warningJSON{warning.Text, warning.Count, append([]string{}, warning.Examples...)})
	}
	for _, d := range run.Drift {
		out.Drift = append(out.Drift, toDriftJSON(d))
	}
	for _, s := range run.Samples {
		out.Samples = append(out.Samples, sampleJSON{s.ID, action(run, s), append([]string{}, s.Columns...)})
	}
	return out
}

func toDriftJSON(d leadlake.Drift) driftJSON {
	orNull := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return driftJSON{
		At: d.At.UTC(), Change: d.Kind, Property: d.Property.Label, ID: d.Property.ID, Column: d.Property.Column,
		Was: orNull(d.Was), Is: orNull(d.Is),
	}
}

// action says what a run would do to a sample, or has found.
func action(run leadlake.Run, s leadlake.Sample) string {
	switch {
	case run.Mode == leadlake.Verify:
		return "differs"
	case s.Columns == nil:
		return "insert"
	default:
		return "update"
	}
}

// printRun prints the report of a run that came to its end.
func printRun(out io.Writer, run leadlake.Run, output string) error {
	if output == "json" {
		return json.NewEncoder(out).Encode(toRunJSON(run))
	}
	_, err := io.WriteString(out, strings.Join(runLines(run), "\n")+"\n")
	return err
}

func runLines(run leadlake.Run) []string {
	lines := []string{runLine(run)}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if gone := run.Moves.Gone(); gone+run.Moves.Archived+run.Moves.Active > 0 {
		add("states: %d active again, %d archived, %d in the trash, %d moved elsewhere, %d out of reach",
			run.Moves.Active, run.Moves.Archived, run.Moves.Trashed, run.Moves.Moved, run.Moves.Unreachable)
	}
	if b := run.Balance; b != nil {
		add("Notion lists %d active and %d archived; the table counts %d", b.Active, b.Archived, b.Stored)
	}
	for _, d := range run.Drift {
		add("schema: %s", driftLine(d))
	}
	for _, s := range run.Samples {
		what := action(run, s) + " " + s.ID
		if len(s.Columns) > 0 {
			what += ": " + strings.Join(s.Columns, ", ")
		}
		add("  %s", what)
	}
	for _, warning := range run.Warnings {
		line := "warning: " + warning.String()
		if len(warning.Examples) > 0 {
			line += "; for example " + strings.Join(warning.Examples, ", ")
		}
		add("%s", line)
	}
	return lines
}

func runLine(run leadlake.Run) string {
	state := fmt.Sprintf("version %d", run.Version)
	if run.Version < 0 {
		state = "no table yet"
	}
	took := run.FinishedAt.Sub(run.StartedAt).Round(100 * time.Millisecond)
	tail := fmt.Sprintf("(%s sync, %d requests, %s)", run.Mode, run.Requests, took)
	switch {
	case run.Mode == leadlake.Verify:
		return fmt.Sprintf("%s: %d leads compared, %d as Notion shows them, %d different %s", state, run.Seen, run.Unchanged, run.Different, tail)
	case run.DryRun:
		return fmt.Sprintf("dry run, nothing was written: %d leads read, %d would be inserted, %d updated, %d unchanged %s",
			run.Seen, run.Inserted, run.Updated, run.Unchanged, tail)
	default:
		return fmt.Sprintf("%s: %d leads read, %d inserted, %d updated, %d unchanged %s",
			state, run.Seen, run.Inserted, run.Updated, run.Unchanged, tail)
	}
}

func driftLine(d leadlake.Drift) string {
	name := fmt.Sprintf("%q", d.Property.Label)
	switch d.Kind {
	case leadlake.PropertyAdded:
		return name + " is new, in column " + d.Property.Column
	case leadlake.PropertyRenamed:
		return fmt.Sprintf("%q is called %q now, still in column %s", d.Was, d.Is, d.Property.Column)
	case leadlake.PropertyRetyped:
		return fmt.Sprintf("%s was of type %s and is %s now, in column %s", name, d.Was, d.Is, d.Property.Column)
	case leadlake.PropertyRemoved:
		return name + " was removed, or is no longer shared; column " + d.Property.Column + " keeps what it holds"
	case leadlake.PropertyReturned:
		return name + " is there again, in column " + d.Property.Column
	case leadlake.OptionAdded:
		return fmt.Sprintf("%s has a new option %q", name, d.Is)
	case leadlake.OptionRenamed:
		return fmt.Sprintf("the option %q of %s is called %q now", d.Was, name, d.Is)
	case leadlake.OptionRemoved:
		return fmt.Sprintf("the option %q of %s was removed", d.Was, name)
	}
	return name + ": " + string(d.Kind)
}
