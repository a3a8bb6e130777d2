package duck_test

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/duck"
)

// wide are columns of every type.
func wide() []leadlake.Column {
	return []leadlake.Column{
		{Name: "id", Type: leadlake.Text},
		{Name: "nom", Type: leadlake.Text},
		{Name: "statut", Type: leadlake.Text},
		{Name: "le", Type: leadlake.Day},
		{Name: "vu", Type: leadlake.Instant},
		{Name: "budget", Type: leadlake.Number},
		{Name: "actif", Type: leadlake.Flag},
		{Name: "tags", Type: leadlake.List},
		{Name: "age", Type: leadlake.Whole},
		{Name: "_history", Type: leadlake.Changes},
		{Name: `place "of"; --`, Type: leadlake.Text},
	}
}

// boundedColumns are those that may have statistics.
func boundedColumns() []string { return []string{"id", "nom", "statut", "le", "vu"} }

// randomValue returns a value of a type, nil now and then.
func randomValue(r *rand.Rand, of leadlake.Type) leadlake.Value {
	if r.IntN(5) == 0 {
		return nil
	}
	day := leadlake.DateOf(time.Date(1960+r.IntN(100), 1, 1+r.IntN(365), 0, 0, 0, 0, time.UTC))
	at := time.Date(1960+r.IntN(100), 1, 1, 0, 0, r.IntN(1e6), 1000*r.IntN(1e6), time.UTC)
	switch of {
	case leadlake.Text:
		words := []string{"", "Perdu", "Signé", "À relancer", "👩‍💻", strings.Repeat("é", 300), strconv.FormatUint(r.Uint64(), 10)}
		return words[r.IntN(len(words))]
	case leadlake.Number:
		return []float64{0, -1.5, math.Inf(1), r.Float64()}[r.IntN(4)]
	case leadlake.Flag:
		return r.IntN(2) == 0
	case leadlake.Day:
		return day
	case leadlake.Instant:
		return at
	case leadlake.List:
		return []string{"a", "", strconv.Itoa(r.IntN(1000))}[:r.IntN(4)]
	case leadlake.Whole:
		return r.Int64() - r.Int64()
	case leadlake.Changes:
		return []leadlake.Change{{Event: leadlake.Relance, New: &day, SeenAt: at, EditedAt: at}}
	}
	return nil
}

func randomLead(r *rand.Rand, number int) leadlake.Lead {
	l := leadlake.Lead{ID: fmt.Sprintf("%05d", number), Values: map[string]leadlake.Value{}}
	for _, c := range wide()[1:] {
		l.Values[c.Name] = randomValue(r, c.Type)
	}
	return l
}

// inGroups returns the same file in row groups of so many rows, as one of a
// table.
func inGroups(t *testing.T, dir string, file leadlake.File, rows, each int) leadlake.File {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	name := fmt.Sprintf("table/groups-%d.parquet", each)
	copied := fmt.Sprintf("COPY (FROM read_parquet('%s')) TO '%s' (FORMAT parquet, ROW_GROUP_SIZE %d)", filepath.Join(dir, file.Name), filepath.Join(dir, name), each)
	if _, err := db.ExecContext(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return leadlake.File{Name: name, Size: info.Size(), Rows: int64(rows)}
}

// stored returns the rows of a snapshot in their order, as Lookup gives them.
func stored(t *testing.T, e *duck.Engine, snap leadlake.Snapshot) (leads []leadlake.Lead) {
	t.Helper()
	rows, err := ask(t, e, snap, "select id from leads")
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i], _ = row[0].(string)
	}
	found, err := e.Lookup(t.Context(), snap, named(ids...))
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		if len(found[id]) != 1 || found[id][0].Row != int64(i) {
			t.Fatalf("lead %s is there as %v; want it once, at %d", id, found[id], i)
		}
		leads = append(leads, found[id][0].Lead)
	}
	return leads
}

// TestLeadsChangeWhereTheyAre changes leads of a file in every way, and
// compares its rows, their order and its statistics with those of a file that
// is written from nothing.
func TestLeadsChangeWhereTheyAre(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 0))
			dir := t.TempDir()
			_, e := open(t, dir)
			var leads []leadlake.Lead
			for i := range 1 + r.IntN(6000) {
				leads = append(leads, randomLead(r, i))
			}
			rewrite := leadlake.Rewrite{Columns: wide(), StatsColumns: boundedColumns(), Leads: leads}
			snap, _ := write(t, e, rewrite)
			if seed%3 > 0 { // 2,048 is as small as row groups are
				snap.Files = []leadlake.File{inGroups(t, dir, snap.Files[0], len(leads), 2048)}
			}
			edit := editAtRandom(r, leads)
			edit.From = snap.Files
			after, add := write(t, e, edit)
			_, anew := write(t, e, rewrite)
			if add.Stats != anew.Stats {
				t.Errorf("its statistics are\n%s, want\n%s", add.Stats, anew.Stats)
			}
			if got := stored(t, e, after); !reflect.DeepEqual(normal(got), normal(leads)) {
				t.Errorf("the rows are not what they should be, in their order")
			}
			checkStatus(t, e, after, leads)
			size := after.Files[0].Size
			if info, err := os.Stat(filepath.Join(dir, after.Files[0].Name)); err != nil || info.Size() != size {
				t.Errorf("the file has %v bytes, %v; the add says %d", info.Size(), err, size)
			}
		})
	}
}

// editAtRandom changes some columns of some leads, all of them or few of one
// place, and returns what says so.
func editAtRandom(r *rand.Rand, leads []leadlake.Lead) leadlake.Rewrite {
	edit := leadlake.Rewrite{Columns: wide(), StatsColumns: boundedColumns(), InPlace: &leadlake.InPlace{}}
	for _, c := range wide()[1:] {
		if r.IntN(3) == 0 || c.Name == "statut" {
			edit.InPlace.Changed = append(edit.InPlace.Changed, c.Name)
		}
	}
	from, to, one := 0, len(leads), 1+r.IntN(50)
	if r.IntN(2) == 0 {
		from = r.IntN(len(leads))
		to = min(from+1+r.IntN(100), len(leads))
	}
	for i := from; i < to; i++ {
		if r.IntN(one) > 0 && i > from {
			continue
		}
		fresh := randomLead(r, i)
		for _, c := range wide()[1:] {
			if !slices.Contains(edit.InPlace.Changed, c.Name) {
				fresh.Values[c.Name] = leads[i].Values[c.Name]
			}
		}
		leads[i] = fresh
		edit.Leads, edit.Without = append(edit.Leads, fresh), append(edit.Without, fresh.ID)
		edit.InPlace.Rows = append(edit.InPlace.Rows, int64(i))
	}
	r.Shuffle(len(edit.Leads), func(i, j int) {
		edit.Leads[i], edit.Leads[j] = edit.Leads[j], edit.Leads[i]
		edit.InPlace.Rows[i], edit.InPlace.Rows[j] = edit.InPlace.Rows[j], edit.InPlace.Rows[i]
	})
	return edit
}

// normal prints leads so that values that are stored alike look alike.
func normal(leads []leadlake.Lead) []string {
	lines := make([]string, len(leads))
	for i, l := range leads {
		var b strings.Builder
		for _, c := range wide() {
			switch v := l.Values[c.Name].(type) {
			case []leadlake.Change:
				for _, change := range v {
					fmt.Fprintf(&b, "%s %s %s %s|", change.Event, *change.New, change.SeenAt.UTC(), change.EditedAt.UTC())
				}
			case time.Time:
				fmt.Fprintf(&b, "%s|", v.UTC())
			default:
				fmt.Fprintf(&b, "%v|", v)
			}
		}
		lines[i] = l.ID + "|" + b.String()
	}
	return lines
}

// checkStatus looks for leads by a value, for which DuckDB asks the file's
// Bloom filters.
func checkStatus(t *testing.T, e *duck.Engine, snap leadlake.Snapshot, leads []leadlake.Lead) {
	t.Helper()
	want := map[string]int64{"no such status": 0}
	for _, l := range leads {
		if statut, ok := l.Values["statut"].(string); ok {
			want[statut]++
		}
	}
	for statut, n := range want {
		rows, err := ask(t, e, snap, "select count(*) from leads where statut = '"+statut+"'")
		if err != nil || rows[0][0] != n {
			t.Errorf("%v leads have the status %q, %v; want %d", rows, statut, err, n)
		}
	}
}

// TestWhatCannotChangeInPlaceIsWrittenAnew asks for changes in place where they
// are not possible: the rows are right all the same.
func TestWhatCannotChangeInPlaceIsWrittenAnew(t *testing.T) {
	t.Parallel()
	narrow := wide()[:3]
	rownum := append(slices.Clone(narrow), leadlake.Column{Name: "File_Row_Number", Type: leadlake.Text})
	number := slices.Clone(narrow)
	number[1].Type = leadlake.Whole
	for name, c := range map[string]struct {
		had, has []leadlake.Column
		stored   []leadlake.Lead
		edit     leadlake.Lead
		rows     []int64 // 0 where there are none
		unsaid   bool    // which columns change
		spoil    func(data []byte) []byte
	}{
		"a column that the file lacks": {had: narrow, has: wide(), stored: []leadlake.Lead{lead("a", "1"), lead("b", "2")}, edit: leadlake.Lead{ID: "a", Values: map[string]leadlake.Value{"tags": []string{"x"}}}},
		"what changes is not said":     {had: narrow, has: narrow, stored: []leadlake.Lead{lead("a", "1"), lead("b", "2")}, edit: lead("a", "x"), unsaid: true},
		"a name of DuckDB's":           {had: rownum, has: rownum, stored: []leadlake.Lead{lead("a", "1"), lead("b", "2")}, edit: lead("a", "x")},
		"no place":                     {had: narrow, has: narrow, stored: []leadlake.Lead{lead("a", "1"), lead("b", "2")}, edit: lead("a", "x"), rows: []int64{-1}},
		"a place that the file lacks":  {had: narrow, has: narrow, stored: []leadlake.Lead{lead("b", "2")}, edit: lead("a", "x"), rows: []int64{1}},
		"a lead with two rows":         {had: narrow, has: narrow, stored: []leadlake.Lead{lead("a", "1"), lead("b", "2"), lead("a", "3")}, edit: lead("a", "x"), rows: []int64{0, 2}},
		"another type":                 {had: number, has: narrow, stored: []leadlake.Lead{{ID: "a", Values: map[string]leadlake.Value{"nom": int64(1)}}, {ID: "b", Values: map[string]leadlake.Value{"nom": int64(2)}}}, edit: lead("a", "x")},
		"a file that another DuckDB wrote": {had: narrow, has: narrow, stored: []leadlake.Lead{lead("a", "1"), lead("b", "2")}, edit: lead("a", "x"), spoil: func(data []byte) []byte {
			return []byte(strings.Replace(string(data), "DuckDB version v", "DuckDB version w", 1))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			_, e := open(t, dir)
			snap, _ := write(t, e, leadlake.Rewrite{Columns: c.had, Leads: c.stored})
			if c.spoil != nil {
				file := filepath.Join(dir, snap.Files[0].Name)
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				spoiled := c.spoil(data)
				if err := os.WriteFile(file, spoiled, 0o600); err != nil || string(spoiled) == string(data) {
					t.Fatalf("the file was not changed: %v", err)
				}
			}
			changed := []string{}
			for column := range c.edit.Values {
				changed = append(changed, column)
			}
			if c.rows == nil {
				c.rows = []int64{0}
			}
			inPlace := &leadlake.InPlace{Changed: changed, Rows: c.rows}
			if c.unsaid {
				inPlace.Changed = nil
			}
			after, _ := write(t, e, leadlake.Rewrite{
				Columns: c.has, From: snap.Files, Without: []string{"a"}, Leads: []leadlake.Lead{c.edit}, InPlace: inPlace,
			})
			rows, err := ask(t, e, after, "select id, "+changed[0]+"::VARCHAR from leads")
			want := fmt.Sprintf("[b %v]", map[bool]any{true: "2", false: nil}[changed[0] == "nom"])
			if err != nil || len(rows) != 2 || fmt.Sprint(rows[0]) != strings.ReplaceAll(want, "%!v(<nil>)", "<nil>") || rows[1][0] != "a" {
				t.Errorf("it holds %v, %v; want %s, and a behind it", rows, err, want)
			}
		})
	}
}
