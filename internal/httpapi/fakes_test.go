package httpapi_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/httpapi"
	"leadlake/internal/metric"
)

// today is Saturday of week 2026-W47.
func today() leadlake.Date { return leadlake.NewDate(2026, time.November, 21) }

func now() time.Time { return time.Date(2026, time.November, 21, 8, 0, 35, 400e6, time.UTC) }

// lake is a small table in memory: numbers, leads and ingestion at once.
type lake struct {
	mu        sync.Mutex
	version   int64
	leads     map[string]leadlake.Lead
	series    leadlake.Series
	ingestion leadlake.Ingestion
	questions int            // that were asked, beside the version's
	batch     leadlake.Batch // the last one
	columns   []leadlake.Column
	answered  map[leadlake.Request]leadlake.Tally
	runs      []leadlake.Run
	drifts    []leadlake.Drift
	messages  []string
	fail      error // of everything
	refuse    error // of Upsert
	panics    any   // of Count
	ask       func(context.Context)
	from, to  leadlake.Date // that the funnel was asked for
}

func newLake() *lake {
	return &lake{version: 42, leads: map[string]leadlake.Lead{}, answered: map[leadlake.Request]leadlake.Tally{}}
}

func (l *lake) question(ctx context.Context) {
	l.mu.Lock()
	l.questions++
	l.mu.Unlock()
	if l.ask != nil {
		l.ask(ctx)
	}
	if l.panics != nil {
		panic(l.panics)
	}
}

func (l *lake) Runs(_ context.Context, limit int) ([]leadlake.Run, error) {
	return l.runs[:min(limit, len(l.runs))], l.fail
}

func (l *lake) Schema(context.Context) ([]leadlake.Property, []leadlake.Drift, error) {
	var properties []leadlake.Property
	for _, d := range l.drifts {
		properties = append(properties, d.Property)
	}
	return properties, l.drifts, l.fail
}

func (l *lake) Receive(_ context.Context, signature string, body []byte) error {
	switch {
	case l.fail != nil:
		return l.fail
	case signature != "right":
		return leadlake.Errorf(leadlake.Denied, "The signature is not Notion's.")
	}
	l.messages = append(l.messages, string(body))
	return nil
}

func (l *lake) Count(ctx context.Context, q leadlake.Query) (leadlake.Series, error) {
	l.question(ctx)
	s := l.series
	s.Version = l.version
	for i := range s.Points {
		s.Points[i].Period = leadlake.PeriodOf(q.Grain, s.Points[i].Period.Start)
	}
	return s, l.fail
}

func (l *lake) Progress(ctx context.Context, grain leadlake.Grain) (metric.Progress, error) {
	l.question(ctx)
	return metric.Progress{
		Version: l.version, Period: leadlake.PeriodOf(grain, today()), Today: today(), Elapsed: 1,
		Rows: []metric.ProgressRow{
			{Event: leadlake.PriseContact, Target: 50, Actual: 34, Expected: 50, Attainment: 34. / 50, Standing: leadlake.Late},
			{Event: leadlake.AppelBooke, Target: 3, Actual: 1, Expected: 3, Attainment: 1. / 3, Standing: leadlake.Bad},
		},
	}, l.fail
}

func (l *lake) Funnel(ctx context.Context, from, to leadlake.Date) (metric.Funnel, error) {
	l.question(ctx)
	l.from, l.to = from, to
	return metric.Funnel{
		Version: l.version, From: from, To: to,
		Rows: []metric.FunnelRow{
			{From: "date_prise_contact", To: "date_reponse_prospect", FromCount: 300, ToCount: 180, Ratio: 0.6, Target: 0.7, Gap: gap(0.6, 0.7), Known: true, Standing: leadlake.Near},
			{From: "date_appel_propose", To: "date_appel_booke", Target: 0.7, Standing: leadlake.Bad},
		},
	}, l.fail
}

// gap subtracts at run time, so that the result has its binary fraction.
func gap(a, b float64) float64 { return a - b }

func (l *lake) Today() leadlake.Date { return today() }

func (l *lake) Size(context.Context) (version, rows int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.version, int64(len(l.leads)), l.fail
}

func (l *lake) Upsert(_ context.Context, b leadlake.Batch) (leadlake.Tally, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return leadlake.Tally{}, l.fail
	}
	if l.refuse != nil {
		return leadlake.Tally{}, l.refuse
	}
	l.batch = b
	l.version++
	tally := leadlake.Tally{Version: l.version}
	for _, lead := range b.Leads {
		if _, ok := l.leads[lead.ID]; ok {
			tally.Updated++
		} else {
			tally.Inserted++
			l.leads[lead.ID] = leadlake.Lead{ID: lead.ID, Values: map[string]leadlake.Value{}}
		}
		maps.Copy(l.leads[lead.ID].Values, lead.Values)
	}
	l.columns = append(l.columns, b.Columns...)
	if b.Request != nil {
		l.answered[*b.Request] = tally
	}
	return tally, nil
}

func (l *lake) Answered(_ context.Context, r *leadlake.Request) (tally leadlake.Tally, known bool, err error) {
	if r == nil {
		return tally, false, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	tally, known = l.answered[*r]
	return tally, known, l.fail
}

func (l *lake) Columns(context.Context) ([]leadlake.Column, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.columns, l.fail
}

func (l *lake) Status() leadlake.Ingestion {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ingestion
}

func (l *lake) Start(context.Context) error {
	if l.fail != nil {
		return l.fail
	}
	if l.ingestion.Current == nil {
		l.ingestion.Current = &leadlake.Run{Mode: leadlake.Incremental, StartedAt: now()}
	}
	return nil
}

func serve(t *testing.T, l *lake, o httpapi.Options) *httpapi.Server {
	t.Helper()
	if o.Now == nil {
		o.Now = now
	}
	s, err := httpapi.New(l, l, l, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send makes a request with headers in pairs and returns the answer.
func send(s http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	return sendReader(s, method, target, strings.NewReader(body), headers...)
}

func sendReader(s http.Handler, method, target string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func sendContext(ctx context.Context, s http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, target, nil))
	return w
}
