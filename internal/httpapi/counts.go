package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"leadlake"
)

// EventCounts is one number per event; every event is always there.
type EventCounts struct {
	PriseContact    int64 `doc:"First messages sent"          example:"45" json:"date_prise_contact"`
	ReponseProspect int64 `doc:"Replies"                      example:"32" json:"date_reponse_prospect"`
	AppelBooke      int64 `doc:"Calls booked"                 example:"28" json:"date_appel_booke"`
	AppelPropose    int64 `doc:"Calls proposed"               example:"35" json:"date_appel_propose"`
	Relance         int64 `doc:"Follow-ups"                   example:"40" json:"date_relance"`
}

// WeekCounts is what happened in one ISO week.
type WeekCounts struct {
	Semaine string `doc:"ISO week, by week-year" example:"2025-W01" json:"semaine" pattern:"^[0-9]{4}-W[0-9]{2}$"`

	EventCounts
}

// MonthCounts is what happened in one month.
type MonthCounts struct {
	Mois string `doc:"Month" example:"2025-01" json:"mois" pattern:"^[0-9]{4}-[0-9]{2}$"`

	EventCounts
}

func (s *Server) registerCounts() {
	handle(s, operation{
		id: "countByWeek", method: http.MethodGet, path: "/api/v1/transformation/count_date_by_week", tag: "transformation", versioned: true,
		summary:     "Count events by week",
		description: "The weeks in which something happened, in order, each with its five counts.",
	}, s.countByWeek)
	handle(s, operation{
		id: "countByMonth", method: http.MethodGet, path: "/api/v1/transformation/count_date_by_month", tag: "transformation", versioned: true,
		summary:     "Count events by month",
		description: "The months in which something happened, in order, each with its five counts.",
	}, s.countByMonth)
}

type countInput struct {
	Conditional

	Occurrence Occurrence `default:"current" doc:"Which dates of an event count: the one that the lead has now, the first or the last of those that were ever seen, or every one" query:"occurrence"`
}

// Occurrence says which dates of an event count.
type Occurrence string

// Schema lists the occurrences; huma calls it.
func (Occurrence) Schema(huma.Registry) *huma.Schema { return enumOf(leadlake.Occurrences()...) }

func (s *Server) countByWeek(ctx context.Context, in *countInput) (*versioned[list[WeekCounts]], error) {
	return answer(ctx, s, in.Conditional, func(ctx context.Context) (int64, list[WeekCounts], error) {
		return count(ctx, s.numbers, in.query(leadlake.ByWeek), func(p leadlake.Point) WeekCounts {
			return WeekCounts{p.Period.String(), countsOf(p)}
		})
	})
}

func (s *Server) countByMonth(ctx context.Context, in *countInput) (*versioned[list[MonthCounts]], error) {
	return answer(ctx, s, in.Conditional, func(ctx context.Context) (int64, list[MonthCounts], error) {
		return count(ctx, s.numbers, in.query(leadlake.ByMonth), func(p leadlake.Point) MonthCounts {
			return MonthCounts{p.Period.String(), countsOf(p)}
		})
	})
}

func (in *countInput) query(grain leadlake.Grain) leadlake.Query {
	return leadlake.Query{Grain: grain, Occurrence: leadlake.Occurrence(in.Occurrence)}
}

func count[T any](ctx context.Context, n Numbers, q leadlake.Query, row func(leadlake.Point) T) (version int64, rows list[T], err error) {
	series, err := n.Count(ctx, q)
	if err != nil {
		return 0, nil, err
	}
	rows = make(list[T], 0, len(series.Points)) // [] where there is none, not null
	for _, p := range series.Points {
		rows = append(rows, row(p))
	}
	return series.Version, rows, nil
}

func countsOf(p leadlake.Point) EventCounts {
	return EventCounts{
		PriseContact:    p.Counts[leadlake.PriseContact],
		ReponseProspect: p.Counts[leadlake.ReponseProspect],
		AppelBooke:      p.Counts[leadlake.AppelBooke],
		AppelPropose:    p.Counts[leadlake.AppelPropose],
		Relance:         p.Counts[leadlake.Relance],
	}
}
