package delta

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// hasScheme reports whether a URI begins as an absolute one does: "s3:/". A
// relative path may hold a colon, too.
func hasScheme(uri string) bool {
	word, rest, ok := strings.Cut(uri, ":")
	if !ok || !strings.HasPrefix(rest, "/") || word == "" {
		return false
	}
	return !strings.ContainsFunc(word, func(r rune) bool {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z'
		return !letter && !strings.ContainsRune("0123456789+.-", r)
	})
}

// canonical decodes the path of an add or remove and returns it in the one
// form by which files are told apart: relative to the table's folder where it
// lies in it, else beginning with a slash ("/other/file", "/s3:/bucket/file") or
// with "../". root is the absolute URI of the table's folder, "" where it has
// none. A colon or a slash that is escaped makes nothing absolute.
func canonical(uri, root string) (string, error) {
	decoded, err := url.PathUnescape(uri)
	if err != nil {
		return "", fmt.Errorf("%w: file path %q: %w", ErrDamaged, uri, err)
	}
	if decoded == "" || strings.ContainsRune(decoded, 0) {
		return "", fmt.Errorf("%w: file path %q", ErrDamaged, uri)
	}
	if !strings.HasPrefix(uri, "/") && !hasScheme(uri) {
		return path.Clean(decoded), nil
	}
	absolute, folder := normalURI(decoded), normalURI(root)
	if inside, ok := strings.CutPrefix(absolute, strings.TrimSuffix(folder, "/")+"/"); ok && root != "" {
		return inside, nil
	}
	return absolute, nil
}

// normalURI writes an absolute path or URI in one way: /a, file:/a and
// file:///a are the same.
func normalURI(uri string) string {
	rest, isFile := strings.CutPrefix(uri, "file:")
	if isFile || strings.HasPrefix(uri, "/") {
		return path.Clean("/" + strings.TrimLeft(rest, "/"))
	}
	protocol, rest, _ := strings.Cut(uri, ":")
	return "/" + strings.ToLower(protocol) + ":" + path.Clean("/"+strings.TrimLeft(rest, "/"))
}

// checkInside refuses a live file that does not lie in the table's folder: we
// read no file because a log tells us to.
func checkInside(name string) error {
	switch {
	case strings.HasPrefix(name, "/"):
		return fmt.Errorf("%w: absolute file path %q outside the table's folder", ErrUnsupported, name)
	case name == "." || name == ".." || strings.HasPrefix(name, "../"):
		return fmt.Errorf("%w: file path %q leaves the table's folder", ErrUnsupported, name)
	}
	return nil
}
