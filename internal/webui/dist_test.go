package webui_test

import (
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"leadlake/internal/webui"
)

// The embedded export holds what its pages ask for.
func TestEmbeddedPagesAreComplete(t *testing.T) {
	h, err := webui.New(webui.Options{})
	if err != nil {
		t.Fatal(err)
	}
	local := regexp.MustCompile(`(?:src|href)="(/[^"/][^"]*)"`)
	for _, lang := range []string{"fr", "en"} {
		r := ask(t, h, http.MethodGet, "/"+lang+"/")
		html := r.body
		if r.status != http.StatusOK || !strings.Contains(html, `<html lang="`+lang+`"`) {
			t.Errorf("/%s/ answers %d, or is not in that language", lang, r.status)
		}
		if strings.Contains(html, ` style="`) {
			t.Errorf("/%s/ has a style attribute, which its policy forbids", lang)
		}
		scripts := 0
		for _, match := range local.FindAllStringSubmatch(html, -1) {
			target := match[1]
			if !strings.HasPrefix(target, "/_next/") {
				continue // the API and its documents
			}
			scripts++
			if got := ask(t, h, http.MethodGet, target); got.status != http.StatusOK {
				t.Errorf("/%s/ asks for %s, which answers %d", lang, target, got.status)
			}
		}
		if scripts == 0 {
			t.Errorf("/%s/ asks for no script", lang)
		}
	}
}

func TestEmbeddedExportHoldsNothingElse(t *testing.T) {
	err := fs.WalkDir(webui.Dist(), ".", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".map") {
			t.Errorf("%s is a source map", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
