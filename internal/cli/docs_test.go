package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages returns the documentation, by path from the root of the repository.
func pages(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "web/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			relative, err := filepath.Rel(root, name)
			if err != nil {
				t.Fatal(err)
			}
			found[filepath.ToSlash(relative)] = string(data)
		}
	}
	if len(found) < 20 {
		t.Fatalf("found only %d pages", len(found))
	}
	return found
}

// TestLinks follows every link of the documentation that stays in the
// repository, anchors too.
func TestLinks(t *testing.T) {
	t.Parallel()
	all := pages(t)
	fence := regexp.MustCompile("(?ms)^```.*?^```")
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for page, text := range all {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			if regexp.MustCompile(`^[a-z]+:`).MatchString(m[1]) {
				continue // of another site
			}
			target, anchor, _ := strings.Cut(m[1], "#")
			if target = filepath.ToSlash(filepath.Join(filepath.Dir(page), target)); strings.HasPrefix(m[1], "#") {
				target = page
			}
			if _, err := os.Stat(filepath.Join("..", "..", target)); err != nil {
				t.Errorf("%s: the link to %s is dead", page, m[1])
			} else if anchor != "" && !slices.Contains(anchors(all[target]), anchor) {
				t.Errorf("%s: %s has no heading for #%s", page, target, anchor)
			}
		}
	}
}

// anchors returns what the headings of a page are linked to by.
func anchors(page string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		plain := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(strings.TrimSpace(plain), " ", "-"))
	}
	return all
}

// TestReadmesSayTheSame compares what can be compared of two languages: the
// headings, the links, the commands.
func TestReadmesSayTheSame(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for what, pattern := range map[string]string{
		"headings": `(?m)^(#+) `, "links": `\]\(([^)]+)\)`, "commands": "`(leadlake [a-z]+)", "rows of tables": `(?m)^(\|)`, "blocks": "(?m)^ *(```[a-z]*)",
	} {
		var found [2][]string
		for i, page := range []string{"README.md", "README.fr.md"} {
			for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(all[page], -1) {
				if !strings.HasPrefix(m[1], "README") {
					found[i] = append(found[i], m[1])
				}
			}
		}
		if !slices.Equal(found[0], found[1]) {
			t.Errorf("the %s differ:\n%v\n%v", what, found[0], found[1])
		}
	}
}

// TestTroubleIsWhatItSays looks whether the sentences by which trouble is found
// in docs/operate.md are said by the program.
func TestTroubleIsWhatItSays(t *testing.T) {
	t.Parallel()
	_, table, ok := strings.Cut(pages(t)["docs/operate.md"], "\n## Trouble, by what it says\n")
	if !ok {
		t.Fatal("docs/operate.md has no such part")
	}
	var source strings.Builder
	err := filepath.WalkDir(filepath.Join("..", "..", "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		source.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1)
	if len(rows) < 10 {
		t.Errorf("found only %d sentences", len(rows))
	}
	for _, row := range rows {
		if !strings.Contains(source.String(), row[1]) {
			t.Errorf("the program never says %q", row[1])
		}
	}
}
