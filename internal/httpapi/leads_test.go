package httpapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/httpapi"
)

const leadsPath = "/api/v1/ingestion/leads"

func post(s http.Handler, body string) (status int, answer string) {
	w := send(s, http.MethodPost, leadsPath, body, "Content-Type", "application/json")
	return w.Code, w.Body.String()
}

// problem is what the tests read of problem+json.
type problem struct {
	Title  string
	Status int
	Detail string
	Errors []struct {
		Location, Message string
		Value             any
	}
}

func parseProblem(t *testing.T, body string) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("not a problem: %s", body)
	}
	return p
}

func TestStoringLeads(t *testing.T) {
	l := newLake()
	s := serve(t, l, httpapi.Options{})
	body := `[{"id":"a","nom":"Ze\u0301lie","statut":" Nouveau ","email":"z@example.org","telephone":null,"date_prise_contact":"2025-01-31","date_relance":null}]`
	if status, answer := post(s, body); status != 200 || answer != `{"inserted":1,"updated":0,"unchanged":0,"version":43}`+"\n" {
		t.Fatalf("got %d %s", status, answer)
	}
	got := l.batch
	if got.Source != "api" || got.Cursor != nil || len(got.Leads) != 1 || got.Leads[0].ID != "a" {
		t.Fatalf("stored %+v", got)
	}
	want := map[string]leadlake.Value{
		"nom": "Zélie", "statut": " Nouveau ", "email": "z@example.org", "telephone": nil,
		"date_prise_contact": leadlake.NewDate(2025, time.January, 31), "date_relance": nil,
	}
	values := got.Leads[0].Values
	for column, w := range want {
		if v, known := values[column]; !known || v != w {
			t.Errorf("%s is %v (known: %v), want %v", column, v, known, w)
		}
	}
	if len(values) != len(want) {
		t.Errorf("fields that are absent became known: %v", values)
	}
}

func TestDates(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	angeles, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		sent string
		zone *time.Location
		want string // a date, or part of the message
	}{
		{"2025-01-31", paris, "2025-01-31"},
		{"2025-01-31", angeles, "2025-01-31"},
		{"2024-02-29", paris, "2024-02-29"},
		{"2025-01-31T23:30:00Z", paris, "2025-02-01"},
		{"2025-01-31T23:30:00.123456Z", paris, "2025-02-01"},
		{"2025-07-31T22:30:00+00:00", paris, "2025-08-01"},
		{"2025-07-31T22:30Z", paris, "2025-08-01"},
		{"2025-01-31T10:00:00+0100", paris, "2025-01-31"},
		{"2025-02-01T01:00:00+01:00", angeles, "2025-01-31"},
		{"2025-01-31T23:59:59", paris, "2025-01-31"},
		{"2025-01-31T23:59:59", angeles, "2025-01-31"},
		{"2025-01-31T00:00", angeles, "2025-01-31"},
		{"1900-01-01", paris, "1900-01-01"},
		{"2200-12-31", paris, "2200-12-31"},
		{"2025-02-30", paris, "the calendar has no day 2025-02-30"},
		{"2025-02-30T10:00:00Z", paris, "the calendar has no day 2025-02-30"},
		{"2025-13-01", paris, "the calendar has no day 2025-13-01"},
		{"0000-01-01", paris, "the calendar has no day 0000-01-01"},
		{"1899-12-31", paris, "between 1900 and 2200"},
		{"2201-01-01", paris, "between 1900 and 2200"},
		{"2200-12-31T23:30:00Z", paris, "between 1900 and 2200"},
		{"2025-01-31T25:00:00Z", paris, "not a date"},
		{"2025-01-31 10:00:00", paris, "not a date"},
		{"31/01/2025", paris, "not a date"},
		{"2025-W01", paris, "not a date"},
		{"", paris, "not a date"},
		{"é" + strings.Repeat("é", 200), paris, "not a date"},
	}
	for _, tt := range tests {
		l := newLake()
		sent, err := json.Marshal([]map[string]string{{"id": "a", "nom": "n", "statut": "s", "date_relance": tt.sent}})
		if err != nil {
			t.Fatal(err)
		}
		status, answer := post(serve(t, l, httpapi.Options{Zone: tt.zone}), string(sent))
		if status == 200 {
			if day, _ := l.batch.Leads[0].Day(leadlake.Relance); day.String() != tt.want {
				t.Errorf("%q in %s is %s, want %s", tt.sent, tt.zone, day, tt.want)
			}
			continue
		}
		p := parseProblem(t, answer)
		if status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "body[0].date_relance" || !strings.Contains(p.Errors[0].Message, tt.want) {
			t.Errorf("%q in %s got %d %s, want %q", tt.sent, tt.zone, status, answer, tt.want)
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	const ok = `{"id":"ok","nom":"n","statut":"s"}`
	long := strings.Repeat("a", 10_001)
	tests := []struct {
		name, body string
		status     int
		want       []string // locations with messages, or the detail where there is none
	}{
		{"empty", "", 400, []string{"The body is empty"}},
		{"white", " \n\t ", 400, []string{"The body is empty"}},
		{"null", "null", 422, []string{"must be a list"}},
		{"an object", ok, 422, []string{"must be a list"}},
		{"a number", "1", 422, []string{"must be a list"}},
		{"a string", `"x"`, 422, []string{"must be a list"}},
		{"empty list", "[]", 422, []string{"The list is empty"}},
		{"too many", "[" + strings.Repeat("1,", 10_000) + "1]", 422, []string{"holds more than 10000 leads"}},
		{"broken off", `[{"id":"a"`, 400, []string{"not valid JSON: it breaks off or goes wrong at byte 10"}},
		{"two documents", "[] []", 400, []string{"not valid JSON"}},
		{"not JSON", "id,nom\n1,2", 400, []string{"not valid JSON"}},
		{"NaN", "[NaN]", 400, []string{"not valid JSON"}},
		{"invalid UTF-8", "[{\"id\":\"\xff\"}]", 400, []string{"not valid UTF-8"}},
		{"UTF-16", "\xff\xfe[\x00]\x00", 400, []string{"not valid UTF-8"}},
		{"deep", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), 400, []string{"not valid JSON"}},
		{"deep in a field", `[{"id":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `,"nom":"n","statut":"s"}]`, 422, []string{"body[0].id: the value must be a string"}},
		{"not objects", `[1,null,"x",[]]`, 422, []string{"body[0]: a lead is an object", "body[1]: a lead is an object", "body[2]: a lead is an object", "body[3]: a lead is an object"}},
		{"missing", `[{}]`, 422, []string{"body[0].id: the field is missing", "body[0].nom: the field is missing", "body[0].statut: the field is missing"}},
		{"null where it must not be", `[{"id":null,"nom":null,"statut":null}]`, 422, []string{"body[0].id: the field must not be null", "body[0].nom: the field must not be null", "body[0].statut: the field must not be null"}},
		{"blank", `[{"id":"","nom":" ","statut":"\u00a0\n"}]`, 422, []string{"body[0].id: the text must not be empty", "body[0].nom: the text must not be empty", "body[0].statut: the text must not be empty"}},
		{"wrong types", `[{"id":1,"nom":true,"statut":["s"],"email":{},"date_relance":20250131}]`, 422, []string{"body[0].id: the value must be a string", "body[0].nom: the value must be a string", "body[0].statut: the value must be a string", "body[0].email: the value must be a string", "body[0].date_relance: the value must be a string"}},
		{"unknown fields", `[{"id":"a","nom":"n","statut":"s","Nom":"x","_state":"active","Is admin":true,"":1,"id ":"b"}]`, 422, []string{"body[0].Nom: unknown field; did you mean nom?", "body[0]._state: unknown field; a lead has id, nom, statut, email", "body[0].Is admin: unknown field", "body[0].: unknown field", "body[0].id : unknown field; did you mean id?"}},
		{"almost known", `[{"id":"a","nom":"n","statut":"s","status":"x","phone":"1","date_relanse":"2025-01-31","date_appel_booked":null}]`, 422, []string{"body[0].status: unknown field; did you mean statut?", "body[0].phone: unknown field; did you mean telephone?", "body[0].date_relanse: unknown field; did you mean date_relance?", "body[0].date_appel_booked: unknown field; did you mean date_appel_booke?"}},
		{"attributes", `[{"id":"a","nom":"n","statut":"s","a":{},"b":[1],"c":1e999,"d":12345678901234567890,"date_x":"soon","e":"\u0000"}]`, 422, []string{"body[0].a: an object cannot be stored", "body[0].b: the value must be a list of texts: in it, the value must be a string", "body[0].c: the number is too large", "body[0].d: the number has more digits", "body[0].date_x: not a date", "body[0].e: the text holds a NUL"}},
		{"an attribute of two types", `[{"id":"a","nom":"n","statut":"s","x":1},{"id":"b","nom":"n","statut":"s","x":"1"},{"id":"c","nom":"n","statut":"s","x":null}]`, 422, []string{"body[1].x: the value must be a number; body[0].x made this field one of numbers"}},
		{"many new fields", `[{"id":"a","nom":"n","statut":"s"` + manyFields(52) + `}]`, 422, []string{"body[0].f50: there are too many new fields: one call may add 50", "body[0].f51: there are too many"}},
		{"no end of fields", `[{"id":"a","nom":"n","statut":"s"` + strings.ReplaceAll(manyFields(300), ":0", ":null") + `}]`, 422, []string{"body[0]: a lead has 210 fields at most"}},
		{"field twice", `[{"id":"a","id":"b","nom":"n","statut":"s"}]`, 422, []string{"body[0].id: the field is there twice"}},
		{"id twice", `[` + ok + `,{"id":"b","nom":"n","statut":"s"},` + ok + `]`, 422, []string{"body[2].id: body[0] has the same id"}},
		{"id twice in two forms", `[{"id":"é","nom":"n","statut":"s"},{"id":"e\u0301","nom":"n","statut":"s"}]`, 422, []string{"body[1].id: body[0] has the same id"}},
		{"control character", `[{"id":"a\u0007","nom":"n","statut":"s"}]`, 422, []string{"body[0].id: the id holds a control character"}},
		{"NUL", `[{"id":"a","nom":"n\u0000","statut":"s"}]`, 422, []string{"body[0].nom: the text holds a NUL"}},
		{"half a pair", `[{"id":"a","nom":"\ud83d","statut":"s"}]`, 422, []string{"body[0].nom: the text holds half of a surrogate pair"}},
		{"long id", `[{"id":"` + long[:201] + `","nom":"n","statut":"s"}]`, 422, []string{"body[0].id: the id is longer than 200"}},
		{"long text", `[{"id":"a","nom":"` + long + `","statut":"s"}]`, 422, []string{"body[0].nom: the text is longer than 10000"}},
		{"long name of a field", `[{"id":"a","nom":"n","statut":"s","` + long + `":1}]`, 422, []string{"body[0]." + long[:100] + "…: unknown field"}},
		{"every row", `[{"id":"a","nom":"n","statut":"s","date_relance":"2025-02-30"},` + ok + `,{"id":"c","statut":"s","date_appel_booke":"x"}]`, 422, []string{"body[0].date_relance: the calendar has no day 2025-02-30", "body[2].date_appel_booke: not a date", "body[2].nom: the field is missing"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLake()
			status, answer := post(serve(t, l, httpapi.Options{}), tt.body)
			p := parseProblem(t, answer)
			if status != tt.status || p.Status != status || p.Title != http.StatusText(status) || p.Detail == "" {
				t.Errorf("got %d %.500s", status, answer)
			}
			var got []string
			for _, e := range p.Errors {
				got = append(got, e.Location+": "+e.Message)
			}
			if got == nil {
				got = []string{p.Detail}
			}
			if !slices.EqualFunc(got, tt.want, strings.Contains) {
				t.Errorf("got errors\n%q\nwant\n%q", got, tt.want)
			}
			if l.version != 42 {
				t.Error("something was stored")
			}
		})
	}
}

// manyFields returns n fields that no lead has yet.
func manyFields(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `,"f%d":0`, i)
	}
	return out.String()
}

func TestGoodTextAtTheEdges(t *testing.T) {
	l := newLake()
	id, nom := strings.Repeat("é", 200), strings.Repeat("é", 10_000)
	body := fmt.Sprintf(`[{"id":%q,"nom":%q,"statut":"\ud83d\ude80 \ufffd","email":""}]`, id, nom)
	if status, answer := post(serve(t, l, httpapi.Options{}), body); status != 200 {
		t.Fatalf("got %d %.300s", status, answer)
	}
	if lead := l.batch.Leads[0]; lead.ID != id || lead.Text("nom") != nom || lead.Text("statut") != "🚀 \ufffd" || lead.Values["email"] != "" {
		t.Error("text was changed")
	}
}

func TestErrorsAreCapped(t *testing.T) {
	status, answer := post(serve(t, newLake(), httpapi.Options{}), "["+strings.Repeat("{},", 199)+"{}]")
	p := parseProblem(t, answer)
	if status != 422 || len(p.Errors) != 100 || !strings.Contains(p.Detail, "There are 600 errors, the first 100 are listed") {
		t.Errorf("got %d, %d errors, %s", status, len(p.Errors), p.Detail)
	}
}

func TestWrongWrapping(t *testing.T) {
	const body = `[{"id":"a","nom":"n","statut":"s"}]`
	for _, tt := range []struct {
		headers []string
		want    int
	}{
		{[]string{"Content-Type", "application/json; charset=UTF-8"}, 200},
		{[]string{"Content-Type", "Application/JSON"}, 200},
		{[]string{"Content-Type", "application/json; charset=latin1"}, 415},
		{[]string{"Content-Type", "text/plain"}, 415},
		{[]string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{[]string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		{[]string{"Content-Type", "application/merge-patch+json"}, 415},
		{[]string{"Content-Type", ";;"}, 415},
		{nil, 415},
		{[]string{"Content-Type", "application/json", "Content-Encoding", "gzip"}, 415},
	} {
		l := newLake()
		w := send(serve(t, l, httpapi.Options{}), http.MethodPost, leadsPath, body, tt.headers...)
		if w.Code != tt.want {
			t.Errorf("%v got %d %s", tt.headers, w.Code, w.Body)
		}
		if w.Code == 415 && !strings.Contains(parseProblem(t, w.Body.String()).Detail, "Send the leads") {
			t.Errorf("%v is told %s", tt.headers, w.Body)
		}
	}
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestSizeOfTheBody(t *testing.T) {
	s := serve(t, newLake(), httpapi.Options{})
	const lead = `[{"id":"a","nom":"n","statut":"s"}]`
	fits := strings.Repeat(" ", 32<<20-len(lead)) + lead
	if status, answer := post(s, fits); status != 200 {
		t.Errorf("32 MiB got %d %s", status, answer)
	}
	for _, body := range []io.Reader{strings.NewReader(" " + fits), endless{}} {
		w := sendReader(s, http.MethodPost, leadsPath, body, "Content-Type", "application/json")
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "larger than 32 MiB") {
			t.Errorf("more got %d %.200s", w.Code, w.Body)
		}
	}
	w := sendReader(s, http.MethodPost, leadsPath, io.MultiReader(strings.NewReader("["), brokenReader{}), "Content-Type", "application/json")
	if w.Code != http.StatusBadRequest {
		t.Errorf("a body that breaks off got %d %s", w.Code, w.Body)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
