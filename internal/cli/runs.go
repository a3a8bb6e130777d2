package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"leadlake"
	"leadlake/internal/app"
)

func newRuns(w World) *cobra.Command {
	var output string
	var limit int
	cmd := &cobra.Command{
		Use: "runs", Short: "List the last syncs: what each read, wrote and could not read", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(output, "leadlake runs -o json"); err != nil {
				return err
			}
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			runs, err := app.Runs(cmd.Context(), c, limit)
			if err != nil {
				return err
			}
			if output == "json" {
				return eachJSON(w.Stdout, runs, toRunJSON)
			}
			return printRuns(w.Stdout, runs)
		},
	}
	cmd.Flags().IntVarP(&limit, "number", "n", 20, "how many, the newest first; 0 is all")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

func newSchema(w World) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "schema", Short: "Show which Notion property feeds which column", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(output, "leadlake schema -o json"); err != nil {
				return err
			}
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			schemas, err := app.Schemas(cmd.Context(), c)
			if err != nil {
				return err
			}
			if output == "json" {
				return eachJSON(w.Stdout, schemas, toSchemaJSON)
			}
			return printSchemas(w.Stdout, schemas)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

func checkOutput(output, try string) error {
	if output != "text" && output != "json" {
		return usageError{fmt.Errorf("the output can be text or json, not %q", output), "Try: " + try}
	}
	return nil
}

// eachJSON prints an object a line.
func eachJSON[T, J any](out io.Writer, items []T, convert func(T) J) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, item := range items {
		if err := encoder.Encode(convert(item)); err != nil {
			return err
		}
	}
	return nil
}

func printRuns(out io.Writer, runs []leadlake.Run) error {
	if len(runs) == 0 {
		_, err := fmt.Fprintln(out, "no sync yet")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "started\tmode\ttook\tread\tnew\tchanged\tgone\theld\trequests\tversion\t")
	for _, r := range runs {
		note := ""
		if r.Err != nil {
			note = "failed: " + leadlake.MessageOf(r.Err)
		} else if len(r.Warnings) > 0 {
			note = fmt.Sprintf("%d warnings", len(r.Warnings))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n",
			r.StartedAt.Local().Format(time.DateTime), r.Mode, r.FinishedAt.Sub(r.StartedAt).Round(100*time.Millisecond),
			r.Seen, r.Inserted, r.Updated, r.Moves.Gone(), r.Held, r.Requests, r.Version, note)
	}
	return table.Flush()
}

type schemaJSON struct {
	Source     string         `json:"source"`
	Properties []propertyJSON `json:"properties"`
	Changes    []driftJSON    `json:"changes"`
}

type propertyJSON struct {
	ID        string        `json:"id"`
	Label     string        `json:"label"`
	Kind      string        `json:"kind"`
	Column    string        `json:"column"`
	Type      leadlake.Type `json:"type"`
	FirstSeen time.Time     `json:"first_seen"`
	RemovedAt *time.Time    `json:"removed_at"`
}

func toSchemaJSON(s app.Schema) schemaJSON {
	out := schemaJSON{Source: s.Source, Properties: []propertyJSON{}, Changes: []driftJSON{}}
	for _, p := range s.Properties {
		row := propertyJSON{ID: p.ID, Label: p.Label, Kind: p.Kind, Column: p.Column, Type: p.Type, FirstSeen: p.FirstSeen}
		if !p.RemovedAt.IsZero() {
			row.RemovedAt = &p.RemovedAt
		}
		out.Properties = append(out.Properties, row)
	}
	for _, d := range s.Drifts {
		out.Changes = append(out.Changes, toDriftJSON(d))
	}
	return out
}

func printSchemas(out io.Writer, schemas []app.Schema) error {
	if len(schemas) == 0 {
		_, err := fmt.Fprintln(out, "no schema yet: nothing was synced")
		return err
	}
	for _, s := range schemas {
		fmt.Fprintln(out, s.Source)
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "property\tis\tcolumn\ttype\t")
		for _, p := range s.Properties {
			note := ""
			if !p.RemovedAt.IsZero() {
				note = "removed, or not shared, since " + p.RemovedAt.Local().Format(time.DateTime)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Label, p.Kind, p.Column, p.Type, note)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		if err := printDrifts(out, s); err != nil {
			return err
		}
	}
	return nil
}

// printDrifts prints what has changed since the schema was first read.
func printDrifts(out io.Writer, s app.Schema) error {
	headed := false
	for _, d := range s.Drifts {
		if d.At.Equal(s.Drifts[0].At) {
			continue
		}
		if !headed {
			fmt.Fprintln(out, "\nchanges")
			headed = true
		}
		if _, err := fmt.Fprintf(out, "%s  %s\n", d.At.Local().Format(time.DateTime), driftLine(d)); err != nil {
			return err
		}
	}
	return nil
}
