package delta_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake/internal/blob"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// grown returns a table of n+1 versions: version v > 0 adds the file f<v>, and
// every third removes the one before.
func grown(t *testing.T, bucket blob.Bucket, n int) *delta.Table {
	t.Helper()
	table := reopened(bucket)
	must(t, table, nil, creation(t))
	for v := 1; v <= n; v++ {
		c := add(fmt.Sprintf("f%d", v))
		c.Txns = []delta.Txn{{AppID: "app", Version: int64(v)}}
		if v%3 == 0 {
			c.Removes = []string{fmt.Sprintf("f%d", v-1)}
		}
		must(t, table, latest(t, table), c)
	}
	return table
}

func reopened(bucket blob.Bucket) *delta.Table {
	return delta.Open(bucket, folder, delta.Options{Parquet: lines{bucket}})
}

// TestCheckpoints reads every version with and without the checkpoints that
// Maintain makes: the state has to be the same.
func TestCheckpoints(t *testing.T) {
	t.Parallel()
	bucket, plain := &mem.Bucket{}, &mem.Bucket{}
	table, bare := grown(t, bucket, 0), grown(t, plain, 25)
	for v := 1; v <= 25; v++ {
		c := add(fmt.Sprintf("f%d", v))
		c.Txns = []delta.Txn{{AppID: "app", Version: int64(v)}}
		if v%3 == 0 {
			c.Removes = []string{fmt.Sprintf("f%d", v-1)}
		}
		must(t, table, latest(t, table), c)
		if _, err := table.Maintain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := logNames(t, bucket, ".checkpoint.parquet"); !slices.Equal(got, []string{"00000000000000000010.checkpoint.parquet", "00000000000000000020.checkpoint.parquet"}) {
		t.Errorf("checkpoints %q; want one every ten versions", got)
	}
	for v := range int64(26) {
		same(t, at(t, reopened(bucket), v), at(t, bare, v))
	}
	same(t, latest(t, reopened(bucket)), latest(t, bare))
}

func at(t *testing.T, table *delta.Table, version int64) *delta.Snapshot {
	t.Helper()
	s, err := table.At(t.Context(), version)
	if err != nil {
		t.Fatalf("At(%d): %v", version, err)
	}
	return s
}

func same(t *testing.T, got, want *delta.Snapshot) {
	t.Helper()
	gotTxn, _ := got.Txn("app")
	wantTxn, _ := want.Txn("app")
	if got.Version() != want.Version() || !slices.Equal(files(got), files(want)) || gotTxn != wantTxn || got.CommittedAt().IsZero() {
		t.Errorf("version %d has files %q and txn %d; want version %d, %q, %d",
			got.Version(), files(got), gotTxn, want.Version(), files(want), wantTxn)
	}
}

func logNames(t *testing.T, bucket blob.Bucket, suffix string) []string {
	t.Helper()
	var names []string
	for o, err := range bucket.List(t.Context(), folder+"/_delta_log/", "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(o.Name, suffix) {
			names = append(names, o.Name[strings.LastIndexByte(o.Name, '/')+1:])
		}
	}
	return names
}

// TestBrokenCheckpoints damages what a reader starts from. It has to come to
// the same state as without the damage, or to say what is wrong.
func TestBrokenCheckpoints(t *testing.T) {
	t.Parallel()
	const logs, at20 = folder + "/_delta_log/", folder + "/_delta_log/00000000000000000020.checkpoint"
	replace := func(name, content string) func(*testing.T, blob.Bucket) {
		return func(t *testing.T, b blob.Bucket) {
			t.Helper()
			if err := b.Put(t.Context(), name, strings.NewReader(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	without := func(names ...string) func(*testing.T, blob.Bucket) {
		return func(t *testing.T, b blob.Bucket) {
			t.Helper()
			for _, name := range names {
				if err := b.Delete(t.Context(), name); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var first19 []string
	for v := range 20 {
		first19 = append(first19, logs+fmt.Sprintf("%020d.json", v))
	}
	uuid := "." + strings.Repeat("a", 36)
	for name, tt := range map[string]struct {
		damage []func(*testing.T, blob.Bucket)
		says   string // "" for the same state
	}{
		"no pointer":                    {[]func(*testing.T, blob.Bucket){without(logs + "_last_checkpoint")}, ""},
		"an empty pointer":              {[]func(*testing.T, blob.Bucket){replace(logs+"_last_checkpoint", "")}, ""},
		"a broken pointer":              {[]func(*testing.T, blob.Bucket){replace(logs+"_last_checkpoint", `{"version":`)}, ""},
		"a stale pointer":               {[]func(*testing.T, blob.Bucket){replace(logs+"_last_checkpoint", `{"version":10,"size":1}`)}, ""},
		"a pointer to nothing":          {[]func(*testing.T, blob.Bucket){replace(logs+"_last_checkpoint", `{"version":13,"size":1}`)}, ""},
		"a pointer beyond the end":      {[]func(*testing.T, blob.Bucket){replace(logs+"_last_checkpoint", `{"version":1000,"size":1}`)}, ""},
		"a checkpoint that is cut off":  {[]func(*testing.T, blob.Bucket){replace(at20+".parquet", `{"protocol":`)}, ""},
		"an empty checkpoint":           {[]func(*testing.T, blob.Bucket){replace(at20+".parquet", "")}, ""},
		"one without metaData":          {[]func(*testing.T, blob.Bucket){replace(at20+".parquet", protocol12)}, ""},
		"parts of which one is missing": {[]func(*testing.T, blob.Bucket){without(at20 + ".parquet"), replace(at20+".0000000001.0000000002.parquet", protocol12)}, ""},
		"sidecars that are missing": {[]func(*testing.T, blob.Bucket){replace(at20+uuid+".json",
			protocol12+metadata+`{"checkpointMetadata":{"version":20}}`+"\n"+`{"sidecar":{"path":"x.parquet","sizeInBytes":1}}`)}, ""},
		"one of the second kind without its mark": {[]func(*testing.T, blob.Bucket){replace(at20+uuid+".json",
			protocol12+metadata+`{"sidecar":{"path":"x.parquet","sizeInBytes":1}}`)}, ""},
		"the only way is broken": {append([]func(*testing.T, blob.Bucket){replace(at20+".parquet", "x")}, without(append(first19, logs+"00000000000000000010.checkpoint.parquet")...)), "20.checkpoint.parquet"},
		"a gap behind it":        {[]func(*testing.T, blob.Bucket){without(logs + "00000000000000000022.json")}, "version 22 is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket := &mem.Bucket{}
			table := grown(t, bucket, 25)
			for _, v := range []int64{10, 20} {
				if err := table.Checkpoint(t.Context(), at(t, table, v)); err != nil {
					t.Fatal(err)
				}
			}
			want := latest(t, table)
			for _, damage := range tt.damage {
				damage(t, bucket)
			}
			got, err := reopened(bucket).Latest(t.Context())
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("Latest: %v", err)
			case tt.says == "":
				same(t, got, want)
			case !errors.Is(err, delta.ErrDamaged) || !strings.Contains(err.Error(), tt.says):
				t.Errorf("Latest: %v; want ErrDamaged that says %q", err, tt.says)
			}
		})
	}
}

// TestAnOldLogIsCleaned keeps what the retention asks for and deletes nothing
// that a version in it needs.
func TestAnOldLogIsCleaned(t *testing.T) {
	t.Parallel()
	bucket := &mem.Bucket{}
	table := grown(t, bucket, 25)
	if _, err := table.Maintain(t.Context()); err != nil { // a checkpoint of version 25
		t.Fatal(err)
	}
	for range 12 {
		must(t, table, latest(t, table), add(fmt.Sprintf("g%d", latest(t, table).Version())))
	}
	want := latest(t, table)
	later := delta.Open(bucket, folder, delta.Options{Parquet: lines{bucket}, Now: func() time.Time { return time.Now().Add(32 * 24 * time.Hour) }})
	if _, err := later.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	commits := logNames(t, bucket, ".json")
	if len(commits) == 0 || commits[0] != "00000000000000000037.json" {
		t.Errorf("commits %q; want those from the newest checkpoint on", commits)
	}
	same(t, latest(t, reopened(bucket)), want)
	if _, err := reopened(bucket).At(t.Context(), 12); !errors.Is(err, delta.ErrNoVersion) || !strings.Contains(err.Error(), "begins at version 37") {
		t.Errorf("At(12): %v; want ErrNoVersion that says what there is", err)
	}
}
