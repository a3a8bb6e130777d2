package parquet_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadlake/internal/parquet"
)

// The files in testdata have these columns: id and nom are texts, le is a day;
// three row groups of 2,048, 2,048 and 4 rows; nom has Bloom filters. In
// fresh.parquet there is nom of the second group, in other.parquet a number of
// that name, in short.parquet nom of 2,047 rows.
func read(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func open(t *testing.T, data []byte) *parquet.File {
	t.Helper()
	f, err := parquet.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAPatchedFileSaysWhatItHolds(t *testing.T) {
	t.Parallel()
	old, fresh := open(t, read(t, "old.parquet")), open(t, read(t, "fresh.parquet"))
	p, err := parquet.Patch(old, map[int]*parquet.File{1: fresh})
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(p.Content)
	if err != nil || int64(len(data)) != p.Size {
		t.Fatalf("it has %d bytes, %v; it says %d", len(data), err, p.Size)
	}
	again := open(t, data)
	for i, rows := range []int64{2048, 2048, 4} {
		if p.Groups()[i] != rows || again.Groups()[i] != rows {
			t.Errorf("group %d has %d rows, and when it is read %d; want %d", i, p.Groups()[i], again.Groups()[i], rows)
		}
		nom, le := again.Bounds("nom")[i], again.Bounds("le")[i]
		if want := map[bool]string{false: "old", true: "new"}[i == 1]; !strings.HasPrefix(string(nom.Min), want) || !strings.HasPrefix(string(nom.Max), want) {
			t.Errorf("the names of group %d go from %q to %q; want %s", i, nom.Min, nom.Max, want)
		}
		if was := old.Bounds("le")[i]; !bytes.Equal(le.Min, was.Min) || !bytes.Equal(le.Max, was.Max) || le.Nulls != was.Nulls {
			t.Errorf("the days of group %d are %v; they were %v", i, le, was)
		}
	}
	if err := parquet.CheckFooter(filepath.Join("testdata", "old.parquet")); err != nil {
		t.Error(err)
	}
	if old.Bounds("no such column") != nil {
		t.Error("there are bounds of a column that there is not")
	}
}

func TestFilesThatDoNotFit(t *testing.T) {
	t.Parallel()
	old, fresh := read(t, "old.parquet"), read(t, "fresh.parquet")
	for name, c := range map[string]struct {
		old, fresh []byte
		at         int
	}{
		"another number of rows": {old, read(t, "short.parquet"), 1},
		"another type":           {old, read(t, "other.parquet"), 1},
		"another group":          {old, fresh, 2},
		"no such group":          {old, fresh, 3},
		"a column too many":      {fresh, old, 0},
		"another writer":         {old, bytes.Replace(fresh, []byte("DuckDB version v1"), []byte("DuckDB version v0"), 1), 1},
		"an unknown column":      {old, bytes.ReplaceAll(fresh, []byte("nom"), []byte("mon")), 1},
	} {
		if _, err := parquet.Patch(open(t, c.old), map[int]*parquet.File{c.at: open(t, c.fresh)}); !errors.Is(err, parquet.ErrUnlike) {
			t.Errorf("%s: %v; want that they do not fit", name, err)
		}
	}
}

// TestAFileThatShrinks is read while it is cut: there must not be a file with
// fewer bytes than it is said to have.
func TestAFileThatShrinks(t *testing.T) {
	t.Parallel()
	data := read(t, "old.parquet")
	cut := &shrinking{data: data}
	old, err := parquet.Open(cut, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := parquet.Patch(old, map[int]*parquet.File{1: open(t, read(t, "fresh.parquet"))})
	if err != nil {
		t.Fatal(err)
	}
	cut.data = data[:len(data)/2]
	if n, err := io.Copy(io.Discard, p.Content); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("it gave %d bytes, %v; want an error", n, err)
	}
}

type shrinking struct{ data []byte }

func (s *shrinking) ReadAt(b []byte, at int64) (int, error) {
	return bytes.NewReader(s.data).ReadAt(b, at)
}

// FuzzPatch opens any bytes and patches what opens with itself: there is an
// error, or a file that can be opened, as long as it says.
func FuzzPatch(f *testing.F) {
	for _, name := range []string{"old.parquet", "fresh.parquet", "other.parquet"} {
		f.Add(read(f, name))
	}
	f.Add([]byte("PAR1\x15\x02\x19\x2c\x48\x00\x00\x0a\x00\x00\x00PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parquet.Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		fresh := map[int]*parquet.File{}
		if len(file.Groups()) == 1 {
			fresh[0] = file
		}
		for column := range file.Columns() {
			_ = file.Bounds(column)
		}
		p, err := parquet.Patch(file, fresh)
		if err != nil {
			return
		}
		patched, err := io.ReadAll(p.Content)
		if err != nil || int64(len(patched)) != p.Size {
			t.Fatalf("it has %d bytes, %v; it says %d", len(patched), err, p.Size)
		}
		if _, err := parquet.Open(bytes.NewReader(patched), p.Size); err != nil {
			t.Errorf("it cannot be opened: %v", err)
		}
	})
}
