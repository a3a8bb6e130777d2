package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"
)

// register makes every operation of the API.
func (s *Server) register() {
	s.api = humago.New(s.routes, s.apiConfig())
	s.registerCounts()
	s.registerMetrics()
	s.registerIngestion()
	s.registerLeads()
	s.registerStream()
	s.registerWebhooks()
	s.registerHealth()
}

// routes is a ServeMux that remembers its patterns.
type routes struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc registers f; huma calls it.
func (rt *routes) HandleFunc(pattern string, f func(http.ResponseWriter, *http.Request)) {
	rt.patterns = append(rt.patterns, pattern)
	rt.ServeMux.HandleFunc(pattern, f)
}

// Routes returns the pattern of every route, as "METHOD /path".
func (s *Server) Routes() []string { return s.routes.patterns }

// handler returns the API, compressed and with its headers, in front of pages.
func (rt *routes) handler(pages http.Handler) (http.Handler, error) {
	// A compressed answer is another sequence of bytes, so that it must have
	// another strong ETag; matching takes the suffix off again.
	compress, err := gzhttp.NewWrapper(gzhttp.SuffixETag(gzipSuffix), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, fmt.Errorf("setting up compression: %w", err)
	}
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("Cache-Control", "no-store") // an answer that may be kept says so
		if allowed := rt.allowed(r); allowed != nil {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			writeProblem(w, http.StatusMethodNotAllowed, r.Method+" is not possible here, only "+strings.Join(allowed, ", ")+".")
			return
		}
		rt.ServeHTTP(w, r)
	})
	compressed := compress(api)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == streamPath:
			api.ServeHTTP(w, r)
		case rt.owns(r):
			compressed.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/api/"):
			r.Pattern = "/api/"
			writeProblem(w, http.StatusNotFound, "There is nothing at this address; /docs lists what there is.")
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			r.Pattern = "/"
			w.Header().Set("Allow", "GET, HEAD")
			writeProblem(w, http.StatusMethodNotAllowed, "A page can only be read: use GET or HEAD.")
		default:
			r.Pattern = "/"
			pages.ServeHTTP(w, r)
		}
	}), nil
}

// owns reports whether a route has the request's path, with any method.
func (rt *routes) owns(r *http.Request) bool {
	_, pattern := rt.Handler(r)
	return pattern != "" || rt.allowed(r) != nil
}

// allowed returns the methods that the request's path has, if the request's
// own is not among them.
func (rt *routes) allowed(r *http.Request) []string {
	if _, pattern := rt.Handler(r); pattern != "" {
		return nil
	}
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		probe := http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := rt.Handler(&probe); pattern != "" {
			methods = append(methods, method)
		}
	}
	return methods
}

// operation describes a route to huma.
type operation struct {
	id, method, path, summary, description, tag string
	status                                      int   // of success; default 200
	errors                                      []int // that it may answer with, beside 500 and those of every operation
	versioned                                   bool  // whether it answers 304
}

func (op operation) huma() huma.Operation {
	out := huma.Operation{
		OperationID:   op.id,
		Method:        op.method,
		Path:          op.path,
		Summary:       op.summary,
		Description:   op.description,
		Tags:          []string{op.tag},
		DefaultStatus: op.status,
		Errors: append([]int{
			http.StatusForbidden, http.StatusMisdirectedRequest, http.StatusUnprocessableEntity, http.StatusServiceUnavailable,
		}, op.errors...),
	}
	if op.versioned {
		out.Responses = map[string]*huma.Response{"304": {Description: "The client has the answer already"}}
	}
	return out
}
