package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"pgregory.net/rapid"

	"leadlake"
	"leadlake/internal/httpapi"
)

// TestRandomRequests sends requests that are right, nearly right and absurd:
// none gets a 5xx, and every answer is one that the document describes.
func TestRandomRequests(t *testing.T) {
	document, err := httpapi.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(spec)
	if err != nil {
		t.Fatal(err)
	}
	l := filled()
	l.ingestion.LastFailure = &leadlake.Run{FinishedAt: now()}
	s := serve(t, l, httpapi.Options{})
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%s %s got %d %s", r.Method, r.URL, w.Code, w.Body)
		}
		if w.Code == http.StatusNotModified {
			return
		}
		route, params, err := router.FindRoute(r)
		if err != nil {
			t.Fatal(err)
		}
		checkAnswer(t, w, r, route, params)
	})
}

// checkAnswer fails where the document does not describe the answer.
func checkAnswer(t *rapid.T, w *httptest.ResponseRecorder, r *http.Request, route *routers.Route, params map[string]string) {
	err := openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 w.Code,
		Header:                 w.Header(),
		Body:                   io.NopCloser(strings.NewReader(w.Body.String())),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		t.Fatalf("%s %s got %d %s, which the document does not describe: %v", r.Method, r.URL, w.Code, w.Body, err)
	}
}

func drawRequest(t *rapid.T) *http.Request {
	target := rapid.SampledFrom([]string{
		"GET " + weeks, "GET /api/v1/transformation/count_date_by_month", "GET /api/v1/metrics/progress", "GET /api/v1/conversion",
		"GET /api/v1/ingestion/status", "POST /api/v1/ingestion/notion", "POST " + leadsPath, "POST " + leadsPath, "GET /healthz", "GET /readyz",
	}).Draw(t, "target")
	method, path, _ := strings.Cut(target, " ")
	query := url.Values{}
	for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"from", "to", "grain", "version", "'"}), 0, 3).Draw(t, "names") {
		query.Add(name, rapid.OneOf(
			rapid.SampledFrom([]string{"2025-01-01", "2026-02-30", "week", "month", "", "' or 1=1 --", "read_csv('/etc/passwd')", "0001-01-01", "9999-12-31"}),
			rapid.String(),
		).Draw(t, "value"))
	}
	r := httptest.NewRequest(method, path+"?"+query.Encode(), strings.NewReader(drawBody(t)))
	r.Header.Set("Content-Type", rapid.SampledFrom([]string{"application/json", "application/json", "application/json", "text/plain", ""}).Draw(t, "type"))
	r.Header.Set("If-None-Match", rapid.SampledFrom([]string{"", "", "*", `"42-0"`, `W/`, ","}).Draw(t, "etag"))
	r.Header.Set("Accept", rapid.SampledFrom([]string{"", "*/*", "text/html", "application/json;q=0", ";;,"}).Draw(t, "accept"))
	return r
}

// drawBody returns a list of leads, of which some are right, or any bytes.
func drawBody(t *rapid.T) string {
	if rapid.IntRange(0, 9).Draw(t, "raw") == 0 {
		return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	}
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"2025-01-31", "2025-02-30", "2025-01-31T10:00:00+01:00", "", "\u0000"}))
	value := rapid.OneOf(
		rapid.Map(text, func(s string) any { return s }),
		rapid.Just[any](nil), rapid.Just[any](1.5e300), rapid.Just[any](true), rapid.Just[any]([]any{[]any{}}), rapid.Just[any](map[string]any{"id": 1}),
	)
	field := rapid.SampledFrom([]string{"id", "nom", "statut", "email", "telephone", "date_relance", "date_prise_contact", "_state", "ID"})
	lead := rapid.Custom(func(t *rapid.T) any {
		out := map[string]any{"nom": "n", "statut": "s", "id": rapid.StringN(1, 5, 20).Draw(t, "id")}
		for _, name := range rapid.SliceOfN(field, 0, 3).Draw(t, "fields") {
			out[name] = value.Draw(t, name)
		}
		return out
	})
	body, err := json.Marshal(rapid.SliceOfN(rapid.OneOf(lead, lead, lead, value), 0, 4).Draw(t, "leads"))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
