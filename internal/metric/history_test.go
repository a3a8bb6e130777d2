package metric_test

import (
	"maps"
	"math/rand/v2"
	"strconv"
	"testing"

	"leadlake"
	"leadlake/internal/metric"
)

// TestOccurrences changes the dates of leads at random, some of them to none
// and back, and counts by hand what a person would.
func TestOccurrences(t *testing.T) {
	t.Parallel()
	table, engine := openLake(t)
	service := metric.New(table, engine, metric.Options{})
	random := rand.New(rand.NewPCG(7, 7))
	type place struct {
		lead  int
		event leadlake.Event
	}
	days, current := map[place]map[leadlake.Date]bool{}, map[place]leadlake.Date{}
	for round := range 12 {
		var batch leadlake.Batch
		batch.Source = "test"
		for lead := range 20 {
			if round > 0 && random.IntN(3) > 0 {
				continue
			}
			values := map[string]leadlake.Value{}
			for _, e := range leadlake.Events() {
				at := place{lead, e}
				switch random.IntN(4) {
				case 0:
					values[string(e)] = nil
					delete(current, at)
				case 1, 2:
					d := leadlake.NewDate(2026, 1, 1+random.IntN(60))
					values[string(e)], current[at] = d, d
					if days[at] == nil {
						days[at] = map[leadlake.Date]bool{}
					}
					days[at][d] = true
				}
			}
			batch.Leads = append(batch.Leads, leadlake.Lead{ID: strconv.Itoa(lead), Values: values})
		}
		if _, err := table.Upsert(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		want := map[leadlake.Occurrence]map[string]int64{}
		for _, o := range leadlake.Occurrences() {
			want[o] = map[string]int64{}
		}
		name := func(at place, d leadlake.Date) string { return string(at.event) + " " + d.String() }
		for at, d := range current {
			want[leadlake.CurrentDate][name(at, d)]++
		}
		for at, all := range days {
			first, last := leadlake.Date(1<<30), leadlake.Date(0)
			for d := range all {
				first, last = min(first, d), max(last, d)
				want[leadlake.EveryDate][name(at, d)]++
			}
			want[leadlake.FirstDate][name(at, first)]++
			want[leadlake.LastDate][name(at, last)]++
		}
		for _, o := range leadlake.Occurrences() {
			series, err := service.Count(t.Context(), leadlake.Query{Grain: leadlake.ByDay, Occurrence: o})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, p := range series.Points {
				for e, n := range p.Counts {
					got[string(e)+" "+p.Period.String()] += n
				}
			}
			if !maps.Equal(got, want[o]) {
				t.Fatalf("round %d, %s:\ngot  %v\nwant %v", round, o, got, want[o])
			}
		}
	}
}

func TestAnUnknownOccurrenceIsRefused(t *testing.T) {
	t.Parallel()
	table, engine := openLake(t)
	service := metric.New(table, engine, metric.Options{})
	if _, err := service.Count(t.Context(), leadlake.Query{Grain: leadlake.ByDay, Occurrence: "second"}); leadlake.KindOf(err) != leadlake.Invalid {
		t.Errorf("got %v", err)
	}
}
