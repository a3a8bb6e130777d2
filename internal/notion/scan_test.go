package notion_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

func TestScanGivesEveryLeadOnce(t *testing.T) {
	for _, c := range []struct {
		name              string
		n, perMinute, cap int
		requests          int // for the rows; the schema and the archived rows take three more
	}{
		{"none", 0, 1, 0, 1},
		{"one answer", 100, 7, 0, 1},
		{"more than one answer", 101, 7, 0, 2},
		{"more than one query", 10_001, 30, 0, 100 + 1},
		{"three queries", 2500, 200, 1000, 25 + 2*2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{Cap: c.cap}, small()...)
			f.add(t, crowd(c.n, c.perMinute)...)
			s := f.open(t, f.options())
			leads := collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)
			if len(leads) != c.n {
				t.Errorf("got %d leads, want %d", len(leads), c.n)
			}
			if got := s.Stats().Requests - 3; got < c.requests || got > c.requests+2 {
				t.Errorf("it took %d requests, want %d", got, c.requests)
			}
		})
	}
}

func TestScanFrom(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(300, 10)...)
	from := time.Date(2026, 1, 5, 8, 20, 0, 0, time.UTC)
	leads := collect(t, f.open(t, f.options()).Scan(t.Context(), from), leadlake.ColumnCreatedTime)
	if len(leads) != 100 || !leads[0].Time(leadlake.ColumnCreatedTime).Equal(from) {
		t.Errorf("got %d leads from %v, want 100 from %v", len(leads), leads[0].Time(leadlake.ColumnCreatedTime), from)
	}
}

func TestScanWithArchived(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	pages := crowd(500, 3)
	for i := range pages {
		pages[i].Archived = i%3 == 0
		pages[i].Trashed = i%50 == 49
	}
	f.add(t, pages...)
	states, active, archived := map[string]int{}, 0, 0
	for _, p := range pages {
		switch {
		case p.Trashed:
		case p.Archived:
			archived++
		default:
			active++
		}
	}
	for _, lead := range collect(t, f.open(t, f.options()).Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime) {
		states[lead.Text(leadlake.ColumnState)]++
	}
	if states["active"] != active || states["archived"] != archived || states["trashed"] != 0 {
		t.Errorf("got %v, want %d active and %d archived", states, active, archived)
	}
}

func TestScanWhenArchivedIsRefused(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(5, 3)...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, After: 1, Do: fakenotion.Refused("body failed validation: body.is_archived should be not present, instead was `true`.")})
	s := f.open(t, f.options())
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 5 {
		t.Errorf("got %d leads, want 5", n)
	}
	if !strings.Contains(warnings(s), "archived") {
		t.Errorf("no warning speaks of the archived pages: %q", s.Warnings())
	}
}

func TestScanOfACrowdedMinute(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Cap: 200}, small()...)
	f.add(t, crowd(1000, 201)...)
	given, err := failure(t, f.open(t, f.options()).Scan(t.Context(), time.Time{}))
	if leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), "same time 2026-01-05 08:00 UTC") {
		t.Errorf("after %d leads: %v", given, err)
	}
}

func TestScanThroughMisbehaviour(t *testing.T) {
	for name, fault := range map[string]fakenotion.Fault{
		"short page":           {After: 1, Do: fakenotion.ShortPage(3)},
		"empty page":           {After: 1, Times: 4, Do: fakenotion.EmptyPage()},
		"row on two pages":     {After: 2, Times: -1, Do: fakenotion.RepeatRow()},
		"dead cursor":          {After: 3, Times: 2, Do: fakenotion.DeadCursor()},
		"cursors die always":   {After: 1, Times: -1, Do: fakenotion.DeadCursor()},
		"repeated cursor":      {After: 2, Do: fakenotion.RepeatCursor()},
		"lost cursor":          {After: 1, Times: 3, Do: fakenotion.LoseCursor()},
		"partial pages":        {After: 2, Do: fakenotion.PartialPages()},
		"data sources in list": {Times: -1, Do: fakenotion.DataSourceAmongRows()},
		"429":                  {After: 2, Times: 3, Do: fakenotion.RateLimited(90 * time.Second)},
		"529":                  {After: 2, Times: 3, Do: fakenotion.Overloaded(0)},
		"503":                  {After: 2, Times: 5, Do: fakenotion.Unavailable()},
		"HTML 502":             {After: 2, Times: 5, Do: fakenotion.HTML(502)},
		"HTML 403":             {After: 2, Times: 2, Do: fakenotion.HTML(403)},
		"cut answer":           {After: 2, Times: 5, Do: fakenotion.Cut()},
		"too many rows":        {Times: -1, Do: fakenotion.UnavailableAbove(25)},
	} {
		t.Run(name, func(t *testing.T) {
			fault.On = fakenotion.Query
			f := newFixture(t, fakenotion.Options{Cap: 450}, small()...)
			f.add(t, crowd(1000, 10)...)
			f.server.Script(fault)
			leads := collect(t, f.open(t, f.options()).Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)
			if len(leads) != 1000 {
				t.Errorf("got %d leads, want 1000", len(leads))
			}
		})
	}
}

func TestScanThatCannotGoOn(t *testing.T) {
	for name, c := range map[string]struct {
		do   fakenotion.Effect
		kind leadlake.Kind
		says string
	}{
		"dead cursors in one minute": {fakenotion.DeadCursor(), leadlake.Unavailable, "keeps breaking off"},
		"endless emptiness":          {fakenotion.EmptyPage(), leadlake.Unavailable, "keeps breaking off"},
		"lost cursors":               {fakenotion.LoseCursor(), leadlake.Unavailable, "keeps breaking off"},
		"503":                        {fakenotion.Unavailable(), leadlake.Unavailable, "HTTP 503"},
		"429":                        {fakenotion.RateLimited(time.Hour), leadlake.Unavailable, "fewer requests"},
		"blocked":                    {fakenotion.Blocked(), leadlake.Denied, "blocked"},
		"HTML 403":                   {fakenotion.HTML(403), leadlake.Unavailable, "gate in front of Notion"},
		"a tightened API":            {fakenotion.Refused("body failed validation: body.sorts should be not present"), leadlake.Unavailable, "body.sorts"},
		"login page":                 {fakenotion.HTML(200), leadlake.Unavailable, "is not Notion"},
		"capability withdrawn":       {fakenotion.Restricted(), leadlake.Denied, "Read content"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{}, small()...)
			f.add(t, crowd(300, 300)...)
			f.server.Script(fakenotion.Fault{On: fakenotion.Query, After: 2, Times: -1, Do: c.do})
			given, err := failure(t, f.open(t, f.options()).Scan(t.Context(), time.Time{}))
			if leadlake.KindOf(err) != c.kind || !strings.Contains(leadlake.MessageOf(err), c.says) {
				t.Errorf("after %d leads: %v", given, err)
			}
		})
	}
}

func TestChanged(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Cap: 300}, small()...)
	ids := f.add(t, crowd(1000, 10)...)
	s := f.open(t, f.options())
	start := f.clock.Now()
	for i, id := range ids[:700] {
		edited := start.Add(time.Duration(i/5) * time.Minute)
		change := func(p *fakenotion.Page) { p.Edited, p.Archived = edited, i == 0 }
		if err := f.db.Source().Edit(id, change); err != nil {
			t.Fatal(err)
		}
	}
	_ = f.clock.Sleep(t.Context(), 3*time.Hour)
	leads := collect(t, s.Changed(t.Context(), start.Truncate(time.Minute).Add(10*time.Minute)), leadlake.ColumnLastEditedTime)
	if len(leads) != 650 {
		t.Errorf("got %d leads, want the 650 edited since", len(leads))
	}
	leads = collect(t, s.Changed(t.Context(), start), leadlake.ColumnLastEditedTime)
	if len(leads) != 700 || leads[0].Text(leadlake.ColumnState) != string(leadlake.Archived) && leads[4].Text(leadlake.ColumnState) != string(leadlake.Archived) {
		t.Errorf("got %d leads, want 700 with the archived one", len(leads))
	}
}

func TestEditsDuringAListing(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	ids := f.add(t, crowd(250, 10)...)
	s := f.open(t, f.options())
	editions := map[string]int{}
	for lead, err := range s.Changed(t.Context(), time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(editions) == 0 { // the lead moves to the end of the list
			if err := f.db.Source().Edit(ids[0], func(*fakenotion.Page) {}); err != nil {
				t.Fatal(err)
			}
		}
		editions[lead.ID]++
	}
	if len(editions) != 250 || editions[ids[0]] != 2 {
		t.Errorf("got %d leads, the edited one %d times; want 250 and 2", len(editions), editions[ids[0]])
	}
}

func TestStopEarly(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(1000, 10)...)
	s := f.open(t, f.options())
	for _, err := range s.Scan(t.Context(), time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if got := s.Stats().Requests; got > 4 {
		t.Errorf("it took %d requests to give one lead", got)
	}
}

func TestRateStaysWithinNotionsLimit(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Rate: 10}, small()...)
	f.add(t, crowd(3000, 10)...)
	o := f.options()
	o.Rate = 10
	s := f.open(t, o)
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 3000 {
		t.Errorf("got %d leads, want 3000", n)
	}
	if stats := s.Stats(); stats.Retries != 0 || stats.Waited != 3*time.Minute {
		t.Errorf("got %+v, want no retry and pauses of 3 minutes", stats)
	}
}

func TestRateLimitOfNotionIsHonoured(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Rate: 10}, small()...)
	f.add(t, crowd(3000, 10)...)
	s := f.open(t, f.options()) // believes in 180
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 3000 {
		t.Errorf("got %d leads, want 3000", n)
	}
	if stats := s.Stats(); stats.Retries != 3 || stats.Waited != f.clock.Slept() || stats.Waited < 2*time.Minute {
		t.Errorf("got %+v after sleeping %v, want 3 retries that waited for Notion", stats, f.clock.Slept())
	}
}

func TestOneLimitForAllWork(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Rate: 10}, small()...)
	f.add(t, crowd(1500, 10)...)
	o := f.options()
	o.Rate = 10
	s := f.open(t, o)
	var work sync.WaitGroup
	for range 3 {
		work.Go(func() {
			n := 0
			for _, err := range s.Scan(t.Context(), time.Time{}) {
				if err != nil {
					t.Error(err)
					return
				}
				n++
			}
			if n != 1500 {
				t.Errorf("got %d leads, want 1500", n)
			}
		})
	}
	work.Wait()
	// A request that is under way while the clock leaps may fall into the next
	// window; without a common limit, two of three would be refused.
	if stats := s.Stats(); stats.Retries > 5 || stats.Requests-stats.Retries != 2+3*16 {
		t.Errorf("got %+v, want 50 requests that fit the limit", stats)
	}
}

func TestIDs(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Cap: 200}, small()...)
	pages := crowd(500, 3)
	for i := range pages {
		pages[i].Archived = i%3 == 0
		pages[i].Trashed = i%50 == 49
		pages[i].Values = map[string]fakenotion.Value{"Nom": "Zoé"}
	}
	ids := f.add(t, pages...)
	s, err := notion.Open(t.Context(), f.server.Token(), f.db.ID(), f.options()) // it needs no schema
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for i, id := range ids {
		if !pages[i].Trashed {
			want[id] = map[bool]string{true: "archived", false: "active"}[pages[i].Archived]
		}
	}
	for lead, err := range s.IDs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := got[lead.ID]; twice {
			t.Errorf("%s comes twice", lead.ID)
		}
		got[lead.ID] = lead.Text(leadlake.ColumnState)
		if _, more := lead.Values[leadlake.ColumnNom]; more || lead.Time(leadlake.ColumnCreatedTime).IsZero() {
			t.Fatalf("got %v, want state and times only", lead.Values)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %d ids, want %d", len(got), len(want))
	}
}

func TestIDsThatAreNotAllEndInAnError(t *testing.T) {
	for name, fault := range map[string]fakenotion.Fault{
		"archived refused": {After: 2, Do: fakenotion.Refused("body failed validation: body.is_archived should be not present, instead was `true`.")},
		"unavailable":      {After: 1, Times: -1, Do: fakenotion.Unavailable()},
		"cursors die":      {After: 1, Times: -1, Do: fakenotion.LoseCursor()},
	} {
		t.Run(name, func(t *testing.T) {
			fault.On = fakenotion.Query
			f := newFixture(t, fakenotion.Options{}, small()...)
			f.add(t, crowd(150, 150)...)
			f.server.Script(fault)
			given, err := failure(t, f.open(t, f.options()).IDs(t.Context()))
			if leadlake.KindOf(err) != leadlake.Unavailable {
				t.Errorf("after %d ids: %v", given, err)
			}
		})
	}
}

func TestIDsOfPagesThatCannotBeRead(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(5, 5)...)
	f.server.Script(
		fakenotion.Fault{On: fakenotion.Query, Do: fakenotion.PartialPages()},
		fakenotion.Fault{On: fakenotion.GetPage, Do: fakenotion.Missing()},
	)
	n := 0
	for lead, err := range f.open(t, f.options()).IDs(t.Context()) {
		if err != nil || lead.Text(leadlake.ColumnState) != string(leadlake.Active) {
			t.Errorf("got %v, %v", lead, err)
		}
		n++
	}
	if n != 5 {
		t.Errorf("got %d ids, want 5: what is listed is there", n)
	}
}
