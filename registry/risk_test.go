package registry_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// A browser updated itself this morning: nobody is asked anything, and the record keeps up.
func TestABrowserUpdatePasses(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at).mapped()
		f := w.trustedLaptop()
		d := f.from(updated)
		w.saw("the first sign-in after it", d, symbolon.RecommendTrust, symbolon.FactorSkip)
		if d.Risk.Score >= 10 {
			t.Errorf("score %d: %v", d.Risk.Score, d.Risk.Reasons)
		}
		if got := f.stored().Browser; !strings.HasPrefix(got, "Chrome 122") {
			t.Errorf("its record says %q", got)
		}
		w.pass(symbolon.Day)
		if d := f.from(updated); d.Risk.Score != 0 {
			t.Errorf("the next day: %d, %v", d.Risk.Score, d.Risk.Reasons)
		}
	})
}

// The key file was copied to another machine. However often the thief tries, it does not
// become usual; the owner's own laptop stays what it was.
func TestAStolenKeyOnAnotherSystemStaysOdd(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at).mapped()
		w.policy(bank, `{"risk":{"distrustAt":101,"denyAt":101}}`)
		f := w.trustedLaptop()
		before := f.stored()
		for try := range 4 {
			d := f.from(stolen)
			if d.Recommendation != symbolon.RecommendChallenge || d.SecondFactor != symbolon.FactorRequire || !because(d, symbolon.RiskOSChanged) {
				t.Errorf("try %d: %s at %d, %v", try, d.Recommendation, d.Risk.Score, d.Risk.Reasons)
			}
			w.pass(symbolon.Day)
			w.seal()
		}
		after := f.stored()
		if after.OperatingSystem != before.OperatingSystem || after.UserAgent != before.UserAgent || after.Traits != before.Traits || after.Fingerprint != before.Fingerprint {
			t.Errorf("its record learned from the thief: %+v", after)
		}
		if after.RiskScore < 40 {
			t.Errorf("the record's risk score is %d", after.RiskScore)
		}
		w.saw("the owner", f.from(laptop), symbolon.RecommendTrust, symbolon.FactorSkip)
	})
}

// At distrustAt trust is over, and the log tells why.
func TestTrustEndsWithTheDecisionThatDoubtsIt(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at).mapped()
		f := w.trustedLaptop()
		d := f.from(stolen)
		if d.Risk.Score < 70 || d.Risk.Level != "high" || d.Trusted || d.TrustedUntil != nil || d.SecondFactor != symbolon.FactorRequire {
			t.Fatalf("the thief: %+v", d)
		}
		trust := f.stored().Trust
		if trust.RevokedAt == nil || trust.RevokedBy != "system" || !strings.HasPrefix(trust.RevokedReason, "risk ") || !strings.Contains(trust.RevokedReason, "os_changed") {
			t.Errorf("trust: %+v", trust)
		}
		events := w.events(bank, f.id)
		last := events[len(events)-1]
		if last.Type != symbolon.EventDeviceDistrusted || last.Actor.Kind != symbolon.CallerSystem || !strings.Contains(string(last.Data), trust.RevokedReason) {
			t.Errorf("the last event: %+v", last)
		}
		w.saw("the owner after that", f.from(laptop), symbolon.RecommendAllow, symbolon.FactorRequire)
		_, err := w.reg.TrustDevice(w.Context(), w.backend(bank), bank, f.id, symbolon.TrustRequest{DecisionID: d.ID, Factor: "otp"})
		w.refused("trust on the thief's decision", err, symbolon.ErrInvalidRequest)
		again := f.from(stolen)
		_, err = w.reg.TrustDevice(w.Context(), w.backend(bank), bank, f.id, symbolon.TrustRequest{DecisionID: again.ID, Factor: "otp"})
		w.refused("trust on the thief's next decision", err, symbolon.ErrInvalidRequest)
	})
}

// Whatever call of the store fails, the decision and the end of trust are both there or
// neither is.
func TestADecisionAndTheEndOfTrustAreOne(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		broken := &fault{}
		w := worldOn(t, at, broken.wrap)
		f := w.trustedLaptop()
		before := len(w.events(bank, f.id))
		calls := 0
		for n := 1; ; n++ {
			compact, backend := f.prove(), w.backend(bank)
			req := symbolon.DecisionRequest{UserID: ada, Proof: compact}
			stolen.decision(&req)
			broken.left, broken.fired = n, false
			_, err := w.reg.Decide(t.Context(), backend, bank, req)
			broken.left = 0
			if !broken.fired {
				w.ok(err)
				break
			}
			calls = n
			w.refused("with a fault", err, symbolon.ErrUnavailable)
			if trust := f.stored().Trust; trust.RevokedAt != nil || len(w.events(bank, f.id)) != before {
				t.Fatalf("call %d failed: %+v, %d events", n, trust, len(w.events(bank, f.id))-before)
			}
		}
		if trust := f.stored().Trust; calls < 4 || trust.RevokedAt == nil || len(w.events(bank, f.id)) != before+2 {
			t.Errorf("%d calls of the store, %+v, %d events", calls, trust, len(w.events(bank, f.id))-before)
		}
	})
}

// All that an address can tell against a device is here at once: its owner is asked for
// the code, and stays trusted.
func TestPlaceAloneNeverDistrusts(t *testing.T) {
	w := newWorld(t).mapped()
	f := w.trustedLaptop()
	f.from(laptop)
	w.seal()
	w.pass(20 * time.Minute)
	for range 200 { // the address is busy, too
		w.decision(w.reg.Decide(t.Context(), w.client(bank), bank, symbolon.DecisionRequest{Context: symbolon.ClientContext{IPAddress: hidden}}))
	}
	d := f.from(laptop.at(hidden))
	for _, code := range []string{symbolon.RiskNewCountry, symbolon.RiskImpossibleTravel, symbolon.RiskAnonymousNetwork, symbolon.RiskVelocityIP} {
		if !because(d, code) {
			t.Errorf("no %s in %v", code, codesOf(d))
		}
	}
	if d.Recommendation != symbolon.RecommendChallenge || d.Risk.Score >= 70 || f.stored().Trust.RevokedAt != nil {
		t.Errorf("%s at %d, trust %+v", d.Recommendation, d.Risk.Score, f.stored().Trust)
	}
	w.saw("back home", f.from(laptop), symbolon.RecommendTrust, symbolon.FactorSkip)
}

// Who knows a key's id, and even a proof that was used, can't shut its owner out.
func TestStrangersNeverBringAChallenge(t *testing.T) {
	w := newWorld(t)
	f := w.trustedLaptop()
	stranger := w.browser(ada)
	used := spentProof(f)
	for range 100 {
		w.decision(f.ask(stranger.prove(func(s *proof.Statement) { s.KeyID = string(f.kid) })))
		w.decision(f.ask(used))
	}
	d := f.from(laptop)
	w.saw("the owner", d, symbolon.RecommendTrust, symbolon.FactorSkip)
	if !because(d, symbolon.RiskProofFailures) || !because(d, symbolon.RiskChallengeReplayed) || d.Risk.Score >= 40 {
		t.Errorf("score %d: %v", d.Risk.Score, codesOf(d))
	}
}

// Where the user has been is learned from what was calm, and kept within bounds.
func TestAPlaceIsLearned(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at).mapped()
		f := w.trustedLaptop()
		w.pass(symbolon.Day)
		d := f.from(laptop.at(lisbon))
		if d.Place == nil || d.Place.Location != "Lisbon, Portugal" || !because(d, symbolon.RiskNewCountry) {
			t.Errorf("a day later: %+v, %v", d.Place, codesOf(d))
		}
		w.saw("a day later in Lisbon", d, symbolon.RecommendTrust, symbolon.FactorSkip)
		w.seal()
		w.pass(time.Hour)
		if d := f.from(laptop.at(lisbon)); because(d, symbolon.RiskNewCountry) {
			t.Errorf("an hour later: %v", codesOf(d))
		}
		w.seal()
		d2 := f.stored()
		if visits := d2.History.Visits; len(visits) != 2 || visits[0].Country != "PT" || visits[1].Country != "US" || d2.Location != "Lisbon, Portugal" {
			t.Errorf("its history: %+v at %q", visits, d2.Location)
		}
	})
}

// A client learns nothing of what its request looks like, and its record says all of it.
func TestARecordedDecisionSaysWhatItSaw(t *testing.T) {
	w := newWorld(t).mapped()
	f := w.trustedLaptop()
	req := symbolon.DecisionRequest{UserID: ada, Proof: f.prove()}
	stolen.at(lisbon).decision(&req)
	d := w.decision(w.reg.Decide(t.Context(), w.client(bank), bank, req))
	if d.Risk.Score != 0 || d.Risk.Reasons != nil || d.Place != nil || d.Rule != nil || d.Device != nil {
		t.Errorf("the client reads %+v", d)
	}
	var made symbolon.Decided
	for _, e := range w.events(bank, f.id) {
		if e.Type == symbolon.EventDeviceDecided {
			w.ok(json.Unmarshal(e.Data, &made))
		}
	}
	weights := map[string]int{}
	for _, r := range made.Reasons {
		weights[r.Code] = r.Weight
	}
	if made.Score < 70 || weights[symbolon.RiskOSChanged] != 100 || weights[symbolon.RiskNewCountry] == 0 || made.Moved || made.Place.Country != "PT" {
		t.Errorf("recorded: %+v", made)
	}
}

// The way out for who really moved to another system: to register again, with a factor.
func TestWhoMovedToAnotherSystemRegistersAgain(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		f := w.trustedLaptop()
		f.from(stolen)
		f.register(stolen.registration)
		if d := f.from(stolen); d.Recommendation != symbolon.RecommendChallenge {
			t.Errorf("registered again by a password alone: %s", d.Recommendation)
		}
		d, created, err := f.registerBy(w.user(bank, ada, withFactor), stolen.registration)
		w.ok(err)
		if created || d.OperatingSystem == "" || strings.HasPrefix(d.OperatingSystem, "macOS") {
			t.Errorf("registered again with a factor: created %v, %+v", created, d)
		}
		w.saw("after that", f.from(stolen), symbolon.RecommendAllow, symbolon.FactorRequire)
	})
}

// An app on a phone updates itself: its record says the version of today, if it says one.
func TestTheRecordFollowsTheAppsVersion(t *testing.T) {
	w := newWorld(t)
	version := func(v string) json.RawMessage {
		return json.RawMessage(`{"osName":"Android","appVersion":"` + v + `"}`)
	}
	for name, row := range map[string]struct {
		metadata, want string
		at             symbolon.Platform
	}{
		"an app":              {`{"team":1}`, `{"appVersion":"2.0","team":1}`, symbolon.PlatformAndroid},
		"a page":              {`{"team":1}`, `{"appVersion":"1.0","team":1}`, symbolon.PlatformWeb},
		"not a text":          {`{"appVersion":7}`, `{"appVersion":7}`, symbolon.PlatformAndroid},
		"the same, unchanged": {`{"appVersion":"2.0"}`, `{"appVersion":"2.0"}`, symbolon.PlatformIOS},
	} {
		f := w.browser(ada)
		f.register(func(r *symbolon.Registration) {
			r.Platform, r.Context.UserAgent = row.at, "Bank/1.0"
			r.Signals, r.Metadata = version("1.0"), json.RawMessage(row.metadata)
		})
		w.decision(f.ask(f.prove(), func(r *symbolon.DecisionRequest) { r.Signals, r.Context.UserAgent = version("2.0"), "Bank/1.0" }))
		if got := string(f.stored().Metadata); got != row.want {
			t.Errorf("%s: %s; want %s", name, got, row.want)
		}
	}
}

// Many odd requests at once end the trust once.
func TestTrustEndsOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		f := w.trustedLaptop()
		var all [8]symbolon.DecisionRequest
		backend := w.backend(bank)
		for i := range all {
			all[i] = symbolon.DecisionRequest{UserID: ada, Proof: f.prove()}
			stolen.decision(&all[i])
		}
		skipped := race(8, func(i int) bool {
			d, err := w.reg.Decide(t.Context(), backend, bank, all[i])
			return err == nil && d.SecondFactor == symbolon.FactorSkip
		})
		ended := 0
		for _, e := range w.events(bank, f.id) {
			if e.Type == symbolon.EventDeviceDistrusted {
				ended++
			}
		}
		if skipped[true] != 0 || ended != 1 {
			t.Errorf("%d skipped the factor, trust ended %d times", skipped[true], ended)
		}
	})
}
