package delta

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"leadlake/internal/blob"
)

// safeRetention is how long files that are not live any more have to be kept
// unless somebody insists: readers, and writers that have not committed yet,
// may need younger ones.
const safeRetention = 168 * time.Hour

// ErrRetention says that a vacuum would delete files too young.
var ErrRetention = errors.New("retention below 168 hours")

// VacuumOptions are what a Vacuum can be told.
type VacuumOptions struct {
	Retention time.Duration // 0 is the table's own
	// Insist allows a Retention below 168 hours, down to 1 ns. Whoever reads an
	// older version or writes at the time may fail then.
	Insist bool
	Delete bool // without it, nothing is deleted
}

// Vacuum returns the data files that no version within the retention needs,
// and deletes them if it is told to. Those that are younger than the retention
// are never among them: their writer may be about to commit.
func (t *Table) Vacuum(ctx context.Context, o VacuumOptions) ([]blob.Object, error) {
	all, err := t.dataFiles(ctx) // listed first: what is committed meanwhile is in the snapshot
	if err != nil {
		return nil, fmt.Errorf("vacuuming: %w", err)
	}
	at, err := t.Latest(ctx)
	if err != nil {
		return nil, err
	}
	if err := at.Writable(); err != nil {
		return nil, fmt.Errorf("vacuuming: %w", err)
	}
	retention := o.Retention
	if retention == 0 {
		retention = at.state.metadata.DeletedFileRetention()
	}
	if retention < safeRetention && !o.Insist {
		return nil, fmt.Errorf("vacuuming: %w: %s", ErrRetention, retention)
	}
	cutoff := t.options.Now().Add(-retention)
	needed, err := t.neededSince(ctx, at, retention)
	if err != nil {
		return nil, fmt.Errorf("vacuuming: %w", err)
	}
	idle := slices.DeleteFunc(all, func(o blob.Object) bool {
		return needed[t.inside(o.Name)] || !o.Modified.Before(cutoff)
	})
	if !o.Delete {
		return idle, nil
	}
	for i, object := range idle {
		if err := t.log.bucket.Delete(ctx, object.Name); err != nil {
			return idle[:i], fmt.Errorf("vacuuming: %w", err)
		}
	}
	return idle, nil
}

// inside returns a key of the bucket as one of the table's folder.
func (t *Table) inside(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, t.log.folder), "/")
}

// dataFiles lists what may be data files.
func (t *Table) dataFiles(ctx context.Context) ([]blob.Object, error) {
	var all []blob.Object
	for o, err := range t.objects(ctx) {
		if err != nil {
			return nil, err
		}
		if isData(t.inside(o.Name)) {
			all = append(all, o)
		}
	}
	return all, nil
}

// objects lists the table's folder.
func (t *Table) objects(ctx context.Context) iter.Seq2[blob.Object, error] {
	prefix := ""
	if t.log.folder != "" {
		prefix = t.log.folder + "/"
	}
	return t.log.bucket.List(ctx, prefix, "")
}

// neededSince returns the names of the files that a version within the retention
// needs. Of tombstones that are older than the table asks for only the log is
// sure to know.
func (t *Table) neededSince(ctx context.Context, at *Snapshot, retention time.Duration) (map[string]bool, error) {
	cutoff := t.options.Now().Add(-retention)
	needed := at.state.needed(cutoff)
	if retention <= at.state.metadata.DeletedFileRetention() {
		return needed, nil
	}
	found, err := t.log.list(ctx, 0)
	if err != nil {
		return nil, err
	}
	removed := emptyState(t.options.Root)
	for _, version := range found.versions() {
		c, err := t.log.read(ctx, version)
		if err != nil {
			return nil, err
		}
		for i := range c.Removes {
			if err := removed.remove(&c.Removes[i]); err != nil {
				return nil, err
			}
		}
	}
	maps.Copy(needed, removed.needed(cutoff))
	return needed, nil
}

// needed returns the names of the files of the live rows, and of those that
// were removed after cutoff.
func (s *state) needed(cutoff time.Time) map[string]bool {
	names := make(map[string]bool, len(s.files)+len(s.gone))
	keep := func(name string, d *DeletionVector) {
		names[name] = true
		if vector, err := vectorName(d, s.root); err == nil {
			names[vector] = true
		}
	}
	for name, a := range s.files {
		keep(name, a.DeletionVector)
	}
	for key, r := range s.gone {
		if name, _, _ := strings.Cut(key, "\x00"); r.DeletionTimestamp >= cutoff.UnixMilli() {
			keep(name, r.DeletionVector)
		}
	}
	return names
}

// isData reports whether a key of the table's folder can be a data file: no
// other file is ever vacuumed. What begins with an underscore or a dot is
// hidden, unless it is the folder of a partition.
func isData(name string) bool {
	folder, base := path.Split(name)
	for element := range strings.SplitSeq(strings.TrimSuffix(folder, "/"), "/") {
		if isHidden(element) && element != "_change_data" && !strings.Contains(element, "=") {
			return false
		}
	}
	return strings.HasSuffix(base, ".parquet") && !isHidden(base) || strings.HasPrefix(base, "deletion_vector_") && strings.HasSuffix(base, ".bin")
}

func isHidden(name string) bool { return strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") }
