package naming

import (
	"slices"
	"strings"

	"leadlake"
)

// Dictionary knows what names of columns mean. It is immutable.
type Dictionary struct {
	sure  map[string]string // columns by folded names that leave no doubt
	loose map[string]string // columns by the essence of every name
}

// NewDictionary returns the dictionary of the core columns, in French and in
// English.
func NewDictionary() *Dictionary {
	d := &Dictionary{sure: map[string]string{}, loose: map[string]string{}}
	for _, c := range leadlake.CoreColumns() {
		if strings.HasPrefix(c.Name, "_") {
			continue
		}
		own := append([]string{c.Name}, Template(c.Name)...)
		for _, name := range own {
			d.sure[Fold(name)] = c.Name
		}
		for _, name := range slices.Concat(own, synonyms(c.Name)) {
			if e := essence(name); d.loose[e] == "" {
				d.loose[e] = c.Name
			}
		}
	}
	return d
}

// Meaning returns the core column that a name stands for; "" where it stands
// for none. Sure says that it is the column's own name or the template's, and
// not only what somebody may call it.
func (d *Dictionary) Meaning(name string) (column string, sure bool) {
	if column := d.sure[Fold(name)]; column != "" {
		return column, true
	}
	return d.loose[essence(name)], false
}

// Rank orders names that mean one column: the smaller one says it better.
func Rank(name, column string) int {
	wanted := essence(name)
	for i, known := range slices.Concat([]string{column}, Template(column), synonyms(column)) {
		if essence(known) == wanted {
			return i
		}
	}
	return len(name) + 100
}

// essence returns the words that a name is told by, whatever their order.
func essence(name string) string {
	small := []string{"a", "at", "d", "de", "des", "du", "l", "la", "le", "les", "of", "on", "s", "the"}
	words := slices.DeleteFunc(strings.Split(Slug(name), "_"), func(word string) bool {
		return slices.Contains(small, word)
	})
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

// synonyms returns what else people call a core column, the best first.
func synonyms(column string) []string {
	return map[string][]string{
		leadlake.ColumnID: {"Identifiant", "Lead ID", "Contact ID"},
		leadlake.ColumnNom: {
			"Nom complet", "Nom et prénom", "Nom du prospect", "Nom du contact", "Nom du lead", "Prospect",
			"Name", "Full name", "Lead name", "Contact name", "Lead", "Nom de famille", "Last name",
		},
		leadlake.ColumnEmail: {
			"E-mail pro", "Mail pro", "Email professionnel", "Adresse e-mail", "Adresse email", "Adresse mail", "Adresse électronique",
			"Courriel", "Mail", "Work email", "Business email", "Email address", "E-mail address",
		},
		leadlake.ColumnTelephone: {
			"Téléphone pro", "Téléphone portable", "Téléphone mobile", "Numéro de téléphone", "N° de téléphone", "Tél", "Portable", "Mobile",
			"Phone", "Phone number", "Mobile phone", "Work phone",
		},
		leadlake.ColumnStatut: {"Statut du lead", "État du lead", "Étape", "Avancement", "Lead status", "Stage", "Deal stage"},
		string(leadlake.PriseContact): {
			"Prise de contact", "Date de premier contact", "Premier contact", "Date de contact", "Contacté le", "Date du premier message",
			"Premier message", "First contact", "First contact date", "First message", "First message sent", "First contacted", "Contacted on", "Contact date",
		},
		string(leadlake.ReponseProspect): {
			"Réponse du prospect", "Date de réponse", "Répondu le", "A répondu le", "Réponse",
			"Reply date", "Replied on", "Date replied", "Response date", "Reply",
		},
		string(leadlake.AppelPropose): {
			"Appel proposé", "Date de proposition d'appel", "Date de RDV proposé", "RDV proposé", "Rendez-vous proposé",
			"Call proposed", "Call proposed date", "Meeting proposed", "Meeting proposed date",
		},
		string(leadlake.AppelBooke): {
			"Appel booké", "Date d'appel réservé", "Appel réservé", "Date de rendez-vous", "Date de RDV", "RDV pris", "Rendez-vous pris",
			"Call booked", "Call booked date", "Booked call", "Meeting booked", "Meeting booked date", "Meeting date", "Appointment date",
		},
		string(leadlake.Relance): {
			"Relance", "Relancé le", "Date de dernière relance", "Dernière relance",
			"Follow-up date", "Last follow-up", "Last follow-up date", "Followed up on", "Follow-up",
		},
	}[column]
}
