package httpapi_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/httpapi"
)

// TestStream hears of a run from outside, as a browser does, and of the end of
// the server.
func TestStream(t *testing.T) {
	t.Parallel()
	l := newLake()
	s := serve(t, l, httpapi.Options{LocalOnly: true})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, listener) }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/api/v1/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || kind != "text/event-stream" || answer.Header.Get("Content-Encoding") != "" {
		t.Fatalf("got %d and %v", answer.StatusCode, answer.Header)
	}
	lines := bufio.NewScanner(answer.Body)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if !strings.Contains(data, want) {
					t.Fatalf("heard %s; want %s", data, want)
				}
				return
			}
		}
		t.Fatalf("heard no more (%v); want %s", lines.Err(), want)
	}
	next(`"state":"idle"`)
	l.mu.Lock()
	l.ingestion.Current = &leadlake.Run{Mode: leadlake.Full, StartedAt: now(), Seen: 300}
	l.mu.Unlock()
	next(`"seen":300`)
	began := time.Now()
	stop()
	if lines.Scan() && lines.Text() != "" {
		t.Errorf("heard %q after the end", lines.Text())
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	t.Logf("the server ended %v after it was told to", time.Since(began))
}

// TestWebhook sends messages with the host's name of a tunnel, which opens
// nothing else.
func TestWebhook(t *testing.T) {
	t.Parallel()
	l := newLake()
	s := serve(t, l, httpapi.Options{LocalOnly: true, Webhooks: l})
	post := func(target, signature, body string) int {
		return send(s, http.MethodPost, target, body, "Host", "leads.example.com", "X-Notion-Signature", signature).Code
	}
	const path = "/api/v1/webhooks/notion"
	for _, c := range []struct {
		target, signature, body string
		want                    int
	}{
		{path, "right", `{"a": 1}`, http.StatusNoContent},
		{path, "wrong", `{"a": 2}`, http.StatusUnauthorized},
		{path, "right", strings.Repeat("x", 1<<20+1), http.StatusRequestEntityTooLarge},
		{"/api/v1/ingestion/notion", "right", `{}`, http.StatusMisdirectedRequest},
	} {
		if got := post(c.target, c.signature, c.body); got != c.want {
			t.Errorf("%s with the %s signature and %d bytes: %d, want %d", c.target, c.signature, len(c.body), got, c.want)
		}
	}
	if len(l.messages) != 1 || l.messages[0] != `{"a": 1}` {
		t.Errorf("received %q", l.messages)
	}
	bare := serve(t, newLake(), httpapi.Options{})
	if got := send(bare, http.MethodPost, path, "{}").Code; got != http.StatusNotFound {
		t.Errorf("without a source: %d", got)
	}
}
