package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// problemsOf gives each problem as field, place and message.
func problemsOf(t *testing.T, doc string) (found []string) {
	t.Helper()
	_, problems, err := policy.Check(json.RawMessage(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		found = append(found, fmt.Sprintf("%s %d:%d %s", p.Field, p.Line, p.Column, p.Message))
	}
	return found
}

// All that is wrong is told at once, and where it is; a member that can't be read is not
// told to be out of range as well.
func TestEverythingThatIsWrongIsTold(t *testing.T) {
	const at = `"priority": 1, "recommend": "DENY", "mode": "preview"`
	for doc, want := range map[string][]string{
		`{}`:   nil,
		`[]`:   {" 0:0 a policy must be one JSON object"},
		`null`: {" 0:0 a policy must be one JSON object"},
		`{"limits": {"devices": -1, "overflow": "drop", "most": 3}, "trust": {"duration": "soon", "idleTimeout": "PT1S"}}`: {
			"limits.devices 0:0 limits.devices must be from 0", "limits.most 0:0 limits.most is not known",
			"limits.overflow 0:0 limits.overflow must be reject", "trust.duration 0:0 trust.duration: ", "trust.idleTimeout 0:0 trust.idleTimeout must be at least PT1M",
		},
		`{"risk": {"challengeAt": 50, "distrustAt": 40, "points": {"rooted": 101, "rotten": 1}}}`: {
			"risk.distrustAt 0:0 risk.distrustAt must not be below risk.challengeAt", "risk.points.rooted 0:0 ", "risk.points.rotten 0:0 risk.points.rotten is not a reason",
		},
		`{"rules": [{"name": "a", "when": "true", ` + at + `}, {"name": "a", "when": 7, "priority": 0, "recommend": "TRUST"}]}`: {
			"rules[1].mode 0:0 ", "rules[1].name 0:0 rules[1].name must be its own", "rules[1].priority 0:0 ", "rules[1].recommend 0:0 ", "rules[1].when 0:0 rules[1].when must be a string",
		},
		`{"rules": [{"name": "a", "when": "user.device > 1 &&\n user.blocked", ` + at + `}, {"name": "b", "when": "risk.score", ` + at + `}]}`: {
			"rules[0].when 1:5 undefined field 'device'; user has id, devices, blockedDevices", "rules[0].when 2:6 undefined field 'blocked'; user has",
			"rules[1].when 1:1 it must give true or false",
		},
		`{"rules": [{"name": "a", "when": "{} == {} || request.ipAddress.within('there')", ` + at + `}]}`: {
			"rules[0].when 1:1 a condition can't make objects", "rules[0].when 1:37 within takes a network", "rules[0].when 1:7 a condition can't make objects",
		},
		`{"rules": [{"name": "a", "when": "risk.score > ", ` + at + `}], "more": 1}`: {"more 0:0 more is not known", "rules[0].when 1:14 Syntax error"},
	} {
		got := problemsOf(t, doc)
		slices.Sort(got)
		matches := slices.EqualFunc(got, want, func(got, want string) bool { return strings.HasPrefix(got, want) })
		if !matches {
			t.Errorf("%s:\ngot  %q\nwant %q", doc, got, want)
		}
	}
}

func TestAProblemNamesItsRule(t *testing.T) {
	_, problems, err := policy.Check(json.RawMessage(`{"rules": [{"name": "no such field", "when": "risk.points > 1", "priority": 1001, "recommend": "DENY", "mode": "preview"}]}`))
	if err != nil || len(problems) != 2 {
		t.Fatalf("got %+v, %v; want two problems", problems, err)
	}
	for _, p := range problems {
		if p.Rule != "no such field" {
			t.Errorf("%s is said to be in the rule %q", p.Field, p.Rule)
		}
	}
}

// A document has no problem exactly where it may be put.
func TestACheckSaysWhatAPutWould(t *testing.T) {
	many := strings.Repeat(`{"name": "r", "when": "true", "priority": 1, "recommend": "DENY", "mode": "preview"},`, symbolon.MaxRules)
	for _, doc := range []string{
		`{}`, `{"limits": {"devices": 3}}`, `{"limits": {"devices": "3"}}`, `{"trust": null}`, `{"trust": {"idleTimeout": null}}`,
		`{"actions": {"": {"require": "known"}}}`, `{"actions": {"pay": {"require": "luck"}}}`, `{"revocation": {"moon": "keep"}}`, `{"retention": {"ip": "PT1H"}}`,
		`{"rules": [{"name": "a", "when": "true", "priority": 1, "recommend": "DENY", "mode": "preview"}]}`,
		`{"rules": [{"name": "a", "when": "tru", "priority": 1, "recommend": "DENY", "mode": "preview"}]}`, `{"rules": [{}]}`, `{"rules": [` + many + `{}]}`,
		`{"limits": {}, "limits": {}}`, `{"limits": {"devices": 1` + strings.Repeat(" ", 64<<10) + `}}`, `"no"`, `{"risk": {"appVersions": {"web": "1"}}}`,
	} {
		p, err := symbolon.ParsePolicy(json.RawMessage(doc))
		if err == nil {
			_, err = policy.Compile(p.Rules)
		}
		if found := problemsOf(t, doc); (err == nil) != (len(found) == 0) {
			t.Errorf("%.80s: a put says %v, and a check %q", doc, err, found)
		}
	}
}
