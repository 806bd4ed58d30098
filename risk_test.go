package symbolon_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

func TestARiskPolicyThatIsTaken(t *testing.T) {
	for _, doc := range []string{
		`{"challengeAt":1,"distrustAt":1,"denyAt":1}`,
		`{"challengeAt":101,"distrustAt":101,"denyAt":101}`,
		`{"challengeAt":50,"distrustAt":50,"denyAt":101}`,
		`{"points":{"rooted":0,"emulator":100}}`,
		`{"appVersions":{"android":"0","ios":"123456789.0.1.2"}}`,
	} {
		if _, err := symbolon.ParsePolicy(json.RawMessage(`{"risk":` + doc + `}`)); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestARiskPolicyThatIsRefused(t *testing.T) {
	for doc, c := range map[string]struct{ field, words string }{
		`{"points":{"rooted":-1}}`:            {"risk.points.rooted", "from 0 to 100; got -1"},
		`{"points":{"rooted":101}}`:           {"risk.points.rooted", "from 0 to 100; got 101"},
		`{"points":{"rootd":10}}`:             {"risk.points.rootd", "is not a reason; there are anonymous_network, app_outdated,"},
		`{"points":{"not_trusted":10}}`:       {"risk.points.not_trusted", "is not a reason"},
		`{"points":{"rooted":"many"}}`:        {"risk.points.rooted", "must be a whole number"},
		`{"points":{"rooted":null}}`:          {"risk.points.rooted", "must not be null"},
		`{"points":null}`:                     {"risk.points", "must not be null"},
		`{"challengeAt":0}`:                   {"risk.challengeAt", "from 1 to 100, or 101 for never; got 0"},
		`{"denyAt":102}`:                      {"risk.denyAt", "from 1 to 100, or 101 for never; got 102"},
		`{"challengeAt":71}`:                  {"risk.distrustAt", "must not be below risk.challengeAt (71); got 70"},
		`{"distrustAt":39}`:                   {"risk.distrustAt", "must not be below risk.challengeAt (40); got 39"},
		`{"distrustAt":101}`:                  {"risk.denyAt", "must not be below risk.distrustAt (101); got 90"},
		`{"trustAt":10}`:                      {"risk.trustAt", "there are points, challengeAt, distrustAt, denyAt, appVersions"},
		`{"appVersions":{"web":"1"}}`:         {"risk.appVersions", `android or ios; got "web"`},
		`{"appVersions":{"ios":""}}`:          {"risk.appVersions.ios", `numbers with dots between them, such as 5.2.0; got ""`},
		`{"appVersions":{"ios":"5.2-rc1"}}`:   {"risk.appVersions.ios", `got "5.2-rc1"`},
		`{"appVersions":{"ios":"1.2.3.4.5"}}`: {"risk.appVersions.ios", "one to four numbers"},
		`{"appVersions":{"ios":"1."}}`:        {"risk.appVersions.ios", "one to four numbers"},
		`{"appVersions":{"ios":5}}`:           {"risk.appVersions.ios", "must be a string"},
	} {
		_, err := symbolon.ParsePolicy(json.RawMessage(`{"risk":` + doc + `}`))
		t.Run(doc, func(t *testing.T) { wantInvalid(t, err, c.field, c.words) })
	}
}

func TestEveryReasonOfRiskHasPoints(t *testing.T) {
	points := symbolon.DefaultRiskPolicy().Points
	if len(points) != 26 {
		t.Errorf("got %d reasons, want 26", len(points))
	}
	for code, n := range points {
		if n < 1 || n > 100 {
			t.Errorf("%s has %d points", code, n)
		}
	}
}

// Two apps that set no policy must not share what counts as odd.
func TestDefaultRiskPolicyIsNobodysInCommon(t *testing.T) {
	mine := symbolon.DefaultRiskPolicy()
	mine.Points[symbolon.RiskRooted], mine.AppVersions[symbolon.PlatformIOS] = 0, "1"
	if fresh := symbolon.DefaultRiskPolicy(); fresh.Points[symbolon.RiskRooted] == 0 || len(fresh.AppVersions) != 0 {
		t.Errorf("a change of one policy shows in the next: %+v", fresh)
	}
}

const oldApps = `{"name":"old apps","priority":10,"when":"true","recommend":"DENY","mode":"production"}`

func TestRulesAreReadAsTheyAre(t *testing.T) {
	p, err := symbolon.ParsePolicy(json.RawMessage(`{"rules":[` + oldApps + `]}`))
	wantNone(t, err)
	want := []symbolon.Rule{{Name: "old apps", Priority: 10, When: "true", Recommend: symbolon.RecommendDeny, Mode: symbolon.RuleProduction}}
	if !reflect.DeepEqual(p.Rules, want) {
		t.Errorf("got %+v, want %+v", p.Rules, want)
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	with := func(member, value string) string {
		var r map[string]json.RawMessage
		if err := json.Unmarshal([]byte(oldApps), &r); err != nil {
			t.Fatal(err)
		}
		if r[member] = json.RawMessage(value); value == "" {
			delete(r, member)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return "[" + string(text) + "]"
	}
	long := func(n int) string { return `"` + strings.Repeat("x", n) + `"` }
	for _, row := range []struct{ doc, field, words string }{
		{with("name", ""), "rules[0].name", "must be given: 1 to 64 characters"},
		{with("name", long(65)), "rules[0].name", "at most 64 characters"},
		{with("name", `"a\nb"`), "rules[0].name", "control characters"},
		{with("name", "1"), "rules[0].name", "must be a string"},
		{with("priority", ""), "rules[0].priority", "from 1 to 1000; got 0"},
		{with("priority", "1001"), "rules[0].priority", "from 1 to 1000; got 1001"},
		{with("when", ""), "rules[0].when", "1 to 2000 bytes; got 0"},
		{with("when", long(2001)), "rules[0].when", "1 to 2000 bytes; got 2001"},
		{with("recommend", ""), "rules[0].recommend", "DENY, CHALLENGE or ALLOW"},
		{with("recommend", `"TRUST"`), "rules[0].recommend", `got "TRUST"`},
		{with("mode", ""), "rules[0].mode", "production or preview"},
		{with("mode", `"test"`), "rules[0].mode", `got "test"`},
		{with("then", `"DENY"`), "rules[0].then", "there are name, priority, when, recommend, mode"},
		{"[" + oldApps + "," + oldApps + "]", "rules[1].name", `there is another rule "old apps"`},
		{"[null]", "rules[0]", "must not be null"},
		{"null", "rules", "must not be null"},
		{"{}", "rules", "must be a list"},
		{manyRules(101), "rules", "at most 100 entries"},
	} {
		_, err := symbolon.ParsePolicy(json.RawMessage(`{"rules":` + row.doc + `}`))
		t.Run(row.doc[:min(len(row.doc), 60)], func(t *testing.T) { wantInvalid(t, err, row.field, row.words) })
	}
}

func manyRules(n int) string {
	var list []string
	for i := range n {
		list = append(list, strings.Replace(oldApps, "old apps", fmt.Sprint("rule ", i), 1))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestRulesThatFillTheirBounds(t *testing.T) {
	for _, doc := range []string{
		manyRules(100),
		`[{"name":"` + strings.Repeat("ü", 64) + `","priority":1,"when":"true","recommend":"ALLOW","mode":"preview"}]`,
		`[{"name":"x","priority":1000,"when":"` + strings.Repeat("x", 2000) + `","recommend":"CHALLENGE","mode":"preview"}]`,
	} {
		if _, err := symbolon.ParsePolicy(json.RawMessage(`{"rules":` + doc + `}`)); err != nil {
			t.Errorf("%.60s: %v", doc, err)
		}
	}
}
