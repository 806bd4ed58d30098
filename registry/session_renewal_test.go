package registry_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

func TestOnlyTheSessionsKeyRenews(t *testing.T) {
	w := site(t)
	laptop := w.trusted(ada)
	b, _ := laptop.bound()
	other, _ := laptop.bound()
	challenge := b.challenge()
	for what, row := range map[string]struct {
		edit func(*answer)
		want symbolon.Code
	}{
		"another key":                    {func(a *answer) { a.key = other.pair }, symbolon.ErrProofInvalid},
		"another algorithm":              {func(a *answer) { a.key = w.newPair(proof.RS256) }, symbolon.ErrProofInvalid},
		"the device's key":               {func(a *answer) { a.key = laptop.pair }, symbolon.ErrProofInvalid},
		"a key in the header":            {func(a *answer) { a.jwk = true }, symbolon.ErrProofInvalid},
		"another type":                   {func(a *answer) { a.typ = "symbolon-proof+jwt" }, symbolon.ErrProofInvalid},
		"another session's challenge":    {func(a *answer) { a.claims["jti"] = other.challenge() }, symbolon.ErrProofInvalid},
		"the challenge that it had":      {func(a *answer) { a.claims["jti"] = b.offer.Challenge }, symbolon.ErrProofInvalid},
		"a challenge of nobody's":        {func(a *answer) { a.claims["jti"] = strings.Repeat("A", 76) }, symbolon.ErrProofInvalid},
		"made for another audience":      {func(a *answer) { a.claims["aud"] = "https://evil.example" }, symbolon.ErrProofInvalid},
		"sent to another of its origins": {func(a *answer) { a.origin = otherSite }, symbolon.ErrForbidden},
		"sent to a foreign origin":       {func(a *answer) { a.origin = "https://evil.example" }, symbolon.ErrForbidden},
	} {
		_, err := b.tryRenew(b.refresh(challenge, row.edit))
		w.refused(what, err, row.want)
	}
	stranger := b.refresh(challenge)
	stranger.ID = other.id
	_, err := b.tryRenew(stranger)
	w.refused("in the name of another session", err, symbolon.ErrProofInvalid)
	for _, id := range []string{"", "AAAA", b.id[:42], b.id + "\n", strings.Repeat("A", len(b.id))} {
		stranger.ID = id
		_, err = b.tryRenew(stranger)
		w.refused("no session", err, symbolon.ErrNotFound)
		_, err = w.reg.ChallengeSession(t.Context(), bank, id, w.now)
		w.refused("a challenge for no session", err, symbolon.ErrNotFound)
	}
	_, err = w.reg.RenewPass(t.Context(), w.client(shop), shop, b.refresh(challenge))
	w.refused("another app at the site", err, symbolon.ErrNotFound)

	good := b.refresh(challenge)
	_, err = b.tryRenew(good)
	w.ok(err)
	_, err = b.tryRenew(good)
	w.refused("once more", err, symbolon.ErrChallengeReplayed)
	late := b.challenge()
	w.pass(5 * time.Minute)
	_, err = b.tryRenew(b.refresh(late))
	w.refused("a challenge of five minutes ago", err, symbolon.ErrChallengeExpired)
}

// The same proof comes twice at once, as from a browser that lost its patience: one renewal.
func TestARenewalHappensOnce(t *testing.T) {
	w := site(t)
	b, _ := w.trusted(ada).bound()
	same, client := b.refresh(b.challenge()), w.client(bank)
	answers := race(8, func(int) symbolon.Code {
		_, err := w.reg.RenewPass(t.Context(), client, bank, same)
		var own *symbolon.Error
		if errors.As(err, &own) {
			return own.Code
		}
		return ""
	})
	if answers[""] != 1 || answers[symbolon.ErrChallengeReplayed] != 7 {
		t.Errorf("answers: %v", answers)
	}
}

// ends is what a renewal hears where the device is not as it was; "" where it is renewed.
func (m meantime) ends() symbolon.Code {
	switch m.known {
	case "":
		return ""
	case symbolon.ReasonDeviceBlocked:
		return symbolon.ErrDeviceBlocked
	}
	return symbolon.ErrForbidden
}

// Whatever would keep a pass from counting keeps a session from renewing it, and an offer
// from being taken up.
func TestWhatHappensToADeviceEndsItsSessions(t *testing.T) {
	for name, row := range meantimes {
		if strings.HasPrefix(name, "a clock") || name == "ten minutes" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := site(t)
			laptop := w.trusted(ada)
			b, _ := laptop.bound()
			offered := w.tab(proof.ES256).offered(laptop.check().Pass)
			signed := b.refresh(b.challenge())
			w.pass(time.Second)
			row.happens(laptop)
			renewed, renewErr := b.tryRenew(signed)
			made, bindErr := offered.tryBind(offered.registration())
			if want := row.ends(); want != "" {
				if row.known == symbolon.ReasonUnknownDevice && errors.Is(renewErr, symbolon.ErrNotFound) { // it went with its device
					w.refused("binding", bindErr, symbolon.ErrDeviceUnknown)
					return
				}
				w.refused("renewing", renewErr, want)
				w.refused("binding", bindErr, want)
				return
			}
			w.ok(renewErr)
			w.ok(bindErr)
			for _, pass := range []string{renewed.Pass, made.Pass} {
				if p := w.passes(w.arrive(pass)); p.Verdict != symbolon.VerdictPass || p.Trusted != (row.trusted == "") {
					t.Errorf("%+v; want trusted: %v", p, row.trusted == "")
				}
			}
		})
	}
}

// A replica whose clock is behind revokes: what was given out before, by a clock that is
// ahead, does not count any more.
func TestARevocationCountsWhateverTheClocksSay(t *testing.T) {
	w := site(t)
	w.policy(bank, `{"revocation":{"password_changed":"keep"}}`)
	laptop := w.trusted(ada)
	pass := laptop.check().Pass
	b, made := laptop.bound()
	w.pass(-30 * time.Second)
	laptop.revoke(symbolon.CausePasswordChanged)
	w.pass(30 * time.Second)
	for _, text := range []string{pass, made.Pass} {
		if p := w.passes(w.arrive(text)); p.Reason != symbolon.ReasonPassExpired {
			t.Errorf("%+v", p)
		}
	}
	_, err := b.renew()
	w.refused("a renewal", err, symbolon.ErrForbidden)
}

// On either database: bound, renewed, blocked.
func TestASessionEndsWithABlock(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		w.settle(bank, bankSite)
		laptop := w.trusted(ada)
		b, _ := laptop.bound()
		made, err := b.renew()
		w.ok(err)
		if p := w.passes(w.arrive(made.Pass)); p.Verdict != symbolon.VerdictPass || !p.Bound || !p.Trusted {
			t.Errorf("renewed: %+v", p)
		}
		laptop.block()
		if p := w.passes(w.arrive(made.Pass)); p.Verdict != symbolon.VerdictDeny {
			t.Errorf("blocked: %+v", p)
		}
		_, err = b.renew()
		w.refused("a renewal", err, symbolon.ErrDeviceBlocked)
		w.ok(w.reg.RemoveDevice(t.Context(), w.root(), bank, laptop.id))
		_, err = b.tryRenew(b.refresh("any"))
		w.refused("a renewal by what went with its device", err, symbolon.ErrNotFound)
	})
}

// Trust that a session lost, and that was granted anew since, is for the next decision.
func TestASessionThatLostTrustDoesNotGetItBack(t *testing.T) {
	w := site(t)
	laptop := w.trusted(ada)
	b, _ := laptop.bound()
	for _, step := range []struct {
		policy  string
		trusted bool
	}{{`{}`, true}, {`{"trust":{"enabled":false}}`, false}, {`{}`, false}} {
		w.policy(bank, step.policy)
		w.pass(time.Minute)
		made, err := b.renew()
		w.ok(err)
		if p := w.passes(w.arrive(made.Pass)); p.Trusted != step.trusted {
			t.Errorf("under %s: trusted %v", step.policy, p.Trusted)
		}
	}
	if p := w.passes(w.arrive(laptop.check().Pass)); !p.Trusted {
		t.Errorf("after the next decision: %+v", p)
	}
}

// A fault of the store uses up no challenge: the same proof is good once the store is back.
func TestAStoreThatFailsBindsAndRenewsNothing(t *testing.T) {
	f := &fault{}
	w := site(t, f.wrap)
	laptop, client := w.trusted(ada), w.client(bank)
	b := w.tab(proof.ES256).offered(laptop.check().Pass)
	answer := b.registration()
	w.everyCallFails(f, laptop, func() (bool, error) {
		made, err := w.reg.BindSession(t.Context(), client, bank, answer)
		b.id = made.SessionID
		return made == registry.RenewedPass{}, err
	})
	refresh := b.refresh(b.challenge())
	w.everyCallFails(f, laptop, func() (bool, error) {
		made, err := w.reg.RenewPass(t.Context(), client, bank, refresh)
		return made == registry.RenewedPass{}, err
	})
}

func TestAStoreThatFailsLetsNobodyThrough(t *testing.T) {
	f := &fault{}
	w := site(t, f.wrap)
	laptop := w.trusted(ada)
	pass, said := laptop.check().Pass, w.saying(ada)
	w.everyCallFails(f, laptop, func() (bool, error) {
		p, err := w.arrive(pass, said)
		return p == symbolon.Passage{}, err
	})
}

// With the last fault the decision stands and its pass is lost, so each try is a new proof.
func TestAStoreThatFailsGivesNoPass(t *testing.T) {
	f := &fault{}
	w := site(t, f.wrap)
	laptop, client := w.trusted(ada), w.client(bank)
	w.everyCallFails(f, laptop, func() (bool, error) {
		req := symbolon.DecisionRequest{Proof: laptop.fresh(f)}
		made, err := w.reg.CheckDevice(t.Context(), client, bank, bankSite, req)
		return made.Pass == "" && !made.Decision.Known, err
	})
}

// fresh is a proof that was made while the store was well.
func (f *fake) fresh(store *fault) string {
	f.w.Helper()
	left := store.left
	store.left = 0
	compact := f.prove()
	f.w.serve(secret)
	store.left = left
	return compact
}
