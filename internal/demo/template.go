package demo

import (
	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

// propertyOf returns what the template calls the event.
func propertyOf(e leadlake.Event) string {
	return map[leadlake.Event]string{
		leadlake.PriseContact:    "Date de prise de contact",
		leadlake.ReponseProspect: "Date de réponse du prospect",
		leadlake.AppelPropose:    "Date d'appel proposé",
		leadlake.AppelBooke:      "Date d'appel booké",
		leadlake.Relance:         "Date de relance",
	}[e]
}

// template returns the schema of the French template, with its spelling.
func template(w words) []fakenotion.Property {
	return []fakenotion.Property{
		{Name: "Nom du projet", Type: "title"},
		{Name: "Nom", Type: "rich_text"},
		{Name: "Prenom", Type: "rich_text"},
		{Name: "Email pro", Type: "email"},
		{Name: "Téléphone", Type: "phone_number"},
		{Name: "État", Type: "status", Options: w.states},
		{Name: propertyOf(leadlake.PriseContact), Type: "date"},
		{Name: propertyOf(leadlake.ReponseProspect), Type: "date"},
		{Name: propertyOf(leadlake.AppelPropose), Type: "date"},
		{Name: propertyOf(leadlake.AppelBooke), Type: "date"},
		{Name: propertyOf(leadlake.Relance), Type: "date"},
		{Name: "Nom entreprise", Type: "rich_text"},
		{Name: "Poste occupé", Type: "rich_text"},
		{Name: "Niveau hiérachique", Type: "select", Options: w.levels},
		{Name: "Département", Type: "select", Options: w.departments},
		{Name: "Sous-département", Type: "select", Options: w.subdepartments},
		{Name: "Genre", Type: "select", Options: []string{"Femme", "Homme"}},
		{Name: "Priorité", Type: "select", Options: w.priorities},
		{Name: "Réponse setting", Type: "select", Options: w.answers},
		{Name: "Show", Type: "select", Options: w.shows},
		{Name: "Type de setting", Type: "multi_select", Options: w.channels},
		{Name: "Activité source Pharow", Type: "rich_text"}, //nolint:misspell // French
		{Name: "En croissance", Type: "checkbox"},
		{Name: "Tranche d'effectif corrigée", Type: "select", Options: w.sizes},
		{Name: "Chiffre d'affaires simplifié", Type: "select", Options: w.revenues},
		{Name: "Budget", Type: "number"},
		{Name: "Adresse du siège complète", Type: "rich_text"},
		{Name: "Ville de résidence", Type: "rich_text"},
		{Name: "URL du site internet", Type: "url"},
		{Name: "Url Linkedin", Type: "url"},
		{Name: "Personne assignée", Type: "people"},
	}
}
