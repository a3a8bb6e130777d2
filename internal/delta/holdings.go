package delta

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"leadlake/internal/blob"
)

// Holding is an object of a table's folder that its versions rest on.
type Holding struct {
	blob.Object

	// Needed says that the newest of those versions cannot be read without it.
	// Others are for older versions, and may be cleaned up at any time.
	Needed bool
}

// Holdings returns what the versions up to at rest on, in an order in which it
// can be copied: who is stopped on the way has a table at one of them. Data
// files come first, then what checkpoints consist of, then the commits from the
// oldest on. What belongs to later versions is not among it, nor is the
// pointer to the newest checkpoint, for which see Pointer.
//
// What is Needed stays while it is copied: a vacuum deletes no file that was
// live within the table's retention, and the log is cleaned up only behind a
// checkpoint that is older than that. A live file that is missing or cut off is
// ErrDamaged.
func (t *Table) Holdings(ctx context.Context, at *Snapshot) ([]Holding, error) {
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return nil, err
	}
	holdings, err := t.dataHoldings(ctx, at)
	if err != nil {
		return nil, err
	}
	base := found.baseOf(at.Version())
	log, err := t.logFiles(ctx, at.Version(), base)
	if err != nil {
		return nil, err
	}
	return append(holdings, log...), nil
}

// dataHoldings returns the data files, and the files of deletion vectors.
func (t *Table) dataHoldings(ctx context.Context, at *Snapshot) ([]Holding, error) {
	live := *at.state
	live.gone = nil
	needed, ever := live.needed(time.Time{}), at.state.needed(time.Time{})
	var holdings []Holding
	for o, err := range t.objects(ctx) {
		if err != nil {
			return nil, fmt.Errorf("listing data files: %w", err)
		}
		name := t.inside(o.Name)
		if !ever[name] {
			continue
		}
		if a, ok := live.files[name]; ok && o.Size < a.Size {
			return nil, fmt.Errorf("%w: %s has %d bytes of %d", ErrDamaged, o.Name, o.Size, a.Size)
		}
		holdings = append(holdings, Holding{Object: o, Needed: needed[name]})
		delete(needed, name)
	}
	for name := range needed {
		return nil, fmt.Errorf("%w: %s is missing", ErrDamaged, name)
	}
	return holdings, nil
}

// baseOf returns the version of the newest checkpoint up to a version, -1 for
// none: the log before it is not needed.
func (l listing) baseOf(version int64) int64 {
	for _, c := range l.checkpoints { // newest first
		if c.version <= version {
			return c.version
		}
	}
	return -1
}

// logFiles returns what the log holds up to a version: sidecars, checkpoints,
// checksums, then the commits.
func (t *Table) logFiles(ctx context.Context, version, base int64) ([]Holding, error) {
	var sidecar, hints, commits []Holding
	for o, err := range t.log.bucket.List(ctx, t.log.path()+"/", "") {
		if err != nil {
			return nil, fmt.Errorf("listing the log: %w", err)
		}
		if strings.HasPrefix(o.Name, t.log.path(sidecars)+"/") {
			sidecar = append(sidecar, Holding{Object: o, Needed: true})
			continue
		}
		of, ok := t.log.versionOf(o.Name)
		switch {
		case !ok || of > version || t.spans(o.Name) > version:
		case t.log.name(of) == o.Name:
			commits = append(commits, Holding{Object: o, Needed: of >= base})
		default:
			hints = append(hints, Holding{Object: o, Needed: of == base && !strings.HasSuffix(o.Name, ".crc")})
		}
	}
	return append(append(sidecar, hints...), commits...), nil
}

// spans returns the last version of a compaction, -1 for another file.
func (t *Table) spans(name string) int64 {
	first, ok := strings.CutSuffix(name, ".compacted.json")
	if !ok {
		return -1
	}
	_, rest, _ := cutVersion(strings.TrimPrefix(first, t.log.path()+"/"))
	last, _, ok := cutVersion(strings.TrimPrefix(rest, "."))
	if !ok {
		return -1
	}
	return last
}

// Pointer returns the name of the object that points to the newest checkpoint,
// and what it says at a version: nil where there is no checkpoint.
func (t *Table) Pointer(ctx context.Context, at *Snapshot) (name string, content []byte, err error) {
	name = t.log.path(lastPointer)
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return name, nil, err
	}
	base := found.baseOf(at.Version())
	if base < 0 {
		return name, nil, nil
	}
	content, err = t.log.bucket.Get(ctx, name)
	var said lastCheckpoint
	if err == nil && json.Unmarshal(content, &said) == nil && said.Version == base {
		return name, bytes.TrimSpace(content), nil
	}
	if err != nil && !errors.Is(err, blob.ErrNotExist) {
		return name, nil, err
	}
	content, err = t.pointTo(ctx, found, base)
	return name, content, err
}

// pointTo returns what points to the checkpoint of a version; nil where that is
// not in one file, so that readers have to list the log.
func (t *Table) pointTo(ctx context.Context, found listing, version int64) ([]byte, error) {
	for _, c := range found.checkpoints {
		if c.version != version || len(c.names) > 1 || c.isJSON() {
			continue
		}
		rows, err := t.options.Parquet.CountRows(ctx, c.names[0])
		if err != nil {
			return nil, err
		}
		return json.Marshal(lastCheckpoint{Version: version, Size: rows})
	}
	return nil, nil
}
