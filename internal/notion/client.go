package notion

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"leadlake"
)

const (
	apiVersion  = "2026-03-11"
	maxAnswer   = 64 << 20 // bytes; 100 pages of 0.5 MB
	maxAttempts = 6
)

// client sends requests to Notion's API, within its limits, again where that
// can help.
type client struct {
	base    string
	host    string
	token   string
	http    *http.Client
	limiter *Limiter
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	log     *slog.Logger

	mu       sync.Mutex
	requests int
	retries  int
	waited   time.Duration
	failed   []string  // Notion's ids of the last requests that failed
	date     time.Time // the last Date header
	received time.Time // when it came, by our clock
}

// request is one question to Notion. All of them only read.
type request struct {
	method    string
	path      string
	body      func() any // made anew for every attempt; nil: none
	struggled func()     // told when the answer was too much for Notion
}

func newClient(token string, o Options) (*client, error) {
	token = strings.TrimSpace(token)
	if token == "" {
		return nil, leadlake.Errorf(leadlake.Denied, "There is no Notion token: "+
			"create an integration at https://www.notion.so/profile/integrations and put its secret into NOTION_TOKEN")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, leadlake.Errorf(leadlake.Denied, "NOTION_TOKEN holds characters that no token has: copy it again from the integration's page in Notion")
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, leadlake.Errorf(leadlake.Invalid, "LEADLAKE_NOTION_URL is no address of a web server: write it as https://api.notion.com")
	}
	return &client{
		base: strings.TrimSuffix(o.BaseURL, "/"), host: base.Host, token: token, http: o.HTTP,
		limiter: o.Limiter, now: o.Now, sleep: o.Sleep, log: o.Log,
	}, nil
}

// do sends req until it is answered, or nothing is to be gained from another
// attempt, and decodes the answer.
func (c *client) do(ctx context.Context, req request, into any) error {
	for attempt := 1; ; attempt++ {
		waited, err := c.limiter.wait(ctx)
		c.count(func() { c.waited += waited })
		c.waitedFor(ctx, "limit", waited)
		if err != nil {
			return fmt.Errorf("waiting for Notion: %w", err)
		}
		err = c.once(ctx, req, into)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("asking Notion: %w", ctx.Err())
		}
		e := new(apiError)
		if !errors.As(err, &e) {
			return fmt.Errorf("asking Notion: %w", err)
		}
		c.count(func() { c.fail(e.requestID) })
		if e.struggle() && req.struggled != nil {
			req.struggled()
		}
		attempts, delay := e.policy(c.heard())
		if attempt >= attempts {
			return e.explain(c.host)
		}
		if err = c.pause(ctx, e, attempt, delay); err != nil {
			return fmt.Errorf("waiting for Notion: %w", err)
		}
	}
}

// pause waits before another attempt. What Notion asks for holds for all work;
// what we only guess, for this request.
func (c *client) pause(ctx context.Context, e *apiError, attempt int, delay time.Duration) error {
	delay = min(delay<<(attempt-1), time.Minute)
	delay = delay/2 + rand.N(delay) //nolint:gosec // jitter needs no secrecy
	if e.retryAfter > 0 {
		delay = e.retryAfter
	}
	c.count(func() { c.retries++ })
	c.log.InfoContext(ctx, "notion request repeated", "status", e.status, "code", known(e.code),
		"notion_request_id", e.requestID, "attempt", attempt, "pause", delay)
	switch {
	case e.limited():
		c.limiter.pause(delay)
		return nil
	case e.retryAfter > 0 && outlasts(ctx, delay):
		return tooLong(c.now(), delay)
	}
	err := c.sleep(ctx, delay)
	c.waitedFor(ctx, "retry", delay)
	return err
}

// count lets change alter what is counted.
func (c *client) count(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// fail keeps the id of a request that failed, beside those of the last ones.
func (c *client) fail(id string) {
	const most = 5
	if id == "" {
		return
	}
	c.failed = append(c.failed, id)
	c.failed = c.failed[max(0, len(c.failed)-most):]
}

// once sends req once. What Notion refuses is an *apiError.
func (c *client) once(ctx context.Context, req request, into any) (err error) {
	ctx, span := c.begin(ctx, req)
	defer func() { end(span, err) }()
	r, err := c.newRequest(ctx, req)
	if err != nil {
		return err
	}
	c.count(func() { c.requests++ })
	resp, err := c.http.Do(r)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end, or given up
	c.setClock(resp.Header.Get("Date"))
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return unreachable(err)
	case len(body) > maxAnswer:
		return &apiError{status: resp.StatusCode, oversized: true}
	case resp.StatusCode != http.StatusOK:
		return c.refusal(resp, body)
	}
	if err = json.Unmarshal(body, into); err != nil {
		return &apiError{status: resp.StatusCode, garbled: true, cause: err, requestID: resp.Header.Get("X-Notion-Request-Id")}
	}
	return nil
}

func (c *client) newRequest(ctx context.Context, req request) (*http.Request, error) {
	var body io.Reader
	if req.body != nil {
		encoded, err := json.Marshal(req.body())
		if err != nil {
			return nil, fmt.Errorf("writing a query: %w", err)
		}
		body = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, req.method, c.base+req.path, body)
	if err != nil {
		return nil, fmt.Errorf("addressing Notion: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Notion-Version", apiVersion)
	r.Header.Set("User-Agent", "leadlake")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

func (c *client) setClock(date string) {
	t, err := http.ParseTime(date)
	if err != nil {
		t = c.now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.date, c.received = t, c.now()
}

// clock returns the time by Notion's clock.
func (c *client) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.date.IsZero() {
		return c.now().UTC()
	}
	return c.date.Add(c.now().Sub(c.received)).UTC()
}

// skew returns how far this machine's clock is ahead of Notion's, to the second.
func (c *client) skew() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.received.Sub(c.date).Truncate(time.Second)
}

// heard reports whether anything has ever been answered.
func (c *client) heard() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.received.IsZero()
}

func (c *client) stats() Stats {
	paused := c.limiter.pausedUntil()
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{
		Requests: c.requests, Retries: c.retries, Waited: c.waited, PausedUntil: paused, RequestIDs: slices.Clone(c.failed),
	}
}
