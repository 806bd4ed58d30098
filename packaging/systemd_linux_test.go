package packaging_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const unit = "systemd/symbolon.service"

// systemd holds the unit as a machine has it, with the few units that every machine has.
func systemd(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, name := range []string{"sysinit", "basic", "shutdown", "multi-user", "network-online"} {
		write(t, filepath.Join(root, "usr/lib/systemd/system", name+".target"), "[Unit]\nDescription=Every machine has it\n")
	}
	write(t, filepath.Join(root, "usr/lib/systemd/system/symbolon.service"), read(t, unit))
	write(t, filepath.Join(root, "usr/bin/symbolon"), "")
	if err := os.Chmod(filepath.Join(root, "usr/bin/symbolon"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestSystemdFindsNothingWrongWithTheUnit(t *testing.T) {
	root := systemd(t)
	// Most mistakes are only warned of.
	if said := run(t, tool(t, "systemd-analyze", "verify", "--root="+root, "symbolon.service")); said != "" {
		t.Errorf("systemd-analyze says:\n%s", said)
	}
}

func TestTheVerificationWouldSeeAMistake(t *testing.T) {
	root := systemd(t)
	write(t, filepath.Join(root, "usr/lib/systemd/system/symbolon.service"),
		strings.Replace(read(t, unit), "NoNewPrivileges=", "NoNewPriviledges=", 1))
	said := run(t, tool(t, "systemd-analyze", "verify", "--root="+root, "symbolon.service"))
	if !strings.Contains(said, "NoNewPriviledges") {
		t.Errorf("systemd-analyze says %q of an unknown setting", said)
	}
}

// systemd counts up to 100 for what a service may do that it need not; few have under 50.
func TestTheUnitIsHardened(t *testing.T) {
	run(t, tool(t, "systemd-analyze", "security", "--offline=true", "--threshold=15", unit))
}

func TestTheUnitWaitsForRequestsToFinish(t *testing.T) {
	help := run(t, tool(t, program(t), "serve", "--help"))
	if !strings.Contains(help, "Default: 20s") {
		t.Fatalf("the default of shutdown-timeout is no longer 20s: does the unit's TimeoutStopSec still exceed it?\n%s", help)
	}
	if !strings.Contains(read(t, unit), "\nTimeoutStopSec=30\n") {
		t.Error("the unit's TimeoutStopSec is not 30, so systemd may kill the service within its shutdown-timeout of 20s")
	}
}
