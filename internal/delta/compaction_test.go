package delta_test

import (
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob/mem"
)

// TestCompactions reads a log whose commits a compaction stands for.
func TestCompactions(t *testing.T) {
	t.Parallel()
	line := func(kind, path string) string {
		if kind == "remove" {
			return `{"remove":{"path":"` + path + `","dataChange":true}}` + "\n"
		}
		return `{"add":{"path":"` + path + `","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}` + "\n"
	}
	txn := `{"txn":{"appId":"app","version":7}}` + "\n"
	for name, tt := range map[string]struct {
		content string
		files   []string
		txn     int64
	}{
		"one that is right":          {line("add", "b") + line("remove", "a") + txn, []string{"b"}, 7},
		"one that cannot be read":    {line("add", "b") + `{"remove":{"pa`, []string{"b"}, 0},
		"commits, the newest first":  {line("add", "b") + line("remove", "a") + line("add", "a") + txn, []string{"b"}, 0},
		"commits, the oldest first":  {line("add", "a") + line("remove", "a") + line("add", "b") + txn, []string{"b"}, 0},
		"a file that is there twice": {line("add", "b") + line("remove", "a") + line("remove", "a") + txn, []string{"b"}, 0},
		"one path in two spellings":  {line("add", "b") + line("remove", "a") + line("add", "%61") + txn, []string{"b"}, 0},
		"a txn that is there twice":  {line("add", "b") + line("remove", "a") + txn + txn, []string{"b"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket := &mem.Bucket{}
			write(t, bucket, 0, protocol12+metadata)
			write(t, bucket, 1, line("add", "a"))
			write(t, bucket, 2, line("remove", "a")+line("add", "b"))
			compaction := folder + "/_delta_log/00000000000000000001.00000000000000000002.compacted.json"
			if err := bucket.Put(t.Context(), compaction, strings.NewReader(tt.content)); err != nil {
				t.Fatal(err)
			}
			s := latest(t, reopened(bucket))
			if version, _ := s.Txn("app"); !slices.Equal(files(s), tt.files) || version != tt.txn {
				t.Errorf("the table has the files %q and txn %d; want %q and %d", files(s), version, tt.files, tt.txn)
			}
		})
	}
}
