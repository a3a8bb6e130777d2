package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/tabular"
)

// preview says what an import would do.
func (c *importCommand) preview(out io.Writer, file string, i app.Imported) error {
	p := i.Plan
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s, %s\n\n", visible(file), p.Form, counted(p.Rows, "row"))
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  COLUMN OF THE FILE\tFEEDS\tTYPE\tFILLED"+c.heading())
	for _, m := range p.Columns {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%d%s\n", visible(m.Header), feeds(m), typeName(m), m.Filled, c.sample(m))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&text, "\nA row is known again by %s; its leads are of the source %s.\n", printable(p.Key), i.Source)
	for _, warning := range p.Warnings {
		fmt.Fprintln(&text, warning)
	}
	c.twice(&text, p)
	c.problems(&text, p)
	if p.Unreadable == 0 && !i.Done {
		fmt.Fprintf(&text, "It would insert %d, update %d and leave %d as they are.\n", i.Tally.Inserted, i.Tally.Updated, i.Tally.Unchanged)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func (c *importCommand) heading() string {
	if c.show {
		return "\tFIRST VALUE"
	}
	return ""
}

func (c *importCommand) sample(m tabular.Mapping) string {
	if c.show {
		return "\t" + visible(m.Sample)
	}
	return ""
}

func feeds(m tabular.Mapping) string {
	var parts []string
	if m.Key {
		parts = append(parts, "the key")
	}
	switch {
	case m.Column != "" && m.New:
		parts = append(parts, m.Column+" (new)")
	case m.Column != "":
		parts = append(parts, m.Column)
	}
	feeds := strings.Join(parts, ", ")
	if m.Note != "" {
		return strings.TrimPrefix(feeds+": "+m.Note, ": ")
	}
	return feeds
}

func typeName(m tabular.Mapping) string {
	if m.Column == "" {
		return ""
	}
	return map[leadlake.Type]string{
		leadlake.Text: "text", leadlake.Number: "number", leadlake.Flag: "yes/no", leadlake.Day: "day", leadlake.List: "list",
	}[m.Type]
}

func (c *importCommand) twice(text *strings.Builder, p *tabular.Plan) {
	if p.Replaced == 0 {
		return
	}
	fmt.Fprintf(text, "%s replaced by a later one of the same lead:", isOrAre(p.Replaced, "row"))
	for n, t := range p.Twice {
		fmt.Fprintf(text, "%s row %d by row %d", separator(n), t.Row, t.By)
	}
	fmt.Fprintln(text, more(p.Replaced-len(p.Twice)))
}

func (c *importCommand) problems(text *strings.Builder, p *tabular.Plan) {
	if p.Unreadable == 0 {
		return
	}
	fmt.Fprintf(text, "\n%s cannot be read:\n", counted(p.Unreadable, "cell"))
	for _, problem := range p.Problems {
		value := ""
		if c.show && problem.Value != "" {
			value = " (" + visible(problem.Value) + ")"
		}
		fmt.Fprintf(text, "  row %d, %s: %s%s\n", problem.Row, visible(problem.Column), problem.Message, value)
	}
	if rest := p.Unreadable - len(p.Problems); rest > 0 {
		fmt.Fprintf(text, "  and %d more\n", rest)
	}
	if !c.show {
		fmt.Fprintln(text, "--show shows what is there instead.")
	}
}

func isOrAre(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " is"
	}
	return counted(n, thing) + " are"
}

func separator(n int) string {
	if n > 0 {
		return ","
	}
	return ""
}

func more(n int) string {
	if n > 0 {
		return fmt.Sprintf(" and %d more.", n)
	}
	return "."
}

// visible returns a text of the file as a terminal may show it: short, in one
// line, without what a terminal obeys.
func visible(text string) string {
	const most = 40
	text = printable(text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

// importJSON is what `leadlake import -o json` prints: a contract.
type importJSON struct {
	Source     string           `json:"source"`
	Form       string           `json:"form"`
	Rows       int              `json:"rows"`
	Leads      int              `json:"leads"`
	Inserted   int              `json:"inserted"`
	Updated    int              `json:"updated"`
	Unchanged  int              `json:"unchanged"`
	Version    int64            `json:"version"`
	Commits    int              `json:"commits"`
	DryRun     bool             `json:"dry_run"`
	Done       bool             `json:"done"`
	Columns    []importedColumn `json:"columns"`
	Unreadable int              `json:"unreadable"`
	Errors     []importError    `json:"errors"`
	Replaced   int              `json:"replaced"`
	Duplicates []duplicateRow   `json:"duplicates"`
	Warnings   []string         `json:"warnings"`
}

type importedColumn struct {
	Header string        `json:"header"`
	Column string        `json:"column,omitempty"`
	Type   leadlake.Type `json:"type,omitempty"`
	New    bool          `json:"new"`
	Key    bool          `json:"key"`
	Filled int           `json:"filled"`
	Note   string        `json:"note,omitempty"`
}

type importError struct {
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Message string `json:"message"`
	Value   string `json:"value,omitempty"`
}

type duplicateRow struct {
	Row int `json:"row"`
	By  int `json:"replaced_by"`
}

func (c *importCommand) importedJSON(i app.Imported) importJSON {
	p := i.Plan
	out := importJSON{
		Source: i.Source, Form: p.Form, Rows: p.Rows, Leads: p.Leads, Inserted: i.Tally.Inserted, Updated: i.Tally.Updated,
		Unchanged: i.Tally.Unchanged, Version: i.Tally.Version, Commits: i.Commits, DryRun: c.choices.DryRun, Done: i.Done,
		Columns: []importedColumn{}, Unreadable: p.Unreadable, Errors: []importError{}, Replaced: p.Replaced,
		Duplicates: []duplicateRow{}, Warnings: append([]string{}, p.Warnings...),
	}
	for _, m := range p.Columns {
		column := importedColumn{Header: m.Header, Column: m.Column, Type: m.Type, New: m.New, Key: m.Key, Filled: m.Filled, Note: m.Note}
		if m.Column == "" {
			column.Type = ""
		}
		out.Columns = append(out.Columns, column)
	}
	for _, e := range p.Problems {
		problem := importError{Row: e.Row, Column: e.Column, Message: e.Message}
		if c.show {
			problem.Value = e.Value
		}
		out.Errors = append(out.Errors, problem)
	}
	for _, t := range p.Twice {
		out.Duplicates = append(out.Duplicates, duplicateRow(t))
	}
	return out
}
