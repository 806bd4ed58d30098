package registry_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// checkFrom is a device check that shows where it comes from.
func (f *fake) checkFrom(s sight) symbolon.DeviceCheck {
	f.w.Helper()
	made, err := f.tryCheck(s.decision)
	f.w.ok(err)
	return made
}

// atMost asks for a score.
func atMost(score int) func(*symbolon.PassageRequest) {
	return func(r *symbolon.PassageRequest) { r.MaxRisk = &score }
}

// The owner has a pass, a bound session and a token in the morning; then somebody signs in
// with the key from another machine. What was given out in the morning ends with that.
func TestALaterDecisionCountsAgainstWhatWasGivenOut(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at).mapped()
		w.settle(bank, bankSite)
		w.policy(bank, `{"risk":{"distrustAt":101,"denyAt":101}}`)
		f := w.trustedLaptop()
		pass := f.checkFrom(laptop).Pass
		w.seal()
		b := w.tab(proof.ES256).offered(f.checkFrom(laptop).Pass)
		made, err := b.tryBind(b.registration())
		w.ok(err)
		b.id = made.SessionID
		offered, token := w.tab(proof.ES256).offered(f.checkFrom(laptop).Pass), f.token()
		w.seal()
		early := w.passes(w.arrive(pass, atMost(9)))
		if early.Verdict != symbolon.VerdictPass || early.Risk == nil || *early.Risk >= 10 {
			t.Fatalf("in the morning: %+v", early)
		}

		w.pass(time.Second)
		odd := f.from(stolen)
		if odd.Recommendation != symbolon.RecommendChallenge || odd.Risk.Score < 40 {
			t.Fatalf("the thief: %+v", odd)
		}
		w.seal()
		high := symbolon.Passage{Verdict: symbolon.VerdictCheck, Reason: symbolon.ReasonRiskTooHigh}
		for _, given := range []string{pass, made.Pass} {
			if p := w.passes(w.arrive(given)); p != high {
				t.Errorf("by what was given before: %+v", p)
			}
			if p := w.passes(w.arrive(given, requiring(symbolon.RequireNone))); p != (symbolon.Passage{Verdict: symbolon.VerdictPass}) {
				t.Errorf("where nothing is required: %+v", p)
			}
		}
		_, err = b.renew()
		w.refused("a renewal", err, symbolon.ErrForbidden)
		_, err = offered.tryBind(offered.registration())
		w.refused("binding", err, symbolon.ErrForbidden)
		if got := w.introspect(token); !got.Active || got.Recommendation != symbolon.RecommendChallenge || *got.Risk != odd.Risk.Score {
			t.Errorf("the token: %+v, risk %d; want %d", got, *got.Risk, odd.Risk.Score)
		}
		w.scores(f, pass, b, odd.Risk.Score)

		w.pass(time.Second)
		fresh := f.checkFrom(laptop).Pass
		if p := w.passes(w.arrive(fresh)); p.Verdict != symbolon.VerdictPass || *p.Risk >= 40 {
			t.Errorf("after a fresh check, and before its fold: %+v", p)
		}
		w.seal()
		if p := w.passes(w.arrive(fresh)); p.Verdict != symbolon.VerdictPass {
			t.Errorf("after a fresh check: %+v", p)
		}
	})
}

// scores holds that the score of the last decision is told, under a policy that asks about none.
func (w *world) scores(f *fake, pass string, b *tab, score int) {
	w.Helper()
	w.policy(bank, `{"risk":{"challengeAt":101,"distrustAt":101,"denyAt":101}}`)
	p := w.passes(w.arrive(pass, atMost(score)))
	if p.Verdict != symbolon.VerdictPass || *p.Risk != score || p.Device != f.id {
		w.Fatalf("where no score is too high: %+v", p)
	}
	if claims, err := w.read(p.Token, w.now); err != nil || claims.Risk != score {
		w.Errorf("its token: %+v, %v", claims, err)
	}
	if p := w.passes(w.arrive(pass, atMost(score-1))); p.Reason != symbolon.ReasonRiskTooHigh {
		w.Errorf("one point too high: %+v", p)
	}
	renewed, err := b.renew()
	w.ok(err)
	if p := w.passes(w.arrive(renewed.Pass)); p.Verdict != symbolon.VerdictPass || *p.Risk != score {
		w.Errorf("renewed: %+v", p)
	}
	w.policy(bank, `{"risk":{"distrustAt":101,"denyAt":101}}`)
}

// A token of TRUST whose trust is over recommends what is left of it.
func TestIntrospectionRecommendsNoTrustThatIsOver(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	token := phone.token()
	w.device(w.reg.DistrustDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.DistrustRequest{}))
	if got := w.introspect(token); !got.Active || got.Trusted || got.Recommendation != symbolon.RecommendAllow {
		t.Errorf("%+v", got)
	}
}
