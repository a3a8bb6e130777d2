package cli_test

import (
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"leadlake/internal/cli"
	"leadlake/internal/notion/fakenotion"
)

// TestAPersonWatchesASync has Notion ask for a pause, so that there is time to
// draw how far it is.
func TestAPersonWatchesASync(t *testing.T) {
	t.Parallel()
	w := newWorkspace()
	web := httptest.NewServer(w.server)
	defer web.Close()
	must(t, w.fill(900))
	w.server.Script(fakenotion.Fault{On: fakenotion.Query, After: 3, Do: fakenotion.RateLimited(time.Second)})
	var stdout, stderr strings.Builder
	code := cli.Run(cli.World{
		Args: []string{"sync"}, Terminal: true, Stdout: &stdout, Stderr: &stderr,
		Environ: []string{
			"NOTION_TOKEN=" + w.server.Token(), "DATABASE_ID=" + w.database.ID(), "LEADLAKE_NOTION_URL=" + web.URL,
			"LEADLAKE_NOTION_RATE=10000", "LEADLAKE_LAKE=" + filepath.Join(t.TempDir(), "lake"),
		},
	})
	if code != 0 || !strings.HasPrefix(stdout.String(), "version 2: 900 leads read, 900 inserted,") || strings.Count(stdout.String(), "\n") != 2 {
		t.Errorf("code %d, result %q", code, stdout.String())
	}
	const erase = "\r\x1b[K"
	lines := strings.Split(stderr.String(), erase)
	drawn := regexp.MustCompile(`^syncing · \d+ leads read( · \d+ new, \d+ changed)? · \d+ requests( · waited \d+s)?( · about \d+m?\d*s left)?$`)
	if len(lines) < 3 || lines[0] != "" || lines[len(lines)-1] != "" {
		t.Fatalf("it drew %q; want lines over each other, and none left", stderr.String())
	}
	for _, line := range lines[1 : len(lines)-1] {
		if !drawn.MatchString(line) {
			t.Errorf("it drew %q", line)
		}
	}
}
