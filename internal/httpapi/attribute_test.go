package httpapi_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/httpapi"
)

func TestAttributesBecomeColumns(t *testing.T) {
	l := newLake()
	l.columns = append(leadlake.CoreColumns(),
		leadlake.Column{Name: "status", Type: leadlake.Text}, leadlake.Column{Name: "budget", Type: leadlake.Number, Label: "Budget (k€)"})
	s := serve(t, l, httpapi.Options{})
	status, answer := post(s, `[
		{"id":"a","nom":"n","statut":"s","budget":1.5,"status":"x","score":-3,"ok":true,"tags":["e\u0301",""],"date_naissance":"1990-02-28","vide":null},
		{"id":"b","nom":"n","statut":"s","budget":null,"score":null,"ok":false,"tags":[],"note":"2025-01-31","date_naissance":null}]`)
	if status != 200 {
		t.Fatalf("got %d %s", status, answer)
	}
	want := []leadlake.Column{
		{Name: "budget", Type: leadlake.Number, Label: "Budget (k€)"},
		{Name: "date_naissance", Type: leadlake.Day},
		{Name: "note", Type: leadlake.Text},
		{Name: "ok", Type: leadlake.Flag},
		{Name: "score", Type: leadlake.Number},
		{Name: "status", Type: leadlake.Text},
		{Name: "tags", Type: leadlake.List},
	}
	if !reflect.DeepEqual(l.batch.Columns, want) {
		t.Errorf("got the columns %v, want %v", l.batch.Columns, want)
	}
	for i, want := range []map[string]leadlake.Value{
		{"nom": "n", "statut": "s", "budget": 1.5, "status": "x", "score": -3., "ok": true, "tags": []string{"é", ""}, "date_naissance": leadlake.NewDate(1990, 2, 28)},
		{"nom": "n", "statut": "s", "budget": nil, "score": nil, "ok": false, "tags": []string{}, "note": "2025-01-31", "date_naissance": nil},
	} {
		if got := l.batch.Leads[i].Values; !reflect.DeepEqual(got, want) {
			t.Errorf("lead %d: got %v, want %v", i, got, want)
		}
	}

	for body, want := range map[string]string{
		`"budget":"12"`:                   "body[0].budget: the value must be a number; the table holds numbers here",
		`"ok":1`:                          "body[0].ok: the value must be true or false; the table holds true and false here",
		`"tags":"x"`:                      "body[0].tags: the value must be a list of texts; the table holds lists of texts here",
		`"note":7`:                        "body[0].note: the value must be a string; the table holds text here",
		`"date_naissance":"28/02/1990"`:   "body[0].date_naissance: not a date: write a day as 2025-01-31; the table holds days here",
		`"date_naissance":true`:           "body[0].date_naissance: the value must be a string; the table holds days here",
		`"autre":1,"budget":{"$gt":true}`: "body[0].budget: the value must be a number",
	} {
		status, answer := post(s, `[{"id":"a","nom":"n","statut":"s",`+body+`}]`)
		if p := parseProblem(t, answer); status != 422 || len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Location+": "+p.Errors[0].Message, want) || p.Errors[0].Value != nil && !strings.Contains(body, "date") {
			t.Errorf("%s got %d %s", body, status, answer)
		}
	}
}

func TestATableHasSoManyColumns(t *testing.T) {
	l := newLake()
	l.columns = make([]leadlake.Column, 1000)
	status, answer := post(serve(t, l, httpapi.Options{}), `[{"id":"a","nom":"n","statut":"s","x":1}]`)
	if status != 422 || !strings.Contains(answer, "the table may have 1000") {
		t.Errorf("got %d %s", status, answer)
	}
}

// TestAFullCallWithManyFields is a call as large as it may be. (When names were
// looked up again for every field it took minutes.)
func TestAFullCallWithManyFields(t *testing.T) {
	l := newLake()
	var body strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&body, `,{"id":"%d","nom":"n","statut":"s"`, i)
		for k := range 20 {
			fmt.Fprintf(&body, `,"champ_%d":"%d"`, k, i*k)
		}
		body.WriteByte('}')
	}
	status, answer := post(serve(t, l, httpapi.Options{}), "["+body.String()[1:]+"]")
	if status != 200 || len(l.batch.Leads) != 10_000 || len(l.batch.Columns) != 20 {
		t.Errorf("got %d %.200s", status, answer)
	}
}
