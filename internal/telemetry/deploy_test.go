package telemetry_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"leadlake/internal/telemetry"
)

const (
	dashboard = "../../deploy/grafana/leadlake.json"
	rules     = "../../deploy/prometheus"
)

// questions returns what the dashboard and the alerts ask Prometheus.
func questions(t *testing.T) []string {
	t.Helper()
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	data, err := os.ReadFile(dashboard)
	if err == nil {
		err = json.Unmarshal(data, &board)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	for _, a := range alerts(t) {
		all = append(all, a.Expr)
	}
	if len(all) < 30 {
		t.Fatalf("there are only %d questions", len(all))
	}
	return all
}

type alert struct {
	Alert, Expr string
	Annotations map[string]string
}

func alerts(t *testing.T) []alert {
	t.Helper()
	var file struct {
		Groups []struct{ Rules []alert }
	}
	data, err := os.ReadFile(filepath.Join(rules, "alerts.yaml"))
	if err == nil {
		err = yaml.Unmarshal(data, &file)
	}
	if err != nil || len(file.Groups) != 1 {
		t.Fatal(err)
	}
	return file.Groups[0].Rules
}

// series returns the names that a scrape has.
func series() []string {
	names := []string{"up"}
	for _, i := range telemetry.Instruments() {
		if i.Kind == telemetry.Histogram {
			names = append(names, i.Prometheus()+"_bucket", i.Prometheus()+"_sum", i.Prometheus()+"_count")
		} else {
			names = append(names, i.Prometheus())
		}
	}
	return names
}

// TestWhatIsAskedIsExported finds every metric and label that the dashboard and
// the alerts name among those that there are.
func TestWhatIsAskedIsExported(t *testing.T) {
	labels := []string{"job", "instance", "le"}
	for _, i := range telemetry.Instruments() {
		for _, name := range i.Attributes {
			labels = append(labels, strings.ReplaceAll(name, ".", "_"))
		}
	}
	shown := map[string]bool{}
	for _, question := range questions(t) {
		plain := regexp.MustCompile(`"[^"]*"|\$\w+`).ReplaceAllString(question, "")
		for _, name := range regexp.MustCompile(`(\w+)\s*\{|\b((?:leadlake|http|db|go)_\w+)\b`).FindAllString(plain, -1) {
			name = strings.TrimRight(name, " {")
			if slices.Contains(labels, name) {
				continue
			}
			if shown[name] = true; !slices.Contains(series(), name) {
				t.Errorf("there is no metric %s, which is asked for in %s", name, question)
			}
		}
		for _, matched := range regexp.MustCompile(`(\w+)\s*(=|!=|=~|!~)""|by \(([^)]*)\)`).FindAllStringSubmatch(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(question, `""`), -1) {
			for name := range strings.SplitSeq(matched[1]+","+matched[3], ",") {
				if name = strings.TrimSpace(name); name != "" && !slices.Contains(labels, name) {
					t.Errorf("there is no label %s, which is named in %s", name, question)
				}
			}
		}
	}
	for _, i := range telemetry.Instruments() {
		if !slices.ContainsFunc([]string{"", "_bucket", "_sum", "_count"}, func(suffix string) bool { return shown[i.Prometheus()+suffix] }) {
			t.Errorf("nothing shows %s", i.Prometheus())
		}
	}
}

// TestAlertsSayWhatToDo finds the place in the documentation that each names.
func TestAlertsSayWhatToDo(t *testing.T) {
	page, err := os.ReadFile("../../docs/observe.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(page), -1) {
		anchors[strings.ReplaceAll(regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-")] = true
	}
	for _, a := range alerts(t) {
		_, anchor, found := strings.Cut(a.Annotations["description"], "docs/observe.md#")
		if a.Annotations["summary"] == "" || !found || !anchors[strings.TrimSpace(anchor)] {
			t.Errorf("%s leads to %q, which is none of the places in docs/observe.md", a.Alert, anchor)
		}
		if !strings.Contains(string(page), "`"+a.Alert+"`") {
			t.Errorf("docs/observe.md does not speak of %s", a.Alert)
		}
	}
}

// TestPromtool has Prometheus's own tool check the rules, and try them.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: apt-get install prometheus")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}, {"check", "config", "prometheus.yaml"}} {
		run := exec.CommandContext(t.Context(), promtool, args...)
		run.Dir = rules
		if out, err := run.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// TestPromtoolTakesTheMetrics has it read what is scraped.
func TestPromtoolTakesTheMetrics(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: apt-get install prometheus")
	}
	tel, _ := open(t, telemetry.Settings{Prometheus: true}, telemetry.Options{})
	exercise(t, tel)
	check := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	check.Stdin = strings.NewReader(metrics(t, tel))
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}
