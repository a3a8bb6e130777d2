package notion_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

const webhookToken = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"

func TestVerifySignature(t *testing.T) {
	t.Parallel()
	body := []byte(`{"verification_token":"` + webhookToken + `"}`)
	// What openssl dgst -sha256 -hmac says.
	const right = "sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735"
	good := fakenotion.Sign(webhookToken, body)
	hex := strings.TrimPrefix(good, "sha256=")
	for name, c := range map[string]struct {
		key, header string
		body        []byte
		want        bool
	}{
		"right":           {webhookToken, right, body, true},
		"of the fake":     {webhookToken, good, body, true},
		"capitals":        {webhookToken, "sha256=" + strings.ToUpper(hex), body, true},
		"white space":     {webhookToken, good, []byte(strings.Replace(string(body), ":", ": ", 1)), false},
		"a final newline": {webhookToken, good, append(bytes.Clone(body), '\n'), false},
		"another body":    {webhookToken, good, []byte(`{}`), false},
		"another key":     {webhookToken + "x", good, body, false},
		"no key":          {"", fakenotion.Sign("", body), body, false},
		"no header":       {webhookToken, "", body, false},
		"no prefix":       {webhookToken, hex, body, false},
		"another hash":    {webhookToken, "sha1=" + hex, body, false},
		"too short":       {webhookToken, good[:len(good)-2], body, false},
		"too long":        {webhookToken, good + "00", body, false},
		"one digit short": {webhookToken, good[:len(good)-1], body, false},
		"no digits":       {webhookToken, "sha256=" + strings.Repeat("g", 64), body, false},
		"spaces around":   {webhookToken, " " + good, body, false},
	} {
		if got := notion.VerifySignature(c.key, c.header, c.body); got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestParseEvent(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakenotion.Options{}, small()...)
	ds := f.db.Source()
	page := f.add(t, fakenotion.Page{})[0]
	id := fakenotion.EventID(7)
	for kind, want := range map[string]notion.Event{
		"page.properties_updated":    {Page: page, DataSource: ds.ID()},
		"page.deleted":               {Page: page, DataSource: ds.ID()},
		"page.transcribed":           {Page: page, DataSource: ds.ID()}, // of a type to come
		"data_source.schema_updated": {DataSource: ds.ID()},
	} {
		want.ID, want.Type, want.At, want.Attempt = id, kind, f.clock.Now(), 3
		got, err := notion.ParseEvent(ds.Event(id, kind, page, 3))
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", kind, got, err, want)
		}
	}
	// An older shape: the parent of a page is the data source itself.
	got, err := notion.ParseEvent([]byte(`{"id":"e","type":"page.moved","entity":{"id":"` + strings.ReplaceAll(page, "-", "") +
		`","type":"page"},"data":{"parent":{"id":"` + ds.ID() + `","type":"data_source"}}}`))
	if err != nil || got != (notion.Event{ID: "e", Type: "page.moved", Attempt: 1, Page: page, DataSource: ds.ID()}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = notion.ParseEvent([]byte(`{"id":"e","type":"comment.created","entity":{"id":"x","type":"comment"}}`)); err != nil || got.Page != "" || got.DataSource != "" {
		t.Errorf("of something else: got %+v, %v", got, err)
	}
	for _, body := range []string{"", "null", "[]", "{", `{"id":"e"}`, `{"type":"page.created"}`, `{"verification_token":""}`, `{"id":3,"type":"page.created"}`} {
		if got, err := notion.ParseEvent([]byte(body)); leadlake.KindOf(err) != leadlake.Invalid {
			t.Errorf("%q: got %+v, %v", body, got, err)
		}
	}
}

func TestTheTokenOfAHandshakeDoesNotPrint(t *testing.T) {
	t.Parallel()
	e, err := notion.ParseEvent(fakenotion.Handshake(webhookToken))
	if err != nil || e.Handshake.Reveal() != webhookToken || e.ID != "" {
		t.Fatalf("got %v", err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("event", "event", e, "token", e.Handshake)
	asJSON, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{log.String(), string(asJSON), fmt.Sprint(e), fmt.Sprintf("%#v %q %s", e, e.Handshake, e.Handshake)} {
		if strings.Contains(shown, webhookToken) {
			t.Errorf("it shows in %s", shown)
		}
	}
}

// FuzzParseEvent has any body: it is an event, a handshake or an error.
func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"id":"e","type":"page.created","entity":{"id":"x","type":"page"},"data":null}`))
	f.Add(fakenotion.Handshake("t"))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := notion.ParseEvent(body)
		if err == nil && (e.Handshake == "") == (e.ID == "") {
			t.Errorf("%q is neither: %+v", body, e)
		}
	})
}
