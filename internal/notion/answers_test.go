package notion_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
)

// recorded is a server that answers each request with what is kept for it, in
// turn; the last answer is repeated.
type recorded struct {
	t       *testing.T
	answers map[string][]answer
}

type answer struct {
	Source string
	Status int
	Answer json.RawMessage
}

func (s *recorded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Method + " " + r.URL.Path
	list := s.answers[key]
	if len(list) == 0 {
		s.t.Errorf("nothing is kept for %s", key)
		http.NotFound(w, r)
		return
	}
	if len(list) > 1 {
		s.answers[key] = list[1:]
	}
	w.WriteHeader(list[0].Status)
	_, _ = w.Write(list[0].Answer)
}

func decodeFile(t *testing.T, into any, path ...string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// openRecorded opens a source on the answers of testdata/answers, by request.
// The schema is read where there is one.
func openRecorded(t *testing.T, database string, files map[string][]string) (*notion.Source, []leadlake.Property, error) {
	t.Helper()
	kept := map[string][]answer{}
	for request, names := range files {
		for _, name := range names {
			var a answer
			decodeFile(t, &a, "answers", name+".json")
			if a.Source == "" {
				t.Errorf("%s does not say where it is from", name)
			}
			kept[request] = append(kept[request], a)
		}
	}
	server := httptest.NewServer(&recorded{t: t, answers: kept})
	t.Cleanup(server.Close)
	c := newClock()
	s, err := notion.Open(t.Context(), "ntn_fake", database, notion.Options{BaseURL: server.URL, Now: c.Now, Sleep: c.Sleep})
	if err != nil {
		return nil, nil, err
	}
	properties, err := s.Schema(t.Context(), nil)
	return s, properties, err
}

const (
	recordedDatabase = "2f1e0d9c-8b7a-4695-8473-625140312f1e"
	recordedSource   = "3a2b1c0d-9e8f-4701-8263-544536271809"
	recordedPage     = "9d8c7b6a-5f4e-4d3c-8b2a-190807060504"
)

func TestAnswersDecodeWithoutLoss(t *testing.T) {
	t.Parallel()
	s, properties, err := openRecorded(t, recordedDatabase, map[string][]string{
		"GET /v1/databases/" + recordedDatabase:               {"database"},
		"GET /v1/data_sources/" + recordedSource:              {"data_source"},
		"POST /v1/data_sources/" + recordedSource + "/query":  {"query"},
		"GET /v1/pages/" + recordedPage:                       {"page", "page_before_2026_03_11"},
		"GET /v1/pages/8c1d2e3f-0000-4000-8000-000000000050":  {"error_404"},
		"GET /v1/pages/" + recordedPage + "/properties/rel":   {"property_item_1", "property_item_2"},
		"GET /v1/pages/" + recordedPage + "/properties/never": nil,
	})
	if err != nil || s.ID() != "notion:"+recordedSource || s.Name() != "Prospection 2026" {
		t.Fatalf("got %v %v", s, err)
	}
	checkRecordedSchema(t, properties, s.Now())

	companies := []string{}
	for i := range 31 {
		companies = append(companies, fmt.Sprintf("8c1d2e3f-0000-4000-8000-%012d", i))
	}
	want := map[string]leadlake.Value{
		"nom": "Boulangerie Noël", "statut": "À relancer", "date_relance": leadlake.NewDate(2026, 11, 19),
		"budget": 1250.5, "societes": companies, "ville": "Lyon",
		"_state": "active", "_url": "https://app.notion.com/p/Bo-9d8c7b6a5f4e4d3c8b2a190807060504",
		"_created_time":     time.Date(2026, 3, 2, 8, 15, 0, 0, time.UTC),
		"_last_edited_time": time.Date(2026, 11, 19, 17, 42, 0, 0, time.UTC),
	}
	leads := collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)
	if len(leads) != 1 || leads[0].ID != recordedPage || !reflect.DeepEqual(leads[0].Values, want) {
		t.Errorf("listed: got %v\nwant %v", leads, want)
	}
	if lines := warnings(s); !strings.Contains(lines, `The rollup "Ville" is approximate`) || !strings.Contains(lines, "was listed and could not be read") {
		t.Errorf("the warnings are %s", lines)
	}
	lead, err := s.Lead(t.Context(), recordedPage)
	delete(want, "societes") // its answers were read before; the last is repeated
	delete(lead.Values, "societes")
	if err != nil || !reflect.DeepEqual(lead.Values, want) {
		t.Errorf("read: got %v, %v\nwant %v", lead, err, want)
	}
	if lead, err = s.Lead(t.Context(), recordedPage); err != nil || lead.Text("_state") != string(leadlake.Trashed) {
		t.Errorf("of an older version: got %v, %v", lead, err)
	}
}

func checkRecordedSchema(t *testing.T, got []leadlake.Property, now time.Time) {
	t.Helper()
	want := []leadlake.Property{
		{ID: "bud", Label: "Budget", Kind: "number", Column: "budget", Type: leadlake.Number},
		{ID: "%3Adr", Label: "Date de relance", Kind: "date", Column: "date_relance", Type: leadlake.Day},
		{ID: "title", Label: "Nom", Kind: "title", Column: "nom", Type: leadlake.Text},
		{ID: "rel", Label: "Sociétés", Kind: "relation", Column: "societes", Type: leadlake.List},
		{
			ID: "f%5C%5C%3Ap", Label: "État", Kind: "status", Column: "statut", Type: leadlake.Text,
			Options: []leadlake.Option{{ID: "o1", Name: "À relancer"}, {ID: "o2", Name: "Gagné"}},
		},
		{ID: "rol", Label: "Ville", Kind: "rollup", Column: "ville", Type: leadlake.Text},
	}
	for i := range want {
		want[i].FirstSeen = now
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the schema is %+v\nwant %+v", got, want)
	}
}

func TestAQueryAtTheLimitIsNotTheEnd(t *testing.T) {
	t.Parallel()
	s, _, err := openRecorded(t, recordedSource, map[string][]string{
		"GET /v1/databases/" + recordedSource:                {"error_404"},
		"GET /v1/data_sources/" + recordedSource:             {"data_source"},
		"POST /v1/data_sources/" + recordedSource + "/query": {"query_at_the_limit"},
		"GET /v1/pages/" + recordedPage + "/properties/rel":  {"property_item_2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if given, err := failure(t, s.Scan(t.Context(), time.Time{})); leadlake.KindOf(err) != leadlake.Unavailable {
		t.Errorf("after %d leads: %v", given, err)
	}
}

func TestErrorsDecode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind leadlake.Kind
		says string
	}{
		"error_400": {leadlake.Unavailable, "body.in_trash"},
		"error_401": {leadlake.Denied, "NOTION_TOKEN"},
		"error_403": {leadlake.Denied, "Read content"},
		"error_404": {leadlake.NotFound, "Connections"},
		"error_429": {leadlake.Denied, "blocked"},
		"error_503": {leadlake.Unavailable, "HTTP 503"},
	} {
		files := map[string][]string{}
		for _, path := range []string{"databases", "data_sources", "pages"} {
			files["GET /v1/"+path+"/"+recordedDatabase] = []string{name}
		}
		_, _, err := openRecorded(t, recordedDatabase, files)
		if leadlake.KindOf(err) != c.kind || !strings.Contains(leadlake.MessageOf(err), c.says) || !strings.Contains(err.Error(), "11111111-2222-4333-8444-5555555555ee") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// kept is a file of testdata/values: a type of property, and values of it.
type kept struct {
	Source string
	Schema json.RawMessage
	Cases  []struct {
		Value   json.RawMessage
		Beside  map[string]any // what stands beside the value
		Want    any            // as JSON; {"day": …} is a date, {"unknown": true} is left out
		Warning string
	}
}

func TestValuesOfEveryType(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "values", "*.json"))
	if err != nil || len(files) < 25 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	for _, file := range files {
		kind := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var k kept
			decodeFile(t, &k, "values", kind+".json")
			if k.Source == "" || len(k.Cases) == 0 {
				t.Fatal("it says not where it is from, or nothing")
			}
			for _, c := range k.Cases {
				lead, lines := readKept(t, kind, k.Schema, c.Value, c.Beside)
				got, known := lead.Values["champ"]
				if !known {
					got = map[string]any{"unknown": true}
				}
				if !reflect.DeepEqual(asJSON(t, got), asJSON(t, c.Want)) {
					t.Errorf("%s: got %#v, want %v", c.Value, got, c.Want)
				}
				if c.Warning == "" && lines != "" || !strings.Contains(lines, c.Warning) {
					t.Errorf("%s: the warnings are %q, want %q", c.Value, lines, c.Warning)
				}
			}
		})
	}
}

// readKept returns the lead of a page whose property "Champ" holds the value.
func readKept(t *testing.T, kind string, schema, value json.RawMessage, beside map[string]any) (leadlake.Lead, string) {
	t.Helper()
	field := func(id, kind string, config any) map[string]any {
		return map[string]any{"id": id, "type": kind, kind: config}
	}
	properties := map[string]any{
		"Champ": field("c%3A", kind, schema), "Date de relance": field("d", "date", nil),
		"Nom": field("n", "rich_text", nil), "Email": field("e", "rich_text", nil), "Téléphone": field("t", "rich_text", nil), "Statut": field("s", "rich_text", nil),
	}
	for _, event := range []string{"Date de prise de contact", "Date de réponse du prospect", "Date d'appel proposé", "Date d'appel booké"} {
		properties[event] = field(event, "date", nil)
	}
	cell := field("c%3A", kind, value)
	maps.Copy(cell, beside)
	encode := func(v any) answer {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return answer{Status: http.StatusOK, Answer: raw}
	}
	server := httptest.NewServer(&recorded{t: t, answers: map[string][]answer{
		"GET /v1/databases/" + recordedDatabase:  {encode(map[string]any{"object": "database", "id": recordedDatabase, "data_sources": []map[string]any{{"id": recordedSource}}})},
		"GET /v1/data_sources/" + recordedSource: {encode(map[string]any{"object": "data_source", "id": recordedSource, "properties": properties})},
		"GET /v1/pages/" + recordedPage: {encode(map[string]any{
			"object": "page", "id": recordedPage, "created_time": "2026-03-02T08:15:00.000Z", "last_edited_time": "2026-03-02T08:15:00.000Z",
			"properties": map[string]any{"Champ": cell},
		})},
	}})
	defer server.Close()
	s, err := notion.Open(t.Context(), "ntn_fake", recordedDatabase, notion.Options{BaseURL: server.URL})
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
	return lead, warnings(s)
}

// asJSON returns a value as it would be after a way through JSON, days marked.
func asJSON(t *testing.T, v any) any {
	t.Helper()
	if day, ok := v.(leadlake.Date); ok {
		v = map[string]string{"day": day.String()}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err = json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
