package delta

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// scheme is how an absolute URI begins. A relative path may hold a colon, too.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:/`)

// canonical decodes the path of an add or remove and returns it in the one
// form by which files are told apart: relative to the table's folder where it
// lies in it, else absolute ("/other/file", "s3://bucket/file", "../file").
// root is the absolute URI of the table's folder, "" where it has none.
func canonical(uri, root string) (string, error) {
	decoded, err := url.PathUnescape(uri)
	if err != nil {
		return "", fmt.Errorf("%w: file path %q: %w", ErrDamaged, uri, err)
	}
	if decoded == "" || strings.ContainsRune(decoded, 0) {
		return "", fmt.Errorf("%w: file path %q", ErrDamaged, uri)
	}
	if !strings.HasPrefix(decoded, "/") && !scheme.MatchString(decoded) {
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
	return strings.ToLower(protocol) + "://" + strings.TrimPrefix(path.Clean("/"+strings.TrimLeft(rest, "/")), "/")
}

// checkInside refuses a live file that does not lie in the table's folder: we
// read no file because a log tells us to.
func checkInside(name string) error {
	switch {
	case scheme.MatchString(name) || strings.HasPrefix(name, "/"):
		return fmt.Errorf("%w: absolute file path %q outside the table's folder", ErrUnsupported, name)
	case name == "." || name == ".." || strings.HasPrefix(name, "../"):
		return fmt.Errorf("%w: file path %q leaves the table's folder", ErrUnsupported, name)
	}
	return nil
}
