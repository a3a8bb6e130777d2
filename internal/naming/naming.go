// Package naming knows what people call the columns of a lead, in French and
// in English, and makes column names of what else they have.
//
// Start reading at Dictionary.
package naming

import "leadlake"

// Template returns what the best-known French template calls a core column,
// its first choice first; nil where the template does not have it.
func Template(column string) []string {
	return map[string][]string{
		leadlake.ColumnNom:               {"Nom"},
		leadlake.ColumnEmail:             {"Email pro", "Email", "E-mail"},
		leadlake.ColumnTelephone:         {"Téléphone"},
		leadlake.ColumnStatut:            {"État", "Statut", "Status"},
		string(leadlake.PriseContact):    {"Date de prise de contact"},
		string(leadlake.ReponseProspect): {"Date de réponse du prospect"},
		string(leadlake.AppelPropose):    {"Date d'appel proposé"},
		string(leadlake.AppelBooke):      {"Date d'appel booké"},
		string(leadlake.Relance):         {"Date de relance"},
	}[column]
}
