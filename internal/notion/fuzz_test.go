package notion_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/notion"
)

// FuzzAnyValue has a property of any type hold any JSON: the lead is read, and
// what it holds is of the column's type, or not known.
func FuzzAnyValue(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "values", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		kind := strings.TrimSuffix(filepath.Base(file), ".json")
		for _, raw := range []string{"null", `[]`, `{}`, `"2026-02-28"`, `{"type":"array","array":[{"type":"date","date":{"start":"2026-02-28T23:30:00Z"}}]}`, `[{"plain_text":"x"}]`, "1e400"} {
			f.Add(kind, []byte(raw))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		if !json.Valid(raw) || kind == "" || kind == "id" || kind == "type" || kind == "has_more" {
			return
		}
		asText, err := json.Marshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasPrefix(r.URL.Path, "/v1/databases/"):
				fmt.Fprintf(w, `{"object":"database","id":%q,"data_sources":[{"id":%q}]}`, recordedDatabase, recordedSource)
			case strings.HasPrefix(r.URL.Path, "/v1/data_sources/"):
				fmt.Fprintf(w, `{"object":"data_source","id":%q,"properties":{"Champ":{"id":"c","type":%s},"Date de relance":{"id":"d","type":"date"}}}`, recordedSource, asText)
			default:
				fmt.Fprintf(w, `{"object":"page","id":%q,"created_time":"2026-01-01T09:00:00.000Z","last_edited_time":"2026-01-01T09:00:00.000Z","properties":{"Champ":{"id":"c","type":%s,%s:%s}}}`,
					recordedPage, asText, asText, raw)
			}
		})
		c := newClock()
		s, err := notion.Open(t.Context(), "ntn_fake", recordedDatabase, notion.Options{HTTP: &http.Client{Transport: direct{handler}}, Now: c.Now, Sleep: c.Sleep})
		if err == nil {
			_, err = s.Schema(t.Context(), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		lead, err := s.Lead(t.Context(), recordedPage)
		if err != nil {
			t.Fatal(err)
		}
		for _, column := range append(leadlake.CoreColumns(), s.Columns()...) {
			if v := lead.Values[column.Name]; !strings.HasPrefix(column.Name, "_") && !holds(column.Type, v) {
				t.Errorf("%s holds %#v, which is no %s", column.Name, v, column.Type)
			}
		}
	})
}

// endless is a body without an end.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) { e.read += len(b); clear(b); return len(b), nil }
func (e *endless) Close() error               { return nil }

type floods struct{ body *endless }

func (f floods) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: f.body}, nil
}

func TestAnAnswerWithoutAnEnd(t *testing.T) {
	c := newClock()
	flood := floods{&endless{}}
	_, err := notion.Open(t.Context(), "ntn_fake", recordedDatabase, notion.Options{HTTP: &http.Client{Transport: flood}, Now: c.Now, Sleep: c.Sleep})
	if leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), "larger than 64 MB") || flood.body.read > 6*80<<20 {
		t.Errorf("after %d MB: %v", flood.body.read>>20, err)
	}
}
