package duck

import "github.com/duckdb/duckdb-go/v2/mapping"

// Version returns the version of the DuckDB that is linked in.
func Version() string { return mapping.LibraryVersion() }
