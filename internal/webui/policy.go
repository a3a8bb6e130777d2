package webui

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
)

// filePolicy is for what is not a page: it loads nothing.
const filePolicy = "default-src 'none'; frame-ancestors 'none'"

func setSafetyHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for what does not know frame-ancestors
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Content-Security-Policy", filePolicy)
}

// pagePolicy allows a page this origin and, by hash, its own inline scripts.
func pagePolicy(page []byte) string {
	scripts := append([]string{"'self'"}, inlineScriptHashes(page)...)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + strings.Join(scripts, " "),
		"style-src 'self'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src 'self'",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// inlineScriptHashes returns the CSP sources of the scripts whose text is in
// the page. The pages are our own export: no attribute of a script in them
// holds a ">".
func inlineScriptHashes(page []byte) []string {
	script := regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)
	source := regexp.MustCompile(`\ssrc=`)
	var hashes []string
	seen := map[string]bool{}
	for _, match := range script.FindAllSubmatch(page, -1) {
		if source.Match(match[1]) {
			continue
		}
		sum := sha256.Sum256(match[2])
		hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if !seen[hash] {
			seen[hash] = true
			hashes = append(hashes, hash)
		}
	}
	return hashes
}
