//go:build chroot && linux

package packaging_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// image is what an engine makes of a Containerfile with one stage.
type image struct {
	root       string // the files that are in it
	user       account
	env        []string
	entrypoint []string
	cmd        []string
	volumes    []string
	signal     string
}

// makeImage does what the Containerfile says, with a folder as context, and files of this machine for those that it
// takes from other images. It knows the instructions that ours has, and fails on any other.
func makeImage(t *testing.T, containerfile, context, arch string) image {
	t.Helper()
	m := image{root: t.TempDir()}
	args := map[string]string{}
	for i, line := range instructions(containerfile) {
		word, rest, _ := strings.Cut(line, " ")
		rest = os.Expand(strings.TrimSpace(rest), func(name string) string { return args[name] })
		switch {
		case i == 0 && line == "FROM scratch", word == "LABEL", word == "EXPOSE":
		case word == "ARG" && rest == "TARGETARCH":
			args[rest] = arch
		case word == "COPY":
			m.copy(t, context, strings.Fields(rest))
		case word == "USER":
			m.user = parseAccount(t, rest)
		case word == "ENV":
			m.env = append(m.env, strings.Fields(rest)...)
		case word == "VOLUME":
			m.volumes = append(m.volumes, rest)
		case word == "STOPSIGNAL":
			m.signal = rest
		case word == "ENTRYPOINT":
			m.entrypoint = parseList(t, rest)
		case word == "CMD":
			m.cmd = parseList(t, rest)
		default:
			t.Fatalf("the test does not know what %q does, or not at this place", line)
		}
	}
	return m
}

// instructions are the lines without comments, those that go on put together.
func instructions(containerfile string) []string {
	var text strings.Builder
	for line := range strings.Lines(containerfile) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			text.WriteString(line)
		}
	}
	return lines(strings.ReplaceAll(text.String(), "\\\n", " "))
}

// copy is COPY of one file or of a folder's content.
func (m *image) copy(t *testing.T, context string, words []string) {
	t.Helper()
	owner, mode, from := account{}, fs.FileMode(0), context
	for strings.HasPrefix(words[0], "--") {
		name, value, _ := strings.Cut(words[0], "=")
		switch name {
		case "--chown":
			owner = parseAccount(t, value)
		case "--chmod":
			bits, err := strconv.ParseUint(value, 8, 32)
			if err != nil {
				t.Fatal(err)
			}
			mode = fs.FileMode(bits)
		case "--from":
			from = "/"
		default:
			t.Fatalf("the test does not know COPY %s", name)
		}
		words = words[1:]
	}
	if len(words) != 2 {
		t.Fatalf("the test knows COPY of one source only, not of %v", words)
	}
	m.place(t, filepath.Join(from, words[0]), words[1], owner, mode)
}

func (m *image) place(t *testing.T, source, target string, owner account, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(m.root, path.Dir(target)), 0o755); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(source, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(source, file)
		if err != nil {
			return err
		}
		at := filepath.Join(m.root, target, below)
		if d.IsDir() {
			err = os.MkdirAll(at, 0o755)
		} else {
			err = copyFile(file, at)
		}
		if err == nil && mode != 0 {
			err = os.Chmod(at, mode)
		}
		if err != nil {
			return err
		}
		return os.Chown(at, int(owner.uid), int(owner.gid))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}

func parseAccount(t *testing.T, text string) account {
	t.Helper()
	user, group, _ := strings.Cut(text, ":")
	uid, err := strconv.ParseUint(user, 10, 32)
	if err != nil {
		t.Fatalf("a user must be given by number, as the image has no list of them: %v", err)
	}
	gid, err := strconv.ParseUint(group, 10, 32)
	if err != nil {
		t.Fatalf("a group must be given by number, as the image has no list of them: %v", err)
	}
	return account{uint32(uid), uint32(gid)}
}

func parseList(t *testing.T, text string) []string {
	t.Helper()
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%s must be a list in JSON, as the image has no shell: %v", text, err)
	}
	return list
}
