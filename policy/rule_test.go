package policy_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// rules reads "name:priority:recommendation" for each rule. A name that ends in ? is in
// preview; one that begins with no does not hold, one that begins with bad fails.
func rules(t *testing.T, list string) *policy.Rules {
	t.Helper()
	var all []symbolon.Rule
	for _, word := range strings.Fields(list) {
		parts := strings.Split(word, ":")
		r := symbolon.Rule{Name: parts[0], When: "true", Recommend: symbolon.Recommendation(parts[2]), Mode: symbolon.RuleProduction}
		if _, err := fmt.Sscan(parts[1], &r.Priority); err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		if strings.HasSuffix(r.Name, "?") {
			r.Mode = symbolon.RulePreview
		}
		switch {
		case strings.HasPrefix(r.Name, "no"):
			r.When = `action == "nothing"`
		case strings.HasPrefix(r.Name, "bad"):
			r.When = `1 / risk.score == 1`
		}
		all = append(all, r)
	}
	return compile(t, all...)
}

func TestWhatRulesMakeOfAnAnswer(t *testing.T) {
	known := func(f *policy.Facts) { f.Device.Trust = nil }
	view := func(f *policy.Facts) { f.Action = "view" }
	stranger := func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofUnknownKey, nil }
	blocked := func(f *policy.Facts) { f.Device.Status = symbolon.StatusBlocked }
	for _, row := range []struct {
		given    string
		rules    string
		change   func(*policy.Facts)
		want     string
		rule     string // that decided
		held     string
		previews string
	}{
		{"no rules", "", nil, "TRUST and skip", "", "", ""},
		{"a rule that does not hold", "no:1:DENY", nil, "TRUST and skip", "", "", ""},
		{"a rule that denies", "a:1:DENY", nil, "DENY, trusted", "a", "a", ""},
		{"a rule that challenges", "a:1:CHALLENGE", nil, "CHALLENGE, trusted", "a", "a", ""},
		{"a rule that lets trust not count", "a:1:ALLOW", nil, "ALLOW, trusted", "a", "a", ""},
		{"the same, for an action of known devices", "a:1:ALLOW", view, "ALLOW, trusted, and skip", "a", "a", ""},
		{"a rule that challenges, for an action of known devices", "a:1:CHALLENGE", view, "CHALLENGE, trusted", "a", "a", ""},

		{"the strictest wins, whatever its priority", "a:1:ALLOW b:900:DENY c:2:CHALLENGE", nil, "DENY, trusted", "b", "a c b", ""},
		{"of two that are equally strict the first by priority is named", "a:20:CHALLENGE b:10:CHALLENGE", nil, "CHALLENGE, trusted", "b", "b a", ""},
		{"of two with one priority the first in the document is named", "b:10:DENY a:10:DENY", nil, "DENY, trusted", "b", "b a", ""},

		{"a rule that is milder than the answer", "a:1:ALLOW", stranger, "CHALLENGE", "", "a", ""},
		{"a rule that is as strict as the answer", "a:1:CHALLENGE", stranger, "CHALLENGE", "", "a", ""},
		{"a rule that is as strict as the answer of a known device", "a:1:ALLOW", known, "ALLOW", "", "a", ""},
		{"a rule that denies strangers", "a:1:DENY", stranger, "DENY", "a", "a", ""},
		{"a rule on a blocked device", "a:1:CHALLENGE", blocked, "DENY", "", "a", ""},

		{"a preview rule", "a?:1:DENY", nil, "TRUST and skip", "", "", "a?"},
		{"a preview rule that does not hold", "no?:1:DENY", nil, "TRUST and skip", "", "", ""},
		{"a preview rule that would change nothing", "a?:1:CHALLENGE b?:2:ALLOW c?:3:DENY", stranger, "CHALLENGE", "", "", "c?"},
		{"a preview rule beside one in production", "a:9:CHALLENGE b?:1:CHALLENGE c?:2:DENY", nil, "CHALLENGE, trusted", "a", "a", "c?"},

		{"a rule that fails", "bad:1:DENY", nil, "CHALLENGE, trusted", "bad", "bad!", ""},
		{"a rule that fails and would have been mild", "bad:1:ALLOW", nil, "CHALLENGE, trusted", "bad", "bad!", ""},
		{"a rule that fails beside one that denies", "bad:1:ALLOW a:2:DENY", nil, "DENY, trusted", "a", "bad! a", ""},
		{"a rule that fails on a blocked device", "bad:1:ALLOW", blocked, "DENY", "", "bad!", ""},
		{"a preview rule that fails", "bad?:1:DENY", nil, "TRUST and skip", "", "", "bad?!"},
	} {
		t.Run(row.given, func(t *testing.T) {
			f := facts()
			f.Rules = rules(t, row.rules)
			if row.change != nil {
				row.change(&f)
			}
			got := policy.Evaluate(f)
			checkAnswer(t, got, row.want)
			if named := nameOf(got.Rule); named != row.rule {
				t.Errorf("got the rule %q, want %q", named, row.rule)
			}
			if held(got.Rules) != row.held || held(got.Previews) != row.previews {
				t.Errorf("got %+v and the previews %+v, want %q and %q", got.Rules, got.Previews, row.held, row.previews)
			}
		})
	}
}

func nameOf(rule *string) string {
	if rule == nil {
		return ""
	}
	return *rule
}

// held gives the names of matches; a failed one has ! after it, if it asks for CHALLENGE.
func held(matches []symbolon.RuleMatch) string {
	var all []string
	for _, m := range matches {
		if m.Failed && m.Recommend == symbolon.RecommendChallenge {
			m.Name += "!"
		}
		all = append(all, m.Name)
	}
	return strings.Join(all, " ")
}

func TestRulesSeeTheRequestAsItCame(t *testing.T) {
	f := facts()
	f.Risk, f.Rules = risky(75), compile(t, rule(`trust.active && risk.score == 75`))
	if got := policy.Evaluate(f); !got.Distrust || nameOf(got.Rule) != "rule" {
		t.Errorf("got %+v, want the rule to see trust that ends by the answer", got)
	}
}

// Whatever the facts and the rules are: with rules the answer is never milder, previews
// change nothing, and only a factor that was skipped without them can be skipped.
func TestRulesNeverMakeAnAnswerMilder(t *testing.T) {
	order := []symbolon.Recommendation{"TRUST", "ALLOW", "CHALLENGE", "DENY"}
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		plain := policy.Evaluate(f)
		all := rapid.SliceOfN(rapid.Custom(anyRule), 0, 6).Draw(t, "rules")
		f.Rules = drawn(t, all)
		strict := policy.Evaluate(f)
		f.Rules = drawn(t, slices.DeleteFunc(slices.Clone(all), func(r symbolon.Rule) bool { return r.Mode == symbolon.RulePreview }))
		without := policy.Evaluate(f)

		if slices.Index(order, strict.Recommendation) < slices.Index(order, plain.Recommendation) {
			t.Fatalf("%s without rules, and %s with them", plain.Recommendation, strict.Recommendation)
		}
		if strict.SecondFactor == symbolon.FactorSkip && plain.SecondFactor != symbolon.FactorSkip {
			t.Fatal("the factor is skipped because of a rule")
		}
		if (strict.Rule != nil) != (strict.Recommendation != plain.Recommendation) {
			t.Fatalf("%s without rules, %s with them, and %q is named", plain.Recommendation, strict.Recommendation, nameOf(strict.Rule))
		}
		if strict.Distrust != plain.Distrust || strict.Known != plain.Known || strict.Trusted != plain.Trusted {
			t.Fatalf("rules changed more than the answer: %+v, and without them %+v", strict, plain)
		}
		for _, m := range strict.Previews {
			if slices.Index(order, m.Recommend) <= slices.Index(order, strict.Recommendation) {
				t.Fatalf("the preview %+v would not make %s stricter", m, strict.Recommendation)
			}
		}
		if strict.Previews = nil; !reflect.DeepEqual(strict, without) {
			t.Fatalf("previews changed the answer: %+v, and without them %+v", strict, without)
		}
	})
}

// Nothing unknown, no one above the thresholds and nobody who is challenged or denied ever
// skips a factor.
func TestWhoSkipsAFactor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		f.Rules = drawn(t, rapid.SliceOfN(rapid.Custom(anyRule), 0, 3).Draw(t, "rules"))
		v := policy.Evaluate(f)
		if v.SecondFactor == symbolon.FactorRequire {
			return
		}
		if !v.Known || f.Proof != symbolon.ProofValid || f.Device == nil || f.Risk.Score >= f.Policy.Risk.ChallengeAt ||
			v.Recommendation != symbolon.RecommendTrust && v.Recommendation != symbolon.RecommendAllow ||
			policy.Requirement(f.Policy, f.Action) == symbolon.RequireFactor {
			t.Fatalf("the factor is skipped: %+v for %+v", v, f)
		}
	})
}

func anyFacts(t *rapid.T) policy.Facts {
	f := facts()
	f.Proof = rapid.SampledFrom([]symbolon.ProofResult{
		symbolon.ProofValid, symbolon.ProofValid, symbolon.ProofValid, symbolon.ProofMissing, symbolon.ProofUnknownKey,
		symbolon.ProofInvalid, symbolon.ProofExpired, symbolon.ProofReplayed, "",
	}).Draw(t, "proof")
	f.Action = rapid.SampledFrom([]string{"", "login", "view", "transfer", "close"}).Draw(t, "action")
	f.Device.Status = rapid.SampledFrom([]symbolon.Status{symbolon.StatusActive, symbolon.StatusActive, symbolon.StatusPending, symbolon.StatusBlocked}).Draw(t, "status")
	if rapid.Bool().Draw(t, "untrusted") {
		f.Device.Trust = nil
	}
	if f.Proof != symbolon.ProofValid {
		f.Device = nil
	}
	f.Risk = risky(rapid.SampledFrom([]int{0, 0, 20, 39, 40, 69, 70, 89, 90, 100}).Draw(t, "score"))
	return f
}

func anyRule(t *rapid.T) symbolon.Rule {
	return symbolon.Rule{
		Name:     rapid.StringMatching(`[a-z]{8}`).Draw(t, "name"),
		Priority: rapid.IntRange(1, 5).Draw(t, "priority"),
		When: rapid.SampledFrom([]string{
			"true", "false", "1 / risk.score == 1", "risk.reasons[3] == ''", "device.known", "trust.active", `action == "view"`, "risk.score > 30",
		}).Draw(t, "when"),
		Recommend: rapid.SampledFrom([]symbolon.Recommendation{"DENY", "CHALLENGE", "ALLOW"}).Draw(t, "recommend"),
		Mode:      rapid.SampledFrom([]symbolon.RuleMode{symbolon.RuleProduction, symbolon.RulePreview}).Draw(t, "mode"),
	}
}

func drawn(t *rapid.T, list []symbolon.Rule) *policy.Rules {
	compiled, err := policy.Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestOneSetOfRulesServesManyAtOnce(t *testing.T) {
	shared := fiftyRules(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			f := oddFacts()
			f.Rules, f.Action, f.Risk.Score = shared, fmt.Sprintf("admin.%d", i), 20+i
			if got := policy.Evaluate(f); got.Recommendation != symbolon.RecommendChallenge || len(got.Rules) != 5 {
				t.Errorf("got %s by %v, want the five rules for actions of admins to hold", got.Recommendation, got.Rules)
			}
		})
	}
	group.Wait()
}

func TestAnswersWithoutRulesAllocateLittle(t *testing.T) {
	f := oddFacts()
	if n := testing.AllocsPerRun(100, func() { policy.Evaluate(f) }); n > 2 {
		t.Errorf("an answer takes %v allocations, want at most 2", n)
	}
}
