//go:build unix

package cli_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// running is a process of the program that serves.
type running struct {
	*exec.Cmd

	dir, url string
	said     *text
	ended    chan struct{} // closed when it has ended
}

// text is what a process says; it can be read meanwhile.
type text struct {
	mu  sync.Mutex
	all strings.Builder
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.String()
}

// alone returns the program with a Notion of its own, which nobody else's test
// disturbs.
func (p program) alone(t *testing.T) program {
	t.Helper()
	own := p
	own.workspace = newWorkspace()
	must(t, own.workspace.fill(40))
	own.url = serveHandler(t, own.workspace.server)
	return own
}

func serveHandler(t *testing.T, handler http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until it is closed
	t.Cleanup(func() { must(t, server.Close()) })
	return "http://" + listener.Addr().String()
}

// serve starts the program on a lake in a folder of its own, and waits until
// the page can be opened.
func (p program) serve(t *testing.T, environ ...string) *running {
	t.Helper()
	dir := t.TempDir()
	lake := filepath.Join(dir, "lake")
	p.finish(t, lake)
	return p.serveIn(t, dir, environ...)
}

func (p program) serveIn(t *testing.T, dir string, environ ...string) *running {
	t.Helper()
	serve := p.sync(filepath.Join(dir, "lake"))
	serve.Args[1] = "serve"
	serve.Env = append(append(serve.Env, "LEADLAKE_ADDR=127.0.0.1:0"), environ...)
	r := &running{Cmd: serve, dir: dir, said: &text{}, ended: make(chan struct{})}
	serve.Stderr = r.said
	out, err := serve.StdoutPipe()
	must(t, err)
	must(t, serve.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it does not serve: %v\n%s", err, r.said)
	}
	r.url = strings.TrimSpace(line)
	go func() {
		_ = serve.Wait() // its state says how it ended
		close(r.ended)
	}()
	t.Cleanup(func() {
		_ = serve.Process.Kill() // most have ended
		<-r.ended
	})
	return r
}

// end sends a signal and returns the exit code.
func (r *running) end(t *testing.T, s os.Signal) int {
	t.Helper()
	must(t, r.Process.Signal(s))
	return r.code(t)
}

func (r *running) code(t *testing.T) int {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(time.Minute):
		t.Fatalf("it has not ended after a minute; it said\n%s", r.said)
	}
	return r.ProcessState.ExitCode()
}

// until waits until something is so.
func (r *running) until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 600 {
		if so() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("after 30 s it is not so: %s; it said\n%s", what, r.said)
}

// health is what /readyz answers.
type health struct {
	Status  string
	Reasons []string
}

func (r *running) health(t *testing.T) (h health) {
	t.Helper()
	answer, err := http.Get(r.url + "/readyz")
	must(t, err)
	defer func() { must(t, answer.Body.Close()) }()
	must(t, json.NewDecoder(answer.Body).Decode(&h))
	return h
}

// hang opens a request to r that does not come to its end.
func hang(t *testing.T, r *running) {
	t.Helper()
	host := strings.TrimPrefix(r.url, "http://")
	conn, err := net.Dial("tcp", host)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // the server may have done it
	_, err = io.WriteString(conn, "POST /api/v1/ingestion/leads HTTP/1.1\r\nHost: "+host+"\r\n"+
		"Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
	must(t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") { // which is sent once the body is read
		t.Fatalf("the server answers %q, %v", line, err)
	}
}
