package duck

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"leadlake"
)

// idIndex knows which ids some data files hold, so that a few leads are looked
// up without reading the ids of all: eight bytes for each row. A file gets into
// it when it is looked into a second time; who looks but once pays nothing.
type idIndex struct {
	mu    sync.Mutex
	files map[string]*indexedFile // by name
}

type indexedFile struct {
	hashes []uint64 // of the ids, sorted; nil until it is worth it
}

// split returns the files that may hold one of the ids with these hashes, as
// far as it is known, the files of which it is not, and of these those that
// should become known. Files that are not in the snapshot are forgotten.
func (x *idIndex) split(snap leadlake.Snapshot, hashes []uint64) (holding, unknown, worth []leadlake.File) {
	x.mu.Lock()
	defer x.mu.Unlock()
	kept := make(map[string]*indexedFile, len(snap.Files))
	for _, f := range snap.Files {
		known, ok := x.files[f.Name]
		switch {
		case !ok:
			known = &indexedFile{}
			unknown = append(unknown, f)
		case known.hashes == nil:
			unknown, worth = append(unknown, f), append(worth, f)
		case known.holds(hashes):
			holding = append(holding, f)
		}
		kept[f.Name] = known
	}
	x.files = kept
	return holding, unknown, worth
}

func (f *indexedFile) holds(hashes []uint64) bool {
	return slices.ContainsFunc(hashes, func(h uint64) bool {
		_, found := slices.BinarySearch(f.hashes, h)
		return found
	})
}

func (x *idIndex) put(name string, hashes []uint64) {
	slices.Sort(hashes)
	x.mu.Lock()
	defer x.mu.Unlock()
	if f, ok := x.files[name]; ok {
		f.hashes = slices.Clip(append(make([]uint64, 0, len(hashes)+1), hashes...))
	}
}

// hashes returns DuckDB's hashes of the ids in a relation. They are the same
// only within one process.
func hashes(ctx context.Context, conn *sql.Conn, relation string) ([]uint64, error) {
	found := []uint64{}
	question := "SELECT hash(id) FROM " + relation
	err := eachRaw(ctx, conn, question, nil, func(row []any) error {
		h, ok := row[0].(uint64)
		if !ok {
			return fmt.Errorf("hashing ids: unexpected %T", row[0])
		}
		found = append(found, h)
		return nil
	})
	return found, err
}
