package delta_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

func idIs(op delta.Op, value string) []delta.Predicate {
	return []delta.Predicate{{Column: "id", Op: op, Value: value}}
}

// filesOf returns a table with a file for each of the lists of rows.
func filesOf(t *testing.T, rows ...string) (*delta.Table, lines) {
	t.Helper()
	table, engine := appended(t, 0)
	for _, r := range rows {
		engine.appendRows(t, table, strings.Fields(r)...)
	}
	return table, engine
}

func TestDelete(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		where []delta.Predicate
		left  string
		want  delta.Deleted
	}{
		"a file, and parts of another": {idIs(delta.LessOrEqual, "c"), "d e f", delta.Deleted{Version: 4, Rows: 3, FilesRemoved: 1, FilesRewritten: 1}},
		"everything":                   {idIs(delta.GreaterOrEqual, ""), "", delta.Deleted{Version: 4, Rows: 6, FilesRemoved: 3}},
		"one row":                      {idIs(delta.Equal, "e"), "a b c d f", delta.Deleted{Version: 4, Rows: 1, FilesRewritten: 1}},
		"all conditions":               {slices.Concat(idIs(delta.Greater, "b"), idIs(delta.Less, "e")), "a b e f", delta.Deleted{Version: 4, Rows: 2, FilesRemoved: 1}},
		"nothing":                      {idIs(delta.Equal, "z"), "a b c d e f", delta.Deleted{Version: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, engine := filesOf(t, "a b", "c d", "e f")
			before := latest(t, table)
			dry, err := table.Delete(t.Context(), tt.where, delta.DeleteOptions{DryRun: true})
			if now := latest(t, table).Version(); err != nil || now != 3 || dry.Rows != tt.want.Rows {
				t.Errorf("a dry run: %+v, %v, version %d; want nothing changed", dry, err, now)
			}
			done, err := table.Delete(t.Context(), tt.where, delta.DeleteOptions{})
			if err != nil || done != tt.want {
				t.Errorf("Delete = %+v, %v; want %+v", done, err, tt.want)
			}
			after := latest(t, table)
			if got := strings.Join(engine.rows(t, after), " "); got != tt.left {
				t.Errorf("rows %q are left, want %q", got, tt.left)
			}
			if kept := len(files(before)) - len(files(before.Beside(after))); kept != 3-done.FilesRemoved-done.FilesRewritten {
				t.Errorf("%d files stayed as they were", kept)
			}
			if old := strings.Join(engine.rows(t, at(t, table, 3)), " "); old != "a b c d e f" {
				t.Errorf("the old version has %q", old)
			}
		})
	}
}

// TestDeleteTellsNoValues: what is deleted by may be somebody's name.
func TestDeleteTellsNoValues(t *testing.T) {
	t.Parallel()
	table, engine := filesOf(t, "jeanne b")
	if _, err := table.Delete(t.Context(), idIs(delta.Equal, "jeanne"), delta.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	log, err := engine.bucket.Get(t.Context(), folder+"/_delta_log/00000000000000000002.json")
	if err != nil || strings.Contains(string(log), "jeanne") || !strings.Contains(string(log), `"operation":"DELETE","operationParameters":{"columns":"[\"id\"]"}`) {
		t.Errorf("the commit is %s, %v", log, err)
	}
}

func TestDeleteRefuses(t *testing.T) {
	t.Parallel()
	id := `\"fields\":[{\"name\":\"id\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]`
	plain := strings.Replace(metadata, `\"fields\":[]`, id, 1)
	for name, tt := range map[string]struct {
		log   string
		where []delta.Predicate
		want  error
		says  string
	}{
		"no condition":                   {protocol12 + plain, nil, delta.ErrPredicate, "say which rows"},
		"no such column":                 {protocol12 + plain, []delta.Predicate{{Column: "x", Op: delta.IsNull}}, delta.ErrPredicate, "columns are id"},
		"append only, as Spark reads it": {protocol12 + strings.Replace(plain, `"configuration":{}`, `"configuration":{"delta.appendOnly":"TRUE"}`, 1), idIs(delta.Equal, "a"), delta.ErrUnsupported, "delta.appendOnly=true"},
		"append only":                    {protocol12 + strings.Replace(plain, `"configuration":{}`, `"configuration":{"delta.appendOnly":"true"}`, 1), idIs(delta.Equal, "a"), delta.ErrUnsupported, "delta.appendOnly=true"},
		"another's feature":              {`{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]}}` + plain, idIs(delta.Equal, "a"), delta.ErrUnsupported, "rowTracking"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := lines{&mem.Bucket{}}
			write(t, engine.bucket, 0, tt.log)
			table := delta.Open(engine.bucket, folder, delta.Options{Parquet: engine})
			for _, dry := range []bool{true, false} {
				if _, err := table.Delete(t.Context(), tt.where, delta.DeleteOptions{DryRun: dry}); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("Delete: %v; want %v that says %q", err, tt.want, tt.says)
				}
			}
			if v := latest(t, table).Version(); v != 0 {
				t.Errorf("the table is at version %d", v)
			}
		})
	}
}

// interrupted is lines in which something happens before a file is rewritten,
// once.
type interrupted struct {
	lines
	once *sync.Once
	do   func()
}

func (i interrupted) Compact(ctx context.Context, t *delta.Table, b delta.Bin) ([]delta.Add, error) {
	i.once.Do(i.do)
	return i.lines.Compact(ctx, t, b)
}

// TestDeleteSeesWhatOthersAdd: rows that come while a delete is at work are
// deleted, too, and files that were written in vain are no burden.
func TestDeleteSeesWhatOthersAdd(t *testing.T) {
	t.Parallel()
	table, engine := filesOf(t, "a b")
	other := delta.Open(engine.bucket, folder, delta.Options{Parquet: engine})
	busy := interrupted{engine, &sync.Once{}, func() { engine.appendRows(t, other, "a", "c") }}
	done, err := delta.Open(engine.bucket, folder, delta.Options{Parquet: busy}).Delete(t.Context(), idIs(delta.Equal, "a"), delta.DeleteOptions{})
	if want := (delta.Deleted{Version: 3, Rows: 2, FilesRewritten: 2}); err != nil || done != want {
		t.Errorf("Delete = %+v, %v; want %+v", done, err, want)
	}
	if got := engine.rows(t, latest(t, table)); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("rows %q are left", got)
	}
	checkNoOrphans(t, engine, table)
}

// checkNoOrphans fails where there are data files that no version has.
func checkNoOrphans(t *testing.T, engine lines, table *delta.Table) {
	t.Helper()
	known := map[string]bool{}
	for v := range latest(t, table).Version() + 1 {
		for _, name := range files(at(t, table, v)) {
			known[folder+"/"+name] = true
		}
	}
	for o, err := range engine.bucket.List(t.Context(), folder+"/part-", "") {
		if err != nil || !known[o.Name] {
			t.Errorf("%s is in no version, %v", o.Name, err)
		}
	}
}

func TestDeleteEnds(t *testing.T) {
	t.Parallel()
	table, engine := filesOf(t, "a b")
	ctx, cancel := context.WithCancel(t.Context())
	stopped := interrupted{engine, &sync.Once{}, func() {
		engine.appendRows(t, table, "c")
		cancel()
	}}
	_, err := delta.Open(engine.bucket, folder, delta.Options{Parquet: stopped}).Delete(ctx, idIs(delta.Equal, "a"), delta.DeleteOptions{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Delete: %v; want it to end", err)
	}
	if got := engine.rows(t, latest(t, table)); fmt.Sprint(got) != "[a b c]" {
		t.Errorf("rows %q are left", got)
	}
	checkNoOrphans(t, engine, table)
}
