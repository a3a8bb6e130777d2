package tabular

import (
	"context"
	"crypto/sha256"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/naming"
)

// Choices are what a person decides of an import; the zero Choices are fine,
// but for Source.
type Choices struct {
	Source string            // becomes the leads' source, and the beginning of their ids
	Map    map[string]string // column of the file → column of leads, "" to leave it out
	ID     string            // column of the file that tells a row from others
	Order  DateOrder         // default DayFirst
	Zone   *time.Location    // of the team; default UTC
	Known  []leadlake.Column // of the table
}

// Plan is what an import would do.
type Plan struct {
	Form       string
	Columns    []Mapping // in the order of the file
	Key        string    // what rows are known by
	Rows       int       // with something in them
	Leads      int       // that they are
	Problems   []Problem // the first ones of all that stand in the way
	Unreadable int       // how many there are
	Twice      []Twice   // the first ones of the rows that another one replaces
	Replaced   int       // how many there are
	Warnings   []string

	sheet *Sheet
	days  days
	forms []form
	keys  keys
	last  map[[16]byte]int // the row that counts, by id
}

// Problem is a cell that cannot be read.
type Problem struct {
	Row     int
	Column  string // of the file
	Message string
	Value   string // personal data: for the user's own eyes
}

// Twice is a row that does not count, because a later one is of the same lead.
type Twice struct{ Row, By int }

// listed is how many problems a plan names.
const listed = 20

// Analyse reads the sheet once and says what an import would do. An error is a
// file or a choice that makes no plan possible; cells that cannot be read are
// in the plan.
func Analyse(ctx context.Context, s *Sheet, c Choices) (*Plan, error) {
	if c.Order == "" {
		c.Order = DayFirst
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	columns, err := newMapping(s.Header, c)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Form: s.Form, Columns: columns, sheet: s, days: newDays(c.Order, c.Zone, s.Epoch),
		keys: newKeys(c.Source, columns), last: map[[16]byte]int{},
	}
	p.Key = p.keys.by(columns)
	if p.keys.id < 0 && p.keys.email < 0 && p.keys.nom < 0 && p.keys.phone < 0 {
		return nil, leadlake.Errorf(leadlake.Invalid,
			"The file has no column called id, e-mail or name, so that a second import could not tell which lead is which. Say which column does, with --id COLUMN.")
	}
	inspectors, failed, err := p.scan(ctx)
	if err != nil {
		return nil, err
	}
	p.decide(inspectors, c.Known)
	p.warn(failed)
	return p, nil
}

// scan reads every row: what it is known by, and what its cells can be. It
// returns how many formulas went wrong.
func (p *Plan) scan(ctx context.Context) (inspectors []*inspector, failed int, err error) {
	inspectors = make([]*inspector, len(p.Columns))
	for i := range inspectors {
		inspectors[i] = newInspector(decimalComma(p.sheet))
	}
	for row, err := range p.rows(ctx) {
		if err != nil {
			return nil, 0, err
		}
		p.Rows++
		failed += row.Errors
		for i, cell := range row.Cells {
			inspectors[i].look(cell, p.days)
			if m := p.Columns[i]; cell != nil && m.isDay() {
				if _, problem := asSerial.value(cell, p.days); problem != "" {
					p.fail(row.Number, i, problem, cell)
				}
			}
		}
		p.identify(row)
	}
	p.Leads = len(p.last)
	return inspectors, failed, nil
}

// rows yields the rows of the sheet until ctx ends.
func (p *Plan) rows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for row, err := range p.sheet.Rows() {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (p *Plan) identify(row Row) {
	id, lacks := p.keys.of(row.Cells)
	if id == "" {
		p.fail(row.Number, lacks, "empty, so that the row cannot be told from others", nil)
		return
	}
	key := shortKey(id)
	if earlier, twice := p.last[key]; twice {
		if p.Replaced++; len(p.Twice) < listed {
			p.Twice = append(p.Twice, Twice{Row: earlier, By: row.Number})
		}
	}
	p.last[key] = row.Number
}

func shortKey(id string) (key [16]byte) {
	sum := sha256.Sum256([]byte(id))
	copy(key[:], sum[:])
	return key
}

func (p *Plan) fail(row, column int, message string, cell any) {
	if p.Unreadable++; len(p.Problems) < listed {
		p.Problems = append(p.Problems, Problem{Row: row, Column: p.Columns[column].Header, Message: message, Value: textOf(cell)})
	}
}

// isDay reports whether a column has to hold days, without any doubt.
func (m *Mapping) isDay() bool { return m.chosen && leadlake.Event(m.Column).Valid() }

// decide chooses the type of every column.
func (p *Plan) decide(inspectors []*inspector, known []leadlake.Column) {
	table := map[string]leadlake.Column{}
	for _, c := range slices.Concat(leadlake.CoreColumns(), known) {
		table[c.Name] = c
	}
	p.forms = make([]form, len(p.Columns))
	for i := range p.Columns {
		m, in := &p.Columns[i], inspectors[i]
		m.Filled, m.Sample = in.filled, in.sample
		event := leadlake.Event(m.Column).Valid()
		if event && !m.chosen && in.filled > 0 && in.best(leadlake.Day) != asDay {
			m.demote(p.Columns)
			event = false
		}
		c, there := table[m.Column]
		switch {
		case m.Column == "":
		case event:
			p.forms[i], m.Type = asSerial, leadlake.Day
		case in.filled == 0 && !there:
			m.Column, m.Note = "", "left out: it is empty"
		default:
			p.forms[i] = m.fit(in, c, there)
		}
	}
}

// fit chooses the type of a column, c being what the table has under its name.
func (m *Mapping) fit(in *inspector, c leadlake.Column, there bool) form {
	f := in.best(c.Type)
	m.Type, m.New, m.Label = f.typed(), !there, m.Header
	if there {
		m.Label = c.Label // so that two sources do not rename it in turns
	}
	if there && c.Type != m.Type {
		m.Note = "the table has another type there, so it becomes a column beside that one"
	}
	return f
}

// demote makes an attribute of a column whose name sounds like an event's and
// whose values are no days.
func (m *Mapping) demote(all []Mapping) {
	event := m.Column
	m.Note = "it may be " + event + ", but does not hold days only"
	name := naming.Slug(m.Header)
	taken := func(name string) bool {
		return slices.ContainsFunc(leadlake.CoreColumns(), func(c leadlake.Column) bool { return c.Name == name }) ||
			slices.ContainsFunc(all, func(o Mapping) bool { return o.Column == name })
	}
	if name == "" || taken(name) {
		name = naming.Suffixed(name, m.Header)
	}
	m.Column = name
}

func (p *Plan) warn(failed int) {
	fed := map[string]bool{}
	for _, m := range p.Columns {
		fed[m.Column] = true
	}
	if !slices.ContainsFunc(leadlake.Events(), func(e leadlake.Event) bool { return fed[string(e)] }) {
		p.Warnings = append(p.Warnings, "No column feeds an event, so that nothing will be counted: name one with --map \"COLUMN="+string(leadlake.PriseContact)+"\".")
	}
	if !fed[leadlake.ColumnNom] {
		p.Warnings = append(p.Warnings, "No column feeds the name: name one with --map \"COLUMN=nom\".")
	}
	if failed > 0 {
		p.Warnings = append(p.Warnings, "Cells of formulas that went wrong, such as #N/A, are taken for empty ones.")
	}
}

// Described returns the columns that the leads speak of.
func (p *Plan) Described() []leadlake.Column {
	described := map[string]leadlake.Column{}
	for _, m := range p.Columns {
		if m.Column != "" {
			described[m.Column] = leadlake.Column{Name: m.Column, Type: m.Type, Label: m.Label}
		}
	}
	for _, c := range leadlake.CoreColumns() {
		delete(described, c.Name)
	}
	return slices.SortedFunc(maps.Values(described), func(a, b leadlake.Column) int { return strings.Compare(a.Name, b.Name) })
}

// Yield reads the sheet again and yields the leads. The plan must have no
// problems.
func (p *Plan) Yield(ctx context.Context) iter.Seq2[leadlake.Lead, error] {
	return func(yield func(leadlake.Lead, error) bool) {
		for row, err := range p.rows(ctx) {
			if err != nil {
				yield(leadlake.Lead{}, err)
				return
			}
			id, _ := p.keys.of(row.Cells)
			if p.last[shortKey(id)] != row.Number {
				continue
			}
			lead, err := p.lead(id, row)
			if !yield(lead, err) || err != nil {
				return
			}
		}
	}
}

func (p *Plan) lead(id string, row Row) (leadlake.Lead, error) {
	lead := leadlake.Lead{ID: id, Values: make(map[string]leadlake.Value, len(row.Cells))}
	for i, m := range p.Columns {
		if m.Column == "" {
			continue
		}
		if row.Cells[i] == nil {
			lead.Values[m.Column] = nil
			continue
		}
		value, problem := p.forms[i].value(row.Cells[i], p.days)
		if problem != "" || id == "" {
			return lead, leadlake.Errorf(leadlake.Conflict, "The file has changed while it was read. Import it again.")
		}
		lead.Values[m.Column] = value
	}
	return lead, nil
}
