package delta_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

const folder = "t"

func newTable(t *testing.T, bucket blob.Bucket) (*delta.Table, *delta.Snapshot) {
	t.Helper()
	table := delta.Open(bucket, folder, delta.Options{})
	must(t, table, nil, creation(t))
	return table, latest(t, table)
}

func creation(t *testing.T) delta.Change {
	t.Helper()
	schema, err := delta.Schema{Fields: []delta.Field{{Name: "id", Type: delta.String, Nullable: true}}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return delta.Change{
		Operation: "CREATE TABLE", Protocol: &delta.Protocol{MinReaderVersion: 1, MinWriterVersion: 2},
		Metadata: &delta.Metadata{ID: "m", Format: delta.Format{Provider: "parquet"}, SchemaString: schema, PartitionColumns: []string{}},
	}
}

func latest(t *testing.T, table *delta.Table) *delta.Snapshot {
	t.Helper()
	s, err := table.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// must commits.
func must(t *testing.T, table *delta.Table, base *delta.Snapshot, c delta.Change) {
	t.Helper()
	r, err := table.Commit(t.Context(), base, c)
	if err != nil || r.Outcome != delta.Committed {
		t.Fatalf("Commit = %+v, %v; want it committed", r, err)
	}
}

func add(names ...string) delta.Change {
	c := delta.Change{Operation: "WRITE"}
	for _, n := range names {
		c.Adds = append(c.Adds, delta.Add{Path: n, Size: 1, ModificationTime: 1})
	}
	return c
}

func files(s *delta.Snapshot) []string {
	var names []string
	for name := range s.Files() {
		names = append(names, name)
	}
	return names
}

func TestVersionsStayWhatTheyWere(t *testing.T) {
	t.Parallel()
	bucket := &mem.Bucket{}
	table, v0 := newTable(t, bucket)
	must(t, table, v0, add("a", "b%20c"))
	v1 := latest(t, table)
	change := add("d")
	change.Removes = []string{"a"}
	change.Txns = []delta.Txn{{AppID: "app", Version: 7}}
	must(t, table, v1, change)
	want := [][]string{nil, {"a", "b c"}, {"b c", "d"}}
	for version, names := range want {
		s, err := table.At(t.Context(), int64(version))
		if err != nil || !slices.Equal(files(s), names) {
			t.Errorf("version %d holds %q, %v; want %q", version, files(s), err, names)
		}
	}
	again := latest(t, delta.Open(bucket, folder, delta.Options{}))
	if v, ok := again.Txn("app"); !slices.Equal(files(again), want[2]) || v != 7 || !ok {
		t.Errorf("opened again it holds %q and txn %d, %v", files(again), v, ok)
	}
	if _, err := table.At(t.Context(), 3); !errors.Is(err, delta.ErrNoVersion) {
		t.Errorf("At(3): %v; want ErrNoVersion", err)
	}
	if !slices.Equal(files(v1), want[1]) {
		t.Errorf("a snapshot changed under its holder: %q", files(v1))
	}
}

func write(t *testing.T, bucket blob.Bucket, version int64, content string) {
	t.Helper()
	name := path.Join(folder, "_delta_log", fmt.Sprintf("%020d.json", version))
	if err := bucket.Create(t.Context(), name, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

const (
	protocol12 = `{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}` + "\n"
	metadata   = `{"metaData":{"id":"m","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[],"configuration":{}}}` + "\n"
	addA       = `{"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}` + "\n"
)

// TestReading opens logs that other programs, or accidents, have written.
func TestReading(t *testing.T) {
	t.Parallel()
	first := protocol12 + metadata
	tests := []struct {
		name string
		log  []string // by version; "" leaves the version out
		want error
		says string
	}{
		{"a table", []string{first, addA}, nil, ""},
		{"what it does not know is ignored", []string{first + `{"cdc":{"path":"x"}}` + "\n" + `{"new":{"a":[1]}}` + "\n", `{"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true,"later":{}}}`}, nil, ""},
		{"a commitInfo of any shape", []string{`{"commitInfo":{"timestamp":"today","operationParameters":[1],"readVersion":"x","isBlindAppend":0}}` + "\n" + first, `{"commitInfo":"by hand"}` + "\n" + addA}, nil, ""},
		{"null for what an action is not", []string{first, `{"commitInfo":null,"txn":null,"remove":null,` + addA[1:]}, nil, ""},
		{"nothing", nil, delta.ErrNoTable, ""},
		{"a gap", []string{first, "", addA}, delta.ErrDamaged, "version 1 is missing"},
		{"no beginning", []string{"", addA}, delta.ErrDamaged, "version 0 is missing"},
		{"no metaData", []string{protocol12}, delta.ErrDamaged, "no metaData"},
		{"an empty commit", []string{first, " \n"}, delta.ErrDamaged, "version 1"},
		{"a commit that is cut off", []string{first, addA[:40]}, delta.ErrDamaged, "version 1"},
		{"two protocols in one commit", []string{first + protocol12}, delta.ErrDamaged, "protocol"},
		{"two actions in one line", []string{first, strings.TrimSuffix(addA, "}\n") + `,"txn":{"appId":"x","version":1}}`}, delta.ErrDamaged, "2 actions in one"},
		{"a path that is no UTF-8", []string{first, strings.Replace(addA, `"a"`, "\"a\xff\"", 1)}, delta.ErrDamaged, "UTF-8"},
		{"one file added twice in one commit", []string{first, addA + addA}, delta.ErrDamaged, "add of a"},
		{"a list of reader features that is not there", []string{`{"protocol":{"minReaderVersion":3,"minWriterVersion":7}}` + metadata}, delta.ErrDamaged, "list of reader features"},
		{"reader features", []string{`{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["fromTheFuture"],"writerFeatures":["fromTheFuture"]}}` + metadata}, delta.ErrUnsupported, "fromTheFuture"},
		{"reader version 9", []string{`{"protocol":{"minReaderVersion":9,"minWriterVersion":9}}` + metadata}, delta.ErrUnsupported, "version 9"},
		{"a newer protocol in a later commit", []string{first, `{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["x"],"writerFeatures":["x"]}}`}, delta.ErrUnsupported, "x"},
		{"a deletion vector", []string{first, `{"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true,"deletionVector":{"storageType":"u"}}}`}, delta.ErrDamaged, "deletionVectors"},
		{"another format", []string{protocol12 + strings.Replace(metadata, "parquet", "orc", 1)}, delta.ErrUnsupported, "orc"},
		{"a path that leaves the table", []string{first, strings.Replace(addA, `"a"`, `"..%2Fa"`, 1)}, delta.ErrUnsupported, "leaves the table"},
		{"an absolute path", []string{first, strings.Replace(addA, `"a"`, `"/etc/passwd"`, 1)}, delta.ErrUnsupported, "absolute"},
		{"another scheme", []string{first, strings.Replace(addA, `"a"`, `"s3://b/a"`, 1)}, delta.ErrUnsupported, "absolute"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bucket := &mem.Bucket{}
			for v, content := range tt.log {
				if content != "" {
					write(t, bucket, int64(v), content)
				}
			}
			for _, other := range []string{"2.json", "00000000000000000009.json.tmp", "00000000000000000009.crc", "+0000000000000000009.json", "_staged_commits/00000000000000000009.json"} {
				if err := bucket.Create(t.Context(), path.Join(folder, "_delta_log", other), strings.NewReader("no commit")); err != nil {
					t.Fatal(err)
				}
			}
			s, err := delta.Open(bucket, folder, delta.Options{}).Latest(t.Context())
			switch {
			case tt.want == nil && (err != nil || !slices.Equal(files(s), []string{"a"})):
				t.Errorf("Latest: %v; want a table with the file a", err)
			case tt.want != nil && (!errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("Latest: %v; want %v that says %q", err, tt.want, tt.says)
			}
		})
	}
}

func TestWritingIsRefusedByName(t *testing.T) {
	t.Parallel()
	for says, log := range map[string]string{
		"with the features generatedColumns": `{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["generatedColumns"]}}` + metadata,
		"all of writer version 8":            `{"protocol":{"minReaderVersion":1,"minWriterVersion":8}}` + metadata,
		"features checkConstraints, changeDataFeed and generatedColumns (writer version 4)": `{"protocol":{"minReaderVersion":1,"minWriterVersion":4}}` + metadata,
		"0 partition values, not 1":         protocol12 + strings.Replace(metadata, `"partitionColumns":[]`, `"partitionColumns":["p"]`, 1),
		"table property delta.future":       protocol12 + strings.Replace(metadata, `"configuration":{}`, `"configuration":{"delta.future":"true"}`, 1),
		"invariants":                        protocol12 + strings.Replace(metadata, `\"fields\":[]`, `\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"nullable\":true,\"metadata\":{\"delta.invariants\":\"x\"}}]`, 1),
		"removing b, which is no live file": protocol12 + metadata,
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			bucket := &mem.Bucket{}
			write(t, bucket, 0, log)
			table := delta.Open(bucket, folder, delta.Options{})
			change := add("a")
			if strings.HasPrefix(says, "removing") {
				change.Removes = []string{"b"}
			}
			_, err := table.Commit(t.Context(), latest(t, table), change)
			if !errors.Is(err, delta.ErrNotCommitted) || !strings.Contains(err.Error(), says) {
				t.Errorf("Commit: %v; want ErrNotCommitted that says %q", err, says)
			}
			if v := latest(t, table).Version(); v != 0 {
				t.Errorf("the table is at version %d; want nothing written", v)
			}
		})
	}
}

// TestConflicts has one change lose against another that was made from the
// same version, and says whether it may go behind it.
func TestConflicts(t *testing.T) {
	t.Parallel()
	changes := map[string]delta.Change{
		"append":   add("new"),
		"upsert":   {Reads: delta.ReadsAllFiles, Adds: add("up").Adds, Removes: []string{"a"}},
		"upsert b": {Reads: delta.ReadsAllFiles, Adds: add("upb").Adds, Removes: []string{"b"}},
		"fold":     {Rearranges: true, Reads: delta.ReadsRemoved, Adds: add("folded").Adds, Removes: []string{"a", "b"}},
		"schema":   {Metadata: creation(t).Metadata, Reads: delta.ReadsNothing},
		"txn":      {Txns: []delta.Txn{{AppID: "x", Version: 1}}, Adds: add("t").Adds},
	}
	behind := map[string][]string{ // change: winners that it may go behind
		"append":   {"append", "upsert", "upsert b", "fold", "txn"},
		"upsert":   {},
		"upsert b": {},
		"fold":     {"append", "txn"},
		"schema":   {"append", "upsert", "upsert b", "fold", "txn"},
		"txn":      {"append", "upsert", "upsert b", "fold"},
	}
	for name, change := range changes {
		for winner, first := range changes {
			t.Run(name+" after "+winner, func(t *testing.T) {
				t.Parallel()
				table, base := newTable(t, &mem.Bucket{})
				must(t, table, base, add("a", "b"))
				base = latest(t, table)
				must(t, table, base, first)
				second := change
				second.Adds = slices.Clone(change.Adds)
				for i := range second.Adds {
					second.Adds[i].Path += "2"
				}
				r, err := table.Commit(t.Context(), base, second)
				if err != nil {
					t.Fatal(err)
				}
				may := slices.Contains(behind[name], winner)
				if may != (r.Outcome == delta.Committed) || !may && r.Reason == "" {
					t.Errorf("outcome %d (%s); want it committed: %v", r.Outcome, r.Reason, may)
				}
			})
		}
	}
}

// TestManyWriters has goroutines append through tables of their own, as
// processes would. Every acknowledged file is there once.
func TestManyWriters(t *testing.T) {
	t.Parallel()
	const writers, commits = 8, 25
	bucket := &mem.Bucket{}
	newTable(t, bucket)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			table := delta.Open(bucket, folder, delta.Options{})
			for i := range commits {
				base, err := table.Latest(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if r, err := table.Commit(t.Context(), base, add(fmt.Sprintf("f-%d-%d", w, i))); err != nil || r.Outcome != delta.Committed {
					t.Errorf("Commit = %+v, %v", r, err)
				}
			}
		})
	}
	group.Wait()
	s := latest(t, delta.Open(bucket, folder, delta.Options{}))
	if s.Version() != writers*commits || len(files(s)) != writers*commits {
		t.Errorf("version %d with %d files; want %d of both", s.Version(), len(files(s)), writers*commits)
	}
}

// unreliable is a bucket whose Create goes wrong in a way of choice.
type unreliable struct {
	*mem.Bucket
	create func(real func() error) error
}

func (u *unreliable) Create(ctx context.Context, name string, content io.Reader) error {
	return u.create(func() error { return u.Bucket.Create(ctx, name, content) })
}

// TestUncertainCommits checks that an outcome is found out, never guessed.
func TestUncertainCommits(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection lost")
	calls := 0
	tests := []struct {
		name      string
		create    func(real func() error) error
		committed bool
		proved    bool // that it is not
	}{
		{"it worked, and said it did not", func(real func() error) error { return errors.Join(real(), lost) }, true, false},
		{"it worked, and its own success came back as taken", func(real func() error) error { return errors.Join(real(), blob.ErrExist) }, true, false},
		{"it did not work at first", func(real func() error) error {
			if calls++; calls < 3 {
				return lost
			}
			return real()
		}, true, false},
		{"it surely did not work", func(func() error) error { return errors.Join(lost, blob.ErrNotCreated) }, false, true},
		{"nobody knows", func(func() error) error { return lost }, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bucket := &unreliable{Bucket: &mem.Bucket{}, create: func(real func() error) error { return real() }}
			table, base := newTable(t, bucket)
			bucket.create = tt.create
			r, err := table.Commit(t.Context(), base, add("a"))
			if tt.committed != (err == nil) || tt.proved != errors.Is(err, delta.ErrNotCommitted) {
				t.Errorf("Commit = %+v, %v; want committed %v, proved not %v", r, err, tt.committed, tt.proved)
			}
			if there := slices.Equal(files(latest(t, table)), []string{"a"}); there != tt.committed {
				t.Errorf("the file is there: %v; want %v", there, tt.committed)
			}
		})
	}
}

func TestTwoCreatorsHaveOneWinner(t *testing.T) {
	t.Parallel()
	bucket := &mem.Bucket{}
	newTable(t, bucket)
	r, err := delta.Open(bucket, folder, delta.Options{}).Commit(t.Context(), nil, creation(t))
	if err != nil || r.Outcome != delta.Conflicted {
		t.Errorf("creating it again = %+v, %v; want a conflict", r, err)
	}
}
