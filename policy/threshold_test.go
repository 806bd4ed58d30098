package policy_test

import (
	"slices"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// risky is a score with one reason that has all of its points.
func risky(score int) symbolon.Risk {
	return symbolon.Risk{Score: score, Level: "some", Reasons: []symbolon.Reason{
		{Code: symbolon.RiskOSChanged, Points: score, Detail: "The operating system was Windows, and is Android.", Weight: 100},
	}}
}

// The default thresholds: CHALLENGE from 40 on, no trust from 70 on, DENY from 90 on.
func TestThresholds(t *testing.T) {
	view := func(f *policy.Facts) { f.Action = "view" }
	known := func(f *policy.Facts) { f.Device.Trust = nil }
	stranger := func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofUnknownKey, nil }
	blocked := func(f *policy.Facts) { f.Device.Status = symbolon.StatusBlocked }
	never := func(f *policy.Facts) {
		f.Policy.Risk.ChallengeAt, f.Policy.Risk.DistrustAt, f.Policy.Risk.DenyAt = symbolon.NeverAt, symbolon.NeverAt, symbolon.NeverAt
	}
	for _, row := range []struct {
		given    string
		score    int
		change   func(*policy.Facts)
		want     string
		distrust bool
	}{
		{"a trusted device, just below challengeAt", 39, nil, "TRUST and skip", false},
		{"a trusted device, at challengeAt", 40, nil, "CHALLENGE, trusted", false},
		{"a trusted device, just below distrustAt", 69, nil, "CHALLENGE, trusted", false},
		{"a trusted device, at distrustAt", 70, nil, "CHALLENGE, known", true},
		{"a trusted device, just below denyAt", 89, nil, "CHALLENGE, known", true},
		{"a trusted device, at denyAt", 90, nil, "DENY, known", true},
		{"a trusted device, at the very most", 100, nil, "DENY, known", true},

		{"a known device, just below challengeAt", 39, known, "ALLOW", false},
		{"a known device, at challengeAt", 40, known, "CHALLENGE, known", false},
		{"a known device, at distrustAt", 70, known, "CHALLENGE, known", false},
		{"a known device, at denyAt", 90, known, "DENY, known", false},

		{"an action of known devices, just below challengeAt", 39, view, "TRUST and skip", false},
		{"an action of known devices, at challengeAt", 40, view, "CHALLENGE, trusted", false},

		{"no device, at distrustAt", 70, stranger, "CHALLENGE", false},
		{"no device, just below denyAt", 89, stranger, "CHALLENGE", false},
		{"no device, at denyAt", 90, stranger, "DENY", false},
		{"a blocked device, at distrustAt", 70, blocked, "DENY", false},

		{"thresholds that no score reaches", 100, never, "TRUST and skip", false},
	} {
		t.Run(row.given, func(t *testing.T) {
			f := facts()
			f.Risk = risky(row.score)
			if row.change != nil {
				row.change(&f)
			}
			got := policy.Evaluate(f)
			checkAnswer(t, got, row.want)
			if got.Distrust != row.distrust {
				t.Errorf("got distrust %v, want %v", got.Distrust, row.distrust)
			}
			if got.Risk.Score != row.score || got.Risk.Level != "some" {
				t.Errorf("got the risk %+v, want it as it was assessed", got.Risk)
			}
		})
	}
}

// Trust that merely rests could count again under another policy, so it ends as well. What
// has ended for good needs no revocation.
func TestWhichTrustARiskEnds(t *testing.T) {
	for _, row := range []struct {
		given  string
		change func(*policy.Facts)
		want   bool
	}{
		{"trust that counts", func(*policy.Facts) {}, true},
		{"trust without an end", func(f *policy.Facts) { f.Device.Trust.TrustedUntil = nil }, true},
		{"trust that policy switched off", func(f *policy.Facts) { f.Policy.Trust.Enabled = false }, true},
		{"trust that went idle", func(f *policy.Facts) { f.Now, f.Policy.Trust.IdleTimeout = noon.Add(2*day), span(day) }, true},
		{"trust that policy shortened", func(f *policy.Facts) {
			f.Now, f.Policy.Trust.MaxDuration = noon.Add(2*day), symbolon.Duration(day)
		}, true},
		{"trust in its last moment", func(f *policy.Facts) { f.Now = noon.Add(30*day - tick) }, true},
		{"trust whose own end has come", func(f *policy.Facts) { f.Now = noon.Add(30 * day) }, false},
		{"trust that was revoked", func(f *policy.Facts) { f.Device.Trust.RevokedAt = after(-hour) }, false},
		{"no trust", func(f *policy.Facts) { f.Device.Trust = nil }, false},
		{"trust of a device that waits for approval", func(f *policy.Facts) { f.Device.Status = symbolon.StatusPending }, false},
		{"trust of a device that never showed its key", func(f *policy.Facts) { f.Device.ProvenAt = nil }, false},
		{"trust of a device whose key did not sign", func(f *policy.Facts) { f.Proof = symbolon.ProofInvalid }, false},
	} {
		f := facts()
		f.Risk = risky(70)
		row.change(&f)
		got := policy.Evaluate(f)
		if got.Distrust != row.want || got.Trusted || got.TrustedUntil != nil {
			t.Errorf("%s: got %+v, want distrust %v and no trust", row.given, got, row.want)
		}
	}
}

func TestADeviceThatResemblesABlockedOneIsChallengedWhateverTheThresholdsAre(t *testing.T) {
	resembles := []symbolon.Reason{{Code: symbolon.RiskResemblesBlocked, Weight: 10, Points: 1}}
	for given, c := range map[string]struct {
		reasons   []symbolon.Reason
		points    int
		challenge int
		want      string
	}{
		"far below challengeAt":            {resembles, 10, 40, "CHALLENGE, trusted"},
		"where no score challenges":        {resembles, 10, symbolon.NeverAt, "CHALLENGE, trusted"},
		"where policy has it switched off": {resembles, 0, 40, "TRUST and skip"},
		"where it resembles none":          {[]symbolon.Reason{{Code: symbolon.RiskNewNetwork, Weight: 10, Points: 1}}, 10, 40, "TRUST and skip"},
	} {
		f := facts()
		f.Risk = symbolon.Risk{Score: 1, Level: "low", Reasons: c.reasons}
		f.Policy.Risk.Points[symbolon.RiskResemblesBlocked] = c.points
		f.Policy.Risk.ChallengeAt, f.Policy.Risk.DistrustAt = c.challenge, max(c.challenge, 70)
		f.Policy.Risk.DenyAt = max(c.challenge, 90)
		t.Run(given, func(t *testing.T) { checkAnswer(t, policy.Evaluate(f), c.want) })
	}
}

func TestAnAnswerSaysWhyItIsNoMilderThenWhatIsOdd(t *testing.T) {
	for given, c := range map[string]struct {
		change func(*policy.Facts)
		found  []symbolon.Reason
		want   []string
	}{
		"nothing is odd about a trusted device": {nil, nil, nil},
		"a known device": {
			func(f *policy.Facts) { f.Device.Trust = nil },
			[]symbolon.Reason{{Code: symbolon.RiskNewCountry, Points: 25}, {Code: symbolon.RiskNewNetwork, Points: 8}},
			[]string{symbolon.ReasonNotTrusted, symbolon.RiskNewCountry, symbolon.RiskNewNetwork},
		},
		"what adds no points": {
			nil,
			[]symbolon.Reason{{Code: symbolon.RiskNewCountry, Points: 25}, {Code: symbolon.RiskNewNetwork, Weight: 100}},
			[]string{symbolon.RiskNewCountry},
		},
		"a finding that is also why": {
			func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofUnknownKey, nil },
			[]symbolon.Reason{{Code: symbolon.RiskNewCountry, Points: 25}, {Code: symbolon.RiskUnknownDevice, Points: 40}},
			[]string{symbolon.RiskUnknownDevice, symbolon.RiskNewCountry},
		},
		"trust that ends by it": {
			func(f *policy.Facts) { f.Risk.Score = 70 },
			[]symbolon.Reason{{Code: symbolon.RiskOSChanged, Points: 70}},
			[]string{symbolon.ReasonTrustRevoked, symbolon.RiskOSChanged},
		},
	} {
		f := facts()
		if c.change != nil {
			c.change(&f)
		}
		f.Risk.Reasons = c.found
		got := policy.Evaluate(f)
		var codes []string
		for _, r := range got.Reasons {
			codes = append(codes, r.Code)
		}
		if !slices.Equal(codes, c.want) {
			t.Errorf("%s: got %v, want %v", given, codes, c.want)
		}
		if got.Risk.Level != "low" || got.Risk.Reasons == nil || len(got.Risk.Reasons) != len(got.Reasons) {
			t.Errorf("%s: got the risk %+v, want level low and the same reasons", given, got.Risk)
		}
		if i := slices.Index(codes, symbolon.RiskUnknownDevice); i >= 0 && got.Reasons[i].Points != 40 {
			t.Errorf("%s: got %+v, want the reason with its points", given, got.Reasons[i])
		}
	}
}
