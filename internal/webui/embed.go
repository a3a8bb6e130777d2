package webui

import (
	"embed"
	"io/fs"
)

// Without "all:" the folders _next and _not-found would silently stay out.
//
//go:embed all:dist
var dist embed.FS

// Dist returns the embedded export.
func Dist() fs.FS {
	site, err := fs.Sub(dist, "dist")
	if err != nil { // the name is a constant and valid
		panic(err)
	}
	return site
}
