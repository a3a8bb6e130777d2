package httpapi_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"leadlake/internal/httpapi"
)

func TestDegradedAnswers(t *testing.T) {
	condition := httpapi.Condition{Degraded: []string{"the leads are old"}}
	s := serve(t, newLake(), httpapi.Options{Condition: func(context.Context) httpapi.Condition { return condition }})
	w := send(s, http.MethodGet, "/readyz", "")
	if want := `{"status":"degraded","reasons":["the leads are old"]}`; w.Code != http.StatusOK || w.Body.String() != want+"\n" {
		t.Errorf("got %d %s, want 200 %s", w.Code, w.Body, want)
	}
	condition.Unavailable = []string{"the lake is gone"}
	w = send(s, http.MethodGet, "/readyz", "")
	if want := `{"status":"unavailable","reasons":["the lake is gone","the leads are old"]}`; w.Code != http.StatusServiceUnavailable || w.Body.String() != want+"\n" {
		t.Errorf("got %d %s, want 503 %s", w.Code, w.Body, want)
	}
}

func TestTheVersionIsTold(t *testing.T) {
	w := send(serve(t, newLake(), httpapi.Options{Version: "abc123"}), http.MethodGet, "/healthz", "")
	if want := `{"status":"ok","version":"abc123"}`; w.Body.String() != want+"\n" {
		t.Errorf("got %s, want %s", w.Body, want)
	}
}

// TestTheEndIsTold asks a server that was told to end, for as long as it still
// takes requests: a load balancer hears that it should go elsewhere.
func TestTheEndIsTold(t *testing.T) {
	addr, end, ended := start(t, serve(t, newLake(), httpapi.Options{Drain: 2 * time.Second}))
	end()
	client := &http.Client{Transport: &http.Transport{}}
	for range 100 {
		resp, err := client.Get("http://" + addr + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK { // it has not heard yet
			continue
		}
		want := `{"status":"unavailable","reasons":["Leadlake was told to stop, and finishes what goes on."]}`
		if resp.StatusCode != http.StatusServiceUnavailable || string(body) != want+"\n" || !resp.Close {
			t.Errorf("got %d %s, kept alive %v; want 503 %s", resp.StatusCode, body, !resp.Close, want)
		}
		break
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestOriginsChange(t *testing.T) {
	s := serve(t, filled(), httpapi.Options{CORSOrigins: []string{"https://old.example"}})
	allowed := func(origin string) bool {
		read := send(s, http.MethodGet, weeks, "", "Origin", origin).Header().Get("Access-Control-Allow-Origin") == origin
		write := send(s, http.MethodPost, "/api/v1/ingestion/notion", "", "Origin", origin, "Sec-Fetch-Site", "cross-site").Code == http.StatusAccepted
		if read != write {
			t.Errorf("%s may read: %v, and write: %v", origin, read, write)
		}
		return read
	}
	if !allowed("https://old.example") || allowed("https://new.example") {
		t.Error("the origins are not those of the options")
	}
	if err := s.AllowOrigins([]string{"https://new.example"}); err != nil {
		t.Fatal(err)
	}
	if allowed("https://old.example") || !allowed("https://new.example") {
		t.Error("the origins have not changed")
	}
	if err := s.AllowOrigins([]string{"https://new.example", "no origin"}); err == nil || !allowed("https://new.example") {
		t.Errorf("what is no origin: %v; want an error, and all as it was", err)
	}
}
