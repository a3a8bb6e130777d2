package httpapi_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/httpapi"
)

// start runs s and returns its address, how to end it and what Run returns.
func start(t *testing.T, s *httpapi.Server) (addr string, end context.CancelFunc, ended <-chan error) {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, ln) }()
	return ln.Addr().String(), cancel, done
}

func TestShutdownLetsRequestsEnd(t *testing.T) {
	l := filled()
	asked, release := make(chan struct{}), make(chan struct{})
	l.ask = func(context.Context) { close(asked); <-release }
	addr, end, ended := start(t, serve(t, l, httpapi.Options{}))
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + addr + weeks)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		answered <- resp.Status + string(body[:1])
	}()
	<-asked
	end()
	select {
	case err := <-ended:
		t.Fatalf("Run ended with %v while a request was running", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if got := <-answered; got != "200 OK[" {
		t.Errorf("the request got %s", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
	if _, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr); err == nil {
		t.Error("the port is still open")
	}
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	l := filled()
	asked := make(chan struct{})
	l.ask = func(ctx context.Context) { close(asked); <-ctx.Done() }
	addr, end, ended := start(t, serve(t, l, httpapi.Options{Grace: 50 * time.Millisecond}))
	go func() {
		if resp, err := http.Get("http://" + addr + weeks); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-asked
	end()
	if err := <-ended; leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("Run returned %v", err)
	}
}

func TestRunSaysWhenItCannotServe(t *testing.T) {
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	if err := serve(t, newLake(), httpapi.Options{}).Run(t.Context(), ln); err == nil {
		t.Error("a closed listener was served")
	}
}

func TestHeadersHaveASize(t *testing.T) {
	addr, _, _ := start(t, serve(t, newLake(), httpapi.Options{}))
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go func() {
		_, _ = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Big: "+strings.Repeat("a", 100<<10)+"\r\n\r\n")
	}()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, "431") {
		t.Errorf("got %q, %v", line, err)
	}
}
