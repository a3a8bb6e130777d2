package webui_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"leadlake/internal/webui"
)

const (
	inline = `self.x=1;if(1<2){}`
	page   = `<html><script src="/_next/static/chunks/a1b2.js" async=""></script><script>` + inline + `</script></html>`
)

// export is a small export of the real shape.
func export() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	long := strings.Repeat("export const x = 1;\n", 200)
	return fstest.MapFS{
		"fr/index.html":                         file(page),
		"fr/index.txt":                          file("payload"),
		"en/index.html":                         file(strings.ReplaceAll(page, "x=1", "x=2")),
		"about.html":                            file("<html>about</html>"),
		"404.html":                              file("<html>perdu</html>"),
		"icon.svg":                              file("<svg/>"),
		"_next/static/chunks/a1b2.js":           file(long),
		"_next/static/media/geist.woff2":        file("font"),
		"_next/static/leadlake/_ssgManifest.js": file("self.m=1"),
	}
}

func site(t *testing.T) http.Handler {
	t.Helper()
	h, err := webui.New(webui.Options{Files: export()})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request with headers given as pairs.
func ask(t *testing.T, h http.Handler, method, target string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func TestAddresses(t *testing.T) {
	h := site(t)
	for _, c := range []struct {
		target   string
		status   int
		location string
		holds    string
	}{
		{"/fr/", 200, "", "x=1"},
		{"/en/", 200, "", "x=2"},
		{"/fr", 302, "/fr/", ""},
		{"/fr?weeks=26", 302, "/fr/?weeks=26", ""},
		{"//fr", 302, "/fr/", ""},
		{"/fr/index.txt", 200, "", "payload"},
		{"/about", 200, "", "about"},
		{"/icon.svg", 200, "", "<svg/>"},
		{"/nowhere", 404, "", "perdu"},
		{"/nowhere/", 404, "", "perdu"},
		{"/404.html", 404, "", "perdu"},
		{"/404", 404, "", "perdu"},
		{"/_next/static/chunks/gone.js", 404, "", "no such file"},
		{"/_next/", 404, "", "perdu"},
		{"/fr/../../etc/passwd", 404, "", "perdu"},
	} {
		r := ask(t, h, http.MethodGet, c.target)
		if r.status != c.status || r.header.Get("Location") != c.location || !strings.Contains(r.body, c.holds) {
			t.Errorf("%s: %d, Location %q, %.60q; want %d, %q, %q",
				c.target, r.status, r.header.Get("Location"), r.body, c.status, c.location, c.holds)
		}
	}
}

func TestRootGoesToTheReadersLanguage(t *testing.T) {
	h := site(t)
	for accept, want := range map[string]string{
		"":                          "/fr/",
		"de-DE,de;q=0.9":            "/fr/",
		"en":                        "/en/",
		"en-GB,en;q=0.9,fr;q=0.8":   "/en/",
		"fr-CA,fr;q=0.9,en;q=0.8":   "/fr/",
		"de,en;q=0.5,fr;q=0.4":      "/en/",
		"en;q=0.1,fr;q=0.9":         "/fr/",
		"not a language, at all;;;": "/fr/",
	} {
		r := ask(t, h, http.MethodGet, "/", "Accept-Language", accept)
		if r.status != http.StatusFound || r.header.Get("Location") != want || r.header.Get("Vary") != "Accept-Language" {
			t.Errorf("%q: %d to %q, Vary %q; want 302 to %q", accept, r.status, r.header.Get("Location"), r.header.Get("Vary"), want)
		}
	}
}

func TestCaching(t *testing.T) {
	h := site(t)
	for target, want := range map[string]string{
		"/_next/static/chunks/a1b2.js":           "public, max-age=31536000, immutable",
		"/_next/static/media/geist.woff2":        "public, max-age=31536000, immutable",
		"/_next/static/leadlake/_ssgManifest.js": "no-cache", // its name never changes
		"/_next/static/chunks/gone.js":           "no-cache",
		"/fr/":                                   "no-cache",
		"/nowhere":                               "no-cache",
		"/fr":                                    "no-cache",
	} {
		if got := ask(t, h, http.MethodGet, target).header.Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control %q, want %q", target, got, want)
		}
	}
}

func TestNotModified(t *testing.T) {
	h := site(t)
	first := ask(t, h, http.MethodGet, "/fr/")
	etag := first.header.Get("ETag")
	if etag == "" || strings.HasPrefix(etag, "W/") {
		t.Fatalf("ETag %q is not strong", etag)
	}
	for _, header := range []string{etag, "W/" + etag, `"other", ` + etag, "*"} {
		r := ask(t, h, http.MethodGet, "/fr/", "If-None-Match", header)
		if r.status != http.StatusNotModified || r.body != "" || r.header.Get("ETag") != etag || r.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("If-None-Match %s: %d %q with %v", header, r.status, r.body, r.header)
		}
	}
	if r := ask(t, h, http.MethodGet, "/en/", "If-None-Match", etag); r.status != http.StatusOK {
		t.Errorf("another page answers %d to this one's tag", r.status)
	}
	if r := ask(t, h, http.MethodGet, "/nowhere", "If-None-Match", "*"); r.status != http.StatusNotFound {
		t.Errorf("a missing page answers %d to If-None-Match", r.status)
	}
}

func TestGzip(t *testing.T) {
	h := site(t)
	const script = "/_next/static/chunks/a1b2.js"
	plain := ask(t, h, http.MethodGet, script)
	want := plain.body

	zipped := ask(t, h, http.MethodGet, script, "Accept-Encoding", "br;q=1.0, gzip;q=0.8")
	if zipped.header.Get("Content-Encoding") != "gzip" || zipped.header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v", zipped.header)
	}
	if zipped.header.Get("ETag") == plain.header.Get("ETag") {
		t.Error("two sequences of bytes have one strong tag")
	}
	reader, err := gzip.NewReader(strings.NewReader(zipped.body))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(reader)
	if err != nil || string(got) != want {
		t.Errorf("unzipped to %d bytes, %v; want the %d of the file", len(got), err, len(want))
	}

	for target, accept := range map[string]string{
		script:                            "gzip;q=0",
		"/_next/static/media/geist.woff2": "gzip", // compressed already
		"/icon.svg":                       "gzip", // would grow
	} {
		if r := ask(t, h, http.MethodGet, target, "Accept-Encoding", accept); r.header.Get("Content-Encoding") != "" {
			t.Errorf("%s with %q came compressed", target, accept)
		}
	}
}

func TestHeadAndOtherMethods(t *testing.T) {
	h := site(t)
	r := ask(t, h, http.MethodHead, "/fr/")
	if r.status != http.StatusOK || r.body != "" || r.header.Get("Content-Length") != strconv.Itoa(len(page)) {
		t.Errorf("HEAD: %d, %q, length %s", r.status, r.body, r.header.Get("Content-Length"))
	}
	r = ask(t, h, http.MethodPost, "/fr/")
	if r.status != http.StatusMethodNotAllowed || r.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", r.status, r.header.Get("Allow"))
	}
}

func TestSafetyHeaders(t *testing.T) {
	h := site(t)
	for _, target := range []string{"/", "/fr/", "/fr", "/nowhere", "/gone.js", "/_next/static/chunks/a1b2.js"} {
		header := ask(t, h, http.MethodGet, target).header
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" ||
			header.Get("Permissions-Policy") == "" || !strings.Contains(header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: %v", target, header)
		}
	}
}

func TestPolicyNamesTheInlineScripts(t *testing.T) {
	policy := ask(t, site(t), http.MethodGet, "/fr/").header.Get("Content-Security-Policy")
	sum := sha256.Sum256([]byte(inline))
	want := "script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"
	if !strings.Contains(policy, want) {
		t.Errorf("policy %q lacks %q", policy, want)
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q allows something unsafe", policy)
	}
}

func TestAnExportWithoutPagesIsRefused(t *testing.T) {
	for _, name := range []string{"fr/index.html", "en/index.html", "404.html"} {
		files := export()
		delete(files, name)
		if _, err := webui.New(webui.Options{Files: files}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: error %v", name, err)
		}
	}
}
