package packaging_test

import (
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// makeRelease makes a release for this machine from the sources in a folder.
func makeRelease(sources, out string) error {
	command := exec.Command("build/release.sh", out, "linux/"+runtime.GOARCH)
	command.Dir = sources
	command.Env = append(os.Environ(), "VERSION=v1.2.3", "SOURCE_DATE_EPOCH=1767225600")
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

var made = sync.OnceValues(func() (string, error) {
	out := filepath.Join(scratch, "release")
	return out, makeRelease("..", out)
})

// release is where the release of these sources is.
func release(t *testing.T) string {
	t.Helper()
	out, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// elsewhere is a copy of the sources in another folder.
func elsewhere(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	run(t, exec.Command("sh", "-ec", `cd .. && tar -cf - --exclude=./.git --exclude=./out --exclude=./bin --exclude=./data \
		--exclude=node_modules . | tar -xf - -C "$1"`, "-", folder))
	return folder
}

func TestAReleaseIsWhole(t *testing.T) {
	out := release(t)
	name := "symbolon-linux-" + runtime.GOARCH
	want := []string{"SHA256SUMS", name, "symbolon.cdx.json", "symbolon_1.2.3_" + runtime.GOARCH + ".deb"}
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if len(entries) != len(want) || e.Name() != want[i] {
			t.Fatalf("the release holds %v; want %v", entries, want)
		}
	}

	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = out
	if said := lines(run(t, check)); len(said) != len(want)-1 {
		t.Errorf("checksums are there of %v; want all but their own file", said)
	}
	if said := run(t, exec.Command(filepath.Join(out, name), "version")); !strings.HasPrefix(said, "symbolon v1.2.3 ") {
		t.Errorf("the program calls itself %q", said)
	}
	var bill struct{ Components []struct{ Name string } }
	if err := json.Unmarshal([]byte(read(t, filepath.Join(out, "symbolon.cdx.json"))), &bill); err != nil || len(bill.Components) < 10 {
		t.Errorf("the bill of materials has %d components, %v", len(bill.Components), err)
	}
}

func TestThePackageCompletesCommands(t *testing.T) {
	deb := filepath.Join(release(t), "symbolon_1.2.3_"+runtime.GOARCH+".deb")
	root := t.TempDir()
	run(t, tool(t, "dpkg-deb", "--extract", deb, root))
	for _, path := range []string{"bash-completion/completions/symbolon", "zsh/vendor-completions/_symbolon", "fish/vendor_completions.d/symbolon.fish"} {
		if text := read(t, filepath.Join(root, "usr/share", path)); !strings.Contains(text, "symbolon") {
			t.Errorf("%s holds %q", path, text)
		}
	}
	run(t, exec.Command("bash", "-n", filepath.Join(root, "usr/share/bash-completion/completions/symbolon")))
}

func TestTheProgramNeedsNothingOfTheMachine(t *testing.T) {
	f, err := elf.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program has a segment %s: it is not static", p.Type)
		}
	}
}

func TestAReleaseIsTheSameWhereverItIsMade(t *testing.T) {
	other := filepath.Join(t.TempDir(), "release")
	if err := makeRelease(elsewhere(t), other); err != nil {
		t.Fatal(err)
	}
	here, there := read(t, filepath.Join(release(t), "SHA256SUMS")), read(t, filepath.Join(other, "SHA256SUMS"))
	if here != there {
		t.Errorf("here:\n%sin another folder:\n%s", here, there)
	}
}

func TestVersionsAreOrderedAsDebianOrdersThem(t *testing.T) {
	fake := filepath.Join(t.TempDir(), "symbolon")
	write(t, fake, "#!/bin/sh\n")
	before := ""
	for _, c := range []struct{ git, debian string }{
		{"e80ae6a-dirty", "0~e80ae6a.dirty"},
		{"v1.0.0-rc.1", "1.0.0~rc.1"},
		{"v1.0.0-rc.1-2-gabcdef0", "1.0.0~rc.1+2.abcdef0"},
		{"v1.0.0-rc.2", "1.0.0~rc.2"},
		{"v1.0.0", "1.0.0"},
		{"v1.0.0-dirty", "1.0.0+dirty"},
		{"v1.0.1-4-gabcdef0", "1.0.1+4.abcdef0"},
		{"v1.0.10", "1.0.10"},
	} {
		out := t.TempDir()
		command := tool(t, "../build/deb.sh", fake, "all", c.git, out)
		command.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1767225600")
		run(t, command)
		path := filepath.Join(out, "symbolon_"+c.debian+"_all.deb")
		if got := strings.TrimSpace(run(t, tool(t, "dpkg-deb", "--field", path, "Version"))); got != c.debian {
			t.Errorf("%s became %s; want %s", c.git, got, c.debian)
		}
		if before != "" {
			run(t, tool(t, "dpkg", "--compare-versions", before, "lt", c.debian))
		}
		before = c.debian
	}
}
