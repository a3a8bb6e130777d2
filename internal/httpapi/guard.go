package httpapi

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/rs/cors"
)

// guard refuses what other pages in the user's browser try, before anything
// else sees the request.
func (s *Server) guard(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if s.options.LocalOnly && !isLocal(r.Host) && !forAnyHost(r.URL.Path) {
		r.Pattern = "/"
		writeProblem(w, http.StatusMisdirectedRequest, "This server answers on this machine only, as localhost or 127.0.0.1.")
		return
	}
	(*s.guarded.Load()).ServeHTTP(w, r)
}

// forAnyHost reports whether a path answers whatever the host is called, as
// what a proxy on this machine asks is: it holds nothing of the leads.
func forAnyHost(path string) bool {
	return path == webhookPath || path == alivePath || path == readyPath
}

// AllowOrigins says which other sites may use the API in a browser, in the
// place of those that might so far.
func (s *Server) AllowOrigins(origins []string) error {
	crossOrigin := http.NewCrossOriginProtection()
	for _, origin := range origins {
		if err := crossOrigin.AddTrustedOrigin(origin); err != nil {
			return fmt.Errorf("trusting the origin %q: %w", origin, err)
		}
	}
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Pattern = "/"
		writeProblem(w, http.StatusForbidden, "Another site sent this request. If that site is yours, name it in LEADLAKE_CORS_ORIGINS.")
	}))
	allow := cors.New(cors.Options{
		// A function, because an empty list of origins would allow all of them.
		AllowOriginFunc: func(origin string) bool { return origin != "null" && slices.Contains(origins, origin) },
		AllowedMethods:  []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders:  []string{"Content-Type", "Idempotency-Key", "If-None-Match", "Traceparent", "Tracestate", "X-Request-Id"},
		ExposedHeaders:  []string{"ETag", "Retry-After", "X-Request-Id"},
		MaxAge:          600,
	})
	guarded := allow.Handler(crossOrigin.Handler(s.everything))
	s.guarded.Store(&guarded)
	return nil
}

// isLocal reports whether a Host header names this machine. The port does not
// matter: it cannot be rebound.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
