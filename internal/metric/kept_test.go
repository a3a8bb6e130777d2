package metric_test

import (
	"testing"

	"leadlake"
	"leadlake/internal/metric"
)

// TestAnswersFollowTheTable asks one service the same questions again and
// again, more of them than are kept, while the table changes.
func TestAnswersFollowTheTable(t *testing.T) {
	t.Parallel()
	table, engine := openLake(t)
	service := metric.New(table, engine, metric.Options{})
	first := leadlake.NewDate(2026, 1, 5)
	for version, row := range []string{"a,2026-01-05", "b,2026-01-05", "a,2026-03-02"} {
		load(t, table, []byte("id,date_relance\n"+row+"\n"))
		inJanuary := []int64{1, 2, 1}[version]
		for round := range 2 {
			for days := 1; days <= 300; days++ {
				q := leadlake.Query{Grain: leadlake.ByYear, From: first.AddDays(1 - days), To: first.AddDays(days)}
				series, err := service.Count(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				want := inJanuary
				if version == 2 && days > 56 { // 2 March is the 57th day
					want = 2
				}
				if len(series.Points) != 1 || series.Points[0].Counts[leadlake.Relance] != want || series.Version != int64(version) {
					t.Fatalf("version %d, round %d, %d days: %+v; want %d", version, round, days, series, want)
				}
			}
		}
	}
}
