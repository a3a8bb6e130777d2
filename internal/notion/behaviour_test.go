package notion_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

func TestAnswersInGzip(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Gzip: true}, small()...)
	f.add(t, crowd(250, 10)...)
	if n := len(collect(t, f.open(t, f.options()).Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 250 {
		t.Errorf("got %d leads, want 250", n)
	}
}

// TestWhatEndsInMidRun takes the database away while it is listed: that is an
// error, and never the end of the list.
func TestWhatEndsInMidRun(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*fixture)
		kind    leadlake.Kind
		says    string
	}{
		"database trashed":   {func(f *fixture) { f.db.Trash() }, leadlake.NotFound, "trash"},
		"access removed":     {func(f *fixture) { f.db.Hide() }, leadlake.NotFound, "Connections"},
		"token withdrawn":    {func(f *fixture) { f.server.SetToken("ntn_other") }, leadlake.Denied, "NOTION_TOKEN"},
		"capability removed": {func(f *fixture) { f.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.Restricted()}) }, leadlake.Denied, "Read content"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{}, small()...)
			f.add(t, crowd(350, 10)...)
			s := f.open(t, f.options())
			n, last := 0, error(nil)
			for _, err := range s.IDs(t.Context()) {
				if last = err; err != nil {
					break
				}
				if n++; n == 150 {
					c.happens(f)
				}
			}
			if leadlake.KindOf(last) != c.kind || !strings.Contains(leadlake.MessageOf(last), c.says) || n != 200 {
				t.Errorf("after %d ids: %v", n, last)
			}
		})
	}
}

func TestASecondDataSourceAppears(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(5, 5)...)
	s := f.open(t, f.options())
	f.db.AddSource("Clients", small()...)
	if _, err := s.Schema(t.Context(), nil); err != nil {
		t.Errorf("the schema: %v", err)
	}
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 5 {
		t.Errorf("got %d leads, want 5: the one data source stays the one", n)
	}
	if _, err := notion.Open(t.Context(), f.server.Token(), f.db.ID(), f.options()); leadlake.KindOf(err) != leadlake.Invalid {
		t.Errorf("opened again: %v", err)
	}
}

func TestTemplatesAreNoLeads(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	pages := crowd(5, 5)
	pages[2].Template = true
	f.add(t, pages...)
	if n := len(collect(t, f.open(t, f.options()).Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 4 {
		t.Errorf("got %d leads, want 4", n)
	}
}

func TestCursorsThatExpire(t *testing.T) {
	f := newFixture(t, fakenotion.Options{CursorLife: time.Minute}, small()...)
	f.add(t, crowd(950, 10)...)
	s := f.open(t, f.options())
	seen := map[string]bool{}
	for lead, err := range s.Scan(t.Context(), time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if seen[lead.ID] {
			t.Errorf("%s came twice", lead.ID)
		}
		seen[lead.ID] = true
		_ = f.clock.Sleep(t.Context(), 400*time.Millisecond) // what becomes of it takes its time
	}
	if len(seen) != 950 {
		t.Errorf("got %d leads, want 950", len(seen))
	}
}

// TestARowFromElsewhereMovesNothing has a listing begin with a row that belongs
// far behind, as the first of an answer or alone in it, and then lose its
// cursor: where it goes on must not be behind what was never shown.
func TestARowFromElsewhereMovesNothing(t *testing.T) {
	for name, first := range map[string][]fakenotion.Fault{
		"at the head of an answer": {{Do: fakenotion.RepeatRow()}},
		"at the head of two":       {{Do: fakenotion.RepeatRow()}, {After: 1, Do: fakenotion.RepeatRow()}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{}, small()...)
			f.add(t, crowd(450, 1)...)
			s := f.open(t, f.options())
			if n := len(collect(t, s.Changed(t.Context(), time.Time{}), leadlake.ColumnLastEditedTime)); n != 450 {
				t.Fatalf("got %d leads, want 450", n)
			}
			for i := range first {
				first[i].On = fakenotion.Query
			}
			f.server.Script(append(first, fakenotion.Fault{On: fakenotion.Query, After: 3, Do: fakenotion.LoseCursor()})...)
			seen := map[string]bool{}
			for lead, err := range s.Changed(t.Context(), time.Time{}) {
				if err != nil {
					t.Fatal(err)
				}
				seen[lead.ID] = true
			}
			if len(seen) != 450 {
				t.Errorf("got %d leads, want 450", len(seen))
			}
		})
	}
}

func TestAQueryThatTakesNotionTooLong(t *testing.T) {
	c := newClock()
	f := newFixtureAt(t, c, fakenotion.Options{Sleep: func(d time.Duration) { _ = c.Sleep(t.Context(), d) }}, small()...)
	f.add(t, crowd(250, 10)...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, Times: 3, Do: fakenotion.Stall(time.Minute)})
	s := f.open(t, f.options())
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 250 {
		t.Errorf("got %d leads, want 250", n)
	}
	if r := s.Stats(); r.Retries != 3 || r.Requests < 3+2+5 {
		t.Errorf("got %+v, want 3 repeated, and smaller questions", r)
	}
}

func TestTimesInOtherForms(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Cap: 100}, small()...)
	pages := crowd(250, 10)
	future := f.clock.Now().Add(48 * time.Hour).Truncate(time.Minute)
	pages[100].Edited = future
	f.add(t, pages...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, Times: -1, Do: fakenotion.OffsetTimes()})
	s := f.open(t, f.options())
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 250 {
		t.Errorf("got %d leads, want 250", n)
	}
	leads := collect(t, s.Changed(t.Context(), time.Time{}), leadlake.ColumnLastEditedTime)
	if last := leads[len(leads)-1].Time(leadlake.ColumnLastEditedTime); len(leads) != 250 || !last.Equal(future) || last.Location() != time.UTC {
		t.Errorf("got %d leads up to %v, want 250 up to %v", len(leads), last, future)
	}
}

func TestPagesThatLeave(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	other := f.db.AddSource("Clients", small()...)
	ids := f.add(t, crowd(6, 6)...)
	o := f.options()
	s, err := notion.Open(t.Context(), f.server.Token(), f.db.Source().ID(), o)
	if err == nil {
		_, err = s.Schema(t.Context(), nil)
	}
	if err == nil {
		err = f.db.Source().Move(ids[0], other)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.db.Source().Remove(ids[1])
	for i, change := range []func(*fakenotion.Page){
		func(p *fakenotion.Page) { p.Trashed = true }, func(p *fakenotion.Page) { p.Archived = true },
	} {
		if err = f.db.Source().Edit(ids[2+i], change); err != nil {
			t.Fatal(err)
		}
	}
	listed := map[string]string{}
	for lead, err := range s.IDs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		listed[lead.ID] = lead.Text(leadlake.ColumnState)
	}
	read := []string{}
	for _, id := range ids {
		lead, err := s.Lead(t.Context(), id)
		state := lead.Text(leadlake.ColumnState)
		if err != nil {
			state = string(leadlake.KindOf(err))
		}
		read = append(read, state+"/"+listed[id])
	}
	want := []string{"moved/", "not_found/", "trashed/", "archived/archived", "active/active", "active/active"}
	if fmt.Sprint(read) != fmt.Sprint(want) {
		t.Errorf("read and listed: %q, want %q", read, want)
	}
}

func TestAnEditThatTheIndexDoesNotKnowYet(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Lag: 30 * time.Second}, small()...)
	ids := f.add(t, crowd(6, 6)...)
	s := f.open(t, f.options())
	since := f.clock.Now().Truncate(time.Minute)
	if err := f.db.Source().Edit(ids[3], func(p *fakenotion.Page) { p.Values["Nom"] = "Zoé" }); err != nil {
		t.Fatal(err)
	}
	if leads := collect(t, s.Changed(t.Context(), since), leadlake.ColumnLastEditedTime); len(leads) != 0 {
		t.Errorf("at once: got %d leads", len(leads))
	}
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 6 {
		t.Errorf("a lead that was edited is gone: got %d of 6", n)
	}
	_ = f.clock.Sleep(t.Context(), 30*time.Second)
	if leads := collect(t, s.Changed(t.Context(), since), leadlake.ColumnLastEditedTime); len(leads) != 1 || leads[0].Text("nom") != "Zoé" {
		t.Errorf("later: got %v", leads)
	}
}

func TestIncompleteBeforeTheLastAnswer(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(450, 10)...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, After: 2, Do: fakenotion.IncompleteEarly()})
	s := f.open(t, f.options())
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 450 {
		t.Errorf("got %d leads, want 450", n)
	}
	if r := s.Stats().Requests; r <= 2+5+1 {
		t.Errorf("after %d requests it took the word of an answer that was not the last", r)
	}
}

func TestPeopleBeyondTheLast(t *testing.T) {
	thirty := []string{}
	for i := range 30 {
		thirty = append(thirty, fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
	}
	lead, s := readOne(t, "people", thirty, nil)
	if list, _ := lead.Values["champ"].([]string); len(list) != 25 {
		t.Errorf("got %d people", len(list))
	}
	for _, w := range s.Warnings() {
		if strings.Contains(w.Text, "25 people") && w.Count == 1 && len(w.Examples) == 1 && w.Examples[0] == lead.ID {
			return
		}
	}
	t.Errorf("no warning with its example: %+v", s.Warnings())
}

// TestEditsOfOneMinute has two edits within the minute in which it is read.
func TestEditsOfOneMinute(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	id := f.add(t, fakenotion.Page{})[0]
	s := f.open(t, f.options())
	since := f.clock.Now() // 20 s past the minute
	for _, name := range []string{"Zoé", "Zoé Roy"} {
		_ = f.clock.Sleep(t.Context(), 10*time.Second)
		if err := f.db.Source().Edit(id, func(p *fakenotion.Page) { p.Values["Nom"] = name }); err != nil {
			t.Fatal(err)
		}
		leads := collect(t, s.Changed(t.Context(), since), leadlake.ColumnLastEditedTime)
		if len(leads) != 1 || leads[0].Text("nom") != name || !leads[0].Time(leadlake.ColumnLastEditedTime).Equal(since.Truncate(time.Minute)) {
			t.Errorf("got %v, want %q", leads, name)
		}
	}
}

func TestTrashAndArchiveAndBack(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	id := f.add(t, fakenotion.Page{})[0]
	s := f.open(t, f.options())
	since := f.clock.Now()
	for _, c := range []struct {
		change func(*fakenotion.Page)
		want   string
	}{
		{func(p *fakenotion.Page) { p.Trashed = true }, "[]"},
		{func(p *fakenotion.Page) { p.Trashed = false }, "[active]"},
		{func(p *fakenotion.Page) { p.Archived = true }, "[archived]"},
		{func(p *fakenotion.Page) { p.Archived = false }, "[active]"},
	} {
		if err := f.db.Source().Edit(id, c.change); err != nil {
			t.Fatal(err)
		}
		states := []string{}
		for _, lead := range collect(t, s.Changed(t.Context(), since), leadlake.ColumnLastEditedTime) {
			states = append(states, lead.Text(leadlake.ColumnState))
		}
		if fmt.Sprint(states) != c.want {
			t.Errorf("got %v, want %s", states, c.want)
		}
	}
}
