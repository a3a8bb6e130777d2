package tabular

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"leadlake"
	"leadlake/internal/naming"
)

// keys makes the ids of leads. An id stands in the table's log, so that it must
// not be personal: what may be is hashed.
type keys struct {
	source                string
	id, email, nom, phone int // columns of the file, -1 for none
	personal              bool
}

func newKeys(source string, all []Mapping) keys {
	at := func(column string) int {
		return slices.IndexFunc(all, func(m Mapping) bool { return m.Column == column })
	}
	k := keys{source: source, email: at(leadlake.ColumnEmail), nom: at(leadlake.ColumnNom), phone: at(leadlake.ColumnTelephone)}
	k.id = slices.IndexFunc(all, func(m Mapping) bool { return m.Key })
	if k.id >= 0 {
		personal := []string{leadlake.ColumnEmail, leadlake.ColumnNom, leadlake.ColumnTelephone}
		meant, _ := naming.NewDictionary().Meaning(all[k.id].Header)
		k.personal = slices.Contains(personal, all[k.id].Column) || slices.Contains(personal, meant)
	}
	return k
}

// by says for people what rows are known by.
func (k keys) by(all []Mapping) string {
	switch {
	case k.id >= 0:
		return "the column \"" + all[k.id].Header + "\""
	case k.email >= 0 && k.nom >= 0:
		return "the e-mail address, or without one the name and the phone number"
	case k.email >= 0:
		return "the e-mail address"
	}
	return "the name and the phone number"
}

// of returns the id of the lead in a row, and which column it lacks if it has
// none.
func (k keys) of(cells []any) (id string, lacks int) {
	text := func(column int) string {
		if column < 0 {
			return ""
		}
		return textOf(cells[column])
	}
	if k.id >= 0 {
		value := text(k.id)
		if value == "" {
			return "", k.id
		}
		if k.personal || strings.Contains(value, "@") || utf8.RuneCountInString(value) > 100 || strings.ContainsFunc(value, unicode.IsControl) {
			value = digest("id", naming.Fold(value))
		}
		return k.source + ":" + value, -1
	}
	if email := strings.ToLower(text(k.email)); email != "" {
		return k.source + ":" + digest("email", email), -1
	}
	name, phone := naming.Fold(text(k.nom)), phoneDigits(text(k.phone))
	if name == "" && phone == "" {
		return "", max(k.email, k.nom, k.phone)
	}
	return k.source + ":" + digest("person", name, phone), -1
}

// phoneDigits returns a phone number without what people put between its
// digits.
func phoneDigits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}
