package notion_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// direct is a transport to a handler in the same process, which needs no
// network: inside a bubble of synctest all time is virtual.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	d.handler.ServeHTTP(rec, r)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

// TestAQuarterOfAMillionLeads reads as many as a Notion database may have, by
// the real limiter against a server with the same limit.
func TestAQuarterOfAMillionLeads(t *testing.T) {
	const rows, rate, perMinute = 250_000, 180, 40
	synctest.Test(t, func(t *testing.T) {
		server := fakenotion.New(fakenotion.Options{Rate: rate})
		db := server.AddDatabase("Prospection", small()...)
		if _, err := db.Source().Add(crowd(rows, perMinute)...); err != nil {
			t.Fatal(err)
		}
		s, err := notion.Open(t.Context(), server.Token(), db.ID(), notion.Options{HTTP: &http.Client{Transport: direct{server}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Schema(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		start, before := time.Now(), heap()
		n, most := 0, uint64(0)
		for _, err := range s.Scan(t.Context(), time.Time{}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%50_000 == 0 {
				most = max(most, heap())
			}
		}
		stats := s.Stats()
		minutes := (stats.Requests - 1) / rate // the first of them pass at once
		if took, limit := time.Since(start), time.Duration(minutes)*time.Minute; n != rows || stats.Retries > 0 || took > limit*105/100 {
			t.Errorf("%d leads with %d refusals took %v, want %d in %v", n, stats.Retries, took, rows, limit)
		}
		if extra := stats.Requests - 2 - rows/100; extra > 2*rows/10_000 {
			t.Errorf("%d requests beyond one for every 100 leads", extra)
		}
		if growth := int64(most) - int64(before); growth > 40<<20 {
			t.Errorf("the scan holds %d MB", growth>>20)
		}
	})
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
