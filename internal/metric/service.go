package metric

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"leadlake"
)

// Engine runs SQL on the rows of one snapshot, which it calls leads.
type Engine interface {
	// Query yields the rows of the answer. It ends at the first error and is
	// interrupted when ctx ends.
	Query(ctx context.Context, snap leadlake.Snapshot, question string, args ...any) iter.Seq2[[]any, error]
	Close() error
}

// table is where the newest snapshot comes from.
type table interface {
	Latest(ctx context.Context) (leadlake.Snapshot, error)
}

// Options are what a Service can be told; the zero Options are fine.
type Options struct {
	Zone *time.Location   // the team's, in which a day begins; default UTC
	Now  func() time.Time // default time.Now
}

// Service answers questions about the newest version of a table. Its methods
// may be called from many goroutines.
type Service struct {
	table   table
	days    *days
	history *days // what other occurrences add to the days
	kept    kept
	zone    *time.Location
	now     func() time.Time
}

// New returns a service over table, which asks engine.
func New(table table, engine Engine, o Options) *Service {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{table: table, days: newDays(engine, dayCountsSQL), history: newDays(engine, historyCountsSQL), zone: o.Zone, now: o.Now}
}

// Today returns the day it is for the team.
func (s *Service) Today() leadlake.Date { return leadlake.DateOf(s.now().In(s.zone)) }

// Count answers q. The caller must not change the answer: others get the same.
func (s *Service) Count(ctx context.Context, q leadlake.Query) (series leadlake.Series, err error) {
	ctx, span := begin(ctx, q)
	kept := false
	defer func() { end(span, series.Version, kept, err) }()
	if err := q.Validate(); err != nil {
		return leadlake.Series{}, err
	}
	snap, err := s.table.Latest(ctx)
	if err != nil {
		return leadlake.Series{}, err
	}
	if series, kept = s.kept.get(snap.Version, q); kept {
		return series, nil
	}
	total, err := s.total(ctx, snap, q.Occurrence)
	if err != nil {
		return leadlake.Series{}, err
	}
	series = leadlake.Series{Version: snap.Version, Points: bucket(total, q)}
	s.kept.put(q, series)
	return series, nil
}

// total returns the counts of snap by one occurrence, in no order. The caller
// must not change them.
func (s *Service) total(ctx context.Context, snap leadlake.Snapshot, o leadlake.Occurrence) ([]dayCount, error) {
	current, err := s.days.of(ctx, snap)
	if err != nil || o == "" || o == leadlake.CurrentDate {
		return current, err
	}
	more, err := s.history.of(ctx, snap)
	total := slices.Clone(current)
	for _, c := range more {
		if c.occurrence == o {
			total = append(total, c)
		}
	}
	return total, err
}

// bucket adds up days into the periods of q, in order of time.
func bucket(total []dayCount, q leadlake.Query) []leadlake.Point {
	counts := map[leadlake.Date]leadlake.Counts{}
	for _, c := range total {
		if q.From != 0 && c.day < q.From || q.To != 0 && c.day >= q.To {
			continue
		}
		start := leadlake.PeriodOf(q.Grain, c.day).Start
		if counts[start] == nil {
			counts[start] = leadlake.Counts{}
		}
		counts[start][c.event] += c.leads
	}
	points := make([]leadlake.Point, 0, len(counts))
	for start, c := range counts {
		maps.DeleteFunc(c, func(_ leadlake.Event, n int64) bool { return n == 0 }) // what a history took away
		if len(c) == 0 {
			continue
		}
		points = append(points, leadlake.Point{Period: leadlake.PeriodOf(q.Grain, start), Counts: c})
	}
	slices.SortFunc(points, func(a, b leadlake.Point) int { return int(a.Period.Start - b.Period.Start) })
	return points
}

// Progress compares the current period of a grain with its objectives.
func (s *Service) Progress(ctx context.Context, grain leadlake.Grain) (Progress, error) {
	today := s.Today()
	period := leadlake.PeriodOf(grain, today)
	series, err := s.Count(ctx, leadlake.Query{Grain: grain, From: period.Start, To: period.End()})
	if err != nil {
		return Progress{}, err
	}
	counts := sumOf(series)
	p := Progress{Version: series.Version, Period: period, Today: today, Elapsed: elapsed(period, today)}
	for _, o := range leadlake.DefaultObjectives() {
		if o.Grain != grain {
			continue
		}
		row := ProgressRow{Event: o.Event, Target: o.Target, Actual: counts[o.Event]}
		row.Expected = float64(o.Target) * p.Elapsed
		row.Attainment = float64(row.Actual) / float64(o.Target)
		row.Standing = leadlake.StandingOfAttainment(row.Attainment)
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) == 0 {
		return Progress{}, leadlake.Errorf(leadlake.Invalid, "there are objectives per week and per month, none per %s", grain)
	}
	return p, nil
}

// elapsed returns the share of the period's working days that have begun.
func elapsed(p leadlake.Period, today leadlake.Date) float64 {
	begun, all := 0, 0
	for d := p.Start; d < p.End(); d = d.AddDays(1) {
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			continue
		}
		all++
		if d <= today {
			begun++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(begun) / float64(all)
}

// funnelWeeks is how many ISO weeks a funnel spans by default.
const funnelWeeks = 12

// Funnel compares the conversions of [from, to) with their targets. Zero
// bounds stand for the last 12 ISO weeks, the current one included.
func (s *Service) Funnel(ctx context.Context, from, to leadlake.Date) (Funnel, error) {
	week := leadlake.PeriodOf(leadlake.ByWeek, s.Today())
	if to == 0 {
		to = week.End()
	}
	if from == 0 {
		from = leadlake.PeriodOf(leadlake.ByWeek, to.AddDays(-1)).Start.AddDays(-7 * (funnelWeeks - 1))
	}
	series, err := s.Count(ctx, leadlake.Query{Grain: leadlake.ByYear, From: from, To: to})
	if err != nil {
		return Funnel{}, err
	}
	counts := sumOf(series)
	f := Funnel{Version: series.Version, From: from, To: to}
	for _, c := range leadlake.DefaultConversions() {
		row := FunnelRow{
			From: c.From, To: c.To, Target: c.Target,
			FromCount: counts[c.From.Event()], ToCount: counts[c.To.Event()],
		}
		if row.FromCount > 0 {
			row.Known = true
			row.Ratio = float64(row.ToCount) / float64(row.FromCount)
			row.Gap = row.Ratio - row.Target
			row.Standing = leadlake.StandingOfGap(row.Gap)
		}
		f.Rows = append(f.Rows, row)
	}
	return f, nil
}

func sumOf(s leadlake.Series) leadlake.Counts {
	counts := leadlake.Counts{}
	for _, p := range s.Points {
		for e, n := range p.Counts {
			counts[e] += n
		}
	}
	return counts
}
