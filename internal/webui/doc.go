// Package webui serves the dashboard: the static export of web/, embedded in
// the binary. It knows files and HTTP, and nothing of leads.
package webui
