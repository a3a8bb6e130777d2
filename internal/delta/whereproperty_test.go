package delta_test

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"leadlake/internal/delta"
)

// columnKind is a type of a column, and how writers put its bounds into
// statistics.
type columnKind struct {
	name  string
	draw  *rapid.Generator[any] // a value, as a Predicate holds it
	cell  func(v any) any       // the same as a cell
	write func(t *rapid.T, least, greatest any) (low, high string)
}

func columnKinds() []columnKind {
	same := func(v any) any { return v }
	instant := rapid.Custom(func(t *rapid.T) any {
		base := rapid.SampledFrom([]int64{-2208988800, 0, 1767225600, 4102444800}).Draw(t, "second")
		return time.Unix(base+rapid.Int64Range(0, 3).Draw(t, "seconds"), rapid.Int64Range(0, 3000).Draw(t, "microsecond")*1000).UTC()
	})
	cents := rapid.Custom(func(t *rapid.T) any {
		return new(big.Rat).SetFrac64(rapid.OneOf(rapid.Int64Range(-300, 300), rapid.Int64()).Draw(t, "unscaled"), 100)
	})
	decimalCell := func(v any) any { return v.(*big.Rat).FloatString(2) } //nolint:forcetypeassert // as drawn
	return []columnKind{
		{name: "string", draw: rapid.Map(rapid.StringOfN(rapid.SampledFrom([]rune("aab\u00e9\uE000\U0001F600")), 0, 36, -1), toAny), cell: same, write: writeTexts},
		{name: "long", draw: rapid.Map(rapid.OneOf(rapid.Int64Range(-3, 3), rapid.Int64()), toAny), cell: same, write: writePlain},
		{name: "double", draw: rapid.Map(drawFloat(), toAny), cell: same, write: writeFloats},
		{name: "decimal(20,2)", draw: cents, cell: decimalCell, write: writeDecimals},
		{name: "boolean", draw: rapid.Map(rapid.Bool(), toAny), cell: same, write: writePlain},
		{name: "timestamp", draw: instant, cell: same, write: writeInstants},
	}
}

func toAny[T any](v T) any { return v }

func drawFloat() *rapid.Generator[float64] {
	some := []float64{0, math.Copysign(0, -1), 0.1, float64(float32(0.1)), 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}
	return rapid.OneOf(rapid.SampledFrom(some), rapid.Float64Range(-2, 2))
}

func writePlain(_ *rapid.T, least, greatest any) (low, high string) {
	from, _ := json.Marshal(least)
	to, _ := json.Marshal(greatest)
	return string(from), string(to)
}

// writeTexts writes bounds whole, cut off with the maximum raised, or just cut.
func writeTexts(t *rapid.T, least, greatest any) (low, high string) {
	from, _ := least.(string)
	to, _ := greatest.(string)
	switch rapid.IntRange(0, 3).Draw(t, "cut") {
	case 0:
		raised, bounded := delta.StringMax(to)
		if !bounded {
			return "null", "null"
		}
		from, to = delta.StringMin(from), raised
	case 1:
		from, to = delta.StringMin(from), delta.StringMin(to)
	case 2: // by UTF-16, which may leave half a character, and a mark behind it
		from = cutUTF16(from)
		if cut := cutUTF16(to); cut != to {
			to = cut + "\uFFFD"
		}
	}
	return writePlain(t, from, to)
}

func cutUTF16(s string) string {
	units := utf16.Encode([]rune(s))
	return string(utf16.Decode(units[:min(len(units), 32)]))
}

// writeFloats writes bounds in full, or as those of a column of 32 bits that
// was widened since. Infinity has no place in JSON.
func writeFloats(t *rapid.T, least, greatest any) (low, high string) {
	bits := 64
	from, _ := least.(float64)
	to, _ := greatest.(float64)
	if float64(float32(from)) == from && float64(float32(to)) == to && rapid.Bool().Draw(t, "was narrow") {
		bits = 32
	}
	text := func(f float64) string {
		if math.IsInf(f, 0) {
			return rapid.SampledFrom([]string{"null", `"Infinity"`}).Draw(t, "infinity")
		}
		return strconv.FormatFloat(f, 'g', -1, bits)
	}
	return text(from), text(to)
}

// writeDecimals writes bounds in full, or by way of a double.
func writeDecimals(t *rapid.T, least, greatest any) (low, high string) {
	through := rapid.Bool().Draw(t, "through a double")
	text := func(v any) string {
		digits, _ := v.(*big.Rat)
		if f, _ := digits.Float64(); through {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		return digits.FloatString(2)
	}
	return text(least), text(greatest)
}

func writeInstants(t *rapid.T, least, greatest any) (low, high string) {
	layout := rapid.SampledFrom([]string{"2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05.000000Z07:00", "2006-01-02 15:04:05.000"}).Draw(t, "layout")
	zone := time.FixedZone("", rapid.SampledFrom([]int{0, 0, -8, 13}).Draw(t, "zone")*3600)
	from, _ := least.(time.Time)
	to, _ := greatest.(time.Time)
	return strconv.Quote(from.In(zone).Format(layout)), strconv.Quote(to.In(zone).Format(layout))
}

// drawStats writes statistics as one of many writers would for these values.
func (k columnKind) drawStats(t *rapid.T, values []any) string {
	var present []any
	for _, v := range values {
		if f, isFloat := v.(float64); v != nil && (!isFloat || !math.IsNaN(f)) {
			present = append(present, v)
		}
	}
	nulls := 0
	for _, v := range values {
		if v == nil {
			nulls++
		}
	}
	parts := []string{}
	part := func(text string) {
		if rapid.IntRange(0, 9).Draw(t, "leaves out") > 0 {
			parts = append(parts, text)
		}
	}
	part(`"numRecords":` + strconv.Itoa(len(values)))
	part(`"nullCount":{"x":` + strconv.Itoa(nulls) + `}`)
	if len(present) > 0 {
		byUTF16 := rapid.Bool().Draw(t, "by UTF-16")
		slices.SortFunc(present, func(a, b any) int { return k.order(a, b, byUTF16) })
		low, high := k.write(t, present[0], present[len(present)-1])
		part(`"minValues":{"x":` + low + `}`)
		part(`"maxValues":{"x":` + high + `}`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (k columnKind) order(a, b any, byUTF16 bool) int {
	if text, ok := a.(string); ok && byUTF16 {
		other, _ := b.(string)
		return slices.Compare(utf16.Encode([]rune(text)), utf16.Encode([]rune(other)))
	}
	switch {
	case (delta.Predicate{Op: delta.Less, Value: b}).Matches(k.cell(a)):
		return -1
	case (delta.Predicate{Op: delta.Greater, Value: b}).Matches(k.cell(a)):
		return 1
	}
	return 0
}

// TestWhereLeavesNoRowOut: whatever a writer says of a file in the ways that
// writers have, the file is kept for a condition that one of its rows meets.
func TestWhereLeavesNoRowOut(t *testing.T) {
	t.Parallel()
	asked, left := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		k := rapid.SampledFrom(columnKinds()).Draw(rt, "type")
		values := rapid.SliceOfN(rapid.OneOf(k.draw, k.draw, k.draw, rapid.Just[any](nil)), 1, 4).Draw(rt, "rows")
		add := delta.Add{Stats: k.drawStats(rt, values)}
		partitioned := rapid.IntRange(0, 5).Draw(rt, "partitioned") == 0
		if partitioned {
			values = values[:1]
			add.PartitionValues = map[string]*string{"x": k.partition(values[0])}
		}
		if values[0] == "" && partitioned {
			values[0] = nil // which is how the protocol writes it
		}
		s := tableOf(t, k.name, partitioned, add)
		for range 20 {
			p := delta.Predicate{Column: "x", Op: rapid.SampledFrom([]delta.Op{
				delta.Equal, delta.NotEqual, delta.Less, delta.LessOrEqual, delta.Greater, delta.GreaterOrEqual, delta.IsNull, delta.IsNotNull,
			}).Draw(rt, "op")}
			if p.Value = values[rapid.IntRange(0, len(values)-1).Draw(rt, "row")]; p.Value == nil || rapid.Bool().Draw(rt, "another value") {
				p.Value = k.draw.Draw(rt, "value")
			}
			some, err := s.Where([]delta.Predicate{p})
			if err != nil {
				rt.Fatal(err)
			}
			asked++
			if len(files(some)) > 0 {
				continue
			}
			left++
			if i := slices.IndexFunc(values, func(v any) bool { return v == nil && p.Matches(nil) || v != nil && p.Matches(k.cell(v)) }); i >= 0 {
				rt.Fatalf("the file with %v of %v and the statistics %s is left out for %s %v", values[i], values, add.Stats, p.Op, p.Value)
			}
		}
	})
	t.Logf("%d of %d times the file was left out", left, asked)
	if left*20 < asked {
		t.Errorf("only %d of %d times the file was left out: the statistics are of no use", left, asked)
	}
}

// partition writes a value as one of a partition.
func (k columnKind) partition(v any) *string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return &v
	case float64:
		return new(strconv.FormatFloat(v, 'g', -1, 64))
	case *big.Rat:
		return new(v.FloatString(2))
	case time.Time:
		return new(v.Format("2006-01-02 15:04:05.000000"))
	}
	text, _ := json.Marshal(v)
	return new(string(text))
}
