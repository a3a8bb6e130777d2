package httpapi_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"leadlake/internal/httpapi"
)

const weeks = "/api/v1/transformation/count_date_by_week"

func TestNotModifiedWithoutAsking(t *testing.T) {
	for _, target := range []string{weeks, "/api/v1/transformation/count_date_by_month", "/api/v1/metrics/progress?grain=month", "/api/v1/conversion"} {
		l := filled()
		s := serve(t, l, httpapi.Options{})
		first := send(s, http.MethodGet, target, "")
		etag := first.Header().Get("ETag")
		if !regexp.MustCompile(`^"42-[0-9a-f]{16}"$`).MatchString(etag) || first.Header().Get("Cache-Control") != "no-cache" {
			t.Fatalf("%s has ETag %s and Cache-Control %q", target, etag, first.Header().Get("Cache-Control"))
		}
		asked := l.questions
		for _, header := range []string{etag, "W/" + etag, `"other", ` + etag, "*", strings.TrimSuffix(etag, `"`) + `-gzip"`} {
			w := send(s, http.MethodGet, target, "", "If-None-Match", header)
			if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") == "" {
				t.Errorf("%s with %s got %d, %d bytes, ETag %s", target, header, w.Code, w.Body.Len(), w.Header().Get("ETag"))
			}
		}
		if l.questions != asked {
			t.Errorf("%s asked the question to say 304", target)
		}
		l.version++
		w := send(s, http.MethodGet, target, "", "If-None-Match", etag)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("ETag"), `"43-`) {
			t.Errorf("%s in a new version got %d, ETag %s", target, w.Code, w.Header().Get("ETag"))
		}
	}
}

func TestETagTellsAnswersApart(t *testing.T) {
	etag := func(o httpapi.Options, target string) string {
		return send(serve(t, filled(), o), http.MethodGet, target, "").Header().Get("ETag")
	}
	const progress = "/api/v1/metrics/progress"
	seen := map[string]string{}
	for name, tag := range map[string]string{
		"path":    etag(httpapi.Options{}, weeks),
		"query":   etag(httpapi.Options{}, progress+"?grain=month"),
		"query 2": etag(httpapi.Options{}, progress+"?grain=week"),
		"program": etag(httpapi.Options{Version: "2"}, weeks),
		"table":   etag(httpapi.Options{Table: "2"}, weeks),
	} {
		if seen[tag] != "" {
			t.Errorf("%s and %s share the ETag %s", name, seen[tag], tag)
		}
		seen[tag] = name
	}
}

func TestCompression(t *testing.T) {
	l := filled()
	for range 20 {
		l.series.Points = append(l.series.Points, l.series.Points[0])
	}
	s := serve(t, l, httpapi.Options{})
	plain := send(s, http.MethodGet, weeks, "")
	packed := send(s, http.MethodGet, weeks, "", "Accept-Encoding", "zstd, gzip, br")
	if packed.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(strings.Join(packed.Header().Values("Vary"), ","), "Accept-Encoding") {
		t.Fatalf("headers are %v", packed.Header())
	}
	r, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r); err != nil || string(body) != plain.Body.String() {
		t.Errorf("unpacked it is %s, %v", body, err)
	}
	etag := packed.Header().Get("ETag")
	if etag == plain.Header().Get("ETag") {
		t.Error("two sequences of bytes share a strong ETag")
	}
	if w := send(s, http.MethodGet, weeks, "", "Accept-Encoding", "gzip", "If-None-Match", etag); w.Code != http.StatusNotModified || w.Header().Get("ETag") != etag {
		t.Errorf("its own ETag gets %d, %s", w.Code, w.Header().Get("ETag"))
	}
	if plain.Header().Get("Content-Encoding") != "" {
		t.Error("compressed for a client that did not ask")
	}
}

func TestWhatMustNotBeKept(t *testing.T) {
	s := serve(t, filled(), httpapi.Options{})
	for target, w := range map[string]interface{ Header() http.Header }{
		"status": send(s, http.MethodGet, "/api/v1/ingestion/status", ""),
		"leads":  send(s, http.MethodPost, leadsPath, `[{"id":"1","nom":"n","statut":"s"}]`, "Content-Type", "application/json"),
		"error":  send(s, http.MethodGet, "/api/v1/none", ""),
	} {
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s has Cache-Control %q", target, got)
		}
	}
}

func TestHead(t *testing.T) {
	w := send(serve(t, filled(), httpapi.Options{}), http.MethodHead, weeks, "")
	if w.Code != http.StatusOK || w.Header().Get("ETag") == "" {
		t.Errorf("got %d, ETag %s", w.Code, w.Header().Get("ETag"))
	}
}

func TestNewerAnswerThanVersion(t *testing.T) {
	l := filled()
	l.ask = func(context.Context) { l.version = 43 } // a commit lands between version and question
	w := send(serve(t, l, httpapi.Options{}), http.MethodGet, weeks, "")
	if !strings.HasPrefix(w.Header().Get("ETag"), `"43-`) {
		t.Errorf("the ETag %s names another version than the answer has", w.Header().Get("ETag"))
	}
}
