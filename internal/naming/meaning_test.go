package naming_test

import (
	"testing"

	"leadlake/internal/naming"
)

func TestMeaning(t *testing.T) {
	d := naming.NewDictionary()
	for name, want := range map[string]struct {
		column string
		sure   bool
	}{
		"date_relance":                      {"date_relance", true},
		"DATE DE RE\u0301PONSE DU prospect": {"date_reponse_prospect", true},
		"Date d’appel booke":                {"date_appel_booke", true},
		"Email Pro":                         {"email", true},
		"Etat":                              {"statut", true},
		"Date-relance":                      {"date_relance", false},
		"Contacté le":                       {"date_prise_contact", false},
		"Date of reply":                     {"date_reponse_prospect", false},
		"Call booked on":                    {"date_appel_booke", false},
		"follow up":                         {"date_relance", false},
		"N° de téléphone":                   {"telephone", false},
		"Full Name":                         {"nom", false},
		"Identifiant":                       {"id", false},
		"Prénom":                            {},
		"Nom entreprise":                    {},
		"_state":                            {},
		"🎯":                                 {},
		"":                                  {},
	} {
		if column, sure := d.Meaning(name); column != want.column || sure != want.sure {
			t.Errorf("%q means %q (sure: %v), want %q (%v)", name, column, sure, want.column, want.sure)
		}
	}
	if naming.Rank("Email pro", "email") >= naming.Rank("Courriel", "email") || naming.Rank("Courriel", "email") >= naming.Rank("?", "email") {
		t.Error("a better name does not come first")
	}
}
