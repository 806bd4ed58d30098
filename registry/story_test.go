package registry_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// A person signs in to a bank with a password and a one-time code. The browser is
// registered, and the person ticks "trust this device for 30 days".
func TestTheStory(t *testing.T) {
	for _, alg := range proof.Algorithms() {
		t.Run(string(alg), func(t *testing.T) {
			w := newWorld(t)
			browser := w.fake(bank, ada, alg)
			w.saw("before it is registered", browser.decide(), symbolon.RecommendChallenge, symbolon.FactorRequire)

			d := browser.register()
			if d.Name != "Chrome on macOS" || d.Type != symbolon.TypeDesktop || d.Status != symbolon.StatusActive || d.PublicKey != nil {
				t.Errorf("registered: %+v", d)
			}
			w.saw("registered", browser.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)

			trust := browser.trust().Trust
			if until := w.now.Add(30 * symbolon.Day); !trust.TrustedUntil.Equal(until) || trust.Factor != "otp" {
				t.Errorf("trusted until %v by %q; want %v by otp", trust.TrustedUntil, trust.Factor, until)
			}
			w.pass(symbolon.Day)
			w.saw("the next sign-in", browser.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)

			other := w.fake(bank, ada, alg)
			w.saw("another browser with the same password", other.decide(), symbolon.RecommendChallenge, symbolon.FactorRequire)

			browser.block()
			blocked := browser.decide()
			w.saw("blocked", blocked, symbolon.RecommendDeny, symbolon.FactorRequire)
			if blocked.ProofResult != symbolon.ProofValid || blocked.Risk.Reasons[0].Code != symbolon.ReasonDeviceBlocked {
				t.Errorf("blocked: %s, %v", blocked.ProofResult, blocked.Risk.Reasons)
			}
			_, err := browser.tryRegister()
			w.refused("registering the blocked key again", err, symbolon.ErrDeviceBlocked)

			browser.unblock()
			w.saw("unblocked", browser.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
		})
	}
}

// On the 31st day the code is asked for again.
func TestTrustEnds(t *testing.T) {
	w := newWorld(t)
	browser := w.trusted(ada)
	w.pass(30*symbolon.Day - 1000)
	w.saw("a microsecond before", browser.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	w.pass(1000)
	d := browser.decide()
	w.saw("after thirty days", d, symbolon.RecommendAllow, symbolon.FactorRequire)
	if d.Risk.Reasons[0].Code != symbolon.ReasonTrustExpired {
		t.Errorf("reason %v", d.Risk.Reasons)
	}
}
