package registry_test

import (
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// showing is a self-service request of the device that looks like this.
func (f *fake) showing(s sight) registry.Self {
	f.w.Helper()
	return registry.Self{Proof: f.prove(), Context: symbolon.ClientContext{IPAddress: s.address, UserAgent: s.agent}}
}

// An old device may act on the user's others, unless it looks like somebody else's.
func TestADoubtedDeviceActsOnNoOther(t *testing.T) {
	w := newWorld(t)
	f, other := w.trustedLaptop(), w.registered(ada)
	err := w.reg.RemoveMine(t.Context(), w.user(bank, ada), bank, other.id, f.showing(stolen))
	w.refused("removing another device by the thief", err, symbolon.ErrForbidden)
	w.ok(w.reg.RemoveMine(t.Context(), w.user(bank, ada), bank, other.id, f.showing(laptop)))
	w.ok(w.reg.RemoveMine(t.Context(), w.user(bank, ada), bank, f.id, f.showing(stolen))) // itself it may
}

// What would end trust at once grants none, whatever else was shown.
func TestTrustDoesNotRestOnAnOddRequest(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"risk":{"challengeAt":40,"distrustAt":45}}`)
	f := w.trustedLaptop()
	_, err := w.reg.TrustMine(t.Context(), w.user(bank, ada, withFactor), bank, f.id, f.showing(stolen), symbolon.TrustRequest{})
	w.refused("trust from another system", err, symbolon.ErrForbidden)
	d := w.device(w.reg.TrustMine(t.Context(), w.user(bank, ada, withFactor), bank, f.id, f.showing(laptop), symbolon.TrustRequest{}))
	if d.Trust.RevokedAt != nil {
		t.Errorf("trust from the laptop: %+v", d.Trust)
	}
}

// A rule that denies is no block, and nobody is told that it is.
func TestARuleThatDeniesIsNoBlock(t *testing.T) {
	w := newWorld(t)
	f := w.trustedLaptop()
	w.policy(bank, `{"rules":[{"name":"closed","priority":1,"when":"action == 'self_service'","recommend":"DENY","mode":"production"}]}`)
	_, err := w.reg.MyDevices(t.Context(), w.user(bank, ada), bank, f.showing(laptop))
	w.refused("a look at the devices", err, symbolon.ErrForbidden)
	if err != nil && strings.Contains(err.Error(), "blocked") {
		t.Errorf("told: %v", err)
	}
	w.saw("a sign-in", f.from(laptop), symbolon.RecommendTrust, symbolon.FactorSkip)
}
