package naming

import (
	"encoding/hex"
	"hash/fnv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns a name as it is compared: without case, accents and the
// differences between apostrophes and between spaces.
func Fold(name string) string {
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

// Slug makes a column name of what people call it; "" where that has no letter
// or digit of ASCII.
func Slug(name string) string {
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

// Suffixed makes a slug unique by the id of what it names.
func Suffixed(slug, id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	tail := hex.EncodeToString(h.Sum(nil))
	if slug == "" {
		return "p_" + tail
	}
	return slug + "_" + tail
}
