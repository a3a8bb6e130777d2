package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSystemdUnit has systemd look at the unit that we give away: whether it
// understands it, and how much the service could do if it were taken over.
func TestSystemdUnit(t *testing.T) {
	t.Parallel()
	unit, err := os.ReadFile("../../deploy/systemd/leadlake.service")
	must(t, err)
	program, err := os.Executable() // systemd looks whether there is one
	must(t, err)
	const installed = "/usr/local/bin/leadlake"
	if strings.Count(string(unit), installed) != 1 {
		t.Fatalf("%s is not named once", installed)
	}
	file := filepath.Join(t.TempDir(), "leadlake.service")
	must(t, os.WriteFile(file, []byte(strings.Replace(string(unit), installed, program, 1)), 0o600))
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("there is no systemd-analyze, which knows what systemd understands")
	}
	if said, err := exec.Command("systemd-analyze", "verify", file).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, said)
	}
	const worst = "15" // tenths of an exposure level of at most 10
	if said, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold="+worst, file).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, said)
	}
}
