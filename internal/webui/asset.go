package webui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// asset is one file of the export.
type asset struct {
	name   string
	policy string // Content-Security-Policy
	load   func() (content, error)
}

// content is a file's bytes in the two forms that are sent.
type content struct {
	plain, gzipped []byte // gzipped is nil when it would not be smaller
	hash           string
}

func newAsset(files fs.FS, name string) (*asset, error) {
	a := &asset{
		name:   name,
		policy: filePolicy,
		load:   sync.OnceValues(func() (content, error) { return readContent(files, name) }),
	}
	if path.Ext(name) == ".html" {
		page, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		a.policy = pagePolicy(page)
	}
	return a, nil
}

func readContent(files fs.FS, name string) (content, error) {
	plain, err := fs.ReadFile(files, name)
	if err != nil {
		return content{}, err
	}
	sum := sha256.Sum256(plain)
	c := content{plain: plain, hash: hex.EncodeToString(sum[:16])}
	if compressible(name) {
		c.gzipped, err = compress(plain)
	}
	return c, err
}

// compress returns nil when it saves nothing.
func compress(plain []byte) ([]byte, error) {
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(plain); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	if buf.Len() >= len(plain) {
		return nil, nil
	}
	return buf.Bytes(), nil
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request, status int) {
	c, err := a.load()
	if err != nil { // cannot happen to an embedded file
		http.Error(w, "A file of the dashboard could not be read.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(a.name))
	h.Set("Cache-Control", cacheControl(a.name))
	h.Set("Content-Security-Policy", a.policy)

	body, etag := c.plain, `"`+c.hash+`"`
	if c.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body, etag = c.gzipped, `"`+c.hash+`-gz"` // a strong tag names one sequence of bytes
		}
	}
	h.Set("ETag", etag)
	if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader who left is nobody's error
	}
}

// cacheControl lets a file be kept for ever when its name changes with its
// content. Next's manifests (names in "_") lie beside such files but have
// fixed names.
func cacheControl(name string) string {
	if strings.HasPrefix(name, "_next/static/") && !strings.HasPrefix(path.Base(name), "_") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// contentType does not ask the machine's MIME table, which differs.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".txt": // Next's payloads; its client expects text/plain here
		return "text/plain; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	default:
		return "application/octet-stream"
	}
}

func compressible(name string) bool {
	switch path.Ext(name) {
	case ".html", ".js", ".css", ".txt", ".json", ".svg":
		return true
	default:
		return false
	}
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		if coding = strings.TrimSpace(coding); coding != "gzip" && coding != "*" {
			continue
		}
		q, isQ := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !isQ || err == nil && weight > 0
	}
	return false
}

// matches compares weakly, as If-None-Match does.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == etag {
			return true
		}
	}
	return false
}
