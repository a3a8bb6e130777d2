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
func (s *Server) guard(next http.Handler) (http.Handler, error) {
	origins := s.options.CORSOrigins
	crossOrigin := http.NewCrossOriginProtection()
	for _, origin := range origins {
		if err := crossOrigin.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusting the origin %q: %w", origin, err)
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
	guarded := allow.Handler(crossOrigin.Handler(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if s.options.LocalOnly && !isLocal(r.Host) && r.URL.Path != webhookPath {
			r.Pattern = "/"
			writeProblem(w, http.StatusMisdirectedRequest, "This server answers on this machine only, as localhost or 127.0.0.1.")
			return
		}
		guarded.ServeHTTP(w, r)
	}), nil
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
