package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/swaggest/swgui/v5/static"
)

// Redoc 2.5.2, bundles/redoc.standalone.js of the npm package compressed with
// gzip -9n, and the pages that start it and Swagger UI.
//
//go:embed redoc swagger
var docPages embed.FS

// docsPolicy lets the pages use what this server holds and nothing else. Both
// set styles as they run.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// document is one file of the documentation, in one of two forms.
type document struct {
	name         string // ends as its content type wants
	plain, gzip  []byte // either may be nil
	etag, policy string
}

// serveDocs registers /openapi.json and the pages that show it.
func (s *Server) serveDocs() error {
	openapi, err := s.openAPI()
	if err != nil {
		return err
	}
	s.serveDocument("/openapi.json", document{name: "openapi.json", plain: openapi})
	for route, file := range map[string]struct {
		from fs.FS
		name string
	}{
		"/docs":                      {docPages, "swagger/index.html"},
		"/docs/start.js":             {docPages, "swagger/start.js"},
		"/docs/swagger-ui.css":       {static.FS, "swagger-ui.css.gz"},
		"/docs/swagger-ui-bundle.js": {static.FS, "swagger-ui-bundle.js.gz"},
		"/redoc":                     {docPages, "redoc/index.html"},
		"/redoc/start.js":            {docPages, "redoc/start.js"},
		"/redoc/style.css":           {docPages, "redoc/style.css"},
		"/redoc/redoc.standalone.js": {docPages, "redoc/redoc.standalone.js.gz"},
	} {
		content, err := fs.ReadFile(file.from, file.name)
		if err != nil {
			return fmt.Errorf("reading the embedded %s: %w", file.name, err)
		}
		d := document{name: path.Base(file.name), plain: content, policy: docsPolicy}
		if name, compressed := strings.CutSuffix(d.name, ".gz"); compressed {
			d.name, d.plain, d.gzip = name, nil, content
		}
		s.serveDocument(route, d)
	}
	return nil
}

func (s *Server) serveDocument(route string, d document) {
	sum := sha256.Sum256(append(d.plain, d.gzip...))
	d.etag = hex.EncodeToString(sum[:8])
	s.routes.HandleFunc("GET "+route, d.serve)
}

func (d document) serve(w http.ResponseWriter, r *http.Request) {
	if d.policy != "" {
		w.Header().Set("Content-Security-Policy", d.policy)
	}
	w.Header().Set("Cache-Control", "no-cache")
	content, etag := d.plain, d.etag
	if d.gzip != nil {
		w.Header().Add("Vary", "Accept-Encoding")
		var err error
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			content, etag = d.gzip, etag+gzipSuffix
		} else if content, err = inflated(d.gzip); err != nil {
			panic(err) // the bytes are part of the program
		}
	}
	w.Header().Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, d.name, time.Time{}, bytes.NewReader(content))
}

func inflated(compressed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("opening a compressed file: %w", err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("decompressing a file: %w", err)
	}
	return content, nil
}
