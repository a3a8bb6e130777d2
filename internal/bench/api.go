package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"golang.org/x/sync/errgroup"

	"leadlake"
	"leadlake/internal/httpapi"
	"leadlake/internal/metric"
)

// apiServers is where a child serves: our API, a bare handler of the same
// bytes, and what both have cost.
type apiServers struct{ Ours, Bare, Cost string }

// storedLeads and noIngestion are what the API needs beside the numbers.
type (
	storedLeads struct{ *lake }
	noIngestion struct{}
)

func (l storedLeads) Upsert(ctx context.Context, b leadlake.Batch) (leadlake.Tally, error) {
	return l.leads.Upsert(ctx, b)
}

func (l storedLeads) Size(ctx context.Context) (version, rows int64, err error) {
	snap, err := l.leads.Latest(ctx)
	return snap.Version, snap.Rows(), err
}

func (l storedLeads) Answered(ctx context.Context, r *leadlake.Request) (tally leadlake.Tally, known bool, err error) {
	return l.leads.Answered(ctx, r)
}

func (l storedLeads) Columns(ctx context.Context) ([]leadlake.Column, error) {
	snap, err := l.leads.Latest(ctx)
	return snap.Columns, err
}

func (noIngestion) Status() leadlake.Ingestion  { return leadlake.Ingestion{} }
func (noIngestion) Start(context.Context) error { return nil }

func (noIngestion) Runs(context.Context, int) ([]leadlake.Run, error) { return nil, nil }

func (noIngestion) Schema(context.Context) ([]leadlake.Property, []leadlake.Drift, error) {
	return nil, nil, nil
}

// serveAPI serves until the process is killed, and says first where.
func serveAPI(ctx context.Context, t task, out io.Writer) (err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	ours, err := httpapi.New(metric.New(l.leads, l.engine, metric.Options{}), storedLeads{l}, noIngestion{}, httpapi.Options{LocalOnly: true})
	if err != nil {
		return err
	}
	spent := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(cpuSeconds())
	})
	var where apiServers
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range []struct {
		addr    *string
		handler http.Handler
	}{{&where.Ours, ours}, {&where.Bare, bare(ctx, ours)}, {&where.Cost, spent}} {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		*s.addr = listener.Addr().String()
		server := &http.Server{Handler: s.handler, ReadHeaderTimeout: time.Minute}
		group.Go(func() error { return server.Serve(listener) })
	}
	if err := json.NewEncoder(out).Encode(where); err != nil {
		return err
	}
	return group.Wait()
}

// bare returns a handler that answers each of the requests below with the
// headers and bytes that ours would answer, and knows nothing else.
func bare(ctx context.Context, ours http.Handler) http.Handler {
	type answer struct {
		header http.Header
		status int
		body   []byte
	}
	answers := map[string]answer{}
	etag := ""
	for _, r := range apiRequests() {
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1"+weekPath, http.NoBody)
		for name, value := range r.header(etag) {
			request.Header.Set(name, value)
		}
		recorder := httptest.NewRecorder()
		ours.ServeHTTP(recorder, request)
		etag = recorder.Header().Get("ETag")
		answers[r.name] = answer{recorder.Header(), recorder.Code, recorder.Body.Bytes()}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := answers[r.Header.Get("X-Request-Id")]
		maps.Copy(w.Header(), a.header)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // the client is gone
	})
}

// apiRequest is a way to ask for the weeks.
type apiRequest struct {
	name  string // also its id, by which the bare handler knows what to answer
	gzip  bool
	known bool // the client has the answer, and says so
	code  int
}

func apiRequests() []apiRequest {
	return []apiRequest{
		{name: "plain", code: http.StatusOK},
		{name: "not-modified", known: true, code: http.StatusNotModified},
		{name: "gzip", gzip: true, code: http.StatusOK},
	}
}

func (r apiRequest) header(etag string) map[string]string {
	header := map[string]string{"X-Request-Id": r.name}
	if r.gzip {
		header["Accept-Encoding"] = "gzip"
	}
	if r.known {
		header["If-None-Match"] = etag
	}
	return header
}

const (
	apiClients = 16
	apiEach    = 500 // requests of a client
)

func (b bench) apiRows(ctx context.Context) (rows []row, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd, err := childCommand(ctx, "api", task{Lake: b.big, Leads: b.leads})
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}()
	var where apiServers
	if err := json.NewDecoder(stdout).Decode(&where); err != nil {
		return nil, fmt.Errorf("starting the API: %w", err)
	}
	etag := ""
	for _, r := range apiRequests() {
		var ours, base []load
		for range b.runs {
			for _, side := range []struct {
				addr string
				to   *[]load
			}{{where.Ours, &ours}, {where.Bare, &base}} {
				l, err := b.loadOn(ctx, side.addr, where.Cost, r, etag)
				if err != nil {
					return nil, err
				}
				*side.to, etag = append(*side.to, l), l.etag
			}
		}
		rows = append(rows, apiRow(r, ours, base)...)
	}
	return rows, nil
}

func apiRow(r apiRequest, ours, base []load) []row {
	rate := func(loads []load) float64 { return median(mapped(loads, func(l load) float64 { return l.rate })) }
	cpu := func(loads []load) float64 { return median(mapped(loads, func(l load) float64 { return l.cpu })) }
	what := fmt.Sprintf("warm week count, %s, %d bytes", r.name, ours[0].size)
	return []row{
		{what: what + " (CPU a request)", ours: seconds(cpu(ours)), base: seconds(cpu(base)), than: "bare handler", ratio: times(cpu(base), cpu(ours))},
		{what: "  requests a second, 16 connections", ours: fmt.Sprintf("%.0f", rate(ours)), base: fmt.Sprintf("%.0f", rate(base)), than: "bare handler", ratio: times(rate(ours), rate(base))},
	}
}

func mapped(loads []load, value func(load) float64) []float64 {
	values := make([]float64, len(loads))
	for i, l := range loads {
		values[i] = value(l)
	}
	return values
}

// load is what many requests showed.
type load struct {
	rate float64 // requests a second
	cpu  float64 // of the server, in seconds a request
	size int64   // of a body
	etag string
}

// loadOn sends the same request over and over on some connections.
func (b bench) loadOn(ctx context.Context, addr, spent string, r apiRequest, etag string) (l load, err error) {
	each := max(apiEach*b.leads/1_000_000, 100)
	before, err := spentBy(ctx, spent)
	if err != nil {
		return l, err
	}
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for i := range apiClients {
		group.Go(func() error {
			size, tag, err := askOften(ctx, addr, r, etag, each)
			if i == 0 {
				l.size, l.etag = size, tag
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return l, err
	}
	took := time.Since(start).Seconds()
	after, err := spentBy(context.WithoutCancel(ctx), spent)
	requests := float64(each * apiClients)
	l.rate, l.cpu = requests/took, (after-before)/requests
	return l, err
}

// askOften is a client that costs little itself: one connection, and requests
// that are not built anew.
func askOften(ctx context.Context, addr string, r apiRequest, etag string, n int) (size int64, tag string, err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n", weekPath, addr)
	for name, value := range r.header(etag) {
		request = fmt.Appendf(request, "%s: %s\r\n", name, value)
	}
	request = append(request, "\r\n"...)
	reader := bufio.NewReader(conn)
	for range n {
		if _, err := conn.Write(request); err != nil {
			return 0, "", err
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return 0, "", err
		}
		size, err = io.Copy(io.Discard, response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return 0, "", err
		}
		if response.StatusCode != r.code {
			return 0, "", fmt.Errorf("asking %s: %s, want %d", r.name, response.Status, r.code)
		}
		tag = response.Header.Get("ETag")
	}
	return size, tag, nil
}

// spentBy returns the CPU seconds that the child says it has used.
func spentBy(ctx context.Context, addr string) (spent float64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr, http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	return spent, json.NewDecoder(response.Body).Decode(&spent)
}
