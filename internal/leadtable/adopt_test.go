package leadtable_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// original is a table that another program wrote, in the folder of a lake.
type original struct {
	dir    string
	disk   *local.Bucket
	engine *duck.Engine
	log    *delta.Table
}

func newOriginal(t *testing.T) *original {
	t.Helper()
	o := &original{dir: t.TempDir()}
	tables := filepath.Join("..", "cli", "testdata", "adopt", "midnights")
	if err := os.CopyFS(filepath.Join(o.dir, leadtable.Folder), os.DirFS(tables)); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.disk, err = local.Open(o.dir); err != nil {
		t.Fatal(err)
	}
	if o.engine, err = duck.Open(t.Context(), o.disk, duck.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(o.engine.Close(), o.disk.Close()); err != nil {
			t.Error(err)
		}
	})
	o.log = delta.Open(o.disk, leadtable.Folder, delta.Options{Parquet: o.engine})
	return o
}

func (o *original) adopt(t *testing.T, check func(ctx context.Context, snap leadlake.Snapshot) error, leads iter.Seq2[leadlake.Lead, error]) (delta.Result, error) {
	t.Helper()
	base, err := o.log.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return leadtable.Adopt(t.Context(), o.log, o.engine, leadtable.Adoption{Base: base, Leads: leads, Check: check}, leadtable.Options{})
}

// names returns what is in the folder of the table.
func (o *original) names(t *testing.T) map[string]int64 {
	t.Helper()
	names := map[string]int64{}
	for object, err := range o.disk.List(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		names[object.Name] = object.Size
	}
	return names
}

func one(yield func(leadlake.Lead, error) bool) { yield(lead("a", "nom", "Zoé"), nil) }

func good(context.Context, leadlake.Snapshot) error { return nil }

// TestAnAdoptionThatFailsLeavesNothing has what can go wrong go wrong: the rows
// that were there are there, and no file beside them.
func TestAnAdoptionThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	t.Run("the counts differ", func(t *testing.T) {
		t.Parallel()
		o := newOriginal(t)
		before := o.names(t)
		_, err := o.adopt(t, func(ctx context.Context, snap leadlake.Snapshot) error {
			if len(snap.Files) != 1 {
				t.Fatalf("the check sees %d files", len(snap.Files))
			}
			if _, err := o.disk.Size(ctx, snap.Files[0].Name); err != nil {
				t.Errorf("the check sees a file that is not there: %v", err)
			}
			return wrong
		}, one)
		if after := o.names(t); !errors.Is(err, wrong) || !maps.Equal(before, after) {
			t.Errorf("it says %v, and leaves %v of %v", err, after, before)
		}
	})
	t.Run("a row cannot be read", func(t *testing.T) {
		t.Parallel()
		o := newOriginal(t)
		before := o.names(t)
		_, err := o.adopt(t, good, func(yield func(leadlake.Lead, error) bool) {
			for i := range 40_000 { // more than go into one file
				if !yield(lead(string(rune('a'+i%26))+leadlake.Date(i).String()), nil) {
					return
				}
			}
			yield(leadlake.Lead{}, wrong)
		})
		if after := o.names(t); !errors.Is(err, wrong) || !maps.Equal(before, after) {
			t.Errorf("it says %v, and leaves %v of %v", err, after, before)
		}
	})
	t.Run("somebody else commits", func(t *testing.T) {
		t.Parallel()
		o := newOriginal(t)
		other := delta.Open(o.disk, leadtable.Folder, delta.Options{Parquet: o.engine})
		var before map[string]int64
		result, err := o.adopt(t, func(ctx context.Context, _ leadlake.Snapshot) error {
			_, err := other.Delete(ctx, []delta.Predicate{{Column: "nom", Op: delta.Equal, Value: "Personne 3"}}, delta.DeleteOptions{})
			return err
		}, one)
		if err != nil || result.Outcome != delta.Conflicted || result.Version != 2 {
			t.Errorf("the adoption ends with %+v, %v", result, err)
		}
		newest, err := other.Latest(t.Context())
		if err != nil || newest.Version() != 2 || newest.Metadata().SchemaString == "" {
			t.Errorf("the table is at version %d, %v", newest.Version(), err)
		}
		before = o.names(t)
		data := 0
		for name := range before {
			if filepath.Ext(name) == ".parquet" {
				data++
			}
		}
		if data != 3 { // two of the original, and that of the delete
			t.Errorf("the folder holds %v", before)
		}
	})
}

// TestAnAdoptedTableIsOneOfLeads opens it, and stores in it.
func TestAnAdoptedTableIsOneOfLeads(t *testing.T) {
	t.Parallel()
	o := newOriginal(t)
	if result, err := o.adopt(t, good, one); err != nil || result.Outcome != delta.Committed || result.Version != 2 {
		t.Fatalf("the adoption ends with %+v, %v", result, err)
	}
	f := open(t, o.dir)
	if tally := f.upsert(t, batch(lead("b", "nom", "Yves"))); tally.Inserted != 1 || tally.Version != 3 {
		t.Errorf("storing says %+v", tally)
	}
	if rows := f.rows(t, "nom"); len(rows) != 2 || rows["a"][0] != "Zoé" {
		t.Errorf("the table holds %v", rows)
	}
	newest, err := o.log.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := newest.Metadata()
	if m.Configuration["delta.logRetentionDuration"] != "interval 30 days" || m.Configuration["delta.dataSkippingStatsColumns"] == "" {
		t.Errorf("the properties are %v", m.Configuration)
	}
}
