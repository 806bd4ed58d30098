package sqlstore_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/sqlstore"
)

// unmarked are the writers of what standings are made of that need no mark, and why.
var unmarked = map[string]string{
	"fold_uses": "runs on PostgreSQL only, where nothing is remembered",
}

var (
	writes = regexp.MustCompile(`(?i)\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|MERGE\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?` +
		`(devices|device_use|keys|users|removed_apps)\b`)

	// names is what tells the id that a statement is about: its second argument.
	names = regexp.MustCompile(`app_id = \$1 AND (device|key|user)_id = \$2|\(app_id, (device|key|user)_id\b.*\)\s+VALUES \(\$1, \$2`)
)

// A standing is answered from memory until a statement changes it that is marked so. A
// writer without its mark, or with another's, would leave a blocked device standing.
func TestEveryWriterOfAStandingIsMarked(t *testing.T) {
	writers := 0
	for _, s := range sqlstore.Statements() {
		writer := writes.MatchString(s.Texts[0]) || writes.MatchString(s.Texts[1])
		if writer {
			writers++
		}
		switch {
		case writer && s.Marks == "" && unmarked[s.Name] == "":
			t.Errorf("%s changes standings and is not marked by changing:\n%s", s.Name, s.Texts[0])
		case unmarked[s.Name] != "" && (!writer || s.Marks != ""):
			t.Errorf("%s needs no reason to be unmarked", s.Name)
		case s.Marks != "" && s.Marks != "app" && about(s.Texts[0]) != s.Marks:
			t.Errorf("%s is marked to change a %s, and its second argument is the id of a %q", s.Name, s.Marks, about(s.Texts[0]))
		case s.Marks == "app" && !strings.Contains(s.Texts[0], "app_id = $1") && !strings.Contains(s.Texts[0], "(app_id, at) VALUES ($1"):
			t.Errorf("%s is marked to change an app, and its first argument is none", s.Name)
		}
	}
	if writers < 20 {
		t.Errorf("only %d statements are found that change standings", writers)
	}
}

func about(text string) string {
	m := names.FindStringSubmatch(strings.Join(strings.Fields(text), " "))
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// Whoever made a statement by hand would hide it from the test above.
func TestEveryStatementIsDefined(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n, want := strings.Count(string(text), "statement"+"{name:"), map[string]int{"dialect.go": 2}[file]; n != want {
			t.Errorf("%s makes %d statements by hand, want %d", file, n, want)
		}
		if n := strings.Count(string(text), " built("); n > 0 && !strings.HasPrefix(file, "device_list") && file != "dialect.go" && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s builds a statement as it is asked for", file)
		}
	}
}
