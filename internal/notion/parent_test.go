package notion_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
)

// TestWhereAPageBelongs lists pages with every kind of parent.
func TestWhereAPageBelongs(t *testing.T) {
	t.Parallel()
	const here, elsewhere = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	states := map[string]leadlake.State{
		`{"type":"data_source_id","data_source_id":"` + strings.ReplaceAll(here, "-", "") + `"}`: leadlake.Active,
		`{"type":"data_source_id","data_source_id":"` + elsewhere + `"}`:                         leadlake.Moved,
		`{"type":"page_id","page_id":"` + here + `"}`:                                            leadlake.Moved,
		`{"type":"workspace","workspace":true}`:                                                  leadlake.Moved,
		`{}`:                                                                                     leadlake.Active,
		`null`:                                                                                   leadlake.Active,
	}
	for parent, want := range states {
		t.Run(parent, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasPrefix(r.URL.Path, "/v1/databases/"):
					http.Error(w, `{"object":"error","status":404,"code":"object_not_found","message":"no"}`, http.StatusNotFound)
				case strings.HasPrefix(r.URL.Path, "/v1/pages/"):
					fmt.Fprintf(w, `{"object":"page","id":%q,"created_time":"2026-01-01T09:00:00.000Z","last_edited_time":"2026-01-01T09:00:00.000Z","parent":%s,"properties":{}}`, elsewhere, parent)
				default:
					fmt.Fprintf(w, `{"object":"data_source","id":%q,"title":[],"properties":{"Nom":{"id":"title","type":"title"},"Date de relance":{"id":"d","type":"date"}}}`, here)
				}
			}))
			defer server.Close()
			s, err := notion.Open(t.Context(), "token", here, notion.Options{BaseURL: server.URL, Zone: time.UTC})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = s.Schema(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if lead, err := s.Lead(t.Context(), elsewhere); err != nil || lead.Text(leadlake.ColumnState) != string(want) {
				t.Errorf("the lead is %v, %v; want it %s", lead, err, want)
			}
		})
	}
}
