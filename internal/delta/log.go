package delta

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"leadlake/internal/blob"
)

const logFolder = "_delta_log"

// commitLog reads the commit files of one table. Names are keys of the bucket.
type commitLog struct {
	bucket blob.Bucket
	folder string
}

// name returns the key of a version's commit file.
func (l commitLog) name(version int64) string {
	return path.Join(l.folder, logFolder, fmt.Sprintf("%020d.json", version))
}

// versionOf returns the version of a commit file's key; other files of the
// log's folder are no commits.
func (l commitLog) versionOf(key string) (int64, bool) {
	digits, isJSON := strings.CutSuffix(path.Base(key), ".json")
	if !isJSON || len(digits) != 20 || path.Dir(key) != path.Join(l.folder, logFolder) {
		return 0, false
	}
	version, err := strconv.ParseInt(digits, 10, 64)
	return version, err == nil && version >= 0 && digits[0] != '+'
}

// read returns the commit of a version, or blob.ErrNotExist.
func (l commitLog) read(ctx context.Context, version int64) (Commit, error) {
	data, err := l.bucket.Get(ctx, l.name(version))
	if err != nil {
		return Commit{}, fmt.Errorf("reading version %d: %w", version, err)
	}
	c, err := parseCommit(data)
	if err != nil {
		return Commit{}, fmt.Errorf("%w: version %d in %s: %w", ErrDamaged, version, l.name(version), err)
	}
	return c, nil
}

// newest lists the log and returns its newest version, -1 where there is none.
// Commits must follow each other from 0 without a gap.
func (l commitLog) newest(ctx context.Context) (int64, error) {
	newest := int64(-1)
	for o, err := range l.bucket.List(ctx, path.Join(l.folder, logFolder)+"/", "") {
		if err != nil {
			return 0, fmt.Errorf("listing the log: %w", err)
		}
		version, ok := l.versionOf(o.Name)
		if !ok {
			continue
		}
		if newest < 0 && version > 0 {
			return 0, fmt.Errorf("%w: the log starts at version %d, after a checkpoint", ErrUnsupported, version)
		}
		if version != newest+1 {
			return 0, fmt.Errorf("%w: the log goes from version %d to %d; what lies between is missing", ErrDamaged, newest, version)
		}
		newest = version
	}
	return newest, nil
}
