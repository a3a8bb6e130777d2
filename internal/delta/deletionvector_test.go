package delta_test

import (
	"errors"
	"slices"
	"testing"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// TestInlineDeletionVectors reads the protocol's example, which is in the
// native form, and the same rows in the portable one.
func TestInlineDeletionVectors(t *testing.T) {
	t.Parallel()
	table := delta.Open(&mem.Bucket{}, folder, delta.Options{})
	for text, size := range map[string]int64{
		"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L":      40,
		"^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L": 44,
	} {
		vector := &delta.DeletionVector{StorageType: "i", PathOrInlineDV: text, SizeInBytes: size, Cardinality: 6}
		rows, err := table.Deleted(t.Context(), delta.Add{Path: "f", DeletionVector: vector})
		if err != nil || !slices.Equal(rows.ToArray(), []uint64{3, 4, 7, 11, 18, 29}) {
			t.Errorf("%s deletes %v, %v", text, rows, err)
		}
		for cut := range size { // what is cut off is refused
			vector := &delta.DeletionVector{StorageType: "i", PathOrInlineDV: text, SizeInBytes: cut, Cardinality: 6}
			if _, err := table.Deleted(t.Context(), delta.Add{Path: "f", DeletionVector: vector}); !errors.Is(err, delta.ErrDamaged) {
				t.Errorf("%d bytes of %s: %v", cut, text, err)
			}
		}
	}
}
