package registry_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const (
	// What a rule asks for shall be odd by the rule alone.
	rulesOnly = `{"risk":{"points":{"os_changed":0,"fingerprint_drift":0,"new_country":0,"new_network":0,"impossible_travel":0}},"rules":[`
	asked     = `","recommend":"CHALLENGE","mode":"production"}]}`
)

// challenged is by the rule, whatever the device is.
func (w *world) challenged(d symbolon.Decision) {
	w.Helper()
	if d.Recommendation != symbolon.RecommendChallenge || d.SecondFactor != symbolon.FactorRequire || d.Rule == nil {
		w.Errorf("%s and the second factor: %s, by rule %v, %v", d.Recommendation, d.SecondFactor, d.Rule, codesOf(d))
	}
}

// What a rule refuses is refused again, however often it is tried: the record learns
// nothing of it, neither by sign-ins nor by registering again with a password alone.
func TestWhatARuleRefusesIsNotLearned(t *testing.T) {
	for name, row := range map[string]struct {
		when string
		odd  sight
	}{
		"a place":                      {`'new_country' in risk.reasons`, laptop.at(lisbon)},
		"a system":                     {`'os_changed' in risk.reasons`, stolen},
		"what is seen now":             {`!request.operatingSystem.startsWith('macOS') || !request.browser.startsWith('Chrome')`, stolen},
		"what differs from the record": {`device.operatingSystem != request.operatingSystem`, stolen},
	} {
		t.Run(name, func(t *testing.T) {
			onBothStores(t, func(t *testing.T, at sqlstore.Config) {
				w := worldOn(t, at).mapped()
				f := w.trustedLaptop()
				w.policy(bank, rulesOnly+`{"name":"odd","priority":1,"when":"`+row.when+asked)
				before := f.stored()
				for range 3 {
					w.challenged(f.from(row.odd))
					f.register(row.odd.registration)
					w.seal()
					w.pass(time.Hour)
				}
				after := f.stored()
				if after.OperatingSystem != before.OperatingSystem || after.Traits != before.Traits || len(after.History.Visits) != 1 || after.History.Visits[0].Country != "US" {
					t.Errorf("its record learned: %+v", after)
				}
				w.saw("as ever", f.from(laptop), symbolon.RecommendTrust, symbolon.FactorSkip)
			})
		})
	}
}

// The way out for who really moved to another system is the second factor, also where a
// rule asks.
func TestWhoMovedRegistersAgainDespiteARule(t *testing.T) {
	w := newWorld(t)
	f := w.trustedLaptop()
	w.policy(bank, rulesOnly+`{"name":"odd","priority":1,"when":"'os_changed' in risk.reasons`+asked)
	w.challenged(f.from(stolen))
	_, _, err := f.registerBy(w.user(bank, ada, withFactor), stolen.registration)
	w.ok(err)
	w.saw("registered again", f.from(stolen), symbolon.RecommendTrust, symbolon.FactorSkip)
}

// device is the record from before the request: a calm one changes it only afterwards.
func TestRulesReadTheRecordFromBefore(t *testing.T) {
	w := newWorld(t)
	f := w.trustedLaptop()
	w.policy(bank, `{"rules":[{"name":"updated","priority":1,"when":"device.browser != request.browser","recommend":"DENY","mode":"preview"}]}`)
	for i, previews := range []int{1, 0} {
		if d := f.from(updated); d.Recommendation != symbolon.RecommendTrust || len(d.Previews) != previews {
			t.Errorf("sign-in %d: %s, previews %+v", i, d.Recommendation, d.Previews)
		}
	}
}

// A key that a backend registered is known by its first proof, also to the rules.
func TestTheFirstProofIsKnownToTheRules(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"rules":[{"name":"strangers","priority":1,"when":"!device.known`+asked)
	phone := w.browser(ada)
	_, _, err := phone.enrol()
	w.ok(err)
	w.saw("its first proof", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}
