package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/httpapi"
)

func TestAKeyNamesARequest(t *testing.T) {
	l := newLake()
	s := serve(t, l, httpapi.Options{})
	const body = `[{"id":"a","nom":"n","statut":"s"}]`
	keyed := func(key, body string) (status int, answer string) {
		w := send(s, http.MethodPost, leadsPath, body, "Content-Type", "application/json", "Idempotency-Key", key)
		return w.Code, w.Body.String()
	}
	const first = `{"inserted":1,"updated":0,"unchanged":0,"version":43}` + "\n"
	for _, key := range []string{`"8e03978e-40d5"`, "8e03978e-40d5", `"8e03978e-40d5"`} { // in quotes or not, it is the same
		if status, answer := keyed(key, body); status != 200 || answer != first {
			t.Errorf("%s got %d %s", key, status, answer)
		}
	}
	if l.version != 43 {
		t.Errorf("stored %d times", l.version-42)
	}
	if r := l.batch.Request; strings.Contains(r.Key+r.Body, "8e03978e-40d5") || strings.Contains(r.Body, "nom") {
		t.Errorf("the request is named by what was sent: %+v", r)
	}
	former := *l.batch.Request
	if status, _ := keyed("another", body); status != 200 || l.version != 44 || l.batch.Request.Key == former.Key || l.batch.Request.Body != former.Body {
		t.Errorf("another key: got %d and %+v", status, l.batch.Request)
	}
	if status, _ := keyed("8e03978e-40d5", " "+body); status != 200 || l.batch.Request.Key != former.Key || l.batch.Request.Body == former.Body {
		t.Errorf("another body: got %d and %+v", status, l.batch.Request)
	}
	for _, key := range []string{`""`, `"open`, "  ", "é", strings.Repeat("k", 256)} {
		if status, answer := keyed(key, body); status != 400 || !strings.Contains(answer, "1 to 255 visible characters") {
			t.Errorf("%q got %d %s", key, status, answer)
		}
	}
	l.fail = leadlake.Errorf(leadlake.Invalid, "This Idempotency-Key was used for another body.")
	if status, answer := keyed("k", body); status != 422 || !strings.Contains(answer, "another body") {
		t.Errorf("got %d %s", status, answer)
	}
}

func TestForeignLeadsAreNamed(t *testing.T) {
	l := newLake()
	s := serve(t, l, httpapi.Options{})
	l.refuse = leadlake.Errorf(leadlake.Conflict, "2 of these leads belong to another source.").Because(leadlake.ForeignError{1, 3})
	status, answer := post(s, `[{"id":"a","nom":"n","statut":"s"}]`)
	p := parseProblem(t, answer)
	if status != 409 || p.Detail != "2 of these leads belong to another source." || len(p.Errors) != 2 ||
		p.Errors[0].Location != "body[1].id" || p.Errors[1].Location != "body[3].id" || p.Errors[0].Message != "another source owns this lead" {
		t.Errorf("got %d %s", status, answer)
	}
}
