package leadlake_test

import (
	"errors"
	"fmt"
	"testing"

	"leadlake"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	err := fmt.Errorf("doing it: %w", leadlake.Errorf(leadlake.NotFound, "no %s", "lead").Because(cause))
	if leadlake.KindOf(err) != leadlake.NotFound || leadlake.MessageOf(err) != "no lead" || !errors.Is(err, cause) {
		t.Errorf("%v is %q: %q", err, leadlake.KindOf(err), leadlake.MessageOf(err))
	}
	if leadlake.KindOf(cause) != leadlake.Internal || leadlake.MessageOf(cause) != "" {
		t.Errorf("a foreign error is %q: %q", leadlake.KindOf(cause), leadlake.MessageOf(cause))
	}
}

func TestStandings(t *testing.T) {
	t.Parallel()
	for attainment, want := range map[float64]leadlake.Standing{
		1.2: leadlake.Good, 1: leadlake.Good, 0.999: leadlake.Near, 0.75: leadlake.Near, 0.74: leadlake.Late, 0.5: leadlake.Late, 0.49: leadlake.Bad, 0: leadlake.Bad,
	} {
		if got := leadlake.StandingOfAttainment(attainment); got != want {
			t.Errorf("attainment %v is %s, want %s", attainment, got, want)
		}
	}
	for _, tt := range []struct {
		ratio, target float64
		want          leadlake.Standing
	}{{0.7, 0.7, leadlake.Good}, {0.6999, 0.7, leadlake.Near}, {0.6, 0.7, leadlake.Near}, {0.5999, 0.7, leadlake.Bad}} {
		if got := leadlake.StandingOfGap(tt.ratio - tt.target); got != tt.want {
			t.Errorf("%v against %v is %s, want %s", tt.ratio, tt.target, got, tt.want)
		}
	}
}

func TestQueriesAreValidated(t *testing.T) {
	t.Parallel()
	d := leadlake.NewDate(2026, 1, 1)
	for _, q := range []leadlake.Query{{}, {Grain: "hour"}, {Grain: leadlake.ByWeek, From: d, To: d}} {
		if err := q.Validate(); leadlake.KindOf(err) != leadlake.Invalid {
			t.Errorf("%+v: %v; want it refused", q, err)
		}
	}
	if err := (leadlake.Query{Grain: leadlake.ByWeek, To: d}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestTheFunnelIsMadeOfEvents(t *testing.T) {
	t.Parallel()
	columns := map[string]leadlake.Type{}
	for _, c := range leadlake.CoreColumns() {
		columns[c.Name] = c.Type
	}
	for _, e := range leadlake.Events() {
		if !e.Valid() || columns[string(e)] != leadlake.Day {
			t.Errorf("%s is no column of days", e)
		}
	}
	for i, s := range leadlake.Stages() {
		if s.Event() != leadlake.Events()[i] {
			t.Errorf("stage %d is %s, want the event %s", i, s, leadlake.Events()[i])
		}
	}
	if leadlake.Event("date_naissance").Valid() {
		t.Error("a foreign column is an event")
	}
}
