package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/blob/mem"
	"leadlake/internal/webhook"
)

const (
	token  = "secret_marker_of_the_token"
	source = "0b7e1f4e-0000-4000-8000-00000000000a"
	page   = "0b7e1f4e-0000-4000-8000-000000000001"
)

// world is an inbox, and what it has asked for.
type world struct {
	bucket *mem.Bucket
	inbox  *webhook.Inbox
	log    *bytes.Buffer

	mu      sync.Mutex
	pages   []string
	started int
}

func newWorld() *world {
	w := &world{bucket: new(mem.Bucket), log: new(bytes.Buffer)}
	w.inbox = webhook.New(w.bucket, webhook.Options{
		Source: func() string { return "notion:" + source },
		Changed: func(ids ...string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.pages = append(w.pages, ids...)
		},
		Start: func() { w.started++ },
		Log:   slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return w
}

func sign(key, body string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func (w *world) enrol(t *testing.T) {
	t.Helper()
	if err := webhook.NewEnrolment(w.bucket).Open(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.inbox.Receive(t.Context(), "", []byte(`{"verification_token":"`+token+`"}`)); err != nil {
		t.Fatal(err)
	}
}

func event(id, kind, entity, parent string) string {
	return fmt.Sprintf(`{"id":%q,"timestamp":"2026-11-20T09:00:00.000Z","type":%q,"attempt_number":1,`+
		`"entity":{"id":%q,"type":%q},"data":{"parent":{"id":%q,"type":"data_source","data_source_id":%q}}}`,
		id, kind, entity, strings.SplitN(kind, ".", 2)[0], parent, parent)
}

func TestAHandshakeNeedsAnOpenDoor(t *testing.T) {
	t.Parallel()
	w := newWorld()
	shake := func(token string) error {
		return w.inbox.Receive(t.Context(), "", []byte(`{"verification_token":"`+token+`"}`))
	}
	enrolment := webhook.NewEnrolment(w.bucket)
	if err := shake("secret_early"); leadlake.KindOf(err) != leadlake.Denied {
		t.Errorf("before anybody waits: %v", err)
	}
	if err := enrolment.Open(t.Context(), -time.Second); err != nil {
		t.Fatal(err)
	}
	if err := shake("secret_late"); leadlake.KindOf(err) != leadlake.Denied {
		t.Errorf("when nobody waits any more: %v", err)
	}
	w.enrol(t)
	if err := shake(token); err != nil {
		t.Errorf("sent again: %v", err)
	}
	if err := shake("secret_other"); leadlake.KindOf(err) != leadlake.Denied {
		t.Errorf("a second handshake: %v", err)
	}
	if err := enrolment.Open(t.Context(), time.Minute); leadlake.KindOf(err) != leadlake.Conflict {
		t.Errorf("opening again: %v", err)
	}
	state, err := enrolment.State(t.Context())
	if err != nil || state.Token().Reveal() != token || state.EnrolledAt.IsZero() || !state.OpenUntil.IsZero() {
		t.Errorf("the state is %+v, %v", state, err)
	}
	if err := errors.Join(enrolment.Forget(t.Context()), enrolment.Open(t.Context(), time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestOnlyNotionIsBelieved(t *testing.T) {
	t.Parallel()
	w := newWorld()
	body := event("e1", "page.properties_updated", page, source)
	for name, signature := range map[string]string{
		"none": "", "another key": sign("x", body), "another body": sign(token, body+" "), "cut": sign(token, body)[:40], "no prefix": sign(token, body)[7:],
	} {
		if err := w.inbox.Receive(t.Context(), signature, []byte(body)); leadlake.KindOf(err) != leadlake.Denied {
			t.Errorf("%s, before a token is there: %v", name, err)
		}
	}
	w.enrol(t)
	time.Sleep(1100 * time.Millisecond) // for which a token is believed to be the newest
	if err := w.inbox.Receive(t.Context(), sign(token, body), []byte(body)); err != nil {
		t.Errorf("the right signature: %v", err)
	}
	if err := w.inbox.Receive(t.Context(), sign("x", body), []byte(body)); leadlake.KindOf(err) != leadlake.Denied {
		t.Errorf("a wrong one: %v", err)
	}
	garbage := "not json"
	if err := w.inbox.Receive(t.Context(), sign(token, garbage), []byte(garbage)); leadlake.KindOf(err) != leadlake.Invalid {
		t.Errorf("signed garbage: %v", err)
	}
	if len(w.pages) != 1 || w.pages[0] != page {
		t.Errorf("asked for %v", w.pages)
	}
	if strings.Contains(w.log.String(), token) {
		t.Error("the token is in the log")
	}
}

func TestWhatAnEventAsksFor(t *testing.T) {
	t.Parallel()
	const other = "0b7e1f4e-0000-4000-8000-00000000000b"
	for _, c := range []struct {
		body           string
		pages, started int
	}{
		{event("1", "page.created", page, source), 1, 0},
		{event("2", "page.deleted", page, source), 1, 0},
		{event("3", "page.undeleted", page, source), 1, 0},
		{event("4", "page.content_updated", page, source), 1, 0},
		{event("5", "page.moved", page, other), 1, 0},
		{event("6", "page.properties_updated", page, other), 0, 0},
		{event("7", "data_source.schema_updated", source, source), 0, 1},
		{event("8", "comment.created", "0b7e1f4e-0000-4000-8000-000000000009", source), 0, 0},
		{event("9", "page.invented_tomorrow", page, source), 1, 0},
		{event("10", "Jeanne <jeanne@example.com>", page, source), 0, 0},
	} {
		w := newWorld()
		w.enrol(t)
		for range 3 { // as often as Notion likes
			if err := w.inbox.Receive(t.Context(), sign(token, c.body), []byte(c.body)); err != nil {
				t.Errorf("%s: %v", c.body, err)
			}
		}
		if len(w.pages) != c.pages || w.started != c.started {
			t.Errorf("%s asked for %v and %d runs; want %d and %d", c.body, w.pages, w.started, c.pages, c.started)
		}
		if strings.Contains(w.log.String(), "example.com") {
			t.Errorf("the log has %s", w.log)
		}
	}
}

// TestManyEvents has more events than are remembered.
func TestManyEvents(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.enrol(t)
	const events = 12_000
	for i := range events {
		body := event(strconv.Itoa(i), "page.created", page, source)
		if err := w.inbox.Receive(t.Context(), sign(token, body), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.pages) != events {
		t.Errorf("asked for %d pages", len(w.pages))
	}
}
