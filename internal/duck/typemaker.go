package duck

import "github.com/duckdb/duckdb-go/v2"

// typeMaker makes types of DuckDB. Its methods do nothing after an error.
type typeMaker struct {
	err error
}

// member is a member of a struct.
type member struct {
	name string
	t    duckdb.TypeInfo
}

func (t *typeMaker) made(info duckdb.TypeInfo, err error) duckdb.TypeInfo {
	if t.err == nil {
		t.err = err
	}
	return info
}

func (t *typeMaker) of(kind duckdb.Type) duckdb.TypeInfo { return t.made(duckdb.NewTypeInfo(kind)) }

func (t *typeMaker) list(of duckdb.TypeInfo) duckdb.TypeInfo { return t.made(duckdb.NewListInfo(of)) }

func (t *typeMaker) pairs(key, value duckdb.TypeInfo) duckdb.TypeInfo {
	return t.made(duckdb.NewMapInfo(key, value))
}

func (t *typeMaker) members(members ...member) duckdb.TypeInfo {
	entries := make([]duckdb.StructEntry, len(members))
	for i, m := range members {
		entry, err := duckdb.NewStructEntry(m.t, m.name)
		if err != nil {
			return t.made(nil, err)
		}
		entries[i] = entry
	}
	return t.made(duckdb.NewStructInfo(entries[0], entries[1:]...))
}
