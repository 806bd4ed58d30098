package policy_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// page is the document that tells operators of policies.
func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// told gives the names in the first column of the page's tables, and what stands beside
// each: those of members, and those of the fields that conditions can name.
func told(t *testing.T) (members, fields map[string]string) {
	t.Helper()
	before, rest, _ := strings.Cut(page(t), "\n### What a condition can name\n")
	ours, after, ok := strings.Cut(rest, "\n### ")
	if !ok {
		t.Fatal("the page has no chapter on what a condition can name")
	}
	return firstCells(t, before+after), firstCells(t, ours)
}

func firstCells(t *testing.T, text string) map[string]string {
	t.Helper()
	cells := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\|").FindAllStringSubmatch(text, -1) {
		if _, twice := cells[row[1]]; twice {
			t.Errorf("%s is told of twice", row[1])
		}
		cells[row[1]] = strings.Trim(row[2], "`")
	}
	return cells
}

func TestThePageTellsEveryDefault(t *testing.T) {
	members, _ := told(t)
	text, err := json.Marshal(symbolon.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	var defaults map[string]json.RawMessage
	if err := json.Unmarshal(text, &defaults); err != nil {
		t.Fatal(err)
	}
	delete(defaults, "rules") // no default of its own: they begin as none
	leaves := map[string]string{}
	for name, value := range defaults {
		flatten(t, leaves, name, value)
	}
	for path, value := range leaves {
		if got, ok := members[path]; !ok || got != value {
			t.Errorf("the page says that %s is %q by default; it is %s", path, got, value)
		}
		delete(members, path)
	}
	for path := range members {
		if strings.Contains(path, ".") && !strings.HasPrefix(path, "rules[].") {
			t.Errorf("the page tells of %s, which is no member", path)
		}
	}
	if len(leaves) < 50 {
		t.Errorf("found only %d members", len(leaves))
	}
}

func flatten(t *testing.T, leaves map[string]string, path string, value json.RawMessage) {
	t.Helper()
	var members map[string]json.RawMessage
	if json.Unmarshal(value, &members) != nil || len(members) == 0 {
		leaves[path] = strings.Trim(string(value), `"`)
		return
	}
	for name, member := range members {
		flatten(t, leaves, path+"."+name, member)
	}
}

func TestThePageTellsEveryFieldOfConditions(t *testing.T) {
	_, fields := told(t)
	delete(fields, "action")
	for _, name := range []string{"device", "user", "request", "risk", "trust"} {
		_, err := policy.Compile([]symbolon.Rule{rule(name + ".nothing")})
		if err == nil {
			t.Fatalf("%s has every field", name)
		}
		_, list, _ := strings.Cut(err.Error(), name+" has ")
		for field := range strings.SplitSeq(list, ", ") {
			if _, ok := fields[name+"."+field]; !ok {
				t.Errorf("the page does not tell of %s.%s", name, field)
			}
			delete(fields, name+"."+field)
		}
	}
	for field := range fields {
		t.Errorf("the page tells of %s, which no condition can name", field)
	}
}

func TestThePagesExamplesArePolicies(t *testing.T) {
	blocks := regexp.MustCompile("(?ms)^```json\n(.*?)^```$").FindAllStringSubmatch(page(t), -1)
	rules := 0
	for _, block := range blocks {
		p, err := symbolon.ParsePolicy(json.RawMessage(block[1]))
		if err != nil {
			t.Errorf("%v\n%s", err, block[1])
			continue
		}
		if _, err := policy.Compile(p.Rules); err != nil {
			t.Error(err)
		}
		rules += len(p.Rules)
	}
	if len(blocks) != 2 || rules != 10 {
		t.Errorf("found %d documents with %d rules, want 2 with 10", len(blocks), rules)
	}
}
