package delta_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// TestHoldings copies what each version of a table rests on, object by object:
// a copy that is not finished is the table at an earlier version, whole, and a
// finished one is what the version was, also without what is not needed.
func TestHoldings(t *testing.T) {
	t.Parallel()
	table, engine := appended(t, 12)
	for v := 13; v < 24; v++ {
		if _, err := table.Maintain(t.Context()); err != nil { // checkpoints of 12 and 23
			t.Fatal(err)
		}
		engine.appendRows(t, table, fmt.Sprintf("r%d", v))
	}
	if _, err := table.Optimize(t.Context(), delta.OptimizeOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	newest := latest(t, table).Version()
	for v := range newest + 1 {
		want := at(t, table, v)
		holdings, err := table.Holdings(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		for _, onlyNeeded := range []bool{false, true} {
			c := copied{t: t, from: engine.bucket, to: &mem.Bucket{}, last: -1}
			for _, h := range holdings {
				if h.Needed || !onlyNeeded {
					c.take(h.Name)
				}
				if !onlyNeeded {
					c.check()
				}
			}
			name, content, err := table.Pointer(t.Context(), want)
			if err != nil {
				t.Fatal(err)
			}
			if content != nil {
				if err := c.to.Put(t.Context(), name, bytes.NewReader(content)); err != nil {
					t.Fatal(err)
				}
			}
			got := latest(t, reopened(c.to))
			same(t, got, want)
			if findings, err := reopened(c.to).Verify(t.Context(), func(string) {}); err != nil || len(findings) > 0 {
				t.Errorf("a copy of version %d has %v, %v", v, findings, err)
			}
		}
	}
}

// TestHoldingsAreWhole refuses to say what a version rests on where a part of
// that is not there, and knows live files by the log, whatever they are called.
func TestHoldingsAreWhole(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content string // of a live file; "" for none
		damaged bool
	}{
		"odd/_name":       {"r\n", false},
		"part-x.parquet":  {"", true},
		"part-y.parquet":  {"r", true},
		"_hidden.parquet": {"r\n", false},
	} {
		table, engine := appended(t, 2)
		if tt.content != "" {
			if err := engine.bucket.Put(t.Context(), folder+"/"+name, strings.NewReader(tt.content)); err != nil {
				t.Fatal(err)
			}
		}
		must(t, table, latest(t, table), delta.Change{Operation: "WRITE", Adds: []delta.Add{{Path: name, Size: 2, ModificationTime: 1}}})
		holdings, err := table.Holdings(t.Context(), latest(t, table))
		if errors.Is(err, delta.ErrDamaged) != tt.damaged || tt.damaged && !strings.Contains(err.Error(), name) {
			t.Errorf("%s with %q: %v", name, tt.content, err)
		}
		is := func(h delta.Holding) bool { return h.Name == folder+"/"+name && h.Needed }
		if !tt.damaged && !slices.ContainsFunc(holdings, is) {
			t.Errorf("%s is not among %v", name, holdings)
		}
	}
}

// copied is a copy on its way.
type copied struct {
	t    *testing.T
	from blob.Bucket
	to   *mem.Bucket
	last int64 // the version that it had
}

func (c *copied) take(name string) {
	c.t.Helper()
	content, err := c.from.Get(c.t.Context(), name)
	if err == nil {
		err = c.to.Create(c.t.Context(), name, bytes.NewReader(content))
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// check opens the copy, if it is a table yet.
func (c *copied) check() {
	c.t.Helper()
	now, err := reopened(c.to).Latest(c.t.Context())
	if errors.Is(err, delta.ErrNoTable) {
		return
	}
	if err != nil || now.Version() < c.last {
		c.t.Fatalf("a copy at version %d cannot be read any more: %v", c.last, err)
	}
	c.last = now.Version()
	for name := range now.Files() {
		if _, err := c.to.Size(c.t.Context(), folder+"/"+name); err != nil {
			c.t.Fatalf("a copy at version %d lacks %s", c.last, name)
		}
	}
}

// TestFeaturesThatAreNotUsed may stand in a protocol: a table outlives them.
func TestFeaturesThatAreNotUsed(t *testing.T) {
	t.Parallel()
	const (
		protocol = `{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors","timestampNtz"],"writerFeatures":["appendOnly","deletionVectors","invariants","timestampNtz"]}}`
		vector   = `{"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true,"deletionVector":{"storageType":"i","pathOrInlineDv":"x","sizeInBytes":1,"cardinality":1}}}`
	)
	bucket := &mem.Bucket{}
	write(t, bucket, 0, protocol+metadata)
	table := delta.Open(bucket, folder, delta.Options{})
	must(t, table, latest(t, table), add("b"))
	write(t, bucket, 2, vector)
	base := latest(t, table)
	if err := base.Writable(); !errors.Is(err, delta.ErrUnsupported) || !strings.Contains(err.Error(), "deletionVectors") {
		t.Errorf("a table with a deletion vector is writable: %v", err)
	}
	if _, err := table.Commit(t.Context(), base, add("c")); !errors.Is(err, delta.ErrNotCommitted) {
		t.Errorf("a row was added beside a deletion vector: %v", err)
	}
	if err := base.Overwritable(); err != nil {
		t.Errorf("it cannot be replaced: %v", err)
	}
	change := add("d")
	m := base.Metadata()
	change.Metadata, change.Removes = &m, []string{"a", "b"}
	must(t, table, base, change)
	if got := latest(t, table); got.Writable() != nil || len(files(got)) != 1 {
		t.Errorf("a table whose rows were all replaced holds %q and says %v", files(got), got.Writable())
	}
}
