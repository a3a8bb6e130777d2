// Package adopt says what a table of leads that another program wrote becomes
// as one of ours: which of its columns feed which of a lead's, and what their
// values become. It opens nothing: rows come in as an engine yields them.
//
// Start reading at Analyse.
package adopt

import (
	"crypto/sha256"
	"iter"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/delta"
)

// Choices are what a person decides; Zone and Text are needed.
type Choices struct {
	Zone *time.Location    // of the team, in which an instant has its day
	Map  map[string]string // column of the table → column of leads, "" to leave it out
	// Text writes a value of a type that leads do not have.
	Text func(t delta.DataType, value any) string
}

// Column is a column of the table and the column of leads that it feeds.
type Column struct {
	Name   string
	Type   string // in the protocol's words
	Feeds  string // "" where it is left out
	As     leadlake.Type
	Filled int64  // rows that have something there
	Note   string // why it is left out, or how its values are read

	data delta.DataType
	look look
	sure bool // chosen by the user, or by a name that leaves no doubt
}

// Event is what the table says of one event.
type Event struct {
	Event       leadlake.Event
	Leads       int64
	First, Last leadlake.Date
	Days        map[leadlake.Date]int64
}

// Plan is what would become of the table.
type Plan struct {
	Columns  []Column
	Rows     int64
	Pages    int64   // rows whose ids are those of pages in Notion
	Events   []Event // in the order of leadlake.Events
	Warnings []string

	choices Choices
	id      int // place of the column with the ids
}

// Rows are the rows of the table, a cell for each column: what an engine gives.
type Rows = iter.Seq2[[]any, error]

// Analyse reads the table once and says what would become of it. A table that
// cannot become one of leads is an error that says why.
func Analyse(columns []delta.Column, rows Rows, c Choices) (*Plan, error) {
	p := &Plan{choices: c, id: -1}
	if err := p.mapColumns(columns); err != nil {
		return nil, err
	}
	known := identities{seen: map[[16]byte]bool{}}
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		p.Rows++
		known.take(row[p.id])
		for i := range p.Columns {
			p.Columns[i].look.take(row[i], c.Zone)
		}
	}
	p.Pages = known.pages
	if err := known.refuse(p.Columns[p.id].Name); err != nil {
		return nil, err
	}
	if err := p.settle(); err != nil {
		return nil, err
	}
	p.count()
	return p, nil
}

// identities is what is known of the ids.
type identities struct {
	seen               map[[16]byte]bool
	empty, more, pages int64
}

func (k *identities) take(cell any) {
	text, _ := cell.(string)
	id, page := identify(text)
	if id == "" {
		k.empty++
		return
	}
	if page {
		k.pages++
	}
	var key [16]byte
	sum := sha256.Sum256([]byte(id))
	copy(key[:], sum[:])
	if k.seen[key] {
		k.more++
	}
	k.seen[key] = true
}

func (k *identities) refuse(column string) error {
	const nothing = "Correct the table with the program that wrote it; nothing was changed."
	switch {
	case k.empty > 0:
		return leadlake.Errorf(leadlake.Invalid, "Rows without an id: %d. A lead is known by it, and column %q is empty there. %s", k.empty, column, nothing)
	case k.more > 0:
		return leadlake.Errorf(leadlake.Invalid, "Rows with an id that another row has, too: %d. Nobody can say which of them counts (column %q; ids with and without dashes are the same). %s", k.more, column, nothing)
	}
	return nil
}

// identify returns an id as a lead has it, and whether it is that of a page in
// Notion: that is written with dashes and in small letters, however the table
// has it.
func identify(text string) (id string, page bool) {
	text = strings.TrimSpace(text)
	bare := strings.ToLower(text)
	if len(bare) == 36 && bare[8] == '-' && bare[13] == '-' && bare[18] == '-' && bare[23] == '-' {
		bare = strings.ReplaceAll(bare, "-", "")
	}
	if len(bare) != 32 || strings.Trim(bare, "0123456789abcdef") != "" {
		return text, false
	}
	return bare[:8] + "-" + bare[8:12] + "-" + bare[12:16] + "-" + bare[16:20] + "-" + bare[20:], true
}

// count says what the table holds of each event, as its days will be read.
func (p *Plan) count() {
	for _, e := range leadlake.Events() {
		count := Event{Event: e, Days: map[leadlake.Date]int64{}}
		for _, c := range p.Columns {
			if c.Feeds == string(e) {
				count.Days = c.look.days(c.data)
			}
		}
		for day, n := range count.Days {
			if count.Leads == 0 || day < count.First {
				count.First = day
			}
			if count.Leads == 0 || day > count.Last {
				count.Last = day
			}
			count.Leads += n
		}
		p.Events = append(p.Events, count)
	}
}

// Described returns the columns that the leads speak of, beside the core ones.
func (p *Plan) Described() []leadlake.Column {
	core := map[string]bool{}
	for _, c := range leadlake.CoreColumns() {
		core[c.Name] = true
	}
	var described []leadlake.Column
	for _, c := range p.Columns {
		if c.Feeds == "" || core[c.Feeds] {
			continue
		}
		column := leadlake.Column{Name: c.Feeds, Type: c.As}
		if c.Name != c.Feeds {
			column.Label = c.Name
		}
		described = append(described, column)
	}
	return described
}

// Leads yields what the rows of the table become. They must be those that were
// analysed. Leads that are pages in Notion wait for its sync; others are
// nobody's.
func (p *Plan) Leads(rows Rows, now time.Time) iter.Seq2[leadlake.Lead, error] {
	now = now.UTC().Truncate(time.Microsecond)
	return func(yield func(leadlake.Lead, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(leadlake.Lead{}, err)
				return
			}
			if !yield(p.lead(row, now), nil) {
				return
			}
		}
	}
}

func (p *Plan) lead(row []any, now time.Time) leadlake.Lead {
	text, _ := row[p.id].(string)
	id, page := identify(text)
	lead := leadlake.Lead{ID: id, Values: map[string]leadlake.Value{
		leadlake.ColumnState: string(leadlake.Active), leadlake.ColumnStateAt: now,
	}}
	if page {
		lead.Values[leadlake.ColumnSource] = leadlake.SourceAdopted
	}
	for i := range p.Columns {
		if c := &p.Columns[i]; c.Feeds != "" && i != p.id {
			lead.Values[c.Feeds] = p.value(c, row[i])
		}
	}
	return lead
}
