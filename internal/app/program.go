package app

import (
	"runtime"
	"runtime/debug"
	"time"

	"leadlake/internal/duck"
)

// Program is what the running program was made of.
type Program struct {
	Commit     string    `json:"commit"`    // "devel" where it is not known
	Committed  time.Time `json:"committed"` // zero where it is not known
	Modified   bool      `json:"modified"`  // whether more than the commit is in it
	Go         string    `json:"go"`
	Platform   string    `json:"platform"`
	DuckDB     string    `json:"duckdb"`
	LakeFormat int       `json:"lake_format"` // the newest that it knows
}

// ThisProgram returns what the running program was made of.
func ThisProgram() Program {
	p := Program{
		Commit: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		DuckDB: duck.Version(), LakeFormat: LakeFormat,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return p
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			p.Commit = s.Value[:min(len(s.Value), 12)]
		case "vcs.time":
			p.Committed, _ = time.Parse(time.RFC3339, s.Value) // zero where it is written otherwise
		case "vcs.modified":
			p.Modified = s.Value == "true"
		}
	}
	return p
}
