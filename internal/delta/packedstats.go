package delta

import (
	"encoding/binary"
	"iter"
	"strings"
)

// The statistics of a table's files say nearly the same: one text for all of
// them, but for numbers and short strings. In memory each is kept as what
// differs from another one, which is a third of it or less.

const (
	leastStats = 64 // bytes: shorter ones are kept as they are
	seed       = 8  // bytes that have to be the same again for a difference to end
)

// packStats returns what of stats differs from like: over and over how many
// bytes are the same, how many are not, these, and how many of like stand for
// them.
func packStats(like, stats string) string {
	var room [512]byte
	packed := room[:0]
	for stats != "" {
		same := commonPrefix(like, stats)
		like, stats = like[same:], stats[same:]
		other, instead := difference(like, stats)
		packed = binary.AppendUvarint(packed, uint64(same))  //nolint:gosec // a length
		packed = binary.AppendUvarint(packed, uint64(other)) //nolint:gosec // a length
		packed = append(packed, stats[:other]...)
		packed = binary.AppendUvarint(packed, uint64(instead)) //nolint:gosec // a length
		like, stats = like[instead:], stats[other:]
	}
	return string(packed)
}

func commonPrefix(a, b string) int {
	const step = 32
	n, i := min(len(a), len(b)), 0
	for i+step <= n && a[i:i+step] == b[i:i+step] {
		i += step
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// difference returns how far stats goes before it is again as like, and how far
// like goes until then. It looks where values end.
func difference(like, stats string) (other, instead int) {
	for other < len(stats) {
		step := strings.IndexAny(stats[other:], `",`)
		if step < 0 || other+step+seed > len(stats) {
			break
		}
		other += step
		if at := strings.Index(like, stats[other:other+seed]); at >= 0 {
			return other, at
		}
		other++
	}
	return len(stats), 0
}

// unpackStats returns the stats of which packStats returned packed.
func unpackStats(like, packed string) string {
	var stats strings.Builder
	stats.Grow(len(like) + len(packed))
	for piece := range pieces(like, packed) {
		stats.WriteString(piece)
	}
	return stats.String()
}

// samePacked reports whether unpackStats would return stats.
func samePacked(like, packed, stats string) bool {
	for piece := range pieces(like, packed) {
		if !strings.HasPrefix(stats, piece) {
			return false
		}
		stats = stats[len(piece):]
	}
	return stats == ""
}

// pieces yields the stats of which packStats returned packed, one piece after
// the other.
func pieces(like, packed string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for packed != "" {
			var same, other, instead int
			same, packed = length(packed)
			other, packed = length(packed)
			if !yield(like[:same]) || !yield(packed[:other]) {
				return
			}
			instead, packed = length(packed[other:])
			like = like[same+instead:]
		}
	}
}

// length reads what binary.AppendUvarint wrote.
func length(packed string) (n int, rest string) {
	for shift := 0; ; shift += 7 {
		b := packed[0]
		n, packed = n|int(b&0x7f)<<shift, packed[1:]
		if b < 0x80 {
			return n, packed
		}
	}
}
