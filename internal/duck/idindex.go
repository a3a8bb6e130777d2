package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"sync"

	"leadlake"
)

// idIndex knows which ids some data files hold, so that a few leads are looked
// up without reading the ids of all: eight bytes for each row. A file gets into
// it when it is looked into a second time, a small one at once: it is new, and
// more changes will come. Who looks but once pays nothing.
type idIndex struct {
	mu    sync.Mutex
	files map[string]*indexedFile // by name; nil before the first look
}

type indexedFile struct {
	hashes []uint64 // of the ids, sorted; nil until it is worth it
}

const (
	smallRows      = 32_768  // of a small file
	hashedTogether = 262_144 // rows whose ids are hashed in one question
)

// split returns the files that hold one of the ids with these hashes, as far as
// that is known, those of which it should become known, and those that have to
// be read to know it. Files that are not in the snapshot are forgotten.
func (x *idIndex) split(snap leadlake.Snapshot, hashes []uint64) (holding, worth, unknown []leadlake.File) {
	x.mu.Lock()
	defer x.mu.Unlock()
	kept := make(map[string]*indexedFile, len(snap.Files))
	for _, f := range snap.Files {
		known, seen := x.files[f.Name]
		small := x.files != nil && f.Rows >= 0 && f.Rows < smallRows
		if !seen {
			known = &indexedFile{}
		}
		switch {
		case known.hashes == nil && (seen || small):
			worth = append(worth, f)
		case known.hashes == nil:
			unknown = append(unknown, f)
		case known.holds(hashes):
			holding = append(holding, f)
		}
		kept[f.Name] = known
	}
	x.files = kept
	return holding, worth, unknown
}

func (f *indexedFile) holds(hashes []uint64) bool {
	return slices.ContainsFunc(hashes, func(h uint64) bool {
		_, found := slices.BinarySearch(f.hashes, h)
		return found
	})
}

// put notes the hashes of a file's ids, and reports whether some of wanted are
// among them.
func (x *idIndex) put(name string, hashes, wanted []uint64) bool {
	known := indexedFile{hashes: slices.Clip(append(make([]uint64, 0, len(hashes)+1), hashes...))}
	slices.Sort(known.hashes)
	x.mu.Lock()
	defer x.mu.Unlock()
	if f, ok := x.files[name]; ok {
		*f = known
	}
	return known.holds(wanted)
}

// index makes known which ids some files hold, and returns those files that
// hold one of wanted.
func (e *Engine) index(ctx context.Context, conn *sql.Conn, snap leadlake.Snapshot, files []leadlake.File, wanted []uint64) ([]leadlake.File, error) {
	var holding []leadlake.File
	for len(files) > 0 {
		n, rows := 1, files[0].Rows
		for n < len(files) && rows+files[n].Rows <= hashedTogether {
			rows, n = rows+files[n].Rows, n+1
		}
		found, err := hashes(ctx, conn, "("+e.relation(snap.Columns, files[:n])+")", n)
		if err != nil {
			return nil, err
		}
		for i, f := range files[:n] {
			if e.ids.put(f.Name, found[i], wanted) {
				holding = append(holding, f)
			}
		}
		files = files[n:]
	}
	return holding, nil
}

// hashes returns DuckDB's hashes of the ids in a relation, for each of its
// files. They are the same only within one process.
func hashes(ctx context.Context, conn *sql.Conn, relation string, files int) ([][]uint64, error) {
	found := make([][]uint64, files)
	question := "SELECT _file, hash(id) FROM " + relation
	err := eachRaw(ctx, conn, question, nil, func(row []driver.Value) error {
		file, okFile := row[0].(uint64)
		h, ok := row[1].(uint64)
		if !okFile || !ok || file >= uint64(files) { //nolint:gosec // a number of files
			return fmt.Errorf("hashing ids: unexpected %v, %T", row[0], row[1])
		}
		found[file] = append(found[file], h)
		return nil
	})
	return found, err
}
