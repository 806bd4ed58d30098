package policy_test

import (
	"fmt"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// conditions are of the kinds that operators write, some cheap and some dear.
var conditions = []string{
	`request.anonymous && action == "transfer"`,
	`!(request.country in ["AT", "CH", "DE", "LI"]) && request.country != ""`,
	`device.platform == "android" && "rooted" in risk.reasons`,
	`device.keyStorage == "software" && risk.score >= 20`,
	`action.startsWith("admin.") && !request.ipAddress.within("192.0.2.0/24")`,
	`device.ageDays < 1 && user.devices > 3`,
	`trust.active && trust.ageDays > 60 && trust.factor == "sms"`,
	`(request.hour < 6 || request.hour >= 22) && action == "payout"`,
	`request.network.contains("Hosting") || request.asn in [64500, 64501, 64502]`,
	`device.lastUsedDays > 90 || device.users > 4 || "shared_device" in risk.reasons`,
}

func fiftyRules(tb testing.TB) *policy.Rules {
	tb.Helper()
	var rules []symbolon.Rule
	for i := range 50 {
		rules = append(rules, symbolon.Rule{
			Name: fmt.Sprintf("rule %d", i), Priority: i + 1, When: conditions[i%len(conditions)],
			Recommend: symbolon.RecommendChallenge, Mode: symbolon.RuleProduction,
		})
	}
	compiled, err := policy.Compile(rules)
	if err != nil {
		tb.Fatal(err)
	}
	return compiled
}

// oddFacts are those of a sign-in with four reasons of risk.
func oddFacts() policy.Facts {
	f := facts()
	f.IPAddress, f.Place = "203.0.113.7", symbolon.Place{Country: "DE", ASN: 64496, Network: "Example Broadband"}
	f.Risk = symbolon.Risk{Score: 24, Level: "low", Reasons: []symbolon.Reason{
		{Code: symbolon.RiskDormantDevice, Points: 20},
		{Code: symbolon.RiskNewNetwork, Points: 8},
		{Code: symbolon.RiskPrivateBrowsing, Points: 8},
		{Code: symbolon.RiskAppOutdated, Points: 2},
	}}
	return f
}

func BenchmarkEvaluate(b *testing.B) {
	rules := fiftyRules(b)
	for name, f := range map[string]policy.Facts{"plain": facts(), "odd": oddFacts()} {
		b.Run(name+"/no rules", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.Evaluate(f)
			}
		})
		b.Run(name+"/50 rules", func(b *testing.B) {
			f.Rules = rules
			b.ReportAllocs()
			for b.Loop() {
				policy.Evaluate(f)
			}
		})
	}
}

func BenchmarkCompile50Rules(b *testing.B) {
	for b.Loop() {
		fiftyRules(b)
	}
}
