package httpapi_test

import (
	"net/http"
	"testing"

	"leadlake/internal/httpapi"
)

func TestHosts(t *testing.T) {
	s := serve(t, filled(), httpapi.Options{LocalOnly: true})
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8000": 200, "LOCALHOST:1": 200, "127.0.0.1:8000": 200, "[::1]:8000": 200, "[::1]": 200,
		"evil.example": 421, "evil.example:8000": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421,
		"192.168.1.2:8000": 421, "0.0.0.0:8000": 421, "": 421, "[::]": 421,
	} {
		if w := send(s, http.MethodGet, weeks, "", "Host", host); w.Code != want {
			t.Errorf("host %q got %d, want %d", host, w.Code, want)
		}
		for _, path := range []string{"/healthz", "/readyz"} { // a proxy on this machine asks by the name that it serves
			if w := send(s, http.MethodGet, path, "", "Host", host); w.Code != 200 {
				t.Errorf("%s for host %q got %d", path, host, w.Code)
			}
		}
	}
	if w := send(serve(t, filled(), httpapi.Options{}), http.MethodGet, weeks, "", "Host", "leads.example"); w.Code != 200 {
		t.Errorf("where any host may be named, one got %d", w.Code)
	}
}

func TestCrossOriginWrites(t *testing.T) {
	tests := []struct {
		name    string
		origins []string
		headers []string
		want    int
	}{
		{"no browser", nil, nil, 202},
		{"same origin", nil, []string{"Host", "localhost:8000", "Origin", "http://localhost:8000", "Sec-Fetch-Site", "same-origin"}, 202},
		{"same origin, old browser", nil, []string{"Host", "localhost:8000", "Origin", "http://localhost:8000"}, 202},
		{"another site", nil, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"another site, old browser", nil, []string{"Host", "localhost:8000", "Origin", "https://evil.example"}, 403},
		{"another port", nil, []string{"Host", "localhost:8000", "Origin", "http://localhost:9", "Sec-Fetch-Site", "same-site"}, 403},
		{"null", []string{"https://good.example"}, []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403},
		{"null, old browser", nil, []string{"Origin", "null"}, 403},
		{"a trusted site", []string{"https://good.example"}, []string{"Origin", "https://good.example", "Sec-Fetch-Site", "cross-site"}, 202},
		{"a site that sounds like it", []string{"https://good.example"}, []string{"Origin", "https://good.example.evil", "Sec-Fetch-Site", "cross-site"}, 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLake()
			w := send(serve(t, l, httpapi.Options{CORSOrigins: tt.origins}), http.MethodPost, "/api/v1/ingestion/notion", "", tt.headers...)
			if w.Code != tt.want {
				t.Errorf("got %d, want %d: %s", w.Code, tt.want, w.Body)
			}
			if started := l.ingestion.Current != nil; started != (tt.want == 202) {
				t.Errorf("a run was started: %v", started)
			}
		})
	}
}

func TestCORS(t *testing.T) {
	s := serve(t, filled(), httpapi.Options{CORSOrigins: []string{"https://good.example"}})
	none := serve(t, filled(), httpapi.Options{})
	for _, tt := range []struct {
		server *httpapi.Server
		origin string
		want   string
	}{
		{s, "https://good.example", "https://good.example"},
		{s, "https://evil.example", ""},
		{s, "http://good.example", ""},
		{s, "null", ""},
		{none, "https://good.example", ""},
		{none, "null", ""},
	} {
		w := send(tt.server, http.MethodGet, weeks, "", "Origin", tt.origin)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != tt.want {
			t.Errorf("GET from %s is allowed to %q", tt.origin, got)
		}
		preflight := send(tt.server, http.MethodOptions, leadsPath, "", "Origin", tt.origin,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
		if got := preflight.Header().Get("Access-Control-Allow-Origin"); got != tt.want {
			t.Errorf("preflight from %s is allowed to %q", tt.origin, got)
		}
		if w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Error("credentials are allowed")
		}
	}
	if _, err := httpapi.New(newLake(), newLake(), newLake(), httpapi.Options{CORSOrigins: []string{"good.example"}}); err == nil {
		t.Error("an origin without a scheme was taken")
	}
}

func TestSafeHeaders(t *testing.T) {
	s := serve(t, filled(), httpapi.Options{})
	for _, target := range []string{weeks, "/api/v1/none", "/docs", "/healthz"} {
		h := send(s, http.MethodGet, target, "").Header()
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Content-Security-Policy") == "" {
			t.Errorf("%s has headers %v", target, h)
		}
	}
}
