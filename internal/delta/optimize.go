package delta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// OptimizeOptions are what an Optimize can be told; the zero options are fine.
type OptimizeOptions struct {
	TargetBytes int64 // of a new file; default what the table asks for, else 128 MiB
	// OrderBy is the column by which rows are to be ordered, so that files can
	// be skipped by it. With it every file is rewritten, else only small ones.
	OrderBy string
	DryRun  bool // plan only
}

// Optimized is what an Optimize has done, or would do.
type Optimized struct {
	Version               int64 // that it made, or the newest
	FilesBefore, FilesNew int   // that were rewritten, and into how many
	BytesBefore, BytesNew int64
}

// Bin is files of one partition whose rows are to become new files.
type Bin struct {
	At      *Snapshot
	Files   []string // live files of At, in the order in which their rows come
	OrderBy string   // a column of the table; "" keeps the order
	Into    int      // how many new files
	// Without leaves out the rows for which all of these hold; none where there
	// are no conditions. They are on columns that data files hold.
	Without []Predicate
}

// Optimize makes large files of small ones. The rows stay what they are
// (dataChange=false), readers of older versions are not disturbed, and writers
// who append go on. Where somebody removes one of the files first, it plans
// anew, until ctx ends.
func (t *Table) Optimize(ctx context.Context, o OptimizeOptions) (Optimized, error) {
	for {
		at, err := t.Latest(ctx)
		if err != nil {
			return Optimized{}, err
		}
		if o.TargetBytes <= 0 {
			o.TargetBytes = at.state.metadata.targetSize()
		}
		if err := at.Writable(); err != nil {
			return Optimized{}, err
		}
		if err := at.hasColumn(o.OrderBy); err != nil {
			return Optimized{}, err
		}
		bins := at.bins(o)
		done := planned(at, bins)
		if o.DryRun || len(bins) == 0 {
			return done, nil
		}
		result, adds, err := t.compact(ctx, at, bins, o)
		if err != nil {
			return Optimized{}, err
		}
		if result.Outcome == Committed {
			done.Version, done.FilesNew, done.BytesNew = result.Version, len(adds), 0
			for _, a := range adds {
				done.BytesNew += a.Size
			}
			return done, nil
		}
	}
}

// compact writes the files of the bins and commits them. New files that are
// proved not to be in the table are deleted again.
func (t *Table) compact(ctx context.Context, at *Snapshot, bins []Bin, o OptimizeOptions) (Result, []Add, error) {
	change := Change{
		Operation: "OPTIMIZE", Rearranges: true, Reads: ReadsRemoved,
		Parameters: map[string]string{"targetSize": strconv.FormatInt(o.TargetBytes, 10), "orderBy": o.OrderBy},
	}
	for _, b := range bins {
		adds, err := t.options.Parquet.Compact(ctx, t, b)
		change.Adds = append(change.Adds, adds...)
		if err == nil {
			err = b.check(adds)
		}
		if err != nil {
			return Result{}, nil, errors.Join(err, t.Discard(ctx, change.Adds))
		}
		change.Removes = append(change.Removes, b.Files...)
	}
	result, err := t.Commit(ctx, at, change)
	if errors.Is(err, ErrNotCommitted) || err == nil && result.Outcome == Conflicted {
		err = errors.Join(err, t.Discard(ctx, change.Adds))
	}
	return result, change.Adds, err
}

// check makes sure that the new files have all rows that the old ones have by
// the log, as far as it says: a file that has lost some is to be noticed as long
// as it is there.
func (b Bin) check(adds []Add) error {
	want, got := int64(0), int64(0)
	for _, name := range b.Files {
		a, _ := b.At.File(name)
		rows, ok := a.Rows()
		if !ok {
			return nil
		}
		want += rows
	}
	for _, a := range adds {
		rows, ok := a.Rows()
		if !ok {
			return nil
		}
		got += rows
	}
	if got < want {
		return fmt.Errorf("%w: the rows of %s and %d other files are %d, not %d; nothing was changed", ErrDamaged, b.Files[0], len(b.Files)-1, got, want)
	}
	return nil
}

// hasColumn refuses a column that the table has not; "" is none.
func (s *Snapshot) hasColumn(name string) error {
	columns, err := s.Columns()
	if err != nil || name == "" {
		return err
	}
	if !slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name }) {
		return fmt.Errorf("there is no column %q", name)
	}
	return nil
}

// bins says which files are to be rewritten together.
func (s *Snapshot) bins(o OptimizeOptions) []Bin {
	partitions := map[string][]string{}
	for name, a := range s.Files() {
		if o.OrderBy == "" && a.Size > o.TargetBytes*3/4 {
			continue // large enough
		}
		key := partitionKey(a)
		partitions[key] = append(partitions[key], name)
	}
	var bins []Bin
	for _, key := range slices.Sorted(maps.Keys(partitions)) {
		names := partitions[key]
		if o.OrderBy != "" {
			into := int((s.bytes(names) + o.TargetBytes - 1) / o.TargetBytes)
			bins = append(bins, Bin{At: s, Files: names, OrderBy: o.OrderBy, Into: max(1, into)})
			continue
		}
		bins = append(bins, s.pack(names, o.TargetBytes)...)
	}
	return bins
}

// pack fills bins up to target, the smallest files first. One file alone is not
// worth the work.
func (s *Snapshot) pack(names []string, target int64) []Bin {
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(s.state.files[a].Size, s.state.files[b].Size) })
	var bins []Bin
	var bin []string
	filled := int64(0)
	flush := func() {
		if len(bin) > 1 {
			bins = append(bins, Bin{At: s, Files: bin, Into: 1})
		}
		bin, filled = nil, 0
	}
	for _, name := range names {
		size := s.state.files[name].Size
		if filled+size > target {
			flush()
		}
		bin, filled = append(bin, name), filled+size
	}
	flush()
	return bins
}

func (s *Snapshot) bytes(names []string) int64 {
	total := int64(0)
	for _, name := range names {
		total += s.state.files[name].Size
	}
	return total
}

func partitionKey(a Add) string {
	var key strings.Builder
	for _, column := range slices.Sorted(maps.Keys(a.PartitionValues)) {
		key.WriteString(strconv.Quote(column) + "=" + strconv.Quote(text(a.PartitionValues[column])) + "/")
	}
	return key.String()
}

func planned(at *Snapshot, bins []Bin) Optimized {
	o := Optimized{Version: at.Version()}
	for _, b := range bins {
		o.FilesBefore += len(b.Files)
		o.BytesBefore += at.bytes(b.Files)
		o.FilesNew += b.Into
	}
	return o
}
