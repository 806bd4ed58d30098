//go:build chroot && linux

package packaging_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// debian is a Debian in a folder.
type debian struct{ root string }

// newDebian copies the one that `make setup-test` has made.
func newDebian(t *testing.T) debian {
	t.Helper()
	needRoot(t)
	const made = "../out/debian"
	if !exists(made, "made") {
		t.Fatal("there is no Debian in out/debian: make setup-test")
	}
	d := debian{filepath.Join(t.TempDir(), "debian")}
	run(t, exec.Command("cp", "-a", made+"/root", d.root))
	return d
}

// does runs a command as root.
func (d debian) does(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, inside(d.root, account{}, nil, append([]string{"/usr/bin/env"}, args...)...))
}

func (d debian) path(name string) string { return filepath.Join(d.root, name) }

// user is the package's.
func (d debian) user(t *testing.T) account {
	t.Helper()
	var a account
	if _, err := fmt.Sscan(d.does(t, "id", "-u", "symbolon")+d.does(t, "id", "-g", "symbolon"), &a.uid, &a.gid); err != nil {
		t.Fatal(err)
	}
	return a
}

// serves starts the service as the unit would, on a port that is free.
func (d debian) serves(t *testing.T) {
	t.Helper()
	env := []string{"SYMBOLON_LISTEN=127.0.0.1:0", "SYMBOLON_ADMIN_KEY=" + adminKey}
	stop(t, serving(t, inside(d.root, d.user(t), env, "/usr/bin/symbolon", "serve", "--config", "/etc/symbolon/symbolon.yaml")))
}

// deb is the package of a version, as it lies in the Debian.
func (d debian) deb(t *testing.T, version string) string {
	t.Helper()
	name := "symbolon_" + strings.TrimPrefix(version, "v") + "_" + runtime.GOARCH + ".deb"
	if !exists(scratch, name) {
		command := tool(t, "../build/deb.sh", program(t), runtime.GOARCH, version, scratch)
		command.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1767225600")
		run(t, command)
	}
	write(t, d.path("root/"+name), read(t, filepath.Join(scratch, name)))
	return "/root/" + name
}

func TestThePackageLivesAndDiesCleanly(t *testing.T) {
	d := newDebian(t)
	first, second := d.deb(t, "v1.2.3"), d.deb(t, "v1.2.4")
	before := files(t, d.root)

	d.does(t, "dpkg", "--install", first)
	d.isInstalled(t)
	d.serves(t)
	secret := read(t, d.path("var/lib/symbolon/secret.key"))

	const settings = "listen: 127.0.0.1:9090\ndata: /var/lib/symbolon\n"
	write(t, d.path("etc/symbolon/symbolon.yaml"), settings)
	d.does(t, "dpkg", "--install", second)
	d.isInstalled(t)
	if got := strings.TrimSpace(d.does(t, "dpkg-query", "-W", "-f", "${Version}", "symbolon")); got != "1.2.4" {
		t.Errorf("version %q is installed after the upgrade", got)
	}
	if read(t, d.path("etc/symbolon/symbolon.yaml")) != settings {
		t.Error("the upgrade changed the operator's settings")
	}
	d.serves(t)

	d.does(t, "dpkg", "--remove", "symbolon")
	if exists(d.root, "usr/bin/symbolon") || !exists(d.root, "etc/symbolon/symbolon.yaml") {
		t.Error("removing must take the program away, and leave the settings")
	}
	if read(t, d.path("var/lib/symbolon/secret.key")) != secret {
		t.Error("the key file is not as it was")
	}

	d.does(t, "dpkg", "--install", second)
	d.isInstalled(t)
	d.serves(t)

	d.does(t, "dpkg", "--purge", "symbolon")
	for path := range files(t, d.root) {
		if !before[path] && !isDebians(path) {
			t.Errorf("the purge has left %s", path)
		}
	}
	if strings.Contains(read(t, d.path("etc/passwd"))+read(t, d.path("etc/group")), "symbolon") {
		t.Error("the purge has left the user")
	}
}

// isDebians tells of what Debian's own tools keep: of packages, of locks, and copies of the lists of users.
func isDebians(path string) bool {
	name, _, _ := strings.Cut(path, " ")
	return strings.HasPrefix(name, "var/lib/dpkg/") || strings.HasPrefix(name, "run/") ||
		strings.HasPrefix(name, "etc/") && strings.HasSuffix(name, "-")
}

func (d debian) isInstalled(t *testing.T) {
	t.Helper()
	root, user := account{}, d.user(t)
	if user.uid == 0 || user.uid >= 1000 {
		t.Errorf("the user has the number %d, which is none of a service", user.uid)
	}
	owned(t, d.path("var/lib/symbolon"), user, 0o700)
	owned(t, d.path("etc/symbolon/symbolon.yaml"), root, 0o644)
	owned(t, d.path("etc/symbolon/symbolon.env"), root, 0o600)
	owned(t, d.path("usr/bin/symbolon"), root, 0o755)
	owned(t, d.path("usr/lib/systemd/system/symbolon.service"), root, 0o644)
	if !exists(d.root, "etc/systemd/system/multi-user.target.wants/symbolon.service") {
		t.Error("the service is not enabled")
	}
	if said := d.does(t, "dpkg", "--verify", "symbolon"); strings.Contains(said, "/usr/") {
		t.Errorf("dpkg finds files that are not as packed:\n%s", said)
	}
	if said := d.does(t, "dpkg", "--audit"); said != "" {
		t.Errorf("dpkg finds a package that is not in order:\n%s", said)
	}
}

func TestAServiceThatWasSwitchedOffStaysOff(t *testing.T) {
	d := newDebian(t)
	d.does(t, "dpkg", "--install", d.deb(t, "v1.2.3"))
	wants := "etc/systemd/system/multi-user.target.wants/symbolon.service"
	if err := os.Remove(d.path(wants)); err != nil {
		t.Fatal(err)
	}
	d.does(t, "dpkg", "--install", d.deb(t, "v1.2.4"))
	if exists(d.root, wants) {
		t.Error("the upgrade has switched it on again")
	}
}

func TestAFolderOfTheOperatorsIsTakenAsItIs(t *testing.T) {
	d := newDebian(t)
	d.does(t, "mkdir", "-m", "0750", "/var/lib/symbolon")
	d.does(t, "dpkg", "--install", d.deb(t, "v1.2.3"))
	owned(t, d.path("var/lib/symbolon"), account{}, 0o750)
}
