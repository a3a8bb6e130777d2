package app_test

import (
	"slices"
	"strconv"
	"strings"
)

// shapes are values and names of every kind.
func shapes() []foreign {
	odd := []string{"file_row_number", "filename", "file_index", "_file", "c0", "t", "e0", `a"b`, "é", "e\u0301", "it's", " "}
	var names, cells []string
	for i, name := range odd {
		names = append(names, field(name, "integer"))
		cells = append(cells, string(rune('0'+i%10))+`::INTEGER AS "`+strings.ReplaceAll(name, `"`, `""`)+`"`)
	}
	row := []string{
		`" ":1`, `"_file":3`, `"a\"b":7`, `"c0":4`, `"e0":6`, "\"e\u0301\":9", `"file_index":2`, `"file_row_number":0`, `"filename":1`,
		`"it's":0`, `"t":5`, `"é":8`,
	}
	line := "{" + strings.Join(row, ",") + "}"
	return []foreign{
		{
			name: "columns with DuckDB's own names", schema: fields(names...), want: line + "\n" + line,
			files: []foreignFile{{query: "SELECT " + strings.Join(cells, ", ")}, {path: "g.parquet", query: "SELECT " + strings.Join(cells, ", ")}},
		},
		{name: "no file", schema: field("x", "long")},
		{
			name: "files with other columns and no rows", schema: fields(field("x", "long"), field("v", "void"), field("s", structOf(field("a", "long")))),
			files: []foreignFile{
				{query: "SELECT 1::BIGINT AS x WHERE false"},
				{path: "g.parquet", query: "SELECT 1 AS _change_type, {'b': 2} AS s"},
				{path: "h.parquet", query: "SELECT 7::BIGINT AS X"},
			},
			want: `{"s":null,"v":null,"x":7}` + "\n" + `{"s":{"a":null},"v":null,"x":null}`,
		},
		{
			name:   "maps in maps",
			schema: fields(field("m", mapOf(`"string"`, mapOf(`"integer"`, arrayOf(mapOf(`"binary"`, `"string"`))))), field("k", mapOf(structOf(field("a", "integer")), `"double"`))),
			files: []foreignFile{{query: `SELECT MAP {'z': MAP {10: [MAP {'\xFF'::BLOB: 'x', ''::BLOB: NULL}, NULL, MAP {}], 9: NULL}, 'it''s': MAP {}, 'é': NULL} AS m,
				MAP {{'a': 10}: 'nan'::DOUBLE, {'a': 9}: NULL} AS k UNION ALL SELECT MAP {}, MAP {} UNION ALL SELECT NULL, NULL`}},
			want: `{"k":[[{"a":10},"nan"],[{"a":9},null]],"m":[["it's",[]],["z",[[10,[[["",null],["ff","x"]],null,[]]],[9,null]]],["é",null]]}` + "\n" +
				`{"k":[],"m":[]}` + "\n" + `{"k":null,"m":null}`,
		},
		{
			name:   "lists of lists of structs",
			schema: field("l", arrayOf(arrayOf(structOf(field("b", arrayOf(`"integer"`)), field("a", mapOf(`"string"`, `"integer"`)))))),
			files:  []foreignFile{{query: `SELECT [[{'b': [1, NULL], 'a': MAP {'k': NULL, 'a': 1}}, NULL], NULL, []] AS l UNION ALL SELECT []`}},
			want:   `{"l":[[{"a":[["a",1],["k",null]],"b":[1,null]},null],null,[]]}` + "\n" + `{"l":[]}`,
		},
		{
			name:   "edges of numbers",
			schema: fields(field("d", "double"), field("f", "float"), field("n", "decimal(38,10)"), field("b", "binary"), field("l", "long")),
			files: []foreignFile{{query: `SELECT '-0.0'::DOUBLE AS d, '0.1'::FLOAT AS f, '-9999999999999999999999999999.9999999999'::DECIMAL(38,10) AS n, '\x00\xFF'::BLOB AS b, '-9223372036854775808'::BIGINT AS l
				UNION ALL SELECT '5e-324'::DOUBLE, '-inf'::FLOAT, '0.0000000001'::DECIMAL(38,10), ''::BLOB, 9223372036854775807`}},
			want: `{"b":"","d":"5e-324","f":"-inf","l":9223372036854775807,"n":"0.0000000001"}` + "\n" +
				`{"b":"00ff","d":"-0.0","f":"0.10000000149011612","l":-9223372036854775808,"n":"-9999999999999999999999999999.9999999999"}`,
		},
		{
			name:   "edges of time",
			schema: fields(field("d", "date"), field("t", "timestamp"), field("old", "timestamp"), field("n", "timestamp_ntz")),
			files: []foreignFile{{query: `SELECT '0001-01-01'::DATE AS d, '0001-01-01 00:00:00+00'::TIMESTAMPTZ AS t, '9999-12-31 23:59:59.999999'::TIMESTAMP AS old, '1969-12-31 23:59:59.999999'::TIMESTAMP AS n
				UNION ALL SELECT '10000-01-01'::DATE, '9999-12-31 23:59:59.999999+00'::TIMESTAMPTZ, '1816-03-30 05:56:08.066277'::TIMESTAMP, '0001-01-01 00:00:00'::TIMESTAMP`}},
			want: `{"d":"0001-01-01","n":"1969-12-31T23:59:59.999999","old":"9999-12-31T23:59:59.999999Z","t":"0001-01-01T00:00:00.000000Z"}` + "\n" +
				`{"d":"10000-01-01","n":"0001-01-01T00:00:00.000000","old":"1816-03-30T05:56:08.066277Z","t":"9999-12-31T23:59:59.999999Z"}`,
		},
		{
			name: "wider than the file, at every level",
			schema: fields(field("s", structOf(field("a", "long"))), field("l", arrayOf(`"double"`)), field("m", mapOf(`"integer"`, `"decimal(10,4)"`)),
				field("d", "timestamp_ntz"), field("i", "decimal(12,2)"), field("b", "byte")),
			files: []foreignFile{{query: `SELECT {'a': 7::TINYINT} AS s, [1.25::FLOAT, NULL] AS l, MAP {1::SMALLINT: 1.25::DECIMAL(5,2)} AS m, '0001-01-01'::DATE AS d, -5::INTEGER AS i, 3::TINYINT AS b`}},
			want:  `{"b":3,"d":"0001-01-01T00:00:00.000000","i":"-5.00","l":["1.25",null],"m":[[1,"1.2500"]],"s":{"a":7}}`,
		},
		{
			name:   "bytes and shorts that became decimals of few digits",
			schema: fields(widened("b", "byte", "decimal(4,1)"), widened("s", "short", "decimal(5,0)"), widened("i", "integer", "decimal(11,1)")),
			files: []foreignFile{
				{query: `SELECT (-128)::TINYINT AS b, 32767::SMALLINT AS s, 2147483647::INTEGER AS i`},
				{path: "g.parquet", query: `SELECT 123.4::DECIMAL(4,1) AS b, 99999::DECIMAL(5,0) AS s, 0.1::DECIMAL(11,1) AS i`},
			},
			want: `{"b":"-128.0","i":"2147483647.0","s":"32767"}` + "\n" + `{"b":"123.4","i":"0.1","s":"99999"}`,
		},
		{
			name: "a byte that became a decimal too small for it", schema: widened("b", "byte", "decimal(3,1)"),
			files: []foreignFile{{query: `SELECT 1::TINYINT AS b`}}, refuse: `typeWidening of column "b" from byte to decimal(3,1)`,
		},
	}
}

// widened is a column whose type has changed.
func widened(name, from, to string) string {
	return `{"name":"` + name + `","type":"` + to + `","nullable":true,"metadata":{"delta.typeChanges":[{"fromType":"` + from + `","toType":"` + to + `"}]}}`
}

// mapped are tables in which columns have other names in the files, and rows
// that are deleted.
func mapped() []foreign {
	nested := fields(
		field("s", structOf(field("a", "long", "phys-a", "11"), field("l", arrayOf(structOf(field("k", "string", "p13", "13"), field("new", "long", "p14", "14"))), "p12", "12")), "c1", "1"),
		field("y", "integer", "y", "7"), field("n", "long", "n", "2"))
	vector := `{"storageType":"i","pathOrInlineDv":"^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L","sizeInBytes":44,"cardinality":6}`
	left := []string{`{"x":3}`} // in the file that has no vector
	for x := range 30 {
		if !slices.Contains([]int{3, 4, 7, 11, 18, 29}, x) {
			left = append(left, `{"x":`+strconv.Itoa(x)+`}`)
		}
	}
	slices.Sort(left)
	return []foreign{
		{
			name: "by id", mode: "id", schema: nested,
			files: []foreignFile{{
				query: `SELECT {'q1': 1, 'q2': [{'k': 'x'}, NULL]} AS z, 5 AS y, 6::BIGINT AS extra UNION ALL SELECT NULL, 5, NULL`,
				copy:  ", FIELD_IDS {z: {__duckdb_field_id: 1, q1: 11, q2: {__duckdb_field_id: 12, element: {k: 13}}}, y: 99, extra: 2}",
			}},
			want: `{"n":6,"s":{"a":1,"l":[{"k":"x","new":null},null]},"y":null}` + "\n" + `{"n":null,"s":null,"y":null}`,
		},
		{name: "by id without ids", mode: "id", schema: nested, files: []foreignFile{{query: `SELECT 1 AS y`}}, refuse: "f.parquet: column \"s\": the file has no field ids"},
		{
			name: "by name", mode: "name", schema: nested,
			files: []foreignFile{{query: `SELECT {'p12': [{'p13': 'x'}], 'phys-a': 1} AS c1, 2::BIGINT AS n`}, {path: "g.parquet", query: `SELECT 9 AS y, 'not s' AS s`}},
			want:  `{"n":2,"s":{"a":1,"l":[{"k":"x","new":null}]},"y":null}` + "\n" + `{"n":null,"s":null,"y":9}`,
		},
		{
			name: "deleted rows", schema: field("x", "long"),
			files: []foreignFile{{query: "SELECT range AS x FROM range(30)", vector: vector}, {path: "g.parquet", query: "SELECT 3::BIGINT AS x"}},
			want:  strings.Join(left, "\n"),
		},
		{
			name: "deleted rows that are not there", schema: field("x", "long"), refuse: "f.parquet: its deletion vector names rows beyond its 29",
			files: []foreignFile{{query: "SELECT range AS x FROM range(29)", vector: vector}},
		},
	}
}

// partitions are values that stand in the log only.
func partitions() []foreign {
	types := [][3]string{ // type, text in the log, value in the canonical form
		{"string", "a/b=%é ", `"a/b=%é "`},
		{"long", "-9223372036854775808", "-9223372036854775808"},
		{"byte", "-3", "-3"},
		{"float", "1.1", `"1.100000023841858"`},
		{"double", "1e300", `"1e+300"`},
		{"decimal(10,3)", "-1.5", `"-1.500"`},
		{"boolean", "true", "true"},
		{"binary", `\u0001a`, `"0161"`},
		{"date", "0001-01-01", `"0001-01-01"`},
		{"timestamp", "2020-01-01 00:00:00.123456", `"2020-01-01T00:00:00.123456Z"`},
		{"timestamp", "9999-12-31T23:59:59.999999Z", `"9999-12-31T23:59:59.999999Z"`},
		{"timestamp_ntz", "1969-12-31 23:59:59.9", `"1969-12-31T23:59:59.900000"`},
		{"timestamp_ntz", "-0001-01-01 00:00:00", `"-001-01-01T00:00:00.000000"`}, // the year before the year 0
		{"timestamp", "-4004-02-29 09:00:00", `"-4004-02-29T09:00:00.000000Z"`},
		{"date", "+10000-02-29", `"10000-02-29"`},
	}
	var schema, by, values, nulls, empties, row, none []string
	for i, kind := range types {
		name := string(rune('a' + i))
		schema = append(schema, field(name, kind[0], "p-"+name, string(rune('1'+i%9))))
		by = append(by, `"`+name+`"`)
		values = append(values, `"p-`+name+`":"`+kind[1]+`"`)
		nulls = append(nulls, `"p-`+name+`":null`)
		empties = append(empties, `"p-`+name+`":""`)
		row = append(row, `"`+name+`":`+kind[2])
		none = append(none, `"`+name+`":null`)
	}
	braced := func(all []string) string { return "{" + strings.Join(all, ",") + "}" }
	query := "SELECT 1::BIGINT AS x, 5 AS a"
	return []foreign{
		{
			name: "partition values of every type", mode: "name", schema: fields(append(schema, field("x", "long", "x", "99"))...), by: "[" + strings.Join(by, ",") + "]",
			files: []foreignFile{
				{path: "a=9/f.parquet", query: query, values: braced(values)},
				{path: "g.parquet", query: query, values: braced(nulls)},
				{path: "h.parquet", query: query, values: braced(empties)},
			},
			want: braced(append(row, `"x":1`)) + "\n" + braced(append(none, `"x":1`)) + "\n" + braced(append(none, `"x":1`)),
		},
		{
			name: "only partition columns", schema: field("p", "integer"), by: `["p"]`, want: `{"p":1}` + "\n" + `{"p":1}` + "\n" + `{"p":2}`,
			files: []foreignFile{{query: "FROM range(2)", values: `{"p":"1"}`}, {path: "g.parquet", query: "FROM range(1)", values: `{"p":"2"}`}},
		},
		{
			name: "folders that say something else", schema: fields(field("p", "integer"), field("q", "integer")), by: `["p"]`, want: `{"p":7,"q":5}`,
			files: []foreignFile{{path: "p=1/q=9/f.parquet", query: "SELECT 5 AS q, 4 AS p", values: `{"p":"7"}`}},
		},
		{
			name: "a partition value that is missing", schema: fields(field("p", "integer"), field("x", "integer")), by: `["p"]`,
			files: []foreignFile{{query: "SELECT 5 AS x"}}, refuse: `f.parquet: damaged log: no value for the partition column "p"`,
		},
		{
			name: "a partition value of another type", schema: fields(field("p", "decimal(3,1)"), field("x", "integer")), by: `["p"]`,
			files: []foreignFile{{query: "SELECT 5 AS x", values: `{"p":"1.25"}`}}, refuse: `partition value "1.25" is no decimal(3,1)`,
		},
	}
}

// refused are files whose type is not the table's and does not widen to it.
func refused() []foreign {
	var all []foreign
	for _, c := range [][3]string{ // type of the table, value in the file, DuckDB's name of the type there
		{"long", "'1'", "VARCHAR"},
		{"string", "1::BIGINT", "BIGINT"},
		{"integer", "1::BIGINT", "BIGINT"},
		{"decimal(4,2)", "1::TINYINT", "TINYINT"},
		{"decimal(5,1)", "1::SMALLINT", "SMALLINT"},
		{"float", "1::DOUBLE", "DOUBLE"},
		{"double", "1::BIGINT", "BIGINT"},
		{"decimal(9,2)", "1::DECIMAL(10,2)", "DECIMAL(10,2)"},
		{"decimal(10,1)", "1::DECIMAL(10,2)", "DECIMAL(10,2)"},
		{"long", "1::UINTEGER", "UINTEGER"},
		{"timestamp_ntz", "'2020-01-01'::TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"},
		{"timestamp", "'2020-01-01'::DATE", "DATE"},
		{"timestamp", "1::BIGINT", "BIGINT"},
		{"binary", "'a'", "VARCHAR"},
		{"boolean", "1::INTEGER", "INTEGER"},
		{"string", "{'a': 1}", "struct"},
		{arrayOf(structOf(field("a", "long"))), "[{'a': 'x'}]", "VARCHAR"},
		{mapOf(`"string"`, `"long"`), "[1]", "list"},
	} {
		all = append(all, foreign{
			name: c[1] + " as " + c[0], schema: field("c", c[0]), files: []foreignFile{{query: "SELECT " + c[1] + " AS c"}},
			refuse: "the file has the type " + c[2] + ", which is no ",
		})
	}
	return append(all, foreign{
		name: "a number out of range", schema: field("b", "byte"), files: []foreignFile{{query: "SELECT 128::SMALLINT AS b"}}, refuse: "SMALLINT, which is no byte",
	}, foreign{
		name: "a column of another case", schema: field("id", "long"), files: []foreignFile{{query: `SELECT 1::BIGINT AS "iD", 2 AS "ID2"`}}, want: `{"id":1}`,
	})
}
