package httpapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/httpapi"
)

// filled is a lake in which every shape has something to show.
func filled() *lake {
	l := newLake()
	l.series.Points = []leadlake.Point{
		{Period: leadlake.Period{Start: leadlake.NewDate(2024, time.December, 30)}, Counts: leadlake.Counts{
			leadlake.PriseContact: 45, leadlake.ReponseProspect: 32, leadlake.AppelBooke: 28, leadlake.AppelPropose: 35, leadlake.Relance: 40,
		}},
		{Period: leadlake.Period{Start: leadlake.NewDate(2025, time.March, 1)}, Counts: leadlake.Counts{leadlake.Relance: 1}},
	}
	return l
}

func TestShapes(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	run := leadlake.Run{
		Mode: leadlake.Full, StartedAt: now().In(paris), Seen: 1200, Inserted: 1100, Updated: 60, Unchanged: 40,
		Requests: 13, Waited: 2140 * time.Millisecond, Remaining: 4 * time.Second,
	}
	failed := leadlake.Run{
		Mode: leadlake.Incremental, FinishedAt: now(),
		Err: leadlake.Errorf(leadlake.Denied, "Notion refuses the token: make a new one").Because(context.DeadlineExceeded),
	}
	tests := []struct {
		name, target string
		lake         func(*lake)
		options      httpapi.Options
		want         string
	}{
		{
			name: "weeks are ISO weeks by week-year, every event is there", target: "/api/v1/transformation/count_date_by_week",
			want: `[{"semaine":"2025-W01","date_prise_contact":45,"date_reponse_prospect":32,"date_appel_booke":28,"date_appel_propose":35,"date_relance":40},` +
				`{"semaine":"2025-W09","date_prise_contact":0,"date_reponse_prospect":0,"date_appel_booke":0,"date_appel_propose":0,"date_relance":1}]`,
		},
		{
			name: "months", target: "/api/v1/transformation/count_date_by_month",
			want: `[{"mois":"2024-12","date_prise_contact":45,"date_reponse_prospect":32,"date_appel_booke":28,"date_appel_propose":35,"date_relance":40},` +
				`{"mois":"2025-03","date_prise_contact":0,"date_reponse_prospect":0,"date_appel_booke":0,"date_appel_propose":0,"date_relance":1}]`,
		},
		{
			name: "no events are an empty list, not null", target: "/api/v1/transformation/count_date_by_week",
			lake: func(l *lake) { l.series.Points, l.version = nil, -1 }, want: `[]`,
		},
		{
			name: "progress of the week", target: "/api/v1/metrics/progress?grain=week",
			want: `{"version":42,"grain":"week","period":"2026-W47","start":"2026-11-16","end":"2026-11-22","today":"2026-11-21","elapsed":1,"rows":[` +
				`{"event":"date_prise_contact","target":50,"actual":34,"expected":50,"attainment":0.68,"standing":"late"},` +
				`{"event":"date_appel_booke","target":3,"actual":1,"expected":3,"attainment":0.333333,"standing":"bad"}]}`,
		},
		{
			name: "conversion, with and without a ratio", target: "/api/v1/conversion?from=2026-09-01&to=2026-11-22",
			want: `{"version":42,"from":"2026-09-01","to":"2026-11-22","rows":[` +
				`{"from":"date_prise_contact","to":"date_reponse_prospect","from_count":300,"to_count":180,"ratio":0.6,"target":0.7,"gap":-0.1,"standing":"near"},` +
				`{"from":"date_appel_propose","to":"date_appel_booke","from_count":0,"to_count":0,"ratio":null,"target":0.7,"gap":null,"standing":null}]}`,
		},
		{
			name: "status before anything happened", target: "/api/v1/ingestion/status",
			lake: func(l *lake) { l.version = -1 }, options: httpapi.Options{Zone: paris},
			want: `{"state":"idle","mode":null,"progress":null,"last_success":null,"last_error":null,"held":null,"elsewhere":null,"version":null,"rows":0,` +
				`"freshness_seconds":null,"demo":false,"source":null,"today":"2026-11-21","time_zone":"Europe/Paris"}`,
		},
		{
			name: "status of a run", target: "/api/v1/ingestion/status",
			lake:    func(l *lake) { l.ingestion = leadlake.Ingestion{Current: &run, Last: &failed} },
			options: httpapi.Options{Demo: true, Source: func() *httpapi.Source { return &httpapi.Source{Kind: "notion", Name: "Prospection"} }},
			want: `{"state":"running","mode":"full","progress":{"seen":1200,"inserted":1100,"updated":60,"unchanged":40,"requests":13,"waited_seconds":2.1,` +
				`"remaining_seconds":4,"started_at":"2026-11-21T08:00:35Z","paused_until":null},"last_success":null,"last_error":null,"held":null,"elsewhere":null,"version":42,"rows":0,` +
				`"freshness_seconds":null,"demo":true,"source":{"kind":"notion","name":"Prospection"},"today":"2026-11-21","time_zone":"UTC"}`,
		},
		{
			name: "status after a failure: the sentence, not the cause", target: "/api/v1/ingestion/status",
			lake: func(l *lake) {
				l.ingestion = leadlake.Ingestion{Last: &failed, LastFailure: &failed, LastSuccess: now().Add(-35 * time.Second)}
			},
			want: `{"state":"idle","mode":"incremental","progress":null,"last_success":"2026-11-21T08:00:00Z",` +
				`"last_error":{"at":"2026-11-21T08:00:35Z","message":"Notion refuses the token: make a new one"},"held":null,"elsewhere":null,"version":42,"rows":0,` +
				`"freshness_seconds":35,"demo":false,"source":null,"today":"2026-11-21","time_zone":"UTC"}`,
		},
		{
			name: "status after a failure without words, before the mode was known", target: "/api/v1/ingestion/status",
			lake: func(l *lake) {
				l.ingestion.LastFailure = &leadlake.Run{FinishedAt: now(), Err: context.DeadlineExceeded}
				l.ingestion.Last = l.ingestion.LastFailure
			},
			want: `{"state":"idle","mode":null,"progress":null,"last_success":null,` +
				`"last_error":{"at":"2026-11-21T08:00:35Z","message":"The sync failed for a reason of ours; the log tells the cause."},"held":null,"elsewhere":null,"version":42,"rows":0,` +
				`"freshness_seconds":null,"demo":false,"source":null,"today":"2026-11-21","time_zone":"UTC"}`,
		},
		{
			name: "status while deletions are held and somebody else syncs", target: "/api/v1/ingestion/status",
			lake: func(l *lake) {
				l.ingestion = leadlake.Ingestion{Held: &leadlake.Run{FinishedAt: now(), Held: 57}, Elsewhere: "Another sync is running."}
			},
			want: `{"state":"idle","mode":null,"progress":null,"last_success":null,"last_error":null,` +
				`"held":{"at":"2026-11-21T08:00:35Z","leads":57,"message":"57 leads are no longer in the database. So many at once may be a mistake, so none was marked as gone. ` +
				`If they really are, run: leadlake sync --sweep --allow-mass-delete"},"elsewhere":"Another sync is running.","version":42,"rows":0,` +
				`"freshness_seconds":null,"demo":false,"source":null,"today":"2026-11-21","time_zone":"UTC"}`,
		},
		{
			name: "runs", target: "/api/v1/ingestion/runs?limit=1",
			lake: func(l *lake) {
				l.runs = []leadlake.Run{{
					ID: "x", Source: "notion:y", Mode: leadlake.Sweep, StartedAt: now(), FinishedAt: now(), Seen: 5, Updated: 1, Unchanged: 4,
					Moves: leadlake.Moves{Trashed: 1}, Balance: &leadlake.Balance{Active: 4, Archived: 1, Stored: 5}, Before: 2, Version: 3,
					Warnings: []leadlake.Warning{{Text: "odd", Count: 1, Examples: []string{"a"}}},
				}, {}}
			},
			want: `[{"id":"x","source":"notion:y","mode":"sweep","outcome":"success","error":null,"started_at":"2026-11-21T08:00:35Z","finished_at":"2026-11-21T08:00:35Z",` +
				`"since":null,"seen":5,"inserted":0,"updated":1,"unchanged":4,"states":{"active":0,"archived":0,"trashed":1,"moved":0,"unreachable":0},"held":0,` +
				`"balance":{"notion_active":4,"notion_archived":1,"table":5},"requests":0,"retries":0,"waited_seconds":0,"version_before":2,"version_after":3,` +
				`"warnings":[{"text":"odd","count":1,"examples":["a"]}],"drift":[],"failed_requests":[]}]`,
		},
		{
			name: "schema", target: "/api/v1/ingestion/schema",
			lake: func(l *lake) {
				l.drifts = []leadlake.Drift{{At: now(), Kind: leadlake.PropertyAdded, Is: "Ville", Property: leadlake.Property{
					ID: "a", Label: "Ville", Kind: "rich_text", Column: "ville", Type: leadlake.Text, FirstSeen: now(),
				}}}
			},
			want: `{"properties":[{"id":"a","label":"Ville","kind":"rich_text","column":"ville","type":"string","first_seen":"2026-11-21T08:00:35Z","removed_at":null}],` +
				`"changes":[{"at":"2026-11-21T08:00:35Z","change":"added","property_id":"a","property":"Ville","column":"ville","was":null,"is":"Ville"}]}`,
		},
		{name: "alive", target: "/healthz", want: `{"status":"ok"}`},
		{name: "ready", target: "/readyz", want: `{"status":"ok"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := filled()
			if tt.lake != nil {
				tt.lake(l)
			}
			w := send(serve(t, l, tt.options), http.MethodGet, tt.target, "")
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("got status %d and %s", w.Code, w.Header().Get("Content-Type"))
			}
			if got := w.Body.String(); got != tt.want+"\n" {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestNotReady(t *testing.T) {
	s := serve(t, newLake(), httpapi.Options{Condition: func(context.Context) httpapi.Condition {
		return httpapi.Condition{Unavailable: []string{"the lake cannot be written"}}
	}})
	w := send(s, http.MethodGet, "/readyz", "")
	if want := `{"status":"unavailable","reasons":["the lake cannot be written"]}` + "\n"; w.Code != http.StatusServiceUnavailable || w.Body.String() != want {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := send(s, http.MethodGet, "/healthz", ""); w.Code != http.StatusOK {
		t.Errorf("healthz says %d, although the process answers", w.Code)
	}
}

func TestConversionRange(t *testing.T) {
	tests := []struct{ query, from, to string }{
		{"", "1970-01-01", "1970-01-01"}, // two zero dates: the default is not ours to know
		{"?from=2026-09-01&to=2026-11-22", "2026-09-01", "2026-11-22"},
		{"?from=2026-09-01", "2026-09-01", "2026-11-23"},
		{"?to=2026-11-22", "2026-08-31", "2026-11-22"},
		{"?to=2026-11-23", "2026-08-31", "2026-11-23"},
	}
	for _, tt := range tests {
		l := newLake()
		w := send(serve(t, l, httpapi.Options{}), http.MethodGet, "/api/v1/conversion"+tt.query, "")
		if w.Code != http.StatusOK || l.from.String() != tt.from || l.to.String() != tt.to {
			t.Errorf("%q asks %d for %s to %s, want %s to %s", tt.query, w.Code, l.from, l.to, tt.from, tt.to)
		}
	}
}

func TestStartingARun(t *testing.T) {
	l := newLake()
	s := serve(t, l, httpapi.Options{})
	for range 2 { // the second one joins
		w := send(s, http.MethodPost, "/api/v1/ingestion/notion", "")
		status := send(s, http.MethodGet, "/api/v1/ingestion/status", "")
		if w.Code != http.StatusAccepted || w.Body.String() != status.Body.String() {
			t.Errorf("got %d %s, want the status", w.Code, w.Body)
		}
	}
}
