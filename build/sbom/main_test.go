package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const epoch = "1767225600" // 2026-01-01T00:00:00Z

// built is a program with a module in it: this one.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sbom")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func write(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(args, epoch, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEveryModuleOfTheProgramIsListed(t *testing.T) {
	path := built(t)
	text := write(t, "-version", "v1.2.3", path)
	var doc document
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("go", "version", "-m", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, c := range doc.Components {
		listed[c.Name] = c.Version
	}
	modules := 0
	for line := range strings.Lines(string(said)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] != "dep" {
			continue
		}
		modules++
		if listed[fields[1]] != fields[2] {
			t.Errorf("the program holds %s %s; the document says %q", fields[1], fields[2], listed[fields[1]])
		}
	}
	if modules == 0 || len(doc.Components) != modules+1 {
		t.Errorf("the program holds %d modules; the document lists %d, the standard library among them", modules, len(doc.Components))
	}
	if listed["std"] == "" {
		t.Error("the standard library is not listed")
	}
}

func TestTheDocumentSaysWhatItIsAbout(t *testing.T) {
	path := built(t)
	var doc document
	if err := json.Unmarshal([]byte(write(t, "-version", "v1.2.3", path)), &doc); err != nil {
		t.Fatal(err)
	}
	about := doc.Metadata.Component
	if doc.Format != "CycloneDX" || doc.SpecVersion != "1.6" || about.PURL != "pkg:golang/github.com/symbolon-id/symbolon@v1.2.3" {
		t.Errorf("it is %s %s of %s", doc.Format, doc.SpecVersion, about.PURL)
	}
	if at := doc.Metadata.Timestamp.Format("2006-01-02"); at != "2026-01-01" {
		t.Errorf("it is dated %s; want the date of SOURCE_DATE_EPOCH", at)
	}
	sum, err := hash(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(about.Components) != 1 || about.Components[0].Hashes[0].Content != sum {
		t.Errorf("it does not name the file with its checksum: %+v", about.Components)
	}
}

func TestTheSameProgramsGiveTheSameDocument(t *testing.T) {
	path := built(t)
	first := write(t, "-version", "v1.2.3", path)
	if second := write(t, "-version", "v1.2.3", path); second != first {
		t.Error("two runs differ")
	}
	if other := write(t, "-version", "v1.2.4", path); serial(t, other) == serial(t, first) {
		t.Error("another version has the same serial number")
	}
}

func serial(t *testing.T, text string) string {
	t.Helper()
	var doc document
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.SerialNumber
}

func TestWhatCanNotBeDescribedIsRefused(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no program"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		about string
		args  []string
		epoch string
		want  string
	}{
		{"no program", []string{"-version", "v1"}, epoch, "usage"},
		{"no version", []string{text}, epoch, "usage"},
		{"no date", []string{"-version", "v1", text}, "", "SOURCE_DATE_EPOCH must be"},
		{"a file that Go has not built", []string{"-version", "v1", text}, epoch, "text"},
	} {
		var out bytes.Buffer
		err := run(c.args, c.epoch, &out)
		if err == nil || !strings.Contains(err.Error(), c.want) || out.Len() > 0 {
			t.Errorf("%s: got %v and %q; want an error with %q", c.about, err, out.String(), c.want)
		}
	}
}
