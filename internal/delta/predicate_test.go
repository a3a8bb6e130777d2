package delta_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// typed are columns of every type, each named as its type.
func typed() []delta.Column {
	var columns []delta.Column
	for _, name := range []string{
		"string", "long", "integer", "short", "byte", "float", "double", "boolean", "date", "timestamp", "timestamp_ntz",
		"binary", "void", "array", "map", "struct",
	} {
		columns = append(columns, delta.Column{Name: name, Physical: name, Type: delta.DataType{Name: name}})
	}
	columns = append(columns, delta.Column{Name: "decimal", Physical: "decimal", Type: delta.DataType{Name: "decimal", Precision: 5, Scale: 2}})
	for _, odd := range []string{`a=b "c"`, "Nom entreprise", "is null", "İs"} {
		columns = append(columns, delta.Column{Name: odd, Physical: odd, Type: delta.DataType{Name: "string"}})
	}
	return columns
}

func TestParsePredicate(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	midnight := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]delta.Predicate{
		"string = Signé":                        {Column: "string", Op: delta.Equal, Value: "Signé"},
		"  STRING='it''s'":                      {Column: "string", Op: delta.Equal, Value: "it's"},
		`string == " x "`:                       {Column: "string", Op: delta.Equal, Value: " x "},
		"string = ''":                           {Column: "string", Op: delta.Equal, Value: ""},
		"string = 'null'":                       {Column: "string", Op: delta.Equal, Value: "null"},
		"string = a >= b":                       {Column: "string", Op: delta.Equal, Value: "a >= b"},
		"string is null":                        {Column: "string", Op: delta.IsNull},
		"string  IS  NOT\tNull":                 {Column: "string", Op: delta.IsNotNull},
		`"string" is not null`:                  {Column: "string", Op: delta.IsNotNull},
		"is null is null":                       {Column: "is null", Op: delta.IsNull},
		"map is null":                           {Column: "map", Op: delta.IsNull},
		"binary is not null":                    {Column: "binary", Op: delta.IsNotNull},
		"İs is null":                            {Column: "İs", Op: delta.IsNull},
		`"a=b ""c"""<>x`:                        {Column: `a=b "c"`, Op: delta.NotEqual, Value: "x"},
		"nom entreprise != x y":                 {Column: "Nom entreprise", Op: delta.NotEqual, Value: "x y"},
		"long >= -9223372036854775808":          {Column: "long", Op: delta.GreaterOrEqual, Value: int64(math.MinInt64)},
		"byte < -128":                           {Column: "byte", Op: delta.Less, Value: int64(-128)},
		"double <= -0.5e3":                      {Column: "double", Op: delta.LessOrEqual, Value: -500.0},
		"double > inf":                          {Column: "double", Op: delta.Greater, Value: math.Inf(1)},
		"float = 0.1":                           {Column: "float", Op: delta.Equal, Value: float64(float32(0.1))},
		"boolean = TRUE":                        {Column: "boolean", Op: delta.Equal, Value: true},
		"date = 2026-01-31":                     {Column: "date", Op: delta.Equal, Value: midnight},
		"timestamp = 2026-01-31T13:00+01:00":    {},
		"timestamp = 2026-01-31T13:00:00+01:00": {Column: "timestamp", Op: delta.Equal, Value: noon},
		"timestamp > 2026-01-31":                {Column: "timestamp", Op: delta.Greater, Value: midnight},
		"timestamp_ntz = 2026-01-31 12:00:00":   {Column: "timestamp_ntz", Op: delta.Equal, Value: noon},
		"decimal = 999.99":                      {Column: "decimal", Op: delta.Equal, Value: big.NewRat(99999, 100)},
		"decimal = -1.50":                       {Column: "decimal", Op: delta.Equal, Value: big.NewRat(-3, 2)},
	} {
		got, err := delta.ParsePredicate(typed(), text)
		if want.Column == "" {
			if !errors.Is(err, delta.ErrPredicate) {
				t.Errorf("%s is read as %v, %v", text, got, err)
			}
			continue
		}
		rational, ok := got.Value.(*big.Rat)
		if wanted, isRational := want.Value.(*big.Rat); ok && isRational && rational.Cmp(wanted) == 0 {
			got.Value = want.Value
		}
		if err != nil || got != want {
			t.Errorf("%s is read as %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParsePredicateSaysWhatToWrite(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                            "write a column, an operator and a value",
		"string":                      "write a column, an operator and a value",
		"string Jeanne":               "write a column, an operator and a value",
		`"string = Jeanne`:            "are not closed",
		`"string" Jeanne`:             "write an operator",
		"string ! Jeanne":             "write an operator",
		"nobody = Jeanne":             "the columns are string, long,",
		"string =":                    "'' for the empty text",
		"string = NULL":               "string is null",
		`"a=b ""c""" = null`:          `write "a=b ""c""" is null`,
		"string = Jeanne\xff":         "write a text",
		"byte = 128":                  "from -128 to 127",
		"long = 1.5":                  "whole number of 64 bits",
		"integer = 2147483648":        "whole number of 32 bits",
		"float = Jeanne":              "nan or inf",
		"float = 1e39":                "nan or inf",
		"boolean = Jeanne":            "true or false",
		"date = 2026-02-30":           "2026-01-31",
		"date = 2026-01-31T00:00:00Z": "2026-01-31",
		"timestamp = Jeanne":          "2026-01-31T15:04:05Z",
		"timestamp = 2026-01-31 00:00:00.1234567": "2026-01-31T15:04:05Z",
		"decimal = 1000":  "3 digits before and 2 behind",
		"decimal = 1.125": "3 digits before and 2 behind",
		"binary = Jeanne": "type binary, which cannot be compared",
		"void is null":    "type void",
		"array = Jeanne":  "type array",
		"map = Jeanne":    "type map",
		"struct = Jeanne": "type struct",
	} {
		p, err := delta.ParsePredicate(typed(), text)
		if !errors.Is(err, delta.ErrPredicate) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "Jeanne") {
			t.Errorf("%q is read as %v, %v; want a refusal that says %q, and not the value", text, p, err, says)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	nan, zero := math.NaN(), math.Copysign(0, -1)
	day := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		value any
		cells []any // in their order; the middle one equals value, where there are three
	}{
		{"é", []any{"e\u0301", "é", "\U0001F600"}},
		{"\uFFFF", []any{"\uE000", "\uFFFF", "\U00010000"}},
		{int64(0), []any{int64(-1), int64(0), int64(math.MaxInt64)}},
		{0.0, []any{math.Inf(-1), zero, nan}},
		{math.Inf(1), []any{math.MaxFloat64, math.Inf(1), nan}},
		{nan, []any{math.Inf(1), nan}},
		{true, []any{false, true}},
		{false, []any{nil, false, true}},
		{day, []any{day.Add(-time.Microsecond), day.In(time.FixedZone("", 3600)), day.Add(1)}},
		{big.NewRat(3, 2), []any{"1.49", "1.500", "12345678901234567890.1"}},
	} {
		for op, want := range map[delta.Op][3]bool{
			delta.Equal: {false, true, false}, delta.NotEqual: {true, false, true}, delta.Less: {true, false, false},
			delta.LessOrEqual: {true, true, false}, delta.Greater: {false, false, true}, delta.GreaterOrEqual: {false, true, true},
			delta.IsNull: {}, delta.IsNotNull: {true, true, true},
		} {
			p := delta.Predicate{Op: op, Value: tt.value}
			for i, cell := range tt.cells {
				if got := p.Matches(cell); cell != nil && got != want[i] {
					t.Errorf("%v %s %v is %v", cell, op, tt.value, got)
				}
			}
			if got := p.Matches(nil); got != (op == delta.IsNull) {
				t.Errorf("null %s %v is %v", op, tt.value, got)
			}
		}
	}
}

// tableOf returns a table with one column x, in one file for each of the adds.
func tableOf(t *testing.T, kind string, partitioned bool, adds ...delta.Add) *delta.Snapshot {
	t.Helper()
	schema, err := delta.Schema{Fields: []delta.Field{{Name: "x", Type: delta.Type(`"` + kind + `"`), Nullable: true}}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	m := delta.Metadata{ID: "m", Format: delta.Format{Provider: "parquet"}, SchemaString: schema, PartitionColumns: []string{}}
	if partitioned {
		m.PartitionColumns = []string{"x"}
	}
	protocol := protocol12
	if kind == "timestamp_ntz" {
		protocol = `{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["timestampNtz"],"writerFeatures":["timestampNtz"]}}` + "\n"
	}
	log := []delta.Action{{Metadata: &m}}
	for i := range adds {
		adds[i].Path = string(rune('a' + i))
		log = append(log, delta.Action{Add: &adds[i]})
	}
	var text strings.Builder
	for _, a := range log {
		if err := json.NewEncoder(&text).Encode(a); err != nil {
			t.Fatal(err)
		}
	}
	bucket := &mem.Bucket{}
	if err := bucket.Create(t.Context(), folder+"/_delta_log/00000000000000000000.json", strings.NewReader(protocol+text.String())); err != nil {
		t.Fatal(err)
	}
	s, err := delta.Open(bucket, folder, delta.Options{}).Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keeps reports whether a file with these statistics is kept.
func keeps(t *testing.T, kind, stats, condition string) bool {
	t.Helper()
	s := tableOf(t, kind, false, delta.Add{Stats: stats})
	return len(where(t, s, condition)) > 0
}

func where(t *testing.T, s *delta.Snapshot, condition string) []string {
	t.Helper()
	columns, err := s.Columns()
	if err != nil {
		t.Fatal(err)
	}
	p, err := delta.ParsePredicate(columns, condition)
	if err != nil {
		t.Fatal(err)
	}
	some, err := s.Where([]delta.Predicate{p})
	if err != nil {
		t.Fatal(err)
	}
	return files(some)
}

// TestWhereByStatistics has what each writer may mean by its statistics: which
// conditions leave a file out, and which must keep it.
func TestWhereByStatistics(t *testing.T) {
	t.Parallel()
	between := func(low, high string) string {
		return `{"numRecords":3,"minValues":{"x":` + low + `},"maxValues":{"x":` + high + `},"nullCount":{"x":1}}`
	}
	a32 := strings.Repeat("a", 32)
	for _, tt := range []struct {
		kind, stats string
		out, kept   []string
	}{
		{"long", between("3", "7"), []string{"x = 2", "x = 8", "x < 3", "x <= 2", "x > 7", "x >= 8"}, []string{"x = 3", "x = 7", "x != 3", "x <= 3", "x < 4", "x > 6", "x >= 7", "x is null", "x is not null"}},
		{"long", between("3", "3"), []string{"x != 3", "x < 3", "x > 3"}, []string{"x = 3", "x != 4", "x is null"}},
		{"long", between("7", "3"), nil, []string{"x = 2", "x > 9", "x != 7"}},
		{"long", between("3.0", "7e0"), nil, []string{"x = 2", "x = 8"}},
		{"long", between("null", "7"), []string{"x > 7"}, []string{"x = 2"}},
		{"long", `{"numRecords":2,"nullCount":{"x":0}}`, []string{"x is null"}, []string{"x is not null", "x = 1"}},
		{"long", `{"numRecords":2,"nullCount":{"x":2}}`, []string{"x is not null", "x = 1", "x != 1"}, []string{"x is null"}},
		{"long", `{"numRecords":2,"nullCount":{"x":2},"minValues":{"x":1},"maxValues":{"x":1},"tightBounds":false}`, []string{"x is not null", "x = 1"}, []string{"x is null"}},
		{"long", `{"numRecords":2,"nullCount":{"x":1},"minValues":{"x":1},"maxValues":{"x":1},"tightBounds":false}`, []string{"x != 1"}, []string{"x is null", "x = 1", "x is not null"}},
		{"long", `{"nullCount":{"x":2}}`, nil, []string{"x is null", "x is not null", "x = 1"}},
		{"long", `{"numRecords":"many","minValues":[],"maxValues":{"x":1},"nullCount":{"x":{"y":0}}}`, []string{"x > 1"}, []string{"x < 0", "x is null", "x is not null"}},
		{"long", `{"numRecords":2`, nil, []string{"x = 1", "x is null"}},
		{"long", ``, nil, []string{"x = 1", "x is null", "x is not null"}},
		{"long", `{"numRecords":2,"minValues":{"y":1},"maxValues":{"y":1},"nullCount":{"y":0}}`, nil, []string{"x = 2", "x is null", "x != 1"}},

		{"string", between(`"b"`, `"d"`), []string{"x = a", "x = da", "x < b", "x > d", "x >= e"}, []string{"x = c", "x > cz", "x >= d", "x = \U0001F600", "x > \uE000"}},
		{"string", between(`"b"`, `"b"`), []string{"x != b"}, []string{"x != c"}},
		{"string", between(`"a"`, `"`+a32+`"`), []string{"x = b", "x >= ab", "x > b"}, []string{"x = " + a32 + "z", "x > " + a32, "x >= " + a32 + "z", "x != " + a32}},
		{"string", between(`"`+a32+`"`, `"`+a32+`"`), []string{"x < " + a32}, []string{"x != " + a32}},
		{"string", between(`"a"`, `"`+a32+`\ufffd"`), []string{"x > b"}, []string{"x = " + a32 + "\U0001F600", "x > " + a32 + "z"}},
		{"string", between(`"a"`, `"b\ud83d"`), []string{"x > c"}, []string{"x > bz", "x = b\U0001F600"}},
		{"string", between(`"b\ud83d"`, `"c"`), []string{"x < b"}, []string{"x = bz"}},
		{"string", between(`1`, `2`), nil, []string{"x = a", "x = 3"}},

		{"double", between("1.5", "2.5"), []string{"x = 1", "x = 3", "x < 1.5", "x <= 1"}, []string{"x > 2.5", "x >= 3", "x != 2", "x = nan", "x < nan", "x >= nan"}},
		{"double", between("2", "2"), nil, []string{"x != 2", "x > 2"}},
		{"double", between("-0.0", "-0.0"), []string{"x < 0", "x = 1"}, []string{"x = 0", "x >= 0", "x <= 0"}},
		{"double", between("0", "0.1"), []string{"x = 0.2"}, []string{"x = 0.10000000149011612"}},
		{"double", between(`"NaN"`, `"NaN"`), nil, []string{"x = 1", "x = nan"}},
		{"float", between("0.1", "0.1"), []string{"x < 0.09"}, []string{"x = 0.1", "x > 0.1"}},

		{"decimal(5,2)", between("1.5", "2"), []string{"x < 1.50", "x > 2.00", "x = 2.01"}, []string{"x = 1.5", "x >= 2"}},
		{"decimal(20,17)", between("0.3", "0.3"), []string{"x = 0.4"}, []string{"x = 0.30000000000000001", "x != 0.3"}},
		{"boolean", between("true", "true"), []string{"x = false", "x != true", "x < true"}, []string{"x = true", "x >= false"}},

		{"date", between(`"2026-01-31"`, `"2026-02-28"`), []string{"x < 2026-01-31", "x > 2026-02-28", "x = 2026-03-01"}, []string{"x = 2026-01-31", "x >= 2026-02-28"}},
		{"date", between(`"1582-10-04"`, `"1582-10-04"`), nil, []string{"x > 1582-10-10", "x < 1582-10-01"}},
		{"timestamp", between(`"2026-01-01T00:00:00.000Z"`, `"2026-01-01T00:00:00.123Z"`), []string{"x < 2025-12-31T23:59:59Z", "x > 2026-01-01T00:00:00.125Z", "x = 2026-01-01T00:00:00.125Z"}, []string{"x = 2026-01-01T00:00:00.123999Z", "x > 2026-01-01T00:00:00.1235Z"}},
		{"timestamp", between(`"2026-01-01T00:00:00.000Z"`, `"2026-01-01T00:00:00.000Z"`), nil, []string{"x != 2026-01-01T00:00:00Z"}},
		{"timestamp", between(`"2026-01-01T00:00:00.000-08:00"`, `"2026-01-02 00:00:00"`), []string{"x < 2025-12-31", "x > 2026-01-03T00:00:01Z"}, []string{"x < 2026-01-01", "x > 2026-01-02T12:00:00Z"}},
		{"timestamp_ntz", between(`"2026-01-01"`, `"2026-01-02T00:00:00.000"`), []string{"x < 2025-12-31", "x > 2026-01-02 00:00:00.002"}, []string{"x = 2026-01-01", "x = 2026-01-02 00:00:00.000999"}},
		{"timestamp_ntz", between(`"2026-01-01T00:00:00+05:00"`, `"2026-01-02T00:00:00+05:00"`), []string{"x < 2025-12-30"}, []string{"x = 2026-01-02", "x < 2026-01-01"}},
		{"timestamp", between(`"1850-01-01T00:00:00.000Z"`, `"1850-01-01T00:00:00.000Z"`), nil, []string{"x < 1850-01-01", "x > 1850-01-02"}},
	} {
		for _, condition := range tt.out {
			if keeps(t, tt.kind, tt.stats, condition) {
				t.Errorf("a file of %s with %s is kept for %s", tt.kind, tt.stats, condition)
			}
		}
		for _, condition := range tt.kept {
			if !keeps(t, tt.kind, tt.stats, condition) {
				t.Errorf("a file of %s with %s is left out for %s", tt.kind, tt.stats, condition)
			}
		}
	}
}

func TestWhereByPartition(t *testing.T) {
	t.Parallel()
	text := func(s string) map[string]*string { return map[string]*string{"x": &s} }
	for _, tt := range []struct {
		kind      string
		values    []string // of the files a, b, …; then two with null, one damaged, one that says nothing
		condition string
		want      string // without the last two, which are always kept
	}{
		{"long", []string{"5", "7"}, "x = 5", "a"},
		{"long", []string{"5", "7"}, "x != 5", "b"},
		{"long", []string{"5", "7"}, "x is null", "cd"},
		{"long", []string{"5", "7"}, "x is not null", "ab"},
		{"date", []string{"2026-01-31", "2026-02-01"}, "x > 2026-01-31", "b"},
		{"timestamp", []string{"2026-01-31 00:00:00", "2026-01-31T00:00:00.000001Z"}, "x = 2026-01-31T00:00:00Z", "a"},
		{"decimal(5,2)", []string{"1.5", "1.51"}, "x <= 1.50", "a"},
		{"double", []string{"NaN", "-0.0"}, "x > 1", "a"},
		{"double", []string{"NaN", "-0.0"}, "x = 0", "b"},
		{"boolean", []string{"true", "false"}, "x", ""},
	} {
		if tt.condition == "x" {
			tt.condition, tt.want = "x = true", "a"
		}
		adds := []delta.Add{}
		for _, v := range tt.values {
			adds = append(adds, delta.Add{PartitionValues: text(v)})
		}
		adds = append(adds, delta.Add{PartitionValues: map[string]*string{"x": nil}}, delta.Add{PartitionValues: text("")},
			delta.Add{PartitionValues: text("?")}, delta.Add{PartitionValues: map[string]*string{}})
		want := append(strings.Split(tt.want, ""), "e", "f")
		if got := where(t, tableOf(t, tt.kind, true, adds...), tt.condition); !slices.Equal(got, want) {
			t.Errorf("for %s of %s the files %v are kept, want %v", tt.condition, tt.kind, got, want)
		}
	}
}

func TestWhereRefuses(t *testing.T) {
	t.Parallel()
	s := tableOf(t, "long", false, delta.Add{})
	for name, p := range map[string]delta.Predicate{
		"another column":  {Column: "y", Op: delta.IsNull},
		"no operator":     {Column: "x", Op: "~", Value: int64(1)},
		"a value as text": {Column: "x", Op: delta.Equal, Value: "1"},
		"an int":          {Column: "x", Op: delta.Equal, Value: 1},
		"no value":        {Column: "x", Op: delta.Equal},
		"a value in vain": {Column: "x", Op: "is null"},
		"a rational":      {Column: "x", Op: delta.Equal, Value: big.NewRat(1, 1)},
		"no rational":     {Column: "x", Op: delta.Equal, Value: (*big.Rat)(nil)},
		"the year 0":      {Column: "x", Op: delta.Equal, Value: time.Time{}.AddDate(-1, 0, 0)},
	} {
		if _, err := s.Where([]delta.Predicate{p}); !errors.Is(err, delta.ErrPredicate) {
			t.Errorf("%s: %v; want ErrPredicate", name, err)
		}
	}
	if all, err := s.Where(nil); err != nil || len(files(all)) != 1 {
		t.Errorf("no condition: %v, %v; want every file", files(all), err)
	}
}
