package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"

	"leadlake/internal/httpapi"
)

var update = flag.Bool("update", false, "write web/openapi.json")

// TestOpenAPIDocument keeps web/openapi.json, from which the types of the
// page are made, equal to the code. `make generate` runs it with -update.
func TestOpenAPIDocument(t *testing.T) {
	const file = "../../web/openapi.json"
	got, err := httpapi.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("web/openapi.json is not what the code describes: run make generate")
	}
	served := send(serve(t, newLake(), httpapi.Options{}), http.MethodGet, "/openapi.json", "")
	if !bytes.Equal(served.Body.Bytes(), got) || served.Header().Get("Content-Type") != "application/json" {
		t.Error("/openapi.json is another document")
	}
}

// TestEveryRouteIsDescribed compares the routes that answer with the document.
func TestEveryRouteIsDescribed(t *testing.T) {
	document, err := httpapi.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Responses   map[string]any
		}
	}
	if err := json.Unmarshal(document, &spec); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(spec.OpenAPI, "3.1") {
		t.Errorf("it is OpenAPI %s", spec.OpenAPI)
	}
	described := map[string]bool{}
	for path, operations := range spec.Paths {
		for method, op := range operations {
			described[strings.ToUpper(method)+" "+path] = true
			if op.OperationID == "" || op.Summary == "" || len(op.Responses) < 2 {
				t.Errorf("%s %s is described by %+v", method, path, op)
			}
		}
	}
	for _, route := range serve(t, newLake(), httpapi.Options{}).Routes() {
		_, path, _ := strings.Cut(route, " ")
		documentation := path == "/openapi.json" || strings.HasPrefix(path, "/docs") || strings.HasPrefix(path, "/redoc")
		if !described[route] && !documentation {
			t.Errorf("%s is not in the document", route)
		}
		delete(described, route)
	}
	if len(described) != 0 {
		t.Errorf("described but not there: %v", described)
	}
}

func TestDocumentation(t *testing.T) {
	s := serve(t, newLake(), httpapi.Options{})
	for target, want := range map[string]struct{ kind, holds string }{
		"/docs":                      {"text/html; charset=utf-8", "/docs/swagger-ui-bundle.js"},
		"/docs/start.js":             {"text/javascript; charset=utf-8", "/openapi.json"},
		"/docs/swagger-ui-bundle.js": {"text/javascript; charset=utf-8", "SwaggerUIBundle"},
		"/docs/swagger-ui.css":       {"text/css; charset=utf-8", ".swagger-ui"},
		"/redoc":                     {"text/html; charset=utf-8", "/redoc/redoc.standalone.js"},
		"/redoc/start.js":            {"text/javascript; charset=utf-8", "/openapi.json"},
		"/redoc/style.css":           {"text/css; charset=utf-8", "margin"},
		"/redoc/redoc.standalone.js": {"text/javascript; charset=utf-8", "Redoc"},
	} {
		w := send(s, http.MethodGet, target, "")
		if w.Code != 200 || w.Header().Get("Content-Type") != want.kind || !strings.Contains(w.Body.String(), want.holds) {
			t.Errorf("%s got %d, %s, %d bytes", target, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s has the policy %s", target, policy)
		}
		etag := w.Header().Get("ETag")
		if again := send(s, http.MethodGet, target, "", "If-None-Match", etag); again.Code != http.StatusNotModified {
			t.Errorf("%s with its ETag %s got %d", target, etag, again.Code)
		}
		packed := send(s, http.MethodGet, target, "", "Accept-Encoding", "gzip")
		if large := w.Body.Len() > 2000; large && (packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() > w.Body.Len()/2 || packed.Header().Get("ETag") == etag) {
			t.Errorf("%s compressed is %d bytes, headers %v", target, packed.Body.Len(), packed.Header())
		}
	}
}
