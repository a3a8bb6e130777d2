package metric_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
	"leadlake/internal/metric"
)

var update = flag.Bool("update", false, "rewrite want.csv of the scripts")

// TestScripts runs testdata/*.txtar: each loads leads.csv, one commit for
// every file of that name, asks query.json and expects want.csv.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts in testdata: %v", err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			t.Parallel()
			run(t, script)
		})
	}
}

func run(t *testing.T, script string) {
	t.Helper()
	archive, err := txtar.ParseFile(script)
	if err != nil {
		t.Fatal(err)
	}
	var service *metric.Service
	table, engine := openLake(t)
	for i, f := range archive.Files {
		switch f.Name {
		case "leads.csv":
			load(t, table, f.Data)
		case "query.json":
			var q query
			decode(t, f.Data, &q)
			service = metric.New(table, engine, metric.Options{Zone: location(t, q.Zone), Now: func() time.Time { return q.Now }})
			got := q.ask(t, service)
			want := &archive.Files[i+1]
			if *update {
				want.Data = got
			} else if !bytes.Equal(got, want.Data) {
				t.Errorf("%s answers\n%swant\n%s", f.Data, got, want.Data)
			}
		}
	}
	if service == nil {
		t.Fatal("the script asks nothing")
	}
	if *update {
		if err := os.WriteFile(script, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func openLake(t *testing.T) (*leadtable.Table, *duck.Engine) {
	t.Helper()
	disk, err := local.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := duck.Open(t.Context(), disk, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	table, err := leadtable.Open(t.Context(), delta.Open(disk, leadtable.Folder, delta.Options{}), engine, leadtable.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return table, engine
}

// load stores rows of a CSV file whose header names columns; an empty cell is
// null.
func load(t *testing.T, table *leadtable.Table, data []byte) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	batch := leadlake.Batch{Source: "script"}
	for _, row := range rows[1:] {
		lead := leadlake.Lead{ID: row[0], Values: map[string]leadlake.Value{}}
		for i, cell := range row[1:] {
			column := rows[0][i+1]
			lead.Values[column] = cell
			if leadlake.Event(column).Valid() {
				lead.Values[column] = day(t, cell)
			}
			if cell == "" {
				lead.Values[column] = nil
			}
		}
		batch.Leads = append(batch.Leads, lead)
	}
	if _, err := table.Upsert(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
}

func day(t *testing.T, cell string) leadlake.Value {
	t.Helper()
	if cell == "" {
		return nil
	}
	d, err := leadlake.ParseDate(cell)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// query is a question of a script.
type query struct {
	Ask      string // count, progress or funnel
	Grain    leadlake.Grain
	From, To leadlake.Date
	Now      time.Time
	Zone     string
}

func (q query) ask(t *testing.T, s *metric.Service) []byte {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	write := func(cells ...any) {
		row := make([]string, len(cells))
		for i, c := range cells {
			row[i] = fmt.Sprint(c)
			if f, ok := c.(float64); ok {
				row[i] = strconv.FormatFloat(f, 'f', 4, 64)
			}
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.answer(t.Context(), s, write); err != nil {
		write("error", leadlake.KindOf(err), leadlake.MessageOf(err))
	}
	w.Flush()
	return out.Bytes()
}

func (q query) answer(ctx context.Context, s *metric.Service, write func(...any)) error {
	switch q.Ask {
	case "progress":
		p, err := s.Progress(ctx, q.Grain)
		if err != nil {
			return err
		}
		write(p.Period, p.Today, p.Elapsed)
		for _, r := range p.Rows {
			write(r.Event, r.Actual, r.Target, r.Expected, r.Attainment, r.Standing)
		}
	case "funnel":
		f, err := s.Funnel(ctx, q.From, q.To)
		if err != nil {
			return err
		}
		write(f.From, f.To)
		for _, r := range f.Rows {
			write(r.From, r.To, r.FromCount, r.ToCount, r.Known, r.Ratio, r.Target, r.Gap, r.Standing)
		}
	default:
		series, err := s.Count(ctx, leadlake.Query{Grain: q.Grain, From: q.From, To: q.To})
		if err != nil {
			return err
		}
		write("period", "contact", "reply", "proposed", "booked", "follow-up")
		for _, p := range series.Points {
			cells := []any{p.Period}
			for _, e := range leadlake.Events() {
				cells = append(cells, p.Counts[e])
			}
			write(cells...)
		}
	}
	return nil
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
