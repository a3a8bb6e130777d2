//go:build unix

package cli_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"leadlake/internal/notion/fakenotion"
)

// TestLife starts the real program and sends it signals.
func TestLife(t *testing.T) {
	t.Parallel()
	w := newWorkspace()
	p := newProgram(t, w)
	must(t, w.fill(40))
	for name, test := range map[string]func(*testing.T, program){
		"told to stop while Notion hangs":       stoppedWhileNotionHangs,
		"told to stop while a client hangs":     stoppedWhileAClientHangs,
		"told to stop while the bucket hangs":   stoppedWhileTheBucketHangs,
		"told twice":                            toldTwice,
		"told to look at its configuration":     toldToReload,
		"started by a service manager":          startedByAServiceManager,
		"hung up on a terminal that it has not": hungUpWithoutATerminal,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, p)
		})
	}
}

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

func stoppedWhileNotionHangs(t *testing.T, p program) {
	t.Helper()
	p = p.alone(t)
	r := p.serve(t)
	r.until(t, "it is synced", func() bool { return r.health(t).Status == "ok" })
	p.workspace.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.Hang()})
	answer, err := http.Post(r.url+"/api/v1/ingestion/notion", "application/json", http.NoBody)
	must(t, err)
	must(t, answer.Body.Close())
	if code := r.end(t, syscall.SIGTERM); code != 0 || strings.Contains(r.said.String(), "still went on") {
		t.Errorf("serve ended with code %d and said\n%s", code, r.said)
	}

	sync := p.sync(filepath.Join(r.dir, "lake"))
	said := &text{}
	sync.Stderr = said
	asked := p.workspace.server.Requests()
	must(t, sync.Start())
	r.until(t, "the sync asks Notion", func() bool { return p.workspace.server.Requests() > asked })
	must(t, sync.Process.Signal(syscall.SIGTERM))
	_ = sync.Wait() // its state says how it ended
	if code := sync.ProcessState.ExitCode(); code != 1 || said.String() != "leadlake: stopped; everything committed so far is kept.\n" {
		t.Errorf("sync ended with code %d and said\n%s", code, said)
	}
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

func stoppedWhileAClientHangs(t *testing.T, p program) {
	t.Helper()
	r := p.serve(t)
	hang(t, r)
	if code := r.end(t, syscall.SIGTERM); code != 0 || !strings.Contains(r.said.String(), "were cut off") {
		t.Errorf("it ended with code %d and said\n%s", code, r.said)
	}
}

// stoppedWhileTheBucketHangs has the storage of the lake fall silent in a sync.
func stoppedWhileTheBucketHangs(t *testing.T, p program) {
	t.Helper()
	p = p.alone(t)
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true})
	must(t, err)
	server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "team"})
	var silent atomic.Bool
	waiting := make(chan struct{}, 1000)
	storage := serveHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if silent.Load() {
			waiting <- struct{}{}
			<-r.Context().Done()
			return
		}
		server.HTTPHandler().ServeHTTP(w, r)
	}))
	dir := t.TempDir()
	r := p.serveIn(t, dir, "LEADLAKE_LAKE=gs://team/lake", "LEADLAKE_CACHE="+filepath.Join(dir, "cache"), "STORAGE_EMULATOR_HOST="+storage)
	r.until(t, "it is synced", func() bool { return r.health(t).Status == "ok" })
	silent.Store(true)
	answer, err := http.Post(r.url+"/api/v1/ingestion/notion", "application/json", http.NoBody)
	must(t, err)
	must(t, answer.Body.Close())
	<-waiting
	if h := r.health(t); h.Status != "degraded" || !strings.Contains(strings.Join(h.Reasons, " "), "The lake does not answer") {
		t.Errorf("while the bucket hangs it is %+v", h)
	}
	if code := r.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("it ended with code %d and said\n%s", code, r.said)
	}
}

func toldTwice(t *testing.T, p program) {
	t.Helper()
	for _, tt := range []struct {
		signal os.Signal
		code   int
	}{{syscall.SIGTERM, 143}, {os.Interrupt, 130}} {
		r := p.serve(t)
		hang(t, r)
		must(t, r.Process.Signal(tt.signal))
		r.until(t, "it takes no more requests", func() bool {
			conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		})
		time.Sleep(100 * time.Millisecond) // sooner, it would be the first once more
		if code := r.end(t, tt.signal); code != tt.code {
			t.Errorf("%s: it ended with code %d and said\n%s", tt.signal, code, r.said)
		}
	}
}

func toldToReload(t *testing.T, p program) {
	t.Helper()
	r := p.serve(t)
	write := func(content string) {
		must(t, os.WriteFile(filepath.Join(r.dir, "leadlake.yaml"), []byte(content), 0o600))
	}
	says := func(text string) func() bool {
		return func() bool { return strings.Contains(r.said.String(), text) }
	}
	r.until(t, "it is well", func() bool { return r.health(t).Status == "ok" })

	write("sync_every: 7m\n") // nobody tells it
	r.until(t, "the interval is taken", says(`"changed":["LEADLAKE_SYNC_EVERY"]`))

	write("sync_every: 7m\ntimezone: Asia/Tokyo\nfull_at: never\n")
	must(t, r.Process.Signal(syscall.SIGHUP))
	r.until(t, "a change of the zone is refused", func() bool {
		h := r.health(t)
		return h.Status == "degraded" && len(h.Reasons) == 1 &&
			h.Reasons[0] == "The changed configuration was not taken, because LEADLAKE_TIMEZONE cannot change while Leadlake runs: restart it, or undo the change."
	})

	write("sync_evry: 7m\n")
	must(t, r.Process.Signal(syscall.SIGHUP))
	r.until(t, "a broken file is told", func() bool {
		h := r.health(t)
		return h.Status == "degraded" && len(h.Reasons) == 1 && strings.Contains(h.Reasons[0], `line 1: "sync_evry" is not a setting: did you mean sync_every?`)
	})

	write("full_at: never\ncors_origins: [https://intranet.example]\n")
	must(t, r.Process.Signal(syscall.SIGHUP))
	r.until(t, "all is taken, and well again", func() bool {
		return r.health(t).Status == "ok" && says(`"changed":["LEADLAKE_CORS_ORIGINS","LEADLAKE_SYNC_EVERY","LEADLAKE_FULL_AT"]`)()
	})
	request, err := http.NewRequest(http.MethodGet, r.url+"/api/v1/ingestion/status", http.NoBody)
	must(t, err)
	request.Header.Set("Origin", "https://intranet.example")
	answer, err := http.DefaultClient.Do(request)
	must(t, err)
	must(t, answer.Body.Close())
	if allowed := answer.Header.Get("Access-Control-Allow-Origin"); allowed != "https://intranet.example" {
		t.Errorf("the new origin is allowed to %q", allowed)
	}
	if code := r.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("it ended with code %d and said\n%s", code, r.said)
	}
}

func hungUpWithoutATerminal(t *testing.T, p program) {
	t.Helper()
	r := p.serve(t)
	for range 3 {
		must(t, r.Process.Signal(syscall.SIGHUP))
	}
	r.until(t, "it looks", func() bool { return strings.Contains(r.said.String(), "configuration taken") })
	if h := r.health(t); h.Status == "unavailable" {
		t.Errorf("it is %+v", h)
	}
}

// startedByAServiceManager listens as systemd does.
func startedByAServiceManager(t *testing.T, p program) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	t.Cleanup(func() { must(t, socket.Close()) })
	heard := &text{}
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := socket.Read(buffer)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			_, _ = heard.Write(append(buffer[:n:n], '\n')) // a strings.Builder takes all
		}
	}()
	r := p.serve(t, "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=600000")
	hears := func(what string) {
		t.Helper()
		r.until(t, "the manager hears "+what, func() bool { return strings.Contains(heard.String(), what) })
	}
	hears("READY=1\nSTATUS=serving\n")
	hears("WATCHDOG=1\n")
	hears("STATUS=synced, version ")
	must(t, r.Process.Signal(syscall.SIGHUP))
	hears("RELOADING=1\n")
	r.until(t, "it is ready again", func() bool { return strings.Count(heard.String(), "READY=1\n") == 2 })
	if code := r.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("it ended with code %d and said\n%s", code, r.said)
	}
	hears("STOPPING=1\n")
}
