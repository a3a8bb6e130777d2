package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"leadlake"
	"leadlake/internal/adopt"
	"leadlake/internal/app"
)

// preview says what an adoption found and would do.
func (c *adoptCommand) preview(a app.Adopted, path string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s in %s of %s, version %d%s%s\n\n", a.Table, counted(int(a.Plan.Rows), "row"),
		counted(a.Found.Files, "file"), size(a.Found.Bytes), a.Found.Version, writtenBy(a), partitioned(a))
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  COLUMN OF THE TABLE\tTYPE\tFEEDS\tAS\tFILLED\t")
	for _, column := range a.Plan.Columns {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%d\t%s\n", visible(column.Name), column.Type, column.Feeds, typeWord(column), column.Filled, column.Note)
	}
	_ = table.Flush() // into memory
	text.WriteString("\n" + eventTable(a) + "\n")
	for _, warning := range a.Plan.Warnings {
		text.WriteString(warning + "\n")
	}
	if others := a.Plan.Rows - a.Plan.Pages; others > 0 {
		fmt.Fprintf(&text, "%s not the id of a page in Notion: they are kept, and no sync changes them.\n", idsHave(others))
	}
	if a.Obstacle != "" {
		text.WriteString(a.Obstacle + "\n")
		return text.String()
	}
	text.WriteString(c.willChange(a))
	fmt.Fprintf(&text, "Nothing was changed. Stop the program that writes the table, and then do it with: %s --yes\n", c.again(path))
	return text.String()
}

// tidy takes away the spaces that end the lines of a table.
func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func idsHave(n int64) string {
	if n == 1 {
		return "1 row has an id that is"
	}
	return fmt.Sprintf("%d rows have ids that are", n)
}

func writtenBy(a app.Adopted) string {
	if len(a.Versions) == 0 || a.Versions[0].Engine == "" {
		return ""
	}
	return ", last written by " + visible(a.Versions[0].Engine)
}

func partitioned(a app.Adopted) string {
	if len(a.By) == 0 {
		return ""
	}
	return ", partitioned by " + visible(strings.Join(a.By, ", "))
}

func typeWord(c adopt.Column) string {
	if c.Feeds == "" || c.As == "" {
		return ""
	}
	return map[leadlake.Type]string{
		leadlake.Text: "text", leadlake.Number: "number", leadlake.Flag: "yes/no", leadlake.Day: "day", leadlake.List: "list",
	}[c.As]
}

// eventTable counts the events.
func eventTable(a app.Adopted) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	heading := "  EVENT\tLEADS\tFIRST\tLAST"
	if a.Done {
		heading = "  EVENT\tBEFORE\tAFTER\tFIRST\tLAST"
	}
	fmt.Fprintln(table, heading)
	for i, e := range a.Plan.Events {
		first, last := "", ""
		if e.Leads > 0 {
			first, last = e.First.String(), e.Last.String()
		}
		if a.Done {
			fmt.Fprintf(table, "  %s\t%d\t%d\t%s\t%s\n", e.Event, e.Leads, a.After[i].Leads, first, last)
		} else {
			fmt.Fprintf(table, "  %s\t%d\t%s\t%s\n", e.Event, e.Leads, first, last)
		}
	}
	_ = table.Flush() // into memory
	return text.String()
}

// willChange says what happens to the table and its versions.
func (c *adoptCommand) willChange(a app.Adopted) string {
	if c.choices.Copy {
		return fmt.Sprintf("A new table would be made in the lake %s. The one in %s stays as it is.\n", a.Lake, a.Table)
	}
	text := fmt.Sprintf("The table would go on in version %d, with days for its events, names as a sync gives them and columns that Leadlake needs", a.Found.Version+1)
	if len(a.By) > 0 {
		text += ", and without partitions"
	}
	text += ". " + olderVersions(a) + "\n"
	return text
}

// olderVersions says what can still be read of the past, and for how long.
func olderVersions(a app.Adopted) string {
	oldest, old := time.Time{}, 0
	for _, v := range a.Versions {
		if v.CommittedAt.IsZero() {
			continue
		}
		oldest = v.CommittedAt
		if time.Since(v.CommittedAt) > time.Duration(a.Days)*24*time.Hour {
			old++
		}
	}
	text := fmt.Sprintf("Its %s until now can be read as before; each is kept for %d days.", counted(len(a.Versions), "version"), a.Days)
	if old > 0 {
		age := int(time.Since(oldest)/(24*time.Hour)) + 30
		text += fmt.Sprintf(" %d are older than that, the first of %s, and will be cleaned up; to keep them longer, add --keep-days %d.", old, oldest.Format(time.DateOnly), age)
	}
	return text
}

// again returns the command as it was typed.
func (c *adoptCommand) again(path string) string {
	words := []string{"leadlake adopt", path}
	if strings.ContainsAny(path, " '\"") {
		words[1] = fmt.Sprintf("%q", path)
	}
	if c.choices.Copy {
		words = append(words, "--copy")
	}
	for _, m := range c.mappings {
		words = append(words, fmt.Sprintf("--map %q", m))
	}
	if c.choices.Days > 0 {
		words = append(words, fmt.Sprintf("--keep-days %d", c.choices.Days))
	}
	return strings.Join(words, " ")
}

// adoptJSON is what `leadlake adopt -o json` prints: a contract.
type adoptJSON struct {
	Table       string          `json:"table"`
	Lake        string          `json:"lake"`
	Found       int64           `json:"found_version"`
	Versions    int             `json:"versions"`
	Rows        int64           `json:"rows"`
	Pages       int64           `json:"notion_pages"`
	PartitionBy []string        `json:"partitioned_by"`
	Columns     []adoptedColumn `json:"columns"`
	Events      []adoptedEvent  `json:"events"`
	Warnings    []string        `json:"warnings"`
	Obstacle    string          `json:"obstacle"`
	KeptDays    int             `json:"kept_days"`
	Copy        bool            `json:"copy"`
	Done        bool            `json:"done"`
	Version     *int64          `json:"version"`
}

type adoptedColumn struct {
	Name   string        `json:"name"`
	Type   string        `json:"type"`
	Column string        `json:"column,omitempty"`
	As     leadlake.Type `json:"as,omitempty"`
	Filled int64         `json:"filled"`
	Note   string        `json:"note,omitempty"`
}

type adoptedEvent struct {
	Event leadlake.Event `json:"event"`
	Leads int64          `json:"leads"`
	First *leadlake.Date `json:"first"`
	Last  *leadlake.Date `json:"last"`
	After *int64         `json:"after"`
}

func (c *adoptCommand) adoptedJSON(a app.Adopted) adoptJSON {
	out := adoptJSON{
		Table: a.Table, Lake: a.Lake, Found: a.Found.Version, Versions: len(a.Versions), Rows: a.Plan.Rows, Pages: a.Plan.Pages,
		PartitionBy: append([]string{}, a.By...), Columns: []adoptedColumn{}, Events: []adoptedEvent{}, Warnings: append([]string{}, a.Plan.Warnings...),
		Obstacle: a.Obstacle, KeptDays: a.Days, Copy: c.choices.Copy, Done: a.Done,
	}
	if a.Done {
		out.Version = &a.Version
	}
	for _, column := range a.Plan.Columns {
		as := column.As
		if column.Feeds == "" {
			as = ""
		}
		out.Columns = append(out.Columns, adoptedColumn{column.Name, column.Type, column.Feeds, as, column.Filled, column.Note})
	}
	for i, e := range a.Plan.Events {
		event := adoptedEvent{Event: e.Event, Leads: e.Leads}
		if e.Leads > 0 {
			event.First, event.Last = &e.First, &e.Last
		}
		if a.Done {
			event.After = &a.After[i].Leads
		}
		out.Events = append(out.Events, event)
	}
	return out
}
