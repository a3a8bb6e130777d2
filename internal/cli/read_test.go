package cli_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/app"
	"leadlake/internal/blob/local"
	"leadlake/internal/cli"
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

// newest stands for no --version at all.
const newest = -1

// cat returns what `leadlake lake cat` prints, or the sentence with which it
// ends with 1.
func cat(t *testing.T, table string, version int64) (out, refused string) {
	t.Helper()
	return look(t, "cat", table, version)
}

func look(t *testing.T, command, table string, version int64) (out, refused string) {
	t.Helper()
	args := []string{"lake", command, table}
	if command == "info" {
		args = append(args, "-o", "json")
	}
	if version != newest {
		args = append(args, "--version", strconv.FormatInt(version, 10))
	}
	var stdout, stderr bytes.Buffer
	code := cli.Run(cli.World{Args: args, Dir: os.DirFS(t.TempDir()), Stdout: &stdout, Stderr: &stderr})
	if code > 1 || (code == 0) != (stderr.Len() == 0) {
		t.Fatalf("lake %s %s: exit code %d, stderr %q", command, table, code, stderr.String())
	}
	return stdout.String(), stderr.String()
}

func TestCatTableIsCanonical(t *testing.T) {
	t.Parallel()
	table := someTable(t)
	before, err := filepath.Glob(filepath.Join(table, "*"))
	if err != nil {
		t.Fatal(err)
	}
	const common = `"_created_time":null,"_history":null,"_last_edited_time":null,"_source":"test","_state":"active","_state_at":"2026-01-02T03:04:05.000600Z","_url":null,`
	const events = `"date_appel_booke":null,"date_appel_propose":null,"date_prise_contact":null,`
	header := `#columns ["_created_time","_history","_last_edited_time","_source","_state","_state_at","_url","budget","croissance","date_appel_booke","date_appel_propose","date_prise_contact","date_relance","date_reponse_prospect","email","id","nom","statut","tags","telephone"]`
	a := `{` + common + `"budget":"1e+16","croissance":null,` + events + `"date_relance":"2026-01-31","date_reponse_prospect":null,"email":null,"id":"a","nom":"É` + "\u2028" + `\u0001\"\\\n","statut":null,"tags":["x",""],"telephone":null}`
	b := `{` + common + `"budget":"-0.0","croissance":null,` + events + `"date_relance":null,"date_reponse_prospect":null,"email":null,"id":"b","nom":null,"statut":null,"tags":[],"telephone":null}`
	c := `{` + common + `"budget":"1.5e-05","croissance":true,` + events + `"date_relance":null,"date_reponse_prospect":null,"email":null,"id":"c","nom":null,"statut":null,"tags":null,"telephone":null}`
	for version, want := range map[int64][]string{0: {header, a}, 1: {header, a, b, c}, newest: {header, a, b, c}} {
		out, refused := cat(t, table, version)
		if refused != "" {
			t.Fatal(refused)
		}
		got := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
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
	out, refused := look(t, "info", table, newest)
	var info app.TableInfo
	if err := json.Unmarshal([]byte(out), &info); err != nil || refused != "" {
		t.Fatal(refused, err)
	}
	if info.Version != 1 || info.Rows == nil || *info.Rows != 3 || info.Name != leadtable.Folder || info.Files == 0 || info.Bytes == 0 ||
		info.ReaderVersion != 1 || info.WriterVersion != 2 || len(info.Columns) != 20 || info.Columns[0].Name != "id" || string(info.Columns[0].Type) != `"string"` {
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
{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"n\",\"type\":\"variant\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{}}}
`
	if err := os.WriteFile(filepath.Join(log, "00000000000000000000.json"), []byte(commit), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dir     string
		version int64
		says    string
	}{
		{filepath.Join(table, "missing"), newest, "There is no Delta table in"},
		{t.TempDir(), newest, "There is no Delta table in"},
		{table, 2, "no such version: 2; the newest is 1"},
		{filepath.Dir(log), newest, "variantType"},
	} {
		out, refused := cat(t, tt.dir, tt.version)
		if out != "" || !strings.Contains(refused, tt.says) {
			t.Errorf("cat of %s at %d wrote %q and said %q; want nothing, and %q", tt.dir, tt.version, out, refused, tt.says)
		}
	}
}
