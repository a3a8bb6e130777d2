package delta

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"leadlake/internal/blob"
)

const (
	logFolder   = "_delta_log"
	sidecars    = "_sidecars"
	lastPointer = "_last_checkpoint"
)

// commitLog is the files of one table's log. Names are keys of the bucket.
type commitLog struct {
	bucket blob.Bucket
	folder string
}

func (l commitLog) path(elements ...string) string {
	return path.Join(append([]string{l.folder, logFolder}, elements...)...)
}

// name returns the key of a version's commit file.
func (l commitLog) name(version int64) string { return l.path(fmt.Sprintf("%020d.json", version)) }

// checkpointName returns the key of a checkpoint in one file.
func (l commitLog) checkpointName(version int64) string {
	return l.path(fmt.Sprintf("%020d.checkpoint.parquet", version))
}

// read returns the commit of a version, or blob.ErrNotExist.
func (l commitLog) read(ctx context.Context, version int64) (Commit, error) {
	return l.readFile(ctx, l.name(version), version)
}

// readFile reads a commit, or a compaction of several up to version.
func (l commitLog) readFile(ctx context.Context, name string, version int64) (Commit, error) {
	data, err := l.bucket.Get(ctx, name)
	if err != nil {
		return Commit{}, fmt.Errorf("reading version %d: %w", version, err)
	}
	c, err := parseCommit(data)
	if err != nil {
		return Commit{}, fmt.Errorf("%w: version %d in %s: %w", ErrDamaged, version, name, err)
	}
	return c, nil
}

// listing is what the log's folder holds, from some version on.
type listing struct {
	commits     map[int64]blob.Object
	compactions map[int64][]span // by the first version that they stand for
	checkpoints []checkpoint     // complete ones, the best first
}

// span is a compaction of the commits from a first to a last version.
type span struct {
	last int64
	name string
}

// newest returns the newest version that is there, -1 for none.
func (l listing) newest() int64 {
	newest := int64(-1)
	for version := range l.commits {
		newest = max(newest, version)
	}
	for _, c := range l.checkpoints {
		newest = max(newest, c.version)
	}
	return newest
}

// versions returns the commits' versions, ascending.
func (l listing) versions() []int64 { return slices.Sorted(maps.Keys(l.commits)) }

// list lists the log from a version on.
func (l commitLog) list(ctx context.Context, from int64) (listing, error) {
	found := listing{commits: map[int64]blob.Object{}, compactions: map[int64][]span{}}
	var parts partials
	for o, err := range l.bucket.List(ctx, l.path()+"/", l.path(fmt.Sprintf("%020d", from))) {
		if err != nil {
			return listing{}, fmt.Errorf("listing the log: %w", err)
		}
		name := strings.TrimPrefix(o.Name, l.path()+"/")
		if version, rest, ok := cutVersion(name); ok {
			switch first, compaction := strings.CutSuffix(rest, ".compacted.json"); {
			case rest == ".json":
				found.commits[version] = o
			case compaction:
				if last, dot, ok := cutVersion(strings.TrimPrefix(first, ".")); ok && dot == "" && last > version {
					found.compactions[version] = append(found.compactions[version], span{last, o.Name})
				}
			default:
				parts.take(version, rest, o)
			}
		}
	}
	found.checkpoints = parts.complete()
	return found, nil
}

// cutVersion reads the twenty digits that the names of the log begin with.
func cutVersion(name string) (version int64, rest string, ok bool) {
	if len(name) < 20 || strings.Trim(name[:20], "0123456789") != "" {
		return 0, "", false
	}
	version, err := strconv.ParseInt(name[:20], 10, 64)
	return version, name[20:], err == nil
}

// versionOf returns the version that a file of the log is of: a commit, a
// checkpoint or a part of one, a compaction, a checksum.
func (l commitLog) versionOf(key string) (int64, bool) {
	version, rest, ok := cutVersion(strings.TrimPrefix(key, l.path()+"/"))
	_, named := strings.CutPrefix(rest, ".")
	return version, ok && named && !strings.Contains(rest, "/")
}

// actionsIn yields the lines of a JSON file of the log. Text in another
// encoding would be read as other text.
func actionsIn(data []byte) iter.Seq2[Action, error] {
	return func(yield func(Action, error) bool) {
		if !utf8.Valid(data) {
			yield(Action{}, errors.New("it is not in UTF-8"))
			return
		}
		r := jsonReader{data: data}
		for n := 1; !r.ended(); n++ {
			var a Action
			err := r.value(&a)
			if err == nil {
				err = a.single()
			}
			if err != nil {
				err = fmt.Errorf("reading action %d: %w", n, err)
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}
