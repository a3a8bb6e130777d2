package delta_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// golden yields files of tables that other engines wrote, to begin with; there
// are none where the folder beside the repository is missing.
func golden(f *testing.F, pattern string, seed func(data []byte)) {
	f.Helper()
	root := filepath.Join("..", "..", "..", "shared", "delta-tables")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipAll
		}
		matched, _ := filepath.Match(pattern, d.Name())
		if info, err := d.Info(); err == nil && matched && info.Size() < 20_000 {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			seed(data)
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
}

// explore reads everything that the log of a table says. What it refuses has
// to be refused as one of ours, and what it takes has to be safe to use.
func explore(t *testing.T, bucket blob.Bucket) *delta.Snapshot {
	t.Helper()
	table := delta.Open(bucket, folder, delta.Options{Parquet: lines{bucket}})
	s, err := table.Latest(t.Context())
	if refused(t, err) {
		return nil
	}
	again, err := delta.Open(bucket, folder, delta.Options{Parquet: lines{bucket}}).At(t.Context(), s.Version())
	if err != nil || !slices.Equal(files(again), files(s)) {
		t.Fatalf("read twice: %v, %q and then %q", err, files(s), files(again))
	}
	columns, err := s.Columns()
	refused(t, err)
	partitions, err := s.PartitionColumns()
	refused(t, err)
	for name, a := range s.Files() {
		if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../") || name == ".." || name == "." {
			t.Fatalf("a live file is outside the table: %q", name)
		}
		_, _ = a.Rows()
		for _, c := range partitions {
			_, err := delta.PartitionValue(c.Type, a.PartitionValues[c.Physical])
			refused(t, err)
		}
		_, err := table.Deleted(t.Context(), a)
		refused(t, err)
	}
	s.Metadata().StatsColumns(columns)
	_ = s.Writable()
	return s
}

// refused reports whether err is there, and fails if it is none of ours.
func refused(t *testing.T, err error) bool {
	t.Helper()
	known := []error{
		delta.ErrDamaged, delta.ErrUnsupported, delta.ErrNoTable, delta.ErrNoVersion,
		blob.ErrNotExist, fs.ErrInvalid, // a file that a log names and that cannot be there
	}
	if err != nil && !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
		t.Fatalf("refused with %v, which is no reason of ours", err)
	}
	return err != nil
}

func put(t *testing.T, b blob.Bucket, name string, data []byte) {
	t.Helper()
	if err := b.Put(t.Context(), folder+"/_delta_log/"+name, bytes.NewReader(data)); err != nil {
		t.Skip("no name for an object")
	}
}

func FuzzCommit(f *testing.F) {
	golden(f, "0*.json", func(data []byte) { f.Add(data) })
	f.Add([]byte(protocol12 + metadata + addA))
	f.Fuzz(func(t *testing.T, data []byte) {
		alone, second := &mem.Bucket{}, &mem.Bucket{}
		put(t, alone, "00000000000000000000.json", data)
		explore(t, alone)
		put(t, second, "00000000000000000000.json", []byte(protocol12+metadata+addA))
		table := reopened(second)
		if _, err := table.Latest(t.Context()); err != nil {
			t.Fatal(err)
		}
		put(t, second, "00000000000000000001.json", data)
		s := explore(t, second)
		refreshed, err := table.Latest(t.Context())
		if s == nil != (err != nil) || s != nil && !slices.Equal(files(s), files(refreshed)) {
			t.Fatalf("replayed %v, refreshed %v, %v", s, refreshed, err)
		}
	})
}

func FuzzSchema(f *testing.F) {
	f.Add(`{"type":"struct","fields":[{"name":"a","type":{"type":"map","keyType":"string","valueType":{"type":"array","elementType":"decimal(10,2)","containsNull":true},"valueContainsNull":true},"nullable":true,"metadata":{"delta.columnMapping.id":1,"delta.columnMapping.physicalName":"c"}}]}`)
	f.Add(strings.Repeat(`{"type":"array","elementType":`, 1000))
	f.Fuzz(func(t *testing.T, text string) {
		schema, err := delta.ParseSchema(text)
		if refused(t, err) {
			return
		}
		encoded, err := schema.Encode()
		if err != nil {
			t.Fatalf("it was read and cannot be written: %v", err)
		}
		again, err := delta.ParseSchema(encoded)
		if err != nil || len(again.Fields) != len(schema.Fields) {
			t.Fatalf("written and read again: %v", err)
		}
	})
}

func FuzzStatistics(f *testing.F) {
	f.Add(`{"numRecords":3,"minValues":{"a":1},"maxValues":{"a":{"b":2}},"nullCount":{"a":0}}`)
	f.Fuzz(func(_ *testing.T, text string) { _, _ = delta.Add{Stats: text}.Rows() })
}

func FuzzPartitionValue(f *testing.F) {
	types := []delta.DataType{
		{Name: "string"},
		{Name: "long"},
		{Name: "integer"},
		{Name: "short"},
		{Name: "byte"},
		{Name: "float"},
		{Name: "double"},
		{Name: "boolean"},
		{Name: "binary"},
		{Name: "date"},
		{Name: "timestamp"},
		{Name: "timestamp_ntz"},
		{Name: "decimal", Precision: 10, Scale: 2},
	}
	for _, text := range []string{"", "-1", "1.50", "true", "2021-09-08", "2021-09-08 11:11:11.123", "2021-09-08T11:11:11Z", "NaN", "é%20", "-0044-03-15", "+10000-02-29 00:00:00"} {
		f.Add(text, "a b/c=%41.parquet")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		for _, kind := range types {
			_, err := delta.PartitionValue(kind, &text)
			refused(t, err)
		}
		bucket := &mem.Bucket{}
		put(t, bucket, "00000000000000000000.json", []byte(protocol12+metadata+strings.Replace(addA, `"a"`, quote(path), 1)))
		explore(t, bucket)
	})
}

func FuzzDeletionVector(f *testing.F) {
	f.Add("i", "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", int64(44), int64(6), []byte{})
	f.Add("i", "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", int64(40), int64(6), []byte{})
	golden(f, "deletion_vector_*.bin", func(data []byte) { f.Add("p", "dv.bin", int64(len(data)-9), int64(1), data) })
	f.Fuzz(func(t *testing.T, kind, path string, size, count int64, file []byte) {
		bucket := &mem.Bucket{}
		if err := bucket.Create(t.Context(), folder+"/dv.bin", bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		a := delta.Add{Path: "a", DeletionVector: &delta.DeletionVector{StorageType: kind, PathOrInlineDV: path, SizeInBytes: size, Cardinality: count}}
		rows, err := delta.Open(bucket, folder, delta.Options{}).Deleted(t.Context(), a)
		if err == nil && int64(rows.GetCardinality()) != count {
			t.Fatalf("%d rows, not %d", rows.GetCardinality(), count)
		}
	})
}

// FuzzHints replaces everything of a log that only repeats it. Whatever is in
// it, the table stays what it is, or is refused.
func FuzzHints(f *testing.F) {
	golden(f, "*.checkpoint.*.json", func(data []byte) {
		f.Add("00000000000000000002.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json", data)
	})
	golden(f, "_last_checkpoint", func(data []byte) { f.Add("_last_checkpoint", data) })
	for _, name := range []string{"_last_checkpoint", "00000000000000000001.00000000000000000002.compacted.json", "00000000000000000002.crc", "00000000000000000003.json.tmp", "3.json", "_sidecars/x.parquet"} {
		f.Add(name, []byte(`{"version":2}`))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		bucket := &mem.Bucket{}
		put(t, bucket, "00000000000000000000.json", []byte(protocol12+metadata))
		put(t, bucket, "00000000000000000001.json", []byte(addA))
		put(t, bucket, "00000000000000000002.json", []byte(strings.Replace(addA, `"a"`, `"b"`, 1)))
		put(t, bucket, name, data)
		s := explore(t, bucket)
		claims := strings.Contains(name, "checkpoint.") || strings.Contains(name, ".compacted.") || strings.HasSuffix(name, ".json")
		if !claims && (s == nil || !slices.Equal(files(s), []string{"a", "b"})) {
			t.Fatalf("%q changed what the table is: %v", name, s)
		}
	})
}

func FuzzInterval(f *testing.F) {
	f.Add("interval 1 week")
	f.Add("interval 30 days 2 hours")
	f.Add("interval 888888 hours 40 days 1111111112 hours") // more than a Duration holds
	f.Fuzz(func(t *testing.T, text string) {
		m := delta.Metadata{Configuration: map[string]string{"delta.deletedFileRetentionDuration": text}}
		if d := m.DeletedFileRetention(); d < 0 {
			t.Fatalf("%q is %v", text, d)
		}
	})
}

// quote writes a text as JSON.
func quote(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		return `"a"`
	}
	return string(data)
}
