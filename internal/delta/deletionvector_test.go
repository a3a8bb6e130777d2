package delta_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// TestDeletionVectors reads the protocol's own example, and what is wrong with
// others.
func TestDeletionVectors(t *testing.T) {
	t.Parallel()
	const example = "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L"
	table := delta.Open(&mem.Bucket{}, folder, delta.Options{})
	for name, tt := range map[string]struct {
		vector delta.DeletionVector
		want   error
		says   string
	}{
		"portable":                  {delta.DeletionVector{StorageType: "i", PathOrInlineDV: "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", SizeInBytes: 44, Cardinality: 6}, nil, ""},
		"inline":                    {delta.DeletionVector{StorageType: "i", PathOrInlineDV: example, SizeInBytes: 40, Cardinality: 6}, nil, ""},
		"another count":             {delta.DeletionVector{StorageType: "i", PathOrInlineDV: example, SizeInBytes: 40, Cardinality: 5}, delta.ErrDamaged, "6 rows, not 5"},
		"too short":                 {delta.DeletionVector{StorageType: "i", PathOrInlineDV: example[:20], SizeInBytes: 40, Cardinality: 6}, delta.ErrDamaged, "inline"},
		"cut off":                   {delta.DeletionVector{StorageType: "i", PathOrInlineDV: example[:30], SizeInBytes: 24, Cardinality: 6}, delta.ErrDamaged, "Roaring"},
		"no Z85":                    {delta.DeletionVector{StorageType: "i", PathOrInlineDV: strings.Repeat("~", 50), SizeInBytes: 40, Cardinality: 6}, delta.ErrDamaged, "Z85"},
		"no Roaring bitmap":         {delta.DeletionVector{StorageType: "i", PathOrInlineDV: strings.Repeat("0", 50), SizeInBytes: 40, Cardinality: 6}, delta.ErrDamaged, "Roaring"},
		"an unknown kind":           {delta.DeletionVector{StorageType: "x", Cardinality: 6}, delta.ErrUnsupported, `"x"`},
		"a path out of the table":   {delta.DeletionVector{StorageType: "p", PathOrInlineDV: "file:///etc/passwd", SizeInBytes: 1, Cardinality: 6}, delta.ErrUnsupported, "outside"},
		"a prefix out of the table": {delta.DeletionVector{StorageType: "u", PathOrInlineDV: "../x" + "ab^-aqEH.-t@S}K{vb[*k^", SizeInBytes: 1, Cardinality: 6}, delta.ErrUnsupported, "leaves"},
		"a file that is missing":    {delta.DeletionVector{StorageType: "u", PathOrInlineDV: "ab^-aqEH.-t@S}K{vb[*k^", SizeInBytes: 1, Cardinality: 6}, nil, "deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := table.Deleted(t.Context(), delta.Add{Path: "a", DeletionVector: &tt.vector})
			switch {
			case tt.want == nil && tt.says == "":
				if err != nil || !slices.Equal(rows.ToArray(), []uint64{3, 4, 7, 11, 18, 29}) {
					t.Errorf("Deleted = %v, %v", rows, err)
				}
			case err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says):
				t.Errorf("Deleted: %v; want %v that says %q", err, tt.want, tt.says)
			}
		})
	}
}

// TestPaddedZ85 reads a vector as kernels write those whose length is no
// multiple of four.
func TestPaddedZ85(t *testing.T) {
	t.Parallel()
	const begins = "^Bg9^0rr910000000000iXQKl0rr91000005c8Xg"
	table := delta.Open(&mem.Bucket{}, folder, delta.Options{})
	for text, row := range map[string]uint64{begins + "##093": 3, begins + "##00g": 4096, begins + "##961": 0, begins + "#0093": 768, begins + "####3": 0, "##093" + begins: 0} {
		vector := &delta.DeletionVector{StorageType: "i", PathOrInlineDV: text, SizeInBytes: 34, Cardinality: 1}
		rows, err := table.Deleted(t.Context(), delta.Add{Path: "a", DeletionVector: vector})
		switch {
		case row == 0 && !errors.Is(err, delta.ErrDamaged):
			t.Errorf("%s: %v, %v; want it to be damaged", text, rows, err)
		case row > 0 && (err != nil || !slices.Equal(rows.ToArray(), []uint64{row})):
			t.Errorf("%s: %v, %v; want row %d", text, rows, err, row)
		}
	}
}
