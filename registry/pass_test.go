package registry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

func TestAPassIsForOneAppAndOneOrigin(t *testing.T) {
	w := site(t)
	pass := w.trusted(ada).check().Pass
	for what, row := range map[string]struct {
		app    symbolon.AppID
		origin string
		want   symbolon.Verdict
	}{
		"where it was given":                {bank, bankSite, symbolon.VerdictPass},
		"another origin of the app":         {bank, otherSite, symbolon.VerdictCheck},
		"another app at the very same site": {shop, bankSite, symbolon.VerdictCheck},
	} {
		p := w.passes(w.reg.Pass(t.Context(), row.app, symbolon.PassageRequest{Origin: row.origin, Pass: pass, Require: symbolon.RequireKnown, At: w.now}))
		if p.Verdict != row.want || row.want == symbolon.VerdictCheck && p.Reason != symbolon.ReasonPassMissing {
			t.Errorf("%s: %+v", what, p)
		}
	}
	_, err := w.reg.OfferSession(t.Context(), shop, bankSite, pass, w.now)
	w.refused("an offer for another app", err, symbolon.ErrForbidden)
}

func TestAPassOutlivesItsSecretWhileThatIsListed(t *testing.T) {
	w := site(t)
	laptop := w.trusted(ada)
	w.serve(oldSecret)
	pass := laptop.check().Pass
	for _, row := range []struct {
		what    string
		secrets [][]byte
		want    symbolon.Verdict
	}{
		{"listed", [][]byte{secret, oldSecret}, symbolon.VerdictPass},
		{"not listed any more", [][]byte{secret}, symbolon.VerdictCheck},
	} {
		w.serve(row.secrets...)
		if p := w.passes(w.arrive(pass)); p.Verdict != row.want {
			t.Errorf("%s: %+v", row.what, p)
		}
	}
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// Every character of a pass counts, and it has one spelling.
func TestAPassThatWasChangedIsNone(t *testing.T) {
	w := site(t)
	pass := w.trusted(ada).check().Pass
	changed := []string{pass + "\n", "\r" + pass, pass + "=", pass + "A", "A" + pass, pass + pass, strings.Repeat("A", 5000), "…", "e30.e30.AAAA"}
	for i := range pass {
		changed = append(changed, pass[:i])
		for bit := range 6 {
			other := alphabet[strings.IndexByte(alphabet, pass[i])^1<<bit]
			changed = append(changed, pass[:i]+string(other)+pass[i+1:])
		}
	}
	for _, text := range changed {
		if p := w.passes(w.arrive(text)); p.Verdict != symbolon.VerdictCheck || p.Reason != symbolon.ReasonPassMissing {
			t.Fatalf("%q: %+v", text, p)
		}
	}
	if p := w.passes(w.arrive(pass)); p.Verdict != symbolon.VerdictPass {
		t.Errorf("as it was: %+v", p)
	}
}

// What is sealed for a session is no pass.
func TestAnAuthorizationIsNoPass(t *testing.T) {
	w := site(t)
	offer, err := w.reg.OfferSession(t.Context(), bank, bankSite, w.trusted(ada).check().Pass, w.now)
	w.ok(err)
	for _, text := range []string{offer.Authorization, offer.Challenge} {
		if p := w.passes(w.arrive(text)); p.Reason != symbolon.ReasonPassMissing {
			t.Errorf("%+v", p)
		}
	}
}

// Only what the policy lets in without another factor gets a pass, and it is told what any
// client is told.
func TestWhoGetsAPass(t *testing.T) {
	asking := func(rule string) func(*fake) {
		return func(f *fake) {
			f.w.policy(bank, `{"rules":[{"name":"r","priority":1,"when":"action == 'device_check'","recommend":"`+rule+`","mode":"production"}]}`)
		}
	}
	for what, row := range map[string]struct {
		before  func(*fake)
		want    symbolon.Recommendation
		passes  bool
		trusted bool
	}{
		"a trusted device":                  {func(*fake) {}, symbolon.RecommendTrust, true, true},
		"a known one":                       {func(f *fake) { f.revoke(symbolon.CauseSignOutEverywhere) }, symbolon.RecommendAllow, true, false},
		"a trusted one that a rule doubts":  {asking("ALLOW"), symbolon.RecommendAllow, true, false},
		"one that a rule wants a factor of": {asking("CHALLENGE"), symbolon.RecommendChallenge, false, false},
		"one that a rule refuses":           {asking("DENY"), symbolon.RecommendDeny, false, false},
		"a blocked one":                     {func(f *fake) { f.block() }, symbolon.RecommendDeny, false, false},
		"one of a deactivated user":         {deactivateOnly, symbolon.RecommendDeny, false, false},
		"an unknown one":                    {func(f *fake) { f.hold(f.w.newPair(proof.ES256)) }, symbolon.RecommendChallenge, false, false},
		"one that waits": {func(f *fake) {
			f.w.policy(bank, `{"registration":{"approval":"admin"}}`)
			f.hold(f.w.newPair(proof.ES256))
			f.register()
		}, symbolon.RecommendChallenge, false, false},
	} {
		t.Run(what, func(t *testing.T) {
			w := site(t)
			laptop := w.trusted(ada)
			row.before(laptop)
			w.pass(time.Second)
			made := laptop.check()
			if made.Decision.Recommendation != row.want || (made.Pass != "") != row.passes || made.PassUntil.IsZero() == row.passes || made.Decision.ID != "" {
				t.Fatalf("%+v; want %s", made, row.want)
			}
			if row.passes {
				if p := w.passes(w.arrive(made.Pass)); p.Verdict != symbolon.VerdictPass || p.Trusted != row.trusted {
					t.Errorf("with the pass: %+v", p)
				}
			}
		})
	}
}

func TestADeviceCheckIsADecisionLikeAnother(t *testing.T) {
	w := site(t)
	laptop := w.registered(ada)
	compact := laptop.prove()
	for _, want := range []bool{true, false} { // the second time it is a replay
		made, err := laptop.tryCheck(func(r *symbolon.DecisionRequest) { r.Proof = compact })
		w.ok(err)
		if (made.Pass != "") != want || made.Decision.Known != want {
			t.Errorf("%+v; want a pass: %v", made, want)
		}
	}
	named, err := laptop.tryCheck(func(r *symbolon.DecisionRequest) { r.Action = "device_check" })
	w.ok(err)
	if named.Pass == "" {
		t.Errorf("with the action that it is: %+v", named)
	}
	_, err = laptop.tryCheck(func(r *symbolon.DecisionRequest) { r.Action = "transfer" })
	w.refused("with another action", err, symbolon.ErrInvalidRequest)
	_, err = w.reg.CheckDevice(t.Context(), w.client(bank), bank, "https://evil.example", symbolon.DecisionRequest{Proof: laptop.prove()})
	w.refused("at another origin", err, symbolon.ErrForbidden)
	w.seal()
	if d := laptop.stored(); d.UsageCount != 0 || d.LastUsedAt == nil {
		t.Errorf("%d logins, last used %v", d.UsageCount, d.LastUsedAt)
	}
	for _, e := range w.events(bank, laptop.id) {
		if d, ok := e.Decided(); ok && d.Action != "device_check" {
			t.Errorf("the log calls it %s", d.Action)
		}
	}
}

// A proxy may send the user's bearer along with everything.
func TestADeviceCheckTakesAUserForAClient(t *testing.T) {
	w := site(t)
	laptop := w.registered(ada)
	made, err := w.reg.CheckDevice(t.Context(), w.user(bank, bob), bank, bankSite, symbolon.DecisionRequest{Proof: laptop.prove()})
	w.ok(err)
	if made.Pass == "" || made.Decision.ID != "" {
		t.Errorf("%+v", made)
	}
}

// A change between the decision and its pass is seen by the pass.
func TestAPassInFlightSeesWhatChanged(t *testing.T) {
	for name, row := range meantimes {
		if row.known == "" || name == "ten minutes" || name == "a clock set back" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var w *world
			var laptop *fake
			armed := false
			w = site(t, func(s symbolon.Store) symbolon.Store {
				return &spy{s, func(method string) error {
					if armed && method == "GetStanding" {
						armed = false
						row.happens(laptop)
					}
					return nil
				}}
			})
			laptop = w.trusted(ada)
			compact, client := laptop.prove(), w.client(bank)
			armed = true
			made, err := w.reg.CheckDevice(t.Context(), client, bank, bankSite, symbolon.DecisionRequest{Proof: compact})
			w.ok(err)
			if armed || made.Pass != "" || !made.PassUntil.IsZero() {
				t.Errorf("%+v", made)
			}
		})
	}
}

func TestADeviceTokenOfAPassIsMadeOnceAMinute(t *testing.T) {
	w := site(t)
	laptop := w.trusted(ada)
	pass := laptop.check().Pass
	token := func() string { return w.passes(w.arrive(pass)).Token }
	first := token()
	w.pass(59 * time.Second)
	if token() != first {
		t.Error("another one within the minute")
	}
	w.pass(time.Second)
	second := token()
	if second == first {
		t.Error("the same one after a minute")
	}
	for i, change := range []func(){
		func() {
			laptop.revoke(symbolon.CauseSignOutEverywhere)
			w.pass(time.Second)
			pass = laptop.check().Pass
		},
		func() { w.patch(w.backend(bank), laptop.id, `{"a":1}`, "") },
		func() { w.pass(-3 * time.Second) },
	} {
		w.pass(time.Second)
		change()
		if next := token(); next == second {
			t.Errorf("change %d: the same one, %q, though something changed", i, next)
		} else {
			second = next
		}
	}
}

func TestRequestsAtOnceGetOneToken(t *testing.T) {
	w := site(t)
	pass := w.trusted(ada).check().Pass
	w.pass(900 * time.Millisecond) // so that two tokens of theirs would differ
	answers := race(32, func(i int) string {
		p, err := w.arrive(pass, func(r *symbolon.PassageRequest) { r.At = w.now.Add(time.Duration(i) * 10 * time.Millisecond) })
		if err != nil {
			return err.Error()
		}
		return p.Token
	})
	if len(answers) != 1 || answers[""] != 0 {
		t.Errorf("answers: %v", answers)
	}
}

// A token says that its device is trusted only as long as it is.
func TestADeviceTokenOfAPassFollowsTrust(t *testing.T) {
	w := site(t)
	laptop := w.trusted(ada)
	pass := laptop.check().Pass
	read := func() deviceToken {
		claims, err := w.read(w.passes(w.arrive(pass)).Token, w.now)
		w.ok(err)
		return claims
	}
	if c := read(); !c.Trusted || c.Recommendation != symbolon.RecommendTrust {
		t.Errorf("trusted: %+v", c)
	}
	w.policy(bank, `{"trust":{"enabled":false}}`)
	if c := read(); c.Trusted || c.Recommendation != symbolon.RecommendAllow {
		t.Errorf("trust switched off: %+v", c)
	}
}

func TestTheMemoryOfTokensIsBounded(t *testing.T) {
	const passes = 200_000
	var m registry.TokenMemory
	for i := range passes {
		m.Add(i, noon.Add(time.Duration(i)*time.Microsecond))
	}
	if m.Len() > 1<<14 {
		t.Errorf("%d tokens are remembered", m.Len())
	}
	if !m.Has(passes - 1) {
		t.Error("the last one is not")
	}
}
