package delta_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/delta"
)

// TestVerify damages a table in one way after the other. Each has to be found,
// and mended where that loses nothing.
func TestVerify(t *testing.T) {
	t.Parallel()
	const logs = folder + "/_delta_log/"
	replace := func(name, content string) func(*testing.T, blob.Bucket) {
		return func(t *testing.T, b blob.Bucket) {
			t.Helper()
			if err := b.Put(t.Context(), name, strings.NewReader(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		damage func(*testing.T, blob.Bucket)
		says   string
		mended bool
	}{
		"nothing":                        {func(*testing.T, blob.Bucket) {}, "", true},
		"a checkpoint that is cut off":   {replace(logs+"00000000000000000010.checkpoint.parquet", `{"pro`), "cannot be read", true},
		"a checkpoint of something else": {replace(logs+"00000000000000000010.checkpoint.parquet", protocol12+metadata), "not what the log says", true},
		"a schema with other spaces": {func(t *testing.T, b blob.Bucket) {
			t.Helper()
			name := logs + "00000000000000000010.checkpoint.parquet"
			data, err := b.Get(t.Context(), name)
			spaced := strings.Replace(string(data), `{\"type\":`, `{ \"type\" : `, 1)
			if err != nil || spaced == string(data) {
				t.Fatalf("%s: %v\n%s", name, err, data)
			}
			replace(name, spaced)(t, b)
		}, "", true},
		"no pointer": {func(t *testing.T, b blob.Bucket) {
			t.Helper()
			if err := b.Delete(t.Context(), logs+"_last_checkpoint"); err != nil {
				t.Fatal(err)
			}
		}, "", true},
		"a pointer to nothing":   {replace(logs+"_last_checkpoint", `{"version":3}`), "version 3, which is not there", true},
		"a broken pointer":       {replace(logs+"_last_checkpoint", `{"version`), "cannot be read", true},
		"a wrong checksum":       {replace(logs+"00000000000000000010.crc", `{"numFiles":3}`), "says 3 files", true},
		"a file of another size": {func(t *testing.T, b blob.Bucket) { t.Helper(); replace(firstFile(t, b), "xx\nyy\n")(t, b) }, "bytes, not", false},
		"a file of other rows": {func(t *testing.T, b blob.Bucket) {
			t.Helper()
			replace(firstFile(t, b), strings.Repeat("\n", sizeOf(t, b)))(t, b)
		}, "rows, not 1", false},
		"a file that is gone": {func(t *testing.T, b blob.Bucket) {
			t.Helper()
			if err := b.Delete(t.Context(), firstFile(t, b)); err != nil {
				t.Fatal(err)
			}
		}, "missing", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, engine := appended(t, 10)
			if _, err := table.Maintain(t.Context()); err != nil {
				t.Fatal(err)
			}
			tt.damage(t, engine.bucket)
			looked := 0
			table = delta.Open(engine.bucket, folder, delta.Options{Parquet: engine})
			findings, err := table.Verify(t.Context(), func(string) { looked++ })
			if err != nil || looked < 21 {
				t.Fatalf("Verify: %v after %d objects", err, looked)
			}
			if found := len(findings) > 0; found != (tt.says != "") || found && !strings.Contains(findings[0].Problem, tt.says) {
				t.Errorf("findings %+v; want one that says %q", findings, tt.says)
			}
			if err := table.Repair(t.Context(), findings); err != nil {
				t.Fatal(err)
			}
			findings, err = table.Verify(t.Context(), func(string) {})
			if err != nil || tt.mended != (len(findings) == 0) {
				t.Errorf("after the repair: %+v, %v; want it mended: %v", findings, err, tt.mended)
			}
		})
	}
}

// passing is a bucket in which something happens before the log's pointer is
// read for the first time.
type passing struct {
	blob.Bucket
	before func()
}

func (p *passing) Get(ctx context.Context, name string) ([]byte, error) {
	if before := p.before; before != nil && strings.HasSuffix(name, "/_last_checkpoint") {
		p.before = nil
		before()
	}
	return p.Bucket.Get(ctx, name)
}

// TestVerifyBesideAWriter: a checkpoint that is made while a table is verified
// is no fault of it.
func TestVerifyBesideAWriter(t *testing.T) {
	t.Parallel()
	writer, engine := appended(t, 10)
	if _, err := writer.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	bucket := &passing{Bucket: engine.bucket}
	bucket.before = func() {
		for i := range 10 {
			engine.appendRows(t, writer, fmt.Sprintf("s%d", i))
		}
		if due, err := writer.Maintain(t.Context()); err != nil || !due {
			t.Fatalf("Maintain: %t, %v; want a checkpoint", due, err)
		}
	}
	findings, err := delta.Open(bucket, folder, delta.Options{Parquet: engine}).Verify(t.Context(), func(string) {})
	if err != nil || len(findings) > 0 || bucket.before != nil {
		t.Errorf("findings %+v, %v; want none", findings, err)
	}
}

// sizeOf returns how many bytes the first live file has.
func sizeOf(t *testing.T, b blob.Bucket) int {
	t.Helper()
	size, err := b.Size(t.Context(), firstFile(t, b))
	if err != nil {
		t.Fatal(err)
	}
	return int(size)
}

// firstFile returns the key of the first live file.
func firstFile(t *testing.T, b blob.Bucket) string {
	t.Helper()
	names := files(latest(t, reopened(b)))
	return folder + "/" + slices.Min(names)
}
