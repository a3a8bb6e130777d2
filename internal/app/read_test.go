package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// someTable makes a lake with two versions and returns the folder of its table.
func someTable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	disk, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := duck.Open(t.Context(), disk, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 600_000, time.UTC) }
	table, err := leadtable.Open(t.Context(), delta.Open(disk, leadtable.Folder, delta.Options{}), engine, leadtable.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, leads := range [][]leadlake.Lead{
		{{ID: "a", Values: map[string]leadlake.Value{"nom": "É\u2028\x01\"\\\n", "budget": 1e16, "date_relance": leadlake.NewDate(2026, 1, 31), "tags": []string{"x", ""}}}},
		{{ID: "b", Values: map[string]leadlake.Value{"budget": math.Copysign(0, -1), "tags": []string{}}}, {ID: "c", Values: map[string]leadlake.Value{"budget": 1.5e-5, "croissance": true}}},
	} {
		columns := []leadlake.Column{{Name: "budget", Type: leadlake.Number}, {Name: "tags", Type: leadlake.List}, {Name: "croissance", Type: leadlake.Flag}}
		if _, err := table.Upsert(t.Context(), leadlake.Batch{Source: "test", Columns: columns, Leads: leads}); err != nil {
			t.Fatal(err)
		}
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, leadtable.Folder)
}

func TestCatTableIsCanonical(t *testing.T) {
	t.Parallel()
	table := someTable(t)
	before, err := filepath.Glob(filepath.Join(table, "*"))
	if err != nil {
		t.Fatal(err)
	}
	const common = `"_created_time":null,"_last_edited_time":null,"_source":"test","_state":"active","_state_at":"2026-01-02T03:04:05.000600Z","_url":null,`
	const events = `"date_appel_booke":null,"date_appel_propose":null,"date_prise_contact":null,`
	header := `#columns ["_created_time","_last_edited_time","_source","_state","_state_at","_url","budget","croissance","date_appel_booke","date_appel_propose","date_prise_contact","date_relance","date_reponse_prospect","email","id","nom","statut","tags","telephone"]`
	a := `{` + common + `"budget":"1e+16","croissance":null,` + events + `"date_relance":"2026-01-31","date_reponse_prospect":null,"email":null,"id":"a","nom":"É` + "\u2028" + `\u0001\"\\\n","statut":null,"tags":["x",""],"telephone":null}`
	b := `{` + common + `"budget":"-0.0","croissance":null,` + events + `"date_relance":null,"date_reponse_prospect":null,"email":null,"id":"b","nom":null,"statut":null,"tags":[],"telephone":null}`
	c := `{` + common + `"budget":"1.5e-05","croissance":true,` + events + `"date_relance":null,"date_reponse_prospect":null,"email":null,"id":"c","nom":null,"statut":null,"tags":null,"telephone":null}`
	for version, want := range map[int64][]string{0: {header, a}, 1: {header, a, b, c}, app.Newest: {header, a, b, c}} {
		var out bytes.Buffer
		if err := app.CatTable(t.Context(), table, version, &out); err != nil {
			t.Fatal(err)
		}
		got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("version %d:\n%s\nwant\n%s", version, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if after, err := filepath.Glob(filepath.Join(table, "*")); err != nil || !slices.Equal(after, before) {
		t.Errorf("reading left %v, %v; there was %v", after, err, before)
	}
}

func TestInfoOfTable(t *testing.T) {
	t.Parallel()
	table := someTable(t)
	info, err := app.InfoOfTable(t.Context(), table, app.Newest)
	if err != nil {
		t.Fatal(err)
	}
	if info.Version != 1 || info.Rows == nil || *info.Rows != 3 || info.Name != leadtable.Folder || info.Files == 0 || info.Bytes == 0 ||
		info.ReaderVersion != 1 || info.WriterVersion != 2 || len(info.Columns) != 19 || info.Columns[0].Name != "id" || string(info.Columns[0].Type) != `"string"` {
		t.Errorf("info = %+v", info)
	}
}

func TestTablesThatAreNotRead(t *testing.T) {
	t.Parallel()
	table := someTable(t)
	log := filepath.Join(t.TempDir(), "_delta_log")
	if err := os.Mkdir(log, 0o700); err != nil {
		t.Fatal(err)
	}
	commit := `{"commitInfo":{"operation":"WRITE","operationParameters":{"not":true,"text":1}}}
{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"n\",\"type\":\"decimal(9,2)\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{}}}
`
	if err := os.WriteFile(filepath.Join(log, "00000000000000000000.json"), []byte(commit), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dir     string
		version int64
		says    string
	}{
		{filepath.Join(table, "missing"), app.Newest, "There is no Delta table in"},
		{filepath.Dir(table), app.Newest, "There is no Delta table in"},
		{table, 2, "the table has versions 0 to 1"},
		{filepath.Dir(log), app.Newest, `column "n" of type "decimal(9,2)"`},
	} {
		var out bytes.Buffer
		err := app.CatTable(t.Context(), tt.dir, tt.version, &out)
		if out.Len() > 0 || leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), tt.says) {
			t.Errorf("cat of %s at %d wrote %q and said %v; want nothing, and %q", tt.dir, tt.version, out.String(), err, tt.says)
		}
	}
}

// TestTablesOfOtherWriters reads the tables that other engines wrote, at every
// version, and compares with what a second engine read; or refuses them, and
// then prints nothing.
func TestTablesOfOtherWriters(t *testing.T) {
	t.Parallel()
	expected, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "interop", "written", "*.expected.json"))
	if err != nil || len(expected) == 0 {
		t.Skip("the tables of other writers are not beside this repository")
	}
	read := 0
	for _, file := range expected {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want struct {
			Versions map[int64]struct{ SHA256 string }
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		table := strings.TrimSuffix(file, ".expected.json")
		for version, v := range want.Versions {
			var out bytes.Buffer
			if err := app.CatTable(t.Context(), table, version, &out); err != nil {
				if out.Len() > 0 || leadlake.KindOf(err) != leadlake.Invalid {
					t.Errorf("%s at %d wrote %d bytes and said %v", filepath.Base(table), version, out.Len(), err)
				}
				t.Log(filepath.Base(table), version, err)
				continue
			}
			if got := digest(out.String()); got != v.SHA256 {
				t.Errorf("%s at %d has the digest %s, want %s", filepath.Base(table), version, got, v.SHA256)
			}
			read++
		}
	}
	if read == 0 {
		t.Error("no version of any table was read")
	}
	t.Log(read, "versions were read")
}

func digest(canonical string) string {
	lines := strings.SplitAfter(canonical, "\n")
	lines = lines[:len(lines)-1] // what follows the last newline is nothing
	slices.Sort(lines[1:])
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}
