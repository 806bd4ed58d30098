package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellWord = regexp.MustCompile(`"[^"]*"|\S+`)

// Every command has examples in its help, and each of them is one that works.
func TestExamplesAreWholeAndParse(t *testing.T) {
	config := filepath.Join(t.TempDir(), "symbolon.yaml")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m := &Main{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}
	parser, err := m.parser(t.Context(), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]bool{}
	for _, leaf := range parser.Model.Leaves(true) {
		paths[leaf.Path()] = true
		if examples[leaf.Path()] == "" {
			t.Errorf("the help of symbolon %s has no example", leaf.Path())
		}
		if !strings.Contains(leaf.Detail, "Examples:\n\n    s") {
			t.Errorf("the help of symbolon %s does not show its examples:\n%s", leaf.Path(), leaf.Detail)
		}
	}
	for path, lines := range examples {
		if !paths[path] {
			t.Errorf("there are examples of symbolon %s, which is no command", path)
		}
		for _, line := range strings.Split(strings.TrimSpace(lines), "\n") {
			line = strings.ReplaceAll(line, "/etc/symbolon/symbolon.yaml", config)
			_, line, _ = strings.Cut(line, "symbolon ")
			line, _, _ = strings.Cut(strings.TrimRight(line, ")"), " > ")
			line, _, _ = strings.Cut(line, " < ")
			var args []string
			for _, word := range shellWord.FindAllString(line, -1) {
				args = append(args, strings.Trim(word, `"`))
			}
			fresh, err := m.parser(t.Context(), func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			if parsed, err := fresh.Parse(args); err != nil {
				t.Errorf("%s: %v", line, err)
			} else if !strings.HasPrefix(parsed.Command(), path) {
				t.Errorf("%s: is an example of %s, and calls %s", line, path, parsed.Command())
			}
		}
	}
}
