package app_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/notion/fakenotion"
)

// health is what /readyz says.
type health struct {
	Code    int
	Status  string
	Reasons []string
}

func (s *served) health(t *testing.T) (h health) {
	t.Helper()
	answer, err := http.Get(s.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(answer.Body).Decode(&h); err != nil {
		t.Fatal(err)
	}
	h.Code = answer.StatusCode
	return h
}

// degraded reports whether the product answers and says that something is so.
func (h health) degraded(reason string) bool {
	return h.Code == http.StatusOK && h.Status == "degraded" &&
		slices.ContainsFunc(h.Reasons, func(r string) bool { return strings.Contains(r, reason) })
}

func (s *served) waitHealth(t *testing.T, until func(health) bool) health {
	t.Helper()
	for range 1200 {
		if h := s.health(t); until(h) {
			return h
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("after 30 s it is %+v; the log says\n%s", s.health(t), s.log)
	return health{}
}

// sync asks for one.
func (s *served) sync(t *testing.T) {
	t.Helper()
	answer, err := http.Post(s.url+"/api/v1/ingestion/notion", "application/json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
}

func well(h health) bool { return h.Code == http.StatusOK && h.Status == "ok" }

// clock is one that can be set.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// recovers lets something happen in Notion, and waits until it is shown.
func recovers(t *testing.T, w *workspace, s *served) {
	t.Helper()
	before := s.status(t).Rows
	w.passAnHour()
	w.add(t, map[leadlake.Event]string{leadlake.Relance: "2026-11-19"})
	s.wait(t, func(st status) bool { return st.Rows == before+1 && st.LastError == nil && st.Freshness < 60 })
	s.waitHealth(t, well)
	checkCounts(t, w, "Europe/Paris", s.url)
}

func TestNotionIsDownForTenHours(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	w.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.Restricted()}) // which is not tried again within a sync
	var hours clock
	s := serveWith(t, c, app.Options{Now: hours.Now})
	s.wait(t, func(st status) bool { return st.LastError != nil })
	if h := s.health(t); !h.degraded("Syncs fail since ") || h.degraded(" old: no sync has succeeded") {
		t.Errorf("at first it is %+v", h)
	}
	hours.advance(10 * time.Hour)
	if h := s.health(t); !h.degraded("Syncs fail since ") || !h.degraded("The leads are 10h0m0s old: no sync has succeeded since ") {
		t.Errorf("after ten hours it is %+v", h)
	}
	if st := s.status(t); st.Freshness < 35_900 || st.Rows != 120 {
		t.Errorf("after ten hours the status is %+v", st)
	}
	checkCounts(t, w, "Europe/Paris", s.url)
	w.server.Clear()
	recovers(t, w, s)
}

// TestNotionHangsAtTheFirstStart begins with nothing to show and nobody who
// answers: the page can be opened all the same, and says so.
func TestNotionHangsAtTheFirstStart(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.fill(t, 12)
	w.passAnHour()
	w.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.Hang()})
	s := serve(t, w.config(t, filepath.Join(t.TempDir(), "lake"), "Europe/Paris"))
	if h := s.health(t); !h.degraded("No sync has come to its end yet") {
		t.Errorf("it is %+v", h)
	}
	get(t, s.url+"/")
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}

// TestTheClockJumps sets the clock of this machine, and Notion's, to where they
// have no business to be, and back.
func TestTheClockJumps(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	c := synced(t, w)
	var machine clock
	s := serveWith(t, c, app.Options{Now: machine.Now})
	s.waitHealth(t, well)
	for _, jump := range []time.Duration{30 * time.Hour, -60 * time.Hour, 30 * time.Hour} {
		machine.advance(jump)
		recovers(t, w, s)
	}
	for _, jump := range []time.Duration{48 * time.Hour, -48 * time.Hour} {
		w.mu.Lock()
		w.now = w.now.Add(jump)
		w.mu.Unlock()
		recovers(t, w, s)
		recovers(t, w, s) // of a sync that has begun since
	}
}

func TestTheBucketRefuses(t *testing.T) {
	cloud := newCloud(t)
	w := newWorkspace(t)
	w.fill(t, 120)
	w.passAnHour()
	c := w.inBucket(t, "lake")
	c.SyncEvery = time.Hour // so that no sync is under way when the bucket refuses: its lease would have to run out
	syncOnce(t, c)
	s := serve(t, c)
	checkCounts(t, w, "Europe/Paris", s.url)
	s.waitHealth(t, well)

	cloud.refuse(true)
	s.sync(t)
	s.wait(t, func(st status) bool { return st.LastError != nil })
	h := s.waitHealth(t, func(h health) bool {
		return h.degraded("What is shown may be old, because the lake cannot be read since ")
	})
	if !h.degraded("Give it the role roles/storage.objectUser on the bucket.") || !h.degraded("Syncs fail since ") {
		t.Errorf("it is %+v", h)
	}
	checkCounts(t, w, "Europe/Paris", s.url)
	if st := s.status(t); st.Rows != 120 {
		t.Errorf("the status is %+v", st)
	}
	cloud.refuse(false)
	w.passAnHour()
	w.add(t, map[leadlake.Event]string{leadlake.Relance: "2026-11-19"})
	s.sync(t)
	s.wait(t, func(st status) bool { return st.Rows == 121 && st.LastError == nil })
	s.waitHealth(t, well)
	checkCounts(t, w, "Europe/Paris", s.url)
}

// names is a server of DNS that knows every name, as this machine, or none.
type names struct {
	conn net.PacketConn
	gone atomic.Bool
}

// newNames has this process ask a DNS of its own.
func newNames(t *testing.T) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{conn: conn}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.answer()
	}()
	old := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = old
		_ = conn.Close() // which ends answer
		<-ended
	})
	return n
}

// answer answers questions for the address of a name, until the connection is
// closed.
func (n *names) answer() {
	question := make([]byte, 512)
	for {
		size, from, err := n.conn.ReadFrom(question)
		if err != nil {
			return
		}
		end := 12 + slices.Index(question[12:size], 0) + 5 // the name, its end, type and class
		reply := slices.Clone(question[:end])
		binary.BigEndian.PutUint16(reply[2:], 0x8180)                   // an answer, without an error
		copy(reply[6:], []byte{0, 0, 0, 0, 0, 0})                       // nothing in it
		switch isA := binary.BigEndian.Uint16(question[end-4:]) == 1; { // an IPv4 address is asked for
		case n.gone.Load():
			reply[3] = 0x83 // there is no such name
		case isA:
			reply[7] = 1
			reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1)
		}
		if _, err := n.conn.WriteTo(reply, from); err != nil {
			return
		}
	}
}

func TestTheNamesAreGone(t *testing.T) {
	names := newNames(t)
	w := newWorkspace(t)
	c := synced(t, w)
	web := httptest.NewServer(w.server)
	t.Cleanup(web.Close)
	at, err := url.Parse(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.NotionURL = "http://api.notion.test:" + at.Port()
	names.gone.Store(true)
	s := serve(t, c)
	st := s.wait(t, func(st status) bool { return st.LastError != nil })
	if want := "Notion cannot be reached at api.notion.test:" + at.Port() + ": check the network of this machine"; st.LastError.Message != want {
		t.Errorf("it says %q, want %q", st.LastError.Message, want)
	}
	if h := s.health(t); !h.degraded("check the network of this machine") {
		t.Errorf("it is %+v", h)
	}
	checkCounts(t, w, "Europe/Paris", s.url)
	names.gone.Store(false)
	recovers(t, w, s)
}
