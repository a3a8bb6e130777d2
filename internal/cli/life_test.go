//go:build unix

package cli_test

import (
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
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
