package demo

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"leadlake"
	"leadlake/internal/notion/fakenotion"
)

func (w *Workspace) pick(list []string) string { return list[w.random.IntN(len(list))] }

// maybe returns one of list, or nothing.
func (w *Workspace) maybe(chance float64, list []string) fakenotion.Value {
	if w.random.Float64() >= chance {
		return nil
	}
	return w.pick(list)
}

// person invents somebody, and the company they work for.
func (w *Workspace) person() map[string]fakenotion.Value {
	v := w.words
	first, last := w.name()
	company := w.pick(v.companyKinds) + " " + w.pick(v.companyNames)
	town := w.pick(v.towns)
	job := w.random.IntN(len(v.jobs))
	values := map[string]fakenotion.Value{
		"Nom du projet":                w.title(company),
		"Nom":                          last,
		"Prenom":                       first.name,
		"Genre":                        first.gender,
		"Nom entreprise":               company,
		"Poste occupé":                 v.jobs[job],
		"Niveau hiérachique":           v.levels[job%len(v.levels)],
		"Département":                  v.departments[job%len(v.departments)],
		"Sous-département":             w.maybe(0.6, v.subdepartments),
		"Priorité":                     w.maybe(0.85, v.priorities),
		"Activité source Pharow":       w.maybe(0.8, v.trades), //nolint:misspell // French
		"Tranche d'effectif corrigée":  w.maybe(0.9, v.sizes),
		"Chiffre d'affaires simplifié": w.maybe(0.7, v.revenues),
		"Type de setting":              []string{w.pick(v.channels)},
		"En croissance":                w.random.Float64() < 0.35,
		"Ville de résidence":           w.maybe(0.75, v.towns),
		"Adresse du siège complète":    fmt.Sprintf("%d %s, %s", 1+w.random.IntN(180), w.pick(v.streets), town),
		"URL du site internet":         "https://www." + ascii(company) + ".example",
		"Personne assignée":            []string{fmt.Sprintf("dec0de00-0000-4000-8000-0000000000f%d", w.random.IntN(3))},
	}
	w.reach(values, ascii(first.name), ascii(last), ascii(company))
	if w.random.Float64() < 0.4 {
		values["Budget"] = float64(500 * (1 + w.random.IntN(60)))
	}
	return values
}

// reach gives a person what one needs to write to them; not everybody has all.
func (w *Workspace) reach(values map[string]fakenotion.Value, first, last, company string) {
	if w.random.Float64() < 0.93 {
		values["Email pro"] = first + "." + last + "@" + company + "." + w.pick([]string{"exemple.fr", "example.com"})
	}
	if w.random.Float64() < 0.7 {
		values["Téléphone"] = fmt.Sprintf("%s %02d %02d", w.pick(w.words.dialling), w.random.IntN(100), w.random.IntN(100))
	}
	if w.random.Float64() < 0.88 {
		values["Url Linkedin"] = fmt.Sprintf("https://linkedin.example/in/%s-%s-%04x", first, last, w.random.IntN(1<<16))
	}
}

// name invents a name. Some are double, some long, and some typed on a machine
// that writes letter and accent apart.
func (w *Workspace) name() (firstName, string) {
	first := w.words.firstNames[w.random.IntN(len(w.words.firstNames))]
	last := w.pick(w.words.lastNames)
	switch n := w.random.IntN(100); {
	case n < 6:
		last += "-" + w.pick(w.words.lastNames)
	case n < 8:
		last = "de La Tour d’Ombreval-" + last + " de Saint-Évremont-sur-Brindille"
	case n < 12:
		first.name, last = norm.NFD.String(first.name), norm.NFD.String(last)
	}
	return first, last
}

func (w *Workspace) title(company string) string {
	title := w.pick(w.words.projects) + " – " + company
	switch n := w.random.IntN(100); {
	case n < 8:
		return w.pick([]string{"🚀", "⭐️", "🔥", "👩🏽‍💻"}) + "\u00a0" + title
	case n < 12:
		return title + "\u00a0!"
	}
	return title
}

// progress sets what follows from the events so far.
func (w *Workspace) progress(values map[string]fakenotion.Value) {
	v := w.words
	state := v.states[0]
	for i, e := range []leadlake.Event{
		leadlake.PriseContact, leadlake.Relance, leadlake.ReponseProspect, leadlake.AppelPropose, leadlake.AppelBooke,
	} {
		if values[propertyOf(e)] != nil {
			state = v.states[i+1]
		}
	}
	values["État"] = state
	if values[propertyOf(leadlake.ReponseProspect)] != nil && values["Réponse setting"] == nil {
		values["Réponse setting"] = w.pick(v.answers)
	}
	if values[propertyOf(leadlake.AppelBooke)] != nil && values["Show"] == nil {
		values["Show"] = w.maybe(0.8, v.shows)
	}
}

// ascii writes a name as addresses have it.
func ascii(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ', r == '-', r == '’', r == '\'':
			if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
				b.WriteByte('-')
			}
		}
	}
	return strings.Trim(b.String(), "-")
}
