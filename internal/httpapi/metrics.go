package httpapi

import (
	"context"
	"math"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
	"leadlake/internal/metric"
)

// Progress compares the current period with its objectives.
type Progress struct {
	Version int64         `doc:"The table version that was asked" example:"42" json:"version"`
	Grain   string        `enum:"week,month" json:"grain"`
	Period  string        `doc:"The current period" example:"2026-W47" json:"period"`
	Start   string        `doc:"Its first day" format:"date" json:"start"`
	End     string        `doc:"Its last day" format:"date" json:"end"`
	Today   string        `doc:"Today in the team's time zone" format:"date" json:"today"`
	Elapsed float64       `doc:"The share of its working days that have begun" json:"elapsed" maximum:"1" minimum:"0"`
	Rows    []ProgressRow `doc:"In the order of the funnel" json:"rows" nullable:"false"`
}

// ProgressRow is one objective.
type ProgressRow struct {
	Event      string   `enum:"date_prise_contact,date_reponse_prospect,date_appel_propose,date_appel_booke,date_relance" json:"event"`
	Target     int64    `example:"50" json:"target"`
	Actual     int64    `example:"34" json:"actual"`
	Expected   float64  `doc:"Where one should be today" example:"40" json:"expected"`
	Attainment float64  `doc:"actual / target" example:"0.68" json:"attainment"`
	Standing   Standing `json:"standing"`
}

// Standing says how a number compares with its target.
type Standing string

// Schema lists the standings; huma calls it.
func (Standing) Schema(huma.Registry) *huma.Schema {
	return enumOf(leadlake.Good, leadlake.Near, leadlake.Late, leadlake.Bad)
}

// Conversion compares what the leads of a range of days became with the
// targets.
type Conversion struct {
	Version int64           `doc:"The table version that was asked" example:"42" json:"version"`
	From    string          `doc:"The first day" format:"date" json:"from"`
	To      string          `doc:"The day after the last" format:"date" json:"to"`
	Rows    []ConversionRow `doc:"In the order of the funnel" json:"rows" nullable:"false"`
}

// ConversionRow is one step of the funnel.
type ConversionRow struct {
	From      string           `enum:"date_prise_contact,date_reponse_prospect,date_appel_propose,date_appel_booke" json:"from"`
	To        string           `enum:"date_prise_contact,date_reponse_prospect,date_appel_propose,date_appel_booke" json:"to"`
	FromCount int64            `example:"300" json:"from_count"`
	ToCount   int64            `example:"180" json:"to_count"`
	Ratio     *float64         `doc:"to_count / from_count; null where from_count is 0" example:"0.6" json:"ratio"`
	Target    float64          `example:"0.7" json:"target"`
	Gap       *float64         `doc:"ratio - target; null where there is no ratio" example:"-0.1" json:"gap"`
	Standing  orNull[Standing] `doc:"null where there is no ratio" json:"standing"`
}

func (s *Server) registerMetrics() {
	handle(s, operation{
		id: "progress", method: http.MethodGet, path: "/api/v1/metrics/progress", tag: "metrics", versioned: true,
		summary: "Compare the current week or month with its objectives",
	}, s.progress)
	handle(s, operation{
		id: "conversion", method: http.MethodGet, path: "/api/v1/conversion", tag: "metrics", versioned: true,
		summary:     "Compare the conversion ratios with their targets",
		description: "Events are counted on the day they happened, whenever the event before them did. Without a range: the last 12 ISO weeks, the current one included.",
	}, s.conversion)
}

type progressInput struct {
	Conditional

	Grain string `default:"week" enum:"week,month" query:"grain"`
}

func (s *Server) progress(ctx context.Context, in *progressInput) (*versioned[Progress], error) {
	return answer(ctx, s, in.Conditional, func(ctx context.Context) (int64, Progress, error) {
		p, err := s.numbers.Progress(ctx, leadlake.Grain(in.Grain))
		return p.Version, progressOf(p), err
	})
}

func progressOf(p metric.Progress) Progress {
	out := Progress{
		Version: p.Version, Grain: string(p.Period.Grain), Period: p.Period.String(),
		Start: p.Period.Start.String(), End: p.Period.End().AddDays(-1).String(), Today: p.Today.String(),
		Elapsed: rounded(p.Elapsed), Rows: []ProgressRow{},
	}
	for _, r := range p.Rows {
		out.Rows = append(out.Rows, ProgressRow{
			Event: string(r.Event), Target: r.Target, Actual: r.Actual, Expected: rounded(r.Expected),
			Attainment: rounded(r.Attainment), Standing: Standing(r.Standing),
		})
	}
	return out
}

type conversionInput struct {
	Conditional

	From string `doc:"The first day, YYYY-MM-DD" example:"2026-09-01" query:"from"`
	To   string `doc:"The day after the last, YYYY-MM-DD" example:"2026-11-22" query:"to"`
}

func (s *Server) conversion(ctx context.Context, in *conversionInput) (*versioned[Conversion], error) {
	from, to, err := in.days(s.numbers.Today())
	if err != nil {
		return nil, err
	}
	return answer(ctx, s, in.Conditional, func(ctx context.Context) (int64, Conversion, error) {
		f, err := s.numbers.Funnel(ctx, from, to)
		return f.Version, conversionOf(f), err
	})
}

// days returns the range that is asked for: two zero dates where it is the
// default one. A bound that is missing lies where it makes 12 weeks, or ends
// with the current one.
func (in *conversionInput) days(today leadlake.Date) (from, to leadlake.Date, err error) {
	var errs []*huma.ErrorDetail
	read := func(name, text string) leadlake.Date {
		d, problem := parseDay(text)
		if problem != "" {
			errs = append(errs, &huma.ErrorDetail{Location: "query." + name, Message: problem, Value: shortened(text)})
		}
		return d
	}
	switch {
	case in.From == "" && in.To == "":
		return 0, 0, nil
	case in.From == "":
		to = read("to", in.To)
		from = leadlake.PeriodOf(leadlake.ByWeek, to.AddDays(-1)).Start.AddDays(-7 * 11)
	case in.To == "":
		from, to = read("from", in.From), leadlake.PeriodOf(leadlake.ByWeek, today).End()
	default:
		from, to = read("from", in.From), read("to", in.To)
	}
	if errs == nil && from >= to {
		errs = append(errs, &huma.ErrorDetail{Location: "query.from", Message: "the range is empty: it must start before " + to.String(), Value: from.String()})
	}
	if errs != nil {
		return 0, 0, invalid(errs)
	}
	return from, to, nil
}

func conversionOf(f metric.Funnel) Conversion {
	out := Conversion{Version: f.Version, From: f.From.String(), To: f.To.String(), Rows: []ConversionRow{}}
	for _, r := range f.Rows {
		row := ConversionRow{
			From: string(r.From), To: string(r.To), FromCount: r.FromCount, ToCount: r.ToCount, Target: rounded(r.Target),
		}
		if r.Known {
			row.Ratio, row.Gap, row.Standing.value = new(rounded(r.Ratio)), new(rounded(r.Gap)), new(Standing(r.Standing))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// rounded takes off what binary fractions add: 0.6 - 0.7 is to be -0.1.
func rounded(f float64) float64 { return math.Round(f*1e6) / 1e6 }
