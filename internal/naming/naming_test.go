package naming_test

import (
	"strings"
	"testing"

	"leadlake"
	"leadlake/internal/naming"
)

func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"Date d’appel\u00a0BOOKÉ ": "date d'appel booke",
		"re\u0301ponse":            "reponse",
		"Œuvre  &\tÆon ß":          "oeuvre & aeon ss",
		"":                         "",
	} {
		if got := naming.Fold(name); got != want {
			t.Errorf("Fold(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Chiffre d’affaire (k€)":        "chiffre_d_affaire_k",
		"_state":                        "state",
		"2024":                          "2024",
		"🎯":                             "",
		strings.Repeat("Très long ", 9): strings.TrimSuffix(strings.Repeat("tres_long_", 6), "_"),
	} {
		if got := naming.Slug(name); got != want {
			t.Errorf("Slug(%q): got %q, want %q", name, got, want)
		}
	}
	a, b := naming.Suffixed("ville", "1"), naming.Suffixed("ville", "2")
	if a == b || !strings.HasPrefix(a, "ville_") || !strings.HasPrefix(naming.Suffixed("", "1"), "p_") {
		t.Errorf("got the suffixed %q and %q", a, b)
	}
}

func TestTemplateHasEveryEvent(t *testing.T) {
	for _, e := range leadlake.Events() {
		if len(naming.Template(string(e))) == 0 {
			t.Errorf("the template has no name for %s", e)
		}
	}
	if got := naming.Template(leadlake.ColumnSource); got != nil {
		t.Errorf("got the names %q for a system column", got)
	}
}
