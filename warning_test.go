package leadlake_test

import (
	"reflect"
	"testing"

	"leadlake"
)

func TestWarningsSince(t *testing.T) {
	t.Parallel()
	before := []leadlake.Warning{{Text: "No e-mail"}, {Text: "A cut list", Count: 4, Examples: []string{"b", "c", "d"}}, {Text: "A date", Count: 2}}
	now := []leadlake.Warning{
		{Text: "No e-mail"},
		{Text: "A cut list", Count: 6, Examples: []string{"d", "e", "f"}},
		{Text: "A date", Count: 2},
		{Text: "A number", Count: 1, Examples: []string{"a"}},
	}
	want := []leadlake.Warning{
		{Text: "No e-mail"},
		{Text: "A cut list", Count: 2, Examples: []string{"e", "f"}},
		{Text: "A number", Count: 1, Examples: []string{"a"}},
	}
	if got := leadlake.WarningsSince(before, now); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	lines := []string{}
	for _, w := range want {
		lines = append(lines, w.String())
	}
	if want := []string{"No e-mail", "A cut list (2 times)", "A number"}; !reflect.DeepEqual(lines, want) {
		t.Errorf("in words: got %q, want %q", lines, want)
	}
}
