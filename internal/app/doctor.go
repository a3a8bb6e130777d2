package app

import (
	"context"
	"fmt"
	"time"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/notion"
)

// Examined is one thing that a Doctor has looked at.
type Examined struct {
	Subject string  `json:"subject"`
	State   Verdict `json:"state"`
	Says    string  `json:"says"`
}

// Verdict says how a Examined is.
type Verdict string

// The verdicts.
const (
	Fine  Verdict = "ok"
	Note  Verdict = "note" // it works, and somebody should know
	Wrong Verdict = "wrong"
)

// Fed is a core column, what feeds it, and what is likely meant where nothing
// does.
type Fed struct {
	Column    string `json:"column"`
	Property  string `json:"property"`
	Suggested string `json:"suggested"`
}

// Diagnosis is what a Doctor has found.
type Diagnosis struct {
	Examined []Examined
	Mapping  []Fed // the events, then the fields; nil where the database could not be read
}

// Wrong returns how many things are wrong.
func (d *Diagnosis) Wrong() int {
	n := 0
	for _, f := range d.Examined {
		if f.State == Wrong {
			n++
		}
	}
	return n
}

// Suggestions returns what could be put into leadlake.yaml.
func (d *Diagnosis) Suggestions() (events map[leadlake.Event]string, fields map[string]string) {
	events, fields = map[leadlake.Event]string{}, map[string]string{}
	for _, m := range d.Mapping {
		switch e := leadlake.Event(m.Column); {
		case m.Suggested == "":
		case e.Valid():
			events[e] = m.Suggested
		default:
			fields[m.Column] = m.Suggested
		}
	}
	return events, fields
}

func (d *Diagnosis) add(subject string, state Verdict, format string, args ...any) {
	d.Examined = append(d.Examined, Examined{subject, state, fmt.Sprintf(format, args...)})
}

// fail notes an error, in the words that it has for people.
func (d *Diagnosis) fail(subject string, err error) {
	message := leadlake.MessageOf(err)
	if message == "" {
		message = err.Error()
	}
	d.add(subject, Wrong, "%s", message)
}

// Doctor looks at everything that a sync needs, and changes nothing. What is
// wrong is in the Diagnosis; an error is only that of ctx.
func Doctor(ctx context.Context, c config.Config, o Options) (Diagnosis, error) {
	o = o.withDefaults()
	var d Diagnosis
	var source *notion.Source
	d.secrets(c)
	if !c.Connected() {
		d.add("notion", Wrong, "No Notion database is connected. Put NOTION_TOKEN and DATABASE_ID into a file called .env")
	} else {
		source = d.open(ctx, c, o)
	}
	known := d.lake(ctx, c, source)
	if source != nil && ctx.Err() == nil {
		d.inspect(ctx, source, known)
	}
	return d, ctx.Err()
}

// open finds the database; nil where that cannot be done.
func (d *Diagnosis) open(ctx context.Context, c config.Config, o Options) *notion.Source {
	source, err := notion.Open(ctx, c.NotionToken.Reveal(), c.DatabaseID, notion.Options{
		BaseURL: c.NotionURL, Rate: c.NotionRate, Zone: c.Zone, Events: c.Events, Fields: c.Fields, Log: o.log("notion"),
	})
	switch {
	case err == nil:
		d.add("token", Fine, "Notion accepts it")
		return source
	case leadlake.KindOf(err) == leadlake.Denied:
		d.fail("token", err)
	case leadlake.KindOf(err) == leadlake.Unavailable:
		d.fail("notion", err)
	default:
		d.fail("database", err)
	}
	return nil
}

// inspect looks at the database.
func (d *Diagnosis) inspect(ctx context.Context, source *notion.Source, known []leadlake.Property) {
	in, err := source.Inspect(ctx, known)
	if err != nil {
		d.fail("database", err)
		return
	}
	rows := many(in.Rows, "row", "rows")
	if in.MoreRows {
		rows += " or more"
	}
	d.add("database", Fine, "%s, %s, %s", in.Name, rows, many(len(in.Properties), "property", "properties"))
	if in.ViaRow {
		d.add("database", Note, "DATABASE_ID is the address of a row of %s; the address of the database itself outlives the row", in.Name)
	}
	if !in.Archived {
		d.add("archive", Note, "Notion does not list archived pages: leads that are archived look as if they were gone, and are read one by one")
	}
	for _, m := range in.Cores {
		d.Mapping = append(d.Mapping, Fed(m))
	}
	switch {
	case in.Wrong != nil:
		d.fail("mapping", in.Wrong)
	case len(in.Lacks) == 0:
		d.add("mapping", Fine, "Every event has its property")
	}
	for _, lack := range in.Lacks {
		if in.Wrong == nil {
			d.add("mapping", Note, "%s", lack)
		}
	}
	d.clock(in.Skew)
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// clock compares this machine's clock with Notion's, by which syncs go.
func (d *Diagnosis) clock(ahead time.Duration) {
	const tolerable = time.Minute
	switch {
	case ahead.Abs() <= tolerable:
		d.add("clock", Fine, "It goes with Notion's")
	case ahead > 0:
		d.add("clock", Note, "This machine's clock is %s ahead of Notion's. Syncs go by Notion's; the days on the dashboard by this one", ahead)
	default:
		d.add("clock", Note, "This machine's clock is %s behind Notion's. Syncs go by Notion's; the days on the dashboard by this one", -ahead)
	}
}
