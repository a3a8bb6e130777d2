package notion

import (
	"encoding/hex"
	"hash/fnv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"leadlake"
)

// templateEvents returns what the best-known French template calls the events.
func templateEvents() map[leadlake.Event]string {
	return map[leadlake.Event]string{
		leadlake.PriseContact:    "Date de prise de contact",
		leadlake.ReponseProspect: "Date de réponse du prospect",
		leadlake.AppelPropose:    "Date d'appel proposé",
		leadlake.AppelBooke:      "Date d'appel booké",
		leadlake.Relance:         "Date de relance",
	}
}

// field is how a core column that is no event finds its property: by the first
// of the names that there is, else the first property of the type.
type field struct {
	column string
	names  []string
	kind   string
}

func templateFields() []field {
	return []field{
		{leadlake.ColumnNom, []string{"Nom"}, "title"},
		{leadlake.ColumnEmail, []string{"Email pro", "Email", "E-mail"}, "email"},
		{leadlake.ColumnTelephone, []string{"Téléphone"}, "phone_number"},
		{leadlake.ColumnStatut, []string{"État", "Statut", "Status"}, "status"},
	}
}

// fold returns a name as it is compared: without case, accents and the
// differences between apostrophes and between spaces.
func fold(name string) string {
	name = strings.NewReplacer("’", "'", "ʼ", "'", "´", "'", "`", "'").Replace(unaccented(name))
	return strings.Join(strings.Fields(name), " ")
}

// unaccented returns s in lower case, each letter without its marks.
func unaccented(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case r == 'ß':
			b.WriteString("ss")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// slug makes a column name of a property's name; "" where it has no letter or
// digit of ASCII.
func slug(name string) string {
	const longest = 60
	var b strings.Builder
	for _, r := range unaccented(name) {
		if b.Len() >= longest {
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}

// suffix makes a column name unique by the property's id.
func suffix(name, id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	tail := hex.EncodeToString(h.Sum(nil))
	if name == "" {
		return "p_" + tail
	}
	return name + "_" + tail
}
