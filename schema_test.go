package leadlake_test

import (
	"slices"
	"testing"
	"time"

	"leadlake"
)

func TestDrifts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	state := leadlake.Property{
		ID: "a", Label: "État", Kind: "select", Column: "statut", Type: leadlake.Text, FirstSeen: now,
		Options: []leadlake.Option{{ID: "1", Name: "Nouveau"}, {ID: "2", Name: "Gagné"}},
	}
	change := func(edit func(*leadlake.Property)) leadlake.Property {
		p := state
		p.Options = slices.Clone(p.Options)
		edit(&p)
		return p
	}
	removed := change(func(p *leadlake.Property) { p.RemovedAt = now })
	cases := []struct {
		name          string
		before, after []leadlake.Property
		want          []leadlake.Drift // of Kind, Was and Is
		rereads       bool
	}{
		{"nothing", []leadlake.Property{state}, []leadlake.Property{state}, nil, false},
		{"added", nil, []leadlake.Property{state}, []leadlake.Drift{{Kind: leadlake.PropertyAdded, Is: "État"}}, true},
		{
			"renamed",
			[]leadlake.Property{state},
			[]leadlake.Property{change(func(p *leadlake.Property) { p.Label = "Statut" })},
			[]leadlake.Drift{{Kind: leadlake.PropertyRenamed, Was: "État", Is: "Statut"}},
			false,
		},
		{
			"select becomes status",
			[]leadlake.Property{state},
			[]leadlake.Property{change(func(p *leadlake.Property) { p.Kind = "status" })},
			[]leadlake.Drift{{Kind: leadlake.PropertyRetyped, Was: "select", Is: "status"}},
			true,
		},
		{
			"removed",
			[]leadlake.Property{state},
			[]leadlake.Property{removed},
			[]leadlake.Drift{{Kind: leadlake.PropertyRemoved, Was: "État"}},
			false,
		},
		{
			"returned under another name",
			[]leadlake.Property{removed},
			[]leadlake.Property{change(func(p *leadlake.Property) { p.Label = "Statut" })},
			[]leadlake.Drift{{Kind: leadlake.PropertyReturned, Is: "Statut"}, {Kind: leadlake.PropertyRenamed, Was: "État", Is: "Statut"}},
			true,
		},
		{"still away", []leadlake.Property{removed}, []leadlake.Property{removed}, nil, false},
		{
			"options",
			[]leadlake.Property{state},
			[]leadlake.Property{change(func(p *leadlake.Property) {
				p.Options = []leadlake.Option{{ID: "2", Name: "Signé"}, {ID: "3", Name: "Perdu"}}
			})},
			[]leadlake.Drift{
				{Kind: leadlake.OptionRenamed, Was: "Gagné", Is: "Signé"},
				{Kind: leadlake.OptionAdded, Is: "Perdu"},
				{Kind: leadlake.OptionRemoved, Was: "Nouveau"},
			},
			true,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := leadlake.Drifts(c.before, c.after, now)
			same := slices.EqualFunc(got, c.want, func(a, b leadlake.Drift) bool {
				return a.Kind == b.Kind && a.Was == b.Was && a.Is == b.Is && a.At.Equal(now)
			})
			if !same {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if rereads := slices.ContainsFunc(got, leadlake.Drift.Rereads); rereads != c.rereads {
				t.Errorf("asks for another reading: %t, want %t", rereads, c.rereads)
			}
		})
	}
}

func TestFollowing(t *testing.T) {
	t.Parallel()
	p := leadlake.Property{Column: "budget", Type: leadlake.Number}
	for _, step := range []struct {
		column string
		typ    leadlake.Type
		former []leadlake.Column
	}{
		{"budget", leadlake.Number, nil},
		{"budget__v2", leadlake.Text, []leadlake.Column{{Name: "budget", Type: leadlake.Number}}},
		{"budget__v2", leadlake.Text, []leadlake.Column{{Name: "budget", Type: leadlake.Number}}},
		{"budget", leadlake.Number, []leadlake.Column{{Name: "budget__v2", Type: leadlake.Text}}},
		{"budget__v3", leadlake.Flag, []leadlake.Column{{Name: "budget__v2", Type: leadlake.Text}, {Name: "budget", Type: leadlake.Number}}},
	} {
		p = leadlake.Property{Column: step.column, Type: step.typ}.Following(p)
		if !slices.Equal(p.Former, step.former) {
			t.Errorf("now in %s, it has been in %v, want %v", step.column, p.Former, step.former)
		}
	}
}
