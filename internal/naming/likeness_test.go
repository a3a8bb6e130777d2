package naming_test

import (
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/naming"
)

func TestLikeness(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Date relence":          "date_relance",
		"Relances client":       "date_relance",
		"Date du 1er contact":   "date_prise_contact",
		"Réponses":              "date_reponse_prospect",
		"RDV proposé le":        "date_appel_propose",
		"Appel bouké":           "date_appel_booke",
		"Call was booked":       "date_appel_booke",
		"Follow-up (next)":      "date_relance",
		"Courriels":             "email",
		"Telephon":              "telephone",
		"Etats actuels":         "statut",
		"Date":                  "",
		"Date de naissance":     "",
		"Date de signature":     "",
		"Budget":                "",
		"Chiffre d'affaires":    "",
		"":                      "",
		"Ville de résidence":    "",
		"Url Linkedin":          "",
		"Dernière modification": "",
		"Created time":          "",
		"Niveau hiérarchique":   "",
		"Tranche d'effectif":    "",
		"Sous-département":      "",
		"Source Pharow":         "",
	} {
		best, score := "", 0.6
		for _, c := range leadlake.CoreColumns() {
			if strings.HasPrefix(c.Name, "_") {
				continue
			}
			if l := naming.Likeness(name, c.Name); l >= score {
				best, score = c.Name, l
			}
		}
		if best != want {
			t.Errorf("%q is like %q (%.2f), want %q", name, best, score, want)
		}
	}
}
