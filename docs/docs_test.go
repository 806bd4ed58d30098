// Package docs_test holds the documentation against what it is about.
package docs_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/symbolontest"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks are the fenced blocks of a language.
func blocks(page, language string) []string {
	var all []string
	for _, found := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		all = append(all, found[1])
	}
	return all
}

// rows are the lines of all tables, cell by cell.
func rows(page string) [][]string {
	var all [][]string
	for line := range strings.Lines(page) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			all = append(all, cells)
		}
	}
	return all
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	var pages []string
	for _, pattern := range []string{"*.md", "decisions/*.md", "proxies/*.md", "../*.md", "../sdk/web/*.md", "../bench/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	count := 0
	for _, path := range pages {
		for _, found := range link.FindAllStringSubmatch(read(t, path), -1) {
			target := found[1]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			count++
			if problem := follow(t, path, target); problem != "" {
				t.Errorf("%s: %s: %s", path, target, problem)
			}
		}
	}
	if count < 20 {
		t.Errorf("found only %d links: does the test still understand them?", count)
	}
}

// follow tells what is wrong with a link on a page.
func follow(t *testing.T, page, target string) string {
	t.Helper()
	file, heading, _ := strings.Cut(target, "#")
	if file != "" {
		page = filepath.Join(filepath.Dir(page), file)
	}
	if _, err := os.Stat(page); err != nil {
		return "there is no such file"
	}
	if heading == "" {
		return ""
	}
	for _, found := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(read(t, page), -1) {
		if anchor(found[1]) == heading {
			return ""
		}
	}
	return "there is no such heading"
}

// anchor is what GitHub makes of a heading.
func anchor(heading string) string {
	kept := regexp.MustCompile(`[^\pL\pN \-_]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(kept, " ", "-")
}

func TestThePicturesAreWhole(t *testing.T) {
	pictures, err := filepath.Glob("pictures/*.svg")
	if err != nil || len(pictures) < 2 {
		t.Fatalf("found the pictures %v, %v", pictures, err)
	}
	for _, path := range pictures {
		text := read(t, path)
		d := xml.NewDecoder(strings.NewReader(text))
		for err == nil {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", path, err)
		}
		err = nil
		for _, part := range []string{"<title", "<desc", "prefers-color-scheme: dark"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s has no %s", path, part)
			}
		}
	}
}

// The guide's calls, as they stand but for where the service is.
func TestTheCallsOfTheAPIGuideWork(t *testing.T) {
	service := symbolontest.Start(t)
	made, err := service.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	script := strings.Join(blocks(read(t, "api.md"), "sh"), "\n")
	script = strings.Replace(script, "URL=http://127.0.0.1:8080", "URL="+service.URL, 1)
	command := exec.Command("bash", "-exc", script)
	command.Env = append(os.Environ(), "KEY="+made.Credential.Key)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, want := range []string{`"recommendation":"CHALLENGE","secondFactor":"require","proofResult":"missing"`, `"ticket":"`, `"cause":"password_changed"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("nothing answered %s:\n%s", want, out)
		}
	}
}

func TestTheAPIGuideNamesEveryErrorAndScope(t *testing.T) {
	page := read(t, "api.md")
	codes := regexp.MustCompile(`(?m)^\tErr\w+ +Code = "(\w+)"`).FindAllStringSubmatch(read(t, "../error.go"), -1)
	if len(codes) < 10 {
		t.Fatalf("found only %d codes in error.go", len(codes))
	}
	names := []string{}
	for _, code := range codes {
		names = append(names, code[1])
	}
	for _, scope := range symbolon.AllScopes {
		names = append(names, string(scope))
	}
	for _, name := range names {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the API guide does not tell of %s", name)
		}
	}
}

// Tables of the policy say what the defaults are.
func TestTheDefaultsOfThePolicyAreAsWritten(t *testing.T) {
	text, err := json.Marshal(symbolon.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	var policy any
	if err := json.Unmarshal(text, &policy); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, page := range []string{"security.md", "operations.md"} {
		for _, row := range rows(read(t, page)) {
			path, written := strings.Trim(row[0], "`"), strings.Trim(strings.Split(row[1], ",")[0], "`")
			if !regexp.MustCompile(`^(registration|limits|trust|retention)\.`).MatchString(path) {
				continue
			}
			count++
			value, known := at(policy, strings.Split(path, "."))
			if got := strings.Trim(value, `"`); !known || got != written && written != "all four" {
				t.Errorf("%s: %s is written to be %s; it is %s", page, path, written, got)
			}
		}
	}
	if count < 7 {
		t.Errorf("found only %d defaults: does the test still understand the tables?", count)
	}
}

// at is the JSON of a member of a document, by its path.
func at(document any, path []string) (string, bool) {
	for _, name := range path {
		members, _ := document.(map[string]any)
		value, there := members[name]
		if !there {
			return "", false
		}
		document = value
	}
	text, err := json.Marshal(document)
	return string(text), err == nil
}
