package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// Each variable and each example of a word compiles, and gives what it is said to give.
func TestTheLanguageIsTheOneThatRulesAreCompiledIn(t *testing.T) {
	forms := map[string]string{"text": " == ''", "number": " == 0", "true or false": "", "list of texts": " == ['a']"}
	l := policy.Language()
	conditions := []string{}
	for _, v := range l.Variables {
		form, ok := forms[v.Type]
		if !ok || v.Meaning == "" {
			t.Errorf("%s is of type %q and means %q", v.Name, v.Type, v.Meaning)
		}
		conditions = append(conditions, v.Name+form)
	}
	for _, w := range slices.Concat(l.Functions, l.Operators) {
		if w.Meaning == "" || !strings.Contains(w.Example, strings.Trim(w.Name, "[]?:")) {
			t.Errorf("%s means %q, such as %s", w.Name, w.Meaning, w.Example)
		}
		conditions = append(conditions, w.Example)
	}
	for _, when := range conditions {
		if _, err := policy.Compile([]symbolon.Rule{rule(when)}); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
}

// Nothing is left out: what a wrong name is told that there is, the language has.
func TestTheLanguageHasEverything(t *testing.T) {
	l := policy.Language()
	has := func(name string) bool {
		return slices.ContainsFunc(l.Variables, func(v symbolon.LanguageVariable) bool { return v.Name == name }) ||
			slices.ContainsFunc(l.Functions, func(w symbolon.LanguageWord) bool { return w.Name == name })
	}
	for _, v := range []string{"", "device.", "user.", "request.", "risk.", "trust."} {
		_, err := policy.Compile([]symbolon.Rule{rule(v + "nothing")})
		_, list, _ := strings.Cut(err.Error(), ";")
		_, list, _ = strings.Cut(strings.Replace(list, "there are", " has ", 1), " has ")
		for name := range strings.SplitSeq(strings.Replace(list, " and the functions ", " ", 1), ", ") {
			name = strings.TrimSpace(name)
			if object := v == "" && slices.Contains([]string{"device", "user", "request", "risk", "trust"}, name); !object && !has(v+name) {
				t.Errorf("a condition can name %s%s, and the language does not tell", v, name)
			}
		}
	}
}

// The page and the language tell of the same fields, in the same words.
func TestThePageTellsOfFieldsAsTheLanguageDoes(t *testing.T) {
	text := strings.ReplaceAll(page(t), "`", "")
	for _, v := range policy.Language().Variables {
		row := "| " + v.Name + " | " + v.Type + " | " + v.Meaning
		if len(v.Values) > 0 {
			row += ": " + strings.Join(v.Values, ", ")
		}
		if !strings.Contains(text, row+" |\n") {
			t.Errorf("the page has no row %q", row)
		}
	}
}

func TestEveryReasonHasItsPointsAndItsMeaning(t *testing.T) {
	points := symbolon.DefaultRiskPolicy().Points
	list := policy.Language().Reasons
	if len(list) != len(points) {
		t.Errorf("%d reasons have points, and %d are described", len(points), len(list))
	}
	for _, r := range list {
		if r.Points != points[r.Code] || !strings.HasSuffix(r.Meaning, ".") {
			t.Errorf("%s has %d points and means %q", r.Code, r.Points, r.Meaning)
		}
	}
}

// Whatever a member is said to allow is allowed, and what lies beyond is not.
func TestMembersAllowWhatTheySay(t *testing.T) {
	for _, m := range policy.Language().Members {
		values := map[string]bool{`"none of these"`: false}
		for _, value := range m.Values {
			values[`"`+value+`"`] = true
		}
		if m.Least != nil {
			values = map[string]bool{fmt.Sprint(*m.Least): true, fmt.Sprint(*m.Most): true, fmt.Sprint(*m.Least - 1): false, fmt.Sprint(*m.Most + 1): false}
		}
		for value, allowed := range values {
			found := problemsOf(t, document(m.Path, value))
			refused := slices.ContainsFunc(found, func(problem string) bool {
				return strings.Contains(problem, " must be ") || strings.Contains(problem, " must name ")
			})
			if refused == allowed {
				t.Errorf("%s %s: want it allowed: %v; told %q", m.Path, value, allowed, found)
			}
		}
	}
}

// examples are values for the members that are maps: there the language tells the names.
var examples = map[string]string{"limits.perType": "1", "revocation": `"keep"`, "risk.appVersions": `"1.0"`}

// document is the smallest policy that has this value there.
func document(path, value string) string {
	if example, isMap := examples[path]; isMap {
		value = "{" + value + ":" + example + "}"
	}
	if member, ok := strings.CutPrefix(path, "rules[]."); ok {
		return strings.Replace(`{"rules": [{"name": "a", "when": "true", "priority": 1, "recommend": "DENY", "mode": "preview"}]}`,
			`"`+member+`": `+map[string]string{"priority": "1", "recommend": `"DENY"`, "mode": `"preview"`}[member], `"`+member+`": `+value, 1)
	}
	if list, ok := strings.CutSuffix(path, "[]"); ok {
		path, value = list, "["+value+"]"
	}
	names := strings.NewReplacer("perType.*", "perType.mobile", "actions.*", "actions.pay", "revocation.*", "revocation.suspicious", "points.*", "points.rooted").Replace(path)
	for _, name := range slices.Backward(strings.Split(names, ".")) {
		value = `{"` + name + `": ` + value + "}"
	}
	return value
}
