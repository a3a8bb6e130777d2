package notion_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

func minuteOfImport() time.Time { return time.Date(2026, 1, 5, 8, 7, 0, 0, time.UTC) }

// imported returns pages that were all made in one minute, with a title each.
func imported(n int, title func(int) string) []fakenotion.Page {
	pages := crowd(n, n)
	for i := range pages {
		pages[i].Created = minuteOfImport()
		pages[i].Values = map[string]fakenotion.Value{"Nom": title(i)}
	}
	return pages
}

func person(i int) string {
	first := []string{"Zoé", "Camille", "Élodie", "Hugo", "Inès", "Noé", "Maëlle"}
	last := []string{"Roy", "Petit", "Lefèvre", "Garcia", "Moreau", "Da Silva", "Schmitt", "Nguyen", "Haddad"}
	return fmt.Sprintf("%s %s", first[i%len(first)], last[i/len(first)%len(last)])
}

// TestTwelveThousandLeadsInOneMinute lists what an import of a file makes.
func TestTwelveThousandLeadsInOneMinute(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(300, 30)...)
	f.add(t, imported(12_000, person)...)
	s := f.open(t, f.options())
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 12_300 {
		t.Errorf("got %d leads, want 12,300", n)
	}
	if r := s.Stats().Requests; r > 500 {
		t.Errorf("it took %d requests", r)
	}
}

func TestAMinuteThatHoldsTooMuch(t *testing.T) {
	email := fakenotion.Property{Name: "Contact", Type: "email"}
	for name, title := range map[string]func(int) string{
		"people":         person,
		"numbers":        func(i int) string { return fmt.Sprintf("Lead %05d", i) },
		"few and others": func(i int) string { return map[bool]string{true: "Lead", false: "Prospect 7"}[i < 150] },
		"no title":       func(int) string { return "" },
		"other letters":  func(i int) string { return strings.Repeat("日", 1+i%3) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{Cap: 150}, append(small(), email)...)
			pages := imported(650, title)
			for i := range pages {
				pages[i].Values["Contact"] = strings.ReplaceAll(fmt.Sprintf("c%04d@exemple.test", i), "0", "oo")
				pages[i].Archived = i%2 == 1
				pages[i].Edited = minuteOfImport().Add(time.Hour)
			}
			f.add(t, pages...)
			f.add(t, crowd(170, 3)...)
			s := f.open(t, f.options())
			want := 820
			if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != want {
				t.Errorf("Scan: got %d leads, want %d", n, want)
			}
			if n := len(collect(t, s.Changed(t.Context(), time.Time{}), leadlake.ColumnLastEditedTime)); n != want {
				t.Errorf("Changed: got %d leads, want %d", n, want)
			}
			n := 0
			for _, err := range s.IDs(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != want {
				t.Errorf("IDs: got %d, want %d", n, want)
			}
		})
	}
}

// TestARowThatIsEditedWhileItsMinuteIsListed shows a later time than the others
// of its minute, of which there are more to come: they are not passed over.
func TestARowThatIsEditedWhileItsMinuteIsListed(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Cap: 100}, small()...)
	pages := imported(150, person)
	for i := range pages {
		pages[i].Edited = minuteOfImport()
	}
	f.add(t, pages...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, Do: fakenotion.EditedMeanwhile(f.clock.Now())})
	seen := map[string]bool{}
	for lead, err := range f.open(t, f.options()).Changed(t.Context(), minuteOfImport()) {
		if err != nil {
			t.Fatal(err)
		}
		seen[lead.ID] = true
	}
	if len(seen) != 150 {
		t.Errorf("got %d leads, want 150", len(seen))
	}
}

func TestTooManyLeadsThatAreAlike(t *testing.T) {
	f := newFixture(t, fakenotion.Options{Cap: 100}, small()...)
	f.add(t, imported(101, func(int) string { return "Nouveau lead" })...)
	s := f.open(t, f.options())
	given, err := failure(t, s.Scan(t.Context(), time.Time{}))
	if leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), "same time 2026-01-05 08:07 UTC") {
		t.Errorf("after %d leads: %v", given, err)
	}
	if r := s.Stats().Requests; r > 100 {
		t.Errorf("it took %d requests to find out", r)
	}
}

// TestAnyMinutesAreListedWhole has minutes of any size with titles of few
// letters, a cap of any size, and cursors that are lost now and then.
func TestAnyMinutesAreListedWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(3, 30).Draw(r, "cap")
		f := newFixture(t, fakenotion.Options{Cap: limit, Rate: -1}, small()...)
		byTitle := map[string]int{}
		var pages []fakenotion.Page
		for range rapid.IntRange(0, 90).Draw(r, "pages") {
			p := imported(1, func(int) string {
				return rapid.StringOfN(rapid.SampledFrom([]rune("abé7 ")), 0, 4, -1).Draw(r, "title")
			})[0]
			p.Created = p.Created.Add(time.Duration(rapid.IntRange(0, 2).Draw(r, "minute")) * time.Minute)
			p.Archived = rapid.Bool().Draw(r, "archived")
			key := fmt.Sprint(p.Created, p.Archived, letterSet(p.Values["Nom"]))
			if byTitle[key]++; byTitle[key] > limit {
				continue // these could not be told apart
			}
			pages = append(pages, p)
		}
		f.add(t, pages...)
		for range rapid.IntRange(0, 3).Draw(r, "lost cursors") {
			f.server.Script(fakenotion.Fault{On: fakenotion.Query, After: rapid.IntRange(0, 9).Draw(r, "after"), Do: fakenotion.LoseCursor()})
		}
		if n := len(collect(t, f.open(t, f.options()).Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != len(pages) {
			r.Errorf("got %d leads, want %d", n, len(pages))
		}
	})
}

// letterSet returns which of the letters that Notion is asked for a title has.
func letterSet(title fakenotion.Value) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(fmt.Sprint(title), r) {
			return r
		}
		return -1
	}, "ab7")
}
