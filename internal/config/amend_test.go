package config_test

import (
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/config"
)

func TestAmend(t *testing.T) {
	t.Parallel()
	events := map[leadlake.Event]string{leadlake.Relance: "Rappel: été", leadlake.AppelBooke: "RDV"}
	fields := map[string]string{"statut": "Étape"}
	both := "events:\n  date_appel_booke: \"RDV\"\n  date_relance: \"Rappel: été\"\n"
	statut := "fields:\n  statut: \"Étape\"\n"
	for name, c := range map[string]struct{ before, want string }{
		"nothing": {"", both + statut},
		"other settings": {
			"# Ours.\nlake: ./place # on the disk\n",
			"# Ours.\nlake: ./place # on the disk\n" + both + statut,
		},
		"no last newline": {"lake: x", "lake: x\n" + both + statut},
		"entries and comments": {
			"events:\n    # set by hand\n    date_prise_contact: First touch # the oldest\n\nlake: x\n",
			"events:\n    # set by hand\n    date_appel_booke: \"RDV\"\n    date_relance: \"Rappel: été\"\n    date_prise_contact: First touch # the oldest\n\nlake: x\n" + statut,
		},
		"an empty section":            {"events:\nlake: x\n", "events:\n  date_appel_booke: \"RDV\"\n  date_relance: \"Rappel: été\"\nlake: x\n" + statut},
		"an empty section at the end": {"lake: x\nevents:", "lake: x\n" + both + statut},
		"replaced": {
			"events:\n  date_relance: \"Relence\" # a slip\nfields: {statut: Stade, nom: N}\n",
			"events:\n  date_appel_booke: \"RDV\"\n  date_relance: \"Rappel: été\" # a slip\nfields: {statut: \"Étape\", nom: N}\n",
		},
		"braces": {
			"events: {date_prise_contact: Premier}\nfields: {}\n",
			"events: {date_appel_booke: \"RDV\", date_relance: \"Rappel: été\", date_prise_contact: Premier}\nfields: {statut: \"Étape\"}\n",
		},
	} {
		got, err := config.Amend([]byte(c.before), events, fields)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %v\n%s\nwant\n%s", name, err, got, c.want)
		}
	}
	same := "# as it is\nevents: {date_relance: R}\n"
	if got, err := config.Amend([]byte(same), nil, nil); err != nil || string(got) != same {
		t.Errorf("nothing to add: got %q, %v", got, err)
	}
}

func TestAmendRefuses(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"events: [a]\n", "a: b: c\n", "events:\n  date_relance: >\n    Folded\n    text\n", "events: &x {date_relance: R}\nfields: *x\n"} {
		got, err := config.Amend([]byte(before), map[leadlake.Event]string{leadlake.Relance: "Rappel"}, nil)
		if err == nil && !strings.Contains(string(got), `date_relance: "Rappel"`) {
			t.Errorf("%q: got %q", before, got)
		}
	}
}
