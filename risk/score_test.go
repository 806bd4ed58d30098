package risk_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

var (
	codes         = slices.Sorted(maps.Keys(symbolon.DefaultRiskPolicy().Points))
	circumstances = []string{"new_country", "new_network", "impossible_travel", "timezone_mismatch", "anonymous_network", "new_device"}
	fromStrangers = []string{"proof_failures", "challenge_replayed", "velocity_ip"}
)

func found(weights map[string]int) []symbolon.Reason {
	var all []symbolon.Reason
	for _, code := range slices.Sorted(maps.Keys(weights)) {
		all = append(all, symbolon.Reason{Code: code, Weight: weights[code], Detail: "because of " + code})
	}
	return all
}

// The sums are worked by hand from the default points.
func TestReasonsCombine(t *testing.T) {
	for _, c := range []struct {
		what  string
		found map[string]int
		score int
		level string
	}{
		{"nothing", nil, 0, "low"},
		{"one alone counts whole: 35", map[string]int{"user_agent_mismatch": 100}, 35, "low"},
		{"at a part of its points: 50% of 25 is 12.5, rounded to 13", map[string]int{"new_country": 50}, 13, "low"},
		{"at no weight it is not about risk", map[string]int{"not_trusted": 0, "new_country": 100}, 25, "low"},
		{
			"the strongest whole, then halves: 50 + 35/2 + 20/4 + 8/8 = 73.5",
			map[string]int{"private_browsing": 100, "os_changed": 100, "browser_downgraded": 100, "user_agent_mismatch": 100},
			73, "high",
		},
		{
			"a strong and a weak one: 45 + 8/2 = 49",
			map[string]int{"automation": 100, "private_browsing": 100},
			49, "medium",
		},
		{
			"the whole of place: 60 + 30/2 + 25/4 + 20/8 + 15/16 + 8/32 = 84.9, stopped below 70",
			map[string]int{"new_country": 100, "new_network": 100, "impossible_travel": 100, "timezone_mismatch": 100, "anonymous_network": 100, "velocity_ip": 100},
			69, "medium",
		},
		{
			"and with something else it goes as far beyond: min(69 + 8, 60 + 25/2 + 8/4) = 74",
			map[string]int{"new_country": 100, "impossible_travel": 100, "private_browsing": 100},
			74, "high",
		},
		{
			"strangers: 30 + 25/2 = 42.5, stopped below 40",
			map[string]int{"proof_failures": 100, "challenge_replayed": 100},
			39, "low",
		},
		{
			"strangers on top of the place: 60 + 30/2 + 25/4 = 81.2, stopped below 70",
			map[string]int{"impossible_travel": 100, "proof_failures": 100, "challenge_replayed": 100},
			69, "medium",
		},
		{"what resembles a blocked device is challenged, however weak: 1% of 60 would be 1", map[string]int{"resembles_blocked": 1}, 40, "medium"},
	} {
		got := risk.Score(found(c.found), symbolon.DefaultRiskPolicy())
		if got.Score != c.score || got.Level != c.level {
			t.Errorf("%s:\n got %d %s\nwant %d %s", c.what, got.Score, got.Level, c.score, c.level)
		}
	}
}

func TestTenWeakReasonsDoNotOutweighAStrongOne(t *testing.T) {
	p := symbolon.DefaultRiskPolicy()
	weak := map[string]int{}
	for _, code := range codes[:10] {
		p.Points[code], weak[code] = 10, 100
	}
	if got := risk.Score(found(weak), p); got.Score != 19 { // all but twice the strongest
		t.Errorf("ten reasons of 10 points have %d", got.Score)
	}
}

func TestReasonsStandStrongestFirst(t *testing.T) {
	p := symbolon.DefaultRiskPolicy()
	p.Points[symbolon.RiskRooted] = 0
	given := found(map[string]int{"new_country": 100, "os_changed": 40, "rooted": 100, "automation": 100})
	before := slices.Clone(given)
	var names []string
	for _, r := range risk.Score(given, p).Reasons {
		names = append(names, r.Code)
		if r.Detail != "because of "+r.Code {
			t.Errorf("%s says %q", r.Code, r.Detail)
		}
	}
	// One that the policy switches off is named last: rules may still ask for it.
	if got := strings.Join(names, " "); got != "automation new_country os_changed rooted" {
		t.Errorf("got %s", got)
	}
	if !slices.Equal(given, before) {
		t.Error("Score changed what it was given")
	}
}

// anyPolicy draws from all risk policies that an operator may set.
func anyPolicy(t *rapid.T) symbolon.RiskPolicy {
	p := symbolon.DefaultPolicy()
	for _, code := range codes {
		p.Risk.Points[code] = rapid.IntRange(0, 100).Draw(t, code)
	}
	steps := rapid.SliceOfN(rapid.IntRange(1, 101), 3, 3).Draw(t, "thresholds")
	slices.Sort(steps)
	p.Risk.ChallengeAt, p.Risk.DistrustAt, p.Risk.DenyAt = steps[0], steps[1], steps[2]
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p.Risk
}

// anyReasons draws some of the codes, each with some weight.
func anyReasons(t *rapid.T, of []string) []symbolon.Reason {
	weights := rapid.MapOf(rapid.SampledFrom(of), rapid.IntRange(1, 100)).Draw(t, "weights")
	return found(weights)
}

func TestAddressAndPlaceAloneNeverEndTrust(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t)
		reasons := anyReasons(t, slices.Concat(circumstances, fromStrangers))
		if got := risk.Score(reasons, p); got.Score >= p.DistrustAt {
			t.Fatalf("%d, trust ends at %d", got.Score, p.DistrustAt)
		}
	})
}

func TestStrangersNeverTipTheScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t)
		own := slices.DeleteFunc(anyReasons(t, codes), func(r symbolon.Reason) bool { return slices.Contains(fromStrangers, r.Code) })
		without := risk.Score(own, p)
		with := risk.Score(slices.Concat(own, anyReasons(t, fromStrangers)), p)
		for _, at := range []int{p.ChallengeAt, p.DistrustAt, p.DenyAt} {
			if without.Score < at && with.Score >= at {
				t.Fatalf("%d became %d, over %d", without.Score, with.Score, at)
			}
		}
	})
}

func TestResemblingABlockedDeviceIsAtLeastAChallenge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t)
		reasons := append(anyReasons(t, codes), symbolon.Reason{Code: symbolon.RiskResemblesBlocked, Weight: rapid.IntRange(1, 100).Draw(t, "weight")})
		got := risk.Score(reasons, p)
		off := p.Points[symbolon.RiskResemblesBlocked] == 0 || p.ChallengeAt > 100 // the operator switched it off
		if !off && got.Score < p.ChallengeAt {
			t.Fatalf("%d, challenged at %d", got.Score, p.ChallengeAt)
		}
	})
}

func TestScoreKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t)
		reasons := anyReasons(t, codes)
		got := risk.Score(reasons, p)
		if got.Score < 0 || got.Score > 100 {
			t.Fatalf("%d is out of range", got.Score)
		}
		high, low := got.Score >= p.DistrustAt, got.Score < p.ChallengeAt
		if (got.Level == symbolon.RiskHigh) != high || (got.Level == symbolon.RiskLow) != low {
			t.Fatalf("%d is %s", got.Score, got.Level)
		}
		if again := risk.Score(rapid.Permutation(reasons).Draw(t, "order"), p); again.Score != got.Score {
			t.Fatalf("in another order %d became %d", got.Score, again.Score)
		}
		if again := risk.Score(got.Reasons, p); again.Score != got.Score {
			t.Fatalf("what was recorded as %d scores %d", got.Score, again.Score)
		}
		if len(reasons) > 0 {
			if fewer := risk.Score(reasons[1:], p); fewer.Score > got.Score {
				t.Fatalf("without %s the score rises from %d to %d", reasons[0].Code, got.Score, fewer.Score)
			}
		}
	})
}
