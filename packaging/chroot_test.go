//go:build chroot && linux

package packaging_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/symbolon-id/symbolon/symbolontest"
)

// needRoot says what is missing, rather than to pass by.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes a system within a folder, which only root may do: run it as root, in a container for instance")
	}
}

// account is a user of a system within a folder, by number.
type account struct{ uid, gid uint32 }

// inside is a command as the user runs it in a system within a folder.
func inside(root string, as account, env []string, args ...string) *exec.Cmd {
	command := exec.Command(args[0], args[1:]...)
	command.Path, command.Err = args[0], nil // as it is inside, where nobody has looked yet
	command.Dir = "/"
	command.Env = append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"}, env...)
	command.SysProcAttr = &syscall.SysProcAttr{
		Chroot: root, Credential: &syscall.Credential{Uid: as.uid, Gid: as.gid},
	}
	return command
}

// serving starts a service inside, and sees that it is ready and an app can be made.
func serving(t *testing.T, command *exec.Cmd) *symbolontest.Process {
	t.Helper()
	p, err := symbolontest.Launch(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() }) //nolint:errcheck // it may have ended
	answer, err := http.Get(p.URL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("readyz answers %s", answer.Status)
	}
	symbolontest.Attach(t, p.URL, adminKey).NewApp(t)
	return p
}

// stop ends a service as a system does, and sees that it ends well.
func stop(t *testing.T, p *symbolontest.Process) {
	t.Helper()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.Wait(); code != 0 {
		t.Errorf("the service ended with %d:\n%s", code, p.Log())
	}
}

// owned compares owner and mode.
func owned(t *testing.T, path string, by account, mode os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Error(err)
		return
	}
	has := info.Sys().(*syscall.Stat_t)
	if got := (account{has.Uid, has.Gid}); got != by || info.Mode().Perm() != mode {
		t.Errorf("%s belongs to %v with mode %04o; want %v with %04o", path, got, info.Mode().Perm(), by, mode)
	}
}

func exists(path ...string) bool {
	_, err := os.Lstat(filepath.Join(path...))
	return err == nil
}

// files lists all that is in a folder, with what a link points to.
func files(t *testing.T, root string) map[string]bool {
	t.Helper()
	out, err := exec.Command("find", root, "-mindepth", "1", "-printf", "%P %y %l\\n").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for line := range bytes.Lines(out) {
		all[strings.TrimRight(string(line), "\n")] = true
	}
	return all
}
