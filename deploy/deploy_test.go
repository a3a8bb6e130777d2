// Package deploy_test checks what can be checked of the files here without a
// container engine; scripts/container-test does the rest with one.
package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose reads a file as `docker compose config` does, with every profile.
func compose(t *testing.T, file string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{file}, cli.WithProfiles([]string{"*"}), cli.WithEnv([]string{"NOTION_TOKEN=a", "DATABASE_ID=b"}))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestCompose(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]string{
		"compose.yaml":       {"caddy", "collector", "grafana", "leadlake", "prometheus"},
		"compose.split.yaml": {"backend", "frontend"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			project := compose(t, file)
			if got := project.ServiceNames(); !slices.Equal(got, want) {
				t.Errorf("services %v, want %v", got, want)
			}
			for name, s := range project.Services {
				checkService(t, name, s)
			}
		})
	}
}

// checkService looks for what must hold of every container.
func checkService(t *testing.T, name string, s types.ServiceConfig) {
	t.Helper()
	for _, port := range s.Ports {
		if name != "caddy" && port.HostIP != "127.0.0.1" {
			t.Errorf("%s: port %s is open to other machines", name, port.Published)
		}
	}
	if s.Build == nil {
		if !regexp.MustCompile(`:v?\d+\.\d+`).MatchString(s.Image) {
			t.Errorf("%s: the version of %s is not said", name, s.Image)
		}
	} else {
		if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s: it may do more than it needs", name)
		}
		if len(s.Build.Args) > 0 {
			t.Errorf("%s: what is an argument of the build stays in the image", name)
		}
		if _, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); err != nil {
			t.Error(err)
		}
	}
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeBind {
			if _, err := os.Stat(v.Source); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestComposeIsADemoWithoutAToken reads the file with nothing set.
func TestComposeIsADemoWithoutAToken(t *testing.T) {
	t.Parallel()
	options, err := cli.NewProjectOptions([]string{"compose.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := project.ServiceNames(); !slices.Equal(got, []string{"leadlake"}) {
		t.Errorf("services %v, want leadlake alone", got)
	}
	for name, value := range project.Services["leadlake"].Environment {
		if strings.Contains(name, "TOKEN") && (value == nil || *value != "") {
			t.Errorf("%s is set", name)
		}
	}
}

// TestDockerfiles looks for what must never be in one.
func TestDockerfiles(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"Dockerfile", "web.Dockerfile"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if secret := regexp.MustCompile(`(?im)^\s*(ARG|ENV)\s.*(TOKEN|SECRET|PASSWORD|CREDENTIALS|_KEY)`).FindString(text); secret != "" {
			t.Errorf("%s: a secret has no place in an image: %s", file, secret)
		}
		stages := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(text, -1)
		for _, stage := range stages {
			if stage[1] != "docker.io/library/debian:bookworm-slim" && stage[1] != "scratch" {
				t.Errorf("%s: built from %s", file, stage[1])
			}
		}
		if user := regexp.MustCompile(`(?m)^USER (\S+)`).FindStringSubmatch(text); user == nil || strings.HasPrefix(user[1], "0") || strings.HasPrefix(user[1], "root") {
			t.Errorf("%s: it runs as %q", file, user)
		}
	}
}
