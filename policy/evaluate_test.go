package policy_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// noon is when Ada trusted her laptop, for 30 days.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const (
	hour = time.Hour
	day  = symbolon.Day
	tick = time.Microsecond // the least that the store tells apart
)

func after(d time.Duration) *time.Time {
	t := noon.Add(d)
	return &t
}

func laptop() *symbolon.Device {
	return &symbolon.Device{
		ID: "laptop", UserID: "ada", Status: symbolon.StatusActive, Type: symbolon.TypeBrowser,
		ProvenAt: after(-day), CreatedAt: noon.Add(-day),
		Trust: &symbolon.Trust{TrustedAt: noon, GrantedAt: noon, TrustedUntil: after(30 * day)},
	}
}

// facts are those of a sign-in on the trusted laptop. Login takes a trusted device, view
// a known one, and transfer always a second factor.
func facts() policy.Facts {
	p := symbolon.DefaultPolicy()
	p.Actions["view"] = symbolon.ActionPolicy{Require: symbolon.RequireKnown}
	p.Actions["transfer"] = symbolon.ActionPolicy{Require: symbolon.RequireFactor}
	return policy.Facts{Proof: symbolon.ProofValid, User: &symbolon.User{ID: "ada"}, Device: laptop(), Now: noon, Policy: &p}
}

// The answers that there are, as one word each: the recommendation, and with it whether
// the second factor is skipped, the device known, and trusted.
var answers = map[string]policy.Verdict{
	"DENY":              {Recommendation: "DENY", SecondFactor: "require"},
	"CHALLENGE":         {Recommendation: "CHALLENGE", SecondFactor: "require"},
	"ALLOW":             {Recommendation: "ALLOW", SecondFactor: "require", Known: true},
	"ALLOW and skip":    {Recommendation: "ALLOW", SecondFactor: "skip", Known: true},
	"TRUST and skip":    {Recommendation: "TRUST", SecondFactor: "skip", Known: true, Trusted: true},
	"TRUST but require": {Recommendation: "TRUST", SecondFactor: "require", Known: true, Trusted: true},

	// By risk or a rule, which leave known and trusted what is.
	"DENY, known":              {Recommendation: "DENY", SecondFactor: "require", Known: true},
	"DENY, trusted":            {Recommendation: "DENY", SecondFactor: "require", Known: true, Trusted: true},
	"CHALLENGE, known":         {Recommendation: "CHALLENGE", SecondFactor: "require", Known: true},
	"CHALLENGE, trusted":       {Recommendation: "CHALLENGE", SecondFactor: "require", Known: true, Trusted: true},
	"ALLOW, trusted":           {Recommendation: "ALLOW", SecondFactor: "require", Known: true, Trusted: true},
	"ALLOW, trusted, and skip": {Recommendation: "ALLOW", SecondFactor: "skip", Known: true, Trusted: true},
}

func TestDecisions(t *testing.T) {
	for _, row := range []struct {
		given  string
		change func(*policy.Facts)
		want   string
		reason string
	}{
		{"the user's trusted device", nil, "TRUST and skip", ""},
		{"login by its name", func(f *policy.Facts) { f.Action = "login" }, "TRUST and skip", ""},
		{"an action that policy does not name", func(f *policy.Facts) { f.Action = "close_account" }, "TRUST and skip", ""},
		{"an action for known devices", func(f *policy.Facts) { f.Action = "view" }, "TRUST and skip", ""},
		{"an action that always takes the factor", func(f *policy.Facts) { f.Action = "transfer" }, "TRUST but require", ""},
		{"no actions in the policy at all", func(f *policy.Facts) { f.Policy.Actions = nil }, "TRUST and skip", ""},
		{"login that always takes the factor", func(f *policy.Facts) { f.Policy.Actions["login"] = f.Policy.Actions["transfer"] }, "TRUST but require", ""},
		{"a requirement that does not exist", func(f *policy.Facts) { f.Policy.Actions["login"] = symbolon.ActionPolicy{} }, "TRUST but require", ""},

		{"a known device", func(f *policy.Facts) { f.Device.Trust = nil }, "ALLOW", symbolon.ReasonNotTrusted},
		{"a known device, for an action of known ones", func(f *policy.Facts) { f.Device.Trust, f.Action = nil, "view" }, "ALLOW and skip", symbolon.ReasonNotTrusted},
		{"a known device, for an action that policy does not name", func(f *policy.Facts) { f.Device.Trust, f.Action = nil, "close_account" }, "ALLOW", symbolon.ReasonNotTrusted},
		{"a known device, for an action that takes the factor", func(f *policy.Facts) { f.Device.Trust, f.Action = nil, "transfer" }, "ALLOW", symbolon.ReasonNotTrusted},
		{"login for known devices", func(f *policy.Facts) {
			f.Device.Trust, f.Policy.Actions["login"] = nil, f.Policy.Actions["view"]
		}, "ALLOW and skip", symbolon.ReasonNotTrusted},

		{"trust that ends in a moment", func(f *policy.Facts) { f.Now = noon.Add(30*day - tick) }, "TRUST and skip", ""},
		{"trust that ends now", func(f *policy.Facts) { f.Now = noon.Add(30 * day) }, "ALLOW", symbolon.ReasonTrustExpired},
		{"trust that policy shortened", func(f *policy.Facts) {
			f.Now, f.Policy.Trust.MaxDuration = noon.Add(day), symbolon.Duration(day)
		}, "ALLOW", symbolon.ReasonTrustExpired},
		{"trust that went idle", func(f *policy.Facts) {
			idle := symbolon.Duration(day)
			f.Now, f.Policy.Trust.IdleTimeout = noon.Add(day), &idle
		}, "ALLOW", symbolon.ReasonTrustIdle},
		{"trust that was revoked", func(f *policy.Facts) { f.Device.Trust.RevokedAt = after(0) }, "ALLOW", symbolon.ReasonTrustRevoked},
		{"trust that policy switched off", func(f *policy.Facts) { f.Policy.Trust.Enabled = false }, "ALLOW", symbolon.ReasonTrustPaused},

		{"a blocked device", func(f *policy.Facts) { f.Device.Status = symbolon.StatusBlocked }, "DENY", symbolon.ReasonDeviceBlocked},
		{"a blocked device, for an action of known ones", func(f *policy.Facts) {
			f.Device.Status, f.Action = symbolon.StatusBlocked, "view"
		}, "DENY", symbolon.ReasonDeviceBlocked},
		{"a deactivated user", func(f *policy.Facts) { f.User.DeactivatedAt = noon }, "DENY", symbolon.ReasonUserDeactivated},
		{"a deactivated user's blocked device", func(f *policy.Facts) {
			f.User.DeactivatedAt, f.Device.Status = noon, symbolon.StatusBlocked
		}, "DENY", symbolon.ReasonUserDeactivated},
		{"a replayed proof", func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofReplayed, nil }, "DENY", symbolon.ReasonProofReplayed},
		{"a forged proof", func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofInvalid, nil }, "DENY", symbolon.ReasonProofInvalid},
		{"a forged proof for nobody", func(f *policy.Facts) { f.Proof, f.Device, f.User = symbolon.ProofInvalid, nil, nil }, "DENY", symbolon.ReasonProofInvalid},

		{"a device that waits for approval", func(f *policy.Facts) { f.Device.Status = symbolon.StatusPending }, "CHALLENGE", symbolon.ReasonDevicePending},
		{"a record without a key", func(f *policy.Facts) { f.Device.Status = symbolon.StatusUnbound }, "CHALLENGE", symbolon.ReasonUnknownDevice},
		{"a device that never showed its key", func(f *policy.Facts) { f.Device.ProvenAt = nil }, "CHALLENGE", symbolon.ReasonUnknownDevice},
		{"a key that is not the user's", func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofUnknownKey, nil }, "CHALLENGE", symbolon.ReasonUnknownDevice},
		{"no device, for an action of known ones", func(f *policy.Facts) {
			f.Proof, f.Device, f.Action = symbolon.ProofUnknownKey, nil, "view"
		}, "CHALLENGE", symbolon.ReasonUnknownDevice},
		{"a valid proof of no device", func(f *policy.Facts) { f.Device = nil }, "CHALLENGE", symbolon.ReasonUnknownDevice},
		{"no proof", func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofMissing, nil }, "CHALLENGE", symbolon.ReasonProofMissing},
		{"neither proof nor user", func(f *policy.Facts) { f.Proof, f.Device, f.User = symbolon.ProofMissing, nil, nil }, "CHALLENGE", symbolon.ReasonProofMissing},
		{"an expired challenge", func(f *policy.Facts) { f.Proof, f.Device = symbolon.ProofExpired, nil }, "CHALLENGE", symbolon.ReasonProofExpired},
		{"an expired challenge, and a user who is not named", func(f *policy.Facts) {
			f.Proof, f.Device, f.User = symbolon.ProofExpired, nil, nil
		}, "CHALLENGE", symbolon.ReasonProofExpired},
		{"a proof for nobody", func(f *policy.Facts) { f.Proof, f.Device, f.User = symbolon.ProofUnknownKey, nil, nil }, "CHALLENGE", symbolon.ReasonUserNeeded},
		{"a valid proof for nobody", func(f *policy.Facts) { f.User = nil }, "CHALLENGE", symbolon.ReasonUserNeeded},

		// The caller's slip must not make anything known: only a valid proof counts.
		{"a device without a word on the proof", func(f *policy.Facts) { f.Proof = "" }, "CHALLENGE", symbolon.ReasonUnknownDevice},
		{"a device whose key did not sign", func(f *policy.Facts) { f.Proof = symbolon.ProofUnknownKey }, "CHALLENGE", symbolon.ReasonUnknownDevice},
		{"a device with a missing proof", func(f *policy.Facts) { f.Proof = symbolon.ProofMissing }, "CHALLENGE", symbolon.ReasonProofMissing},
		{"a device with an expired proof", func(f *policy.Facts) { f.Proof = symbolon.ProofExpired }, "CHALLENGE", symbolon.ReasonProofExpired},
	} {
		t.Run(row.given, func(t *testing.T) {
			f := facts()
			if row.change != nil {
				row.change(&f)
			}
			check(t, policy.Evaluate(f), row.want, row.reason)
		})
	}
}

func check(t *testing.T, got policy.Verdict, answer, reason string) {
	t.Helper()
	checkAnswer(t, got, answer)
	switch {
	case reason == "" && len(got.Reasons) > 0:
		t.Errorf("got the reasons %v, want none", got.Reasons)
	case reason != "" && (len(got.Reasons) != 1 || got.Reasons[0].Code != reason || got.Reasons[0].Detail == "" || got.Reasons[0].Points != 0):
		t.Errorf("got the reasons %+v, want %s, with a sentence and no points", got.Reasons, reason)
	}
}

func checkAnswer(t *testing.T, got policy.Verdict, answer string) {
	t.Helper()
	want, there := answers[answer]
	if !there {
		t.Fatalf("there is no answer %q", answer)
	}
	if got.Recommendation != want.Recommendation || got.SecondFactor != want.SecondFactor || got.Known != want.Known || got.Trusted != want.Trusted {
		t.Errorf("got %+v, want %s", got, answer)
	}
	if (got.TrustedUntil != nil) != got.Trusted {
		t.Errorf("got trustedUntil %v, trusted %v", got.TrustedUntil, got.Trusted)
	}
}

func TestADecisionNamesTheEndThatPolicyLeaves(t *testing.T) {
	f := facts()
	if got := policy.Evaluate(f).TrustedUntil; got == nil || !got.Equal(noon.Add(30*day)) {
		t.Errorf("got %v, want the trust's own end", got)
	}
	f.Policy.Trust.MaxDuration = symbolon.Duration(7 * day)
	if got := policy.Evaluate(f).TrustedUntil; got == nil || !got.Equal(noon.Add(7*day)) {
		t.Errorf("got %v, want seven days after the grant", got)
	}
	f.Policy.Trust.Permanent, f.Device.Trust.TrustedUntil = true, nil
	if v := policy.Evaluate(f); v.TrustedUntil != nil || !v.Trusted {
		t.Errorf("got %+v, want it trusted without an end", v)
	}
}
