package notion_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

// TestAColumnIsOfOnePropertyAndOneType alters a schema in any way, again and
// again. Whatever happens, a column keeps its type and its property for ever; a
// core column may get another property, when leadlake.yaml says so.
func TestAColumnIsOfOnePropertyAndOneType(t *testing.T) {
	kinds := []string{"number", "rich_text", "date", "select", "status", "formula", "checkbox", "multi_select"}
	names := []string{"Budget", "budget", "Büdget!", "Date de relance", "Rappel", "Email", "id", "Budget  v2", "🎯"}
	rapid.Check(t, func(r *rapid.T) {
		server := fakenotion.New(fakenotion.Options{Rate: -1})
		db := server.AddDatabase("Prospection", small()...)
		ds := db.Source()
		o := notion.Options{HTTP: &http.Client{Transport: direct{server}}}
		properties := 0 // that were added; their ids are p0, p1, …
		one := func(what string) string { return fmt.Sprintf("p%d", rapid.IntRange(0, properties-1).Draw(r, what)) }
		owners, types := map[string]string{}, map[string]leadlake.Type{}
		var known []leadlake.Property
		read := func() {
			s, err := notion.Open(t.Context(), server.Token(), db.ID(), o)
			if err == nil {
				var after []leadlake.Property
				if after, err = s.Schema(t.Context(), slices.Clone(known)); err == nil {
					known = after
				}
			}
			if err != nil && (leadlake.KindOf(err) != leadlake.Invalid || o.Events == nil) {
				r.Fatal(err)
			}
			checkColumns(r, known, owners, types)
		}
		r.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { read() },
			"add": func(r *rapid.T) {
				ds.AddProperty(fakenotion.Property{ID: fmt.Sprintf("p%d", properties), Name: rapid.SampledFrom(names).Draw(r, "name"), Type: rapid.SampledFrom(kinds).Draw(r, "kind")})
				properties++
			},
			"alter": func(r *rapid.T) {
				if properties == 0 {
					return
				}
				var err error
				switch rapid.IntRange(0, 2).Draw(r, "how") {
				case 0:
					err = ds.Rename(one("renamed"), rapid.SampledFrom(names).Draw(r, "name"))
				case 1:
					err = ds.Retype(one("retyped"), rapid.SampledFrom(kinds).Draw(r, "kind"), nil)
				case 2:
					err = ds.Conceal(one("concealed"), rapid.Bool().Draw(r, "hidden"))
				}
				if err != nil {
					r.Fatal(err)
				}
			},
			"leadlake.yaml": func(r *rapid.T) {
				o.Events, o.Fields = nil, nil
				if properties > 0 && rapid.Bool().Draw(r, "says") {
					o.Events = map[leadlake.Event]string{leadlake.Relance: one("event")}
				}
			},
		})
	})
}

// checkColumns fails where a column of the properties was another's, or of
// another type.
func checkColumns(r *rapid.T, known []leadlake.Property, owners map[string]string, types map[string]leadlake.Type) {
	core := map[string]bool{}
	for _, c := range leadlake.CoreColumns() {
		core[c.Name] = true
	}
	fed := map[string]string{}
	for _, p := range known {
		if was, there := types[p.Column]; there && was != p.Type {
			r.Fatalf("%s was %s and is %s", p.Column, was, p.Type)
		}
		if was, there := owners[p.Column]; there && was != p.ID && !core[p.Column] {
			r.Fatalf("%s was of %s and is of %s", p.Column, was, p.ID)
		}
		types[p.Column], owners[p.Column] = p.Type, p.ID
		if other, twice := fed[p.Column]; twice && p.RemovedAt.IsZero() {
			r.Fatalf("%s is fed by %s and %s", p.Column, other, p.ID)
		}
		if p.RemovedAt.IsZero() {
			fed[p.Column] = p.ID
		}
	}
}
