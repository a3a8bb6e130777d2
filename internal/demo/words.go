package demo

import "strings"

// words is what names, companies and answers are made of.
type words struct {
	firstNames                                   []firstName
	lastNames                                    []string
	companyKinds, companyNames, projects, trades []string
	jobs, levels, departments, subdepartments    []string
	towns, streets, dialling                     []string
	states, priorities, answers, shows, channels []string
	sizes, revenues                              []string
}

type firstName struct{ name, gender string }

func vocabulary() words {
	list := func(s string) []string { return strings.Split(s, "|") }
	w := words{
		lastNames: list("Aubrac|Bélanger|Besnard|Bréval|Caillebot|Castagné|Chassagne|Coëtquen|Corvaisier|Dampierre|Daubenton|Delcourt|" +
			"Desforêts|D’Hérouville|Estève|Faure|Fontanel|Gaëtan|Garrec|Guérande|Hénault|Jaurégui|Kerbrat|Lacaze|Lagrange|Le Bihan|Le Goff|" +
			"L’Hôte|Maurel|Méchain|Meyssonnier|Mérigot|N’Diaye|Noël|Orsini|Ouvrard|Paillé|Pelletan|Pérez|Quéméneur|Rançon|Rivoire|Rœderer|" +
			"Sabatier|Sébastiani|Taillefer|Thévenot|Traoré|Vaillant|Valmorin|Verdière|Villeneuve|Wœrth|Ysambert|Zeller"),
		companyKinds: list("Atelier|Maison|Groupe|Studio|Société|Agence|Cabinet|Établissements|Comptoir|Laboratoire|Fabrique|Conserverie|Transports|Éditions"),
		companyNames: list("Corvelle|Brindille|Lumio|Tréfonds|Argoat|Bélizaire|Cœur d’Amont|Dunes & Fils|Écluse|Farandole|Grand Large|Hêtraie|Îlot Nord|" +
			"Jonquille|Kéravel|Lavandin|Mélusine|Nuée|Ombelle|Pervenche|Quintessence|Rocambole|Sarcelle|Tilleul|Ubac|Vertigo|Zéphyrin|Clairgarde"),
		projects: list("Refonte du site|Audit SEO|Campagne d’automne|Migration CRM|Prospection Grand Ouest|Formation équipe|Offre découverte|" +
			"Accompagnement 2026|Étude de marché|Nouvelle identité|Automatisation|Déploiement"),
		trades: list("Édition de logiciels|Conseil en gestion|Commerce de gros|Agroalimentaire|Bâtiment|Hôtellerie|Santé|Formation|Logistique|" +
			"Énergies renouvelables|Mécanique de précision|Textile|Assurance|Architecture"),
		jobs: list("Directrice générale|Directrice marketing|Head of Sales|Directeur des opérations|" +
			"Commercial terrain|DRH|CEO & cofondatrice|Office manager|Directeur administratif et financier|Chef de projet numérique"),
		levels:         list("C-Level|Manager|Directeur|Opérationnel|VP"),
		departments:    list("Direction générale|Marketing|Commercial|Finance|Opérations|Ressources humaines|Informatique"),
		subdepartments: list("Acquisition|Comptabilité|Grands comptes|Produit|Recrutement|Support|Sédentaire|Terrain"),
		towns: list("44000 Nantes|35000 Rennes|69003 Lyon|75011 Paris|33000 Bordeaux|59800 Lille|67000 Strasbourg|31000 Toulouse|13006 Marseille|" +
			"34000 Montpellier|56000 Vannes|29200 Brest|63000 Clermont-Ferrand|21000 Dijon|74000 Annecy|64100 Bayonne|42000 Saint-Étienne|97400 Saint-Denis"),
		streets:    list("rue des Lilas|avenue de la Gare|quai des Brumes|place de l’Église|impasse du Moulin|boulevard de l’Océan|chemin des Crêtes|rue de l’Écluse"),
		dialling:   list("01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98"),
		states:     list("À contacter|Contacté|Relancé|A répondu|Appel proposé|Appel booké"),
		priorities: list("Haute 🔥|Moyenne|Basse"),
		answers:    list("Intéressé|Plus tard|Pas intéressé|Mauvais interlocuteur|Demande d’infos"),
		shows:      list("Show|No show|Reporté"),
		channels:   list("LinkedIn|E-mail|Téléphone"),
		sizes:      list("1 à 9|10 à 49|50 à 249|250 à 999|1\u00a0000 et plus"),
		revenues:   list("< 1\u00a0M€|1 à 5\u00a0M€|5 à 20\u00a0M€|> 20\u00a0M€"),
	}
	for _, name := range list("Aïcha|Anaïs|Bérénice|Camille|Chloé|Clémence|Éléonore|Élodie|Françoise|Gaëlle|Hélène|Inès|Jeanne|Léa|Maëlys|Marie-Charlotte|Noémie|Océane|Salomé|Zoé") {
		w.firstNames = append(w.firstNames, firstName{name, "Femme"})
	}
	for _, name := range list("André|Benoît|Cédric|Damien|Étienne|François-Xavier|Gaël|Grégoire|Hervé|Jérôme|Joël|Karim|Léo|Loïc|Mathéo|Mickaël|Noé|Rémi|Stéphane|Timothée") {
		w.firstNames = append(w.firstNames, firstName{name, "Homme"})
	}
	return w
}
