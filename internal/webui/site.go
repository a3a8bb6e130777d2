package webui

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

const notFoundPage = "404.html"

// Options are the things that have a default.
type Options struct {
	Files fs.FS // a static export; default: the embedded one
}

// site serves one static export. It is immutable after New, its assets load
// themselves on first use.
type site struct {
	assets map[string]*asset // by path in the export
}

// New returns a handler that serves the dashboard. It reads the pages, to know
// their inline scripts, and leaves everything else for the first request.
func New(o Options) (http.Handler, error) {
	files := o.Files
	if files == nil {
		files = Dist()
	}
	s := &site{assets: map[string]*asset{}}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		s.assets[name], err = newAsset(files, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the dashboard's files: %w", err)
	}
	for _, page := range append(languagePages(), notFoundPage) {
		if s.assets[page] == nil {
			return nil, fmt.Errorf("the dashboard's export has no %s; build it with `make web`", page)
		}
	}
	return s, nil
}

// ServeHTTP answers GET and HEAD. "/" goes to the reader's language, a folder
// is its index.html, and what does not exist is a 404, never an index.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setSafetyHeaders(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/" {
		redirectToLanguage(w, r)
		return
	}
	name, ok := s.find(r.URL.Path)
	switch {
	case !ok:
		s.serveMissing(w, r)
	case strings.HasSuffix(name, "/"):
		redirect(w, r, "/"+name)
	default:
		s.assets[name].serve(w, r, http.StatusOK)
	}
}

// find returns the name of the file behind an address, or a name that ends in
// "/" when the address should have one. The 404 page has no address.
func (s *site) find(address string) (name string, ok bool) {
	name = strings.TrimPrefix(path.Clean(address), "/")
	exists := func(name string) bool { return name != notFoundPage && s.assets[name] != nil }
	switch index := path.Join(name, "index.html"); {
	case strings.HasSuffix(address, "/"):
		return index, exists(index)
	case exists(name):
		return name, true
	case exists(index):
		return name + "/", true
	default:
		return name + ".html", exists(name + ".html")
	}
}

// serveMissing answers a person with the 404 page and a program with a line.
func (s *site) serveMissing(w http.ResponseWriter, r *http.Request) {
	if ext := path.Ext(r.URL.Path); ext != "" && ext != ".html" {
		w.Header().Set("Cache-Control", "no-cache")
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	s.assets[notFoundPage].serve(w, r, http.StatusNotFound)
}

// redirect sends the reader to a path of this site and keeps the query.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, to, http.StatusFound) //nolint:gosec // G710: the path is that of a file of the export
}
