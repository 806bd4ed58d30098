package registry_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// tab is a browser that has bound sessions, beside the key of its page.
type tab struct {
	pair
	w     *world
	id    string // of the session, once it is bound
	pass  string // the cookie
	offer registry.SessionOffer
}

// answer is what the browser signs, but for what is edited.
type answer struct {
	typ    string
	key    pair
	jwk    bool // in the header
	claims map[string]any
	origin string
}

func (w *world) tab(alg proof.Algorithm) *tab { return &tab{pair: w.newPair(alg), w: w} }

// offered has got an offer beside a pass.
func (b *tab) offered(pass string) *tab {
	b.w.Helper()
	var err error
	b.pass = pass
	b.offer, err = b.w.reg.OfferSession(b.w.Context(), bank, bankSite, pass, b.w.now)
	b.w.ok(err)
	return b
}

// registration answers the offer.
func (b *tab) registration(edits ...func(*answer)) registry.SessionAnswer {
	return b.sign(answer{
		typ: "dbsc+jwt", key: b.pair, jwk: true, origin: bankSite,
		claims: map[string]any{"jti": b.offer.Challenge, "authorization": b.offer.Authorization},
	}, edits)
}

// refresh answers a challenge.
func (b *tab) refresh(challenge string, edits ...func(*answer)) registry.SessionAnswer {
	return b.sign(answer{typ: "dbsc+jwt", key: b.pair, origin: bankSite, claims: map[string]any{"jti": challenge}}, edits)
}

func (b *tab) sign(a answer, edits []func(*answer)) registry.SessionAnswer {
	b.w.Helper()
	for _, edit := range edits {
		edit(&a)
	}
	opts := &jose.SignerOptions{EmbedJWK: a.jwk}
	alg := jose.SignatureAlgorithm(a.key.public.Algorithm())
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: a.key.signer}, opts.WithType(jose.ContentType(a.typ)))
	b.w.ok(err)
	text, err := jwt.Signed(signer).Claims(a.claims).Serialize()
	b.w.ok(err)
	return registry.SessionAnswer{Origin: a.origin, Pass: b.pass, ID: b.id, Response: text}
}

func (b *tab) tryBind(a registry.SessionAnswer) (registry.RenewedPass, error) {
	b.w.Helper()
	return b.w.reg.BindSession(b.w.Context(), b.w.client(bank), bank, a)
}

// bound is a browser whose session is bound to the device.
func (f *fake) bound() (*tab, registry.RenewedPass) {
	f.w.Helper()
	b := f.w.tab(proof.ES256).offered(f.check().Pass)
	made, err := b.tryBind(b.registration())
	f.w.ok(err)
	b.id = made.SessionID
	return b, made
}

func (b *tab) challenge() string {
	b.w.Helper()
	text, err := b.w.reg.ChallengeSession(b.w.Context(), bank, b.id, b.w.now)
	b.w.ok(err)
	return text
}

func (b *tab) tryRenew(a registry.SessionAnswer) (registry.RenewedPass, error) {
	b.w.Helper()
	return b.w.reg.RenewPass(b.w.Context(), b.w.client(bank), bank, a)
}

// renew is a whole renewal.
func (b *tab) renew() (registry.RenewedPass, error) {
	b.w.Helper()
	return b.tryRenew(b.refresh(b.challenge()))
}

// A working day: one look at the device in the morning, and no page of ours until evening.
func TestABoundSessionRenewsPassesWithoutAPage(t *testing.T) {
	for _, alg := range []proof.Algorithm{proof.ES256, proof.RS256} {
		t.Run(string(alg), func(t *testing.T) {
			w := site(t)
			laptop := w.trusted(ada)
			b := w.tab(alg).offered(laptop.check().Pass)
			made, err := b.tryBind(b.registration())
			w.ok(err)
			b.id = made.SessionID
			for began := w.now; w.now.Sub(began) < symbolon.SessionLife; {
				if !made.Until.Equal(w.now.Add(symbolon.PassLife)) {
					t.Fatalf("good until %v, and it is %v", made.Until, w.now)
				}
				p := w.passes(w.arrive(made.Pass, requiring(symbolon.RequireTrusted)))
				if p.Verdict != symbolon.VerdictPass || !p.Bound || p.Device != laptop.id {
					t.Fatalf("after %v: %+v", w.now.Sub(began), p)
				}
				if w.pass(16 * time.Minute); w.now.Sub(began) < symbolon.SessionLife {
					made, err = b.renew()
					w.ok(err)
				}
			}
			_, err = w.reg.ChallengeSession(t.Context(), bank, b.id, w.now)
			w.refused("a challenge after eight hours", err, symbolon.ErrNotFound)
			_, err = b.tryRenew(b.refresh("any"))
			w.refused("a renewal after eight hours", err, symbolon.ErrNotFound)
			w.pass(time.Microsecond)
			w.ok(w.reg.Sweep(t.Context(), w.now))
			if _, err = w.store.GetSession(t.Context(), bank, b.id); !errors.Is(err, symbolon.ErrNotFound) {
				t.Errorf("the sweep left it: %v", err)
			}
		})
	}
}

func TestABoundSessionIsOnItsDevice(t *testing.T) {
	w := site(t)
	w.policy(bank, `{"rules":[{"name":"bound","priority":1,"when":"device.session_bound","recommend":"CHALLENGE","mode":"production"}]}`)
	laptop := w.registered(ada)
	if d := laptop.decide(); d.Recommendation != symbolon.RecommendAllow {
		t.Fatalf("before: %+v", d)
	}
	b, _ := laptop.bound()
	if d := laptop.stored(); d.SessionBoundAt == nil || !d.SessionBoundAt.Equal(w.now) {
		t.Errorf("bound at %v; it is %v", d.SessionBoundAt, w.now)
	}
	all := w.events(bank, laptop.id)
	last := all[len(all)-1]
	var data map[string]string
	w.ok(json.Unmarshal(last.Data, &data))
	if last.Type != symbolon.EventSessionBound || last.Actor.Kind != symbolon.CallerClient || data["session"] != b.id ||
		data["origin"] != bankSite || data["algorithm"] != "ES256" {
		t.Errorf("the event: %+v %s", last, last.Data)
	}
	if _, err := b.renew(); err != nil || len(w.events(bank, laptop.id)) != len(all) {
		t.Errorf("a renewal: %v, and %d events, %d before", err, len(w.events(bank, laptop.id)), len(all))
	}
	if d := laptop.decide(); d.Rule == nil || *d.Rule != "bound" {
		t.Errorf("a rule does not see it: %+v", d)
	}
	w.pass(symbolon.SessionLife)
	if d := laptop.decide(); d.Rule != nil {
		t.Error("a rule sees it after its end")
	}
}

// What is wrong with an answer costs the honest browser nothing: its challenge is good
// until an answer to it is taken.
func TestOnlyTheAnswerToAnOfferBinds(t *testing.T) {
	w := site(t)
	laptop := w.trusted(ada)
	b := w.tab(proof.ES256).offered(laptop.check().Pass)
	w.pass(time.Second)
	other := w.tab(proof.ES256).offered(laptop.check().Pass)
	elsewherePass := w.passAt(laptop, otherSite)
	elsewhere, err := w.reg.OfferSession(t.Context(), bank, otherSite, elsewherePass, w.now)
	w.ok(err)
	claim := func(name string, value any) func(*answer) {
		return func(a *answer) { a.claims[name] = value }
	}
	for what, row := range map[string]struct {
		edit func(*answer)
		want symbolon.Code
	}{
		"another type":                     {func(a *answer) { a.typ = "JWT" }, symbolon.ErrProofInvalid},
		"no key":                           {func(a *answer) { a.jwk = false }, symbolon.ErrProofInvalid},
		"an algorithm that is not offered": {func(a *answer) { a.key = w.newPair(proof.EdDSA) }, symbolon.ErrAlgorithmNotAllowed},
		"no authorization":                 {func(a *answer) { delete(a.claims, "authorization") }, symbolon.ErrProofInvalid},
		"another offer's authorization":    {claim("authorization", other.offer.Authorization), symbolon.ErrProofInvalid},
		"an authorization of nobody's":     {claim("authorization", "AAAA"), symbolon.ErrProofInvalid},
		"another offer's challenge":        {claim("jti", other.offer.Challenge), symbolon.ErrProofInvalid},
		"a challenge of nobody's":          {claim("jti", "AAAA"), symbolon.ErrProofInvalid},
		"a challenge to prove a device":    {claim("jti", laptop.challenge(proof.PurposeProve)), symbolon.ErrProofInvalid},
		"no challenge":                     {func(a *answer) { delete(a.claims, "jti") }, symbolon.ErrProofInvalid},
		"an offer of another origin": {func(a *answer) {
			a.claims["jti"], a.claims["authorization"] = elsewhere.Challenge, elsewhere.Authorization
		}, symbolon.ErrProofInvalid},
		"sent to another origin":            {func(a *answer) { a.origin = otherSite }, symbolon.ErrProofInvalid},
		"sent to an origin that is not its": {func(a *answer) { a.origin = "https://evil.example" }, symbolon.ErrForbidden},
		"made for another audience":         {claim("aud", "https://evil.example/device-check"), symbolon.ErrProofInvalid},
		"made for a longer name":            {claim("aud", bankSite+".evil.example"), symbolon.ErrProofInvalid},
	} {
		_, err := b.tryBind(b.registration(row.edit))
		w.refused(what, err, row.want)
	}
	forged := b.registration()
	forged.Response = unsigned(forged.Response)
	_, err = b.tryBind(forged)
	w.refused("a signature of zeros", err, symbolon.ErrProofInvalid)
	for what, pass := range map[string]string{
		"no cookie": "", "another check's": other.pass, "one of another origin": elsewherePass, "the bytes of none": "AAAA",
		"what can be read of it": b.offer.Authorization,
	} {
		bare := b.registration()
		bare.Pass = pass
		_, err = b.tryBind(bare)
		w.refused(what, err, symbolon.ErrProofInvalid)
	}
	_, err = b.tryBind(registry.SessionAnswer{Origin: bankSite, Response: "no JWS"})
	w.refused("no JWS", err, symbolon.ErrInvalidRequest)
	_, err = w.reg.BindSession(t.Context(), w.client(shop), shop, b.registration())
	w.refused("another app at the site", err, symbolon.ErrProofInvalid)

	good := b.registration(claim("aud", bankSite+"/device-check/v1/apps/bank/sessions"), claim("later", map[string]int{"draft": 9}))
	_, err = b.tryBind(good)
	w.ok(err)
	_, err = b.tryBind(good)
	w.refused("once more", err, symbolon.ErrChallengeReplayed)
	_, err = b.tryBind(b.registration(func(a *answer) { a.key = w.newPair(proof.ES256) }))
	w.refused("another key over the same challenge", err, symbolon.ErrChallengeReplayed)
	w.pass(5 * time.Minute)
	_, err = other.tryBind(other.registration())
	w.refused("an offer of five minutes ago", err, symbolon.ErrChallengeExpired)
}

// passAt is a pass for another of the app's origins.
func (w *world) passAt(f *fake, origin string) string {
	w.Helper()
	made, err := w.reg.CheckDevice(w.Context(), w.client(bank), bank, origin, symbolon.DecisionRequest{Proof: f.prove()})
	w.ok(err)
	return made.Pass
}

func TestAnOfferNeedsAPass(t *testing.T) {
	w := site(t)
	pass := w.trusted(ada).check().Pass
	for what, row := range map[string]struct{ pass, origin string }{
		"none": {"", bankSite}, "garbage": {"AAAA", bankSite}, "of another origin": {pass, otherSite}, "at no origin of the app": {pass, "https://evil.example"},
	} {
		_, err := w.reg.OfferSession(t.Context(), bank, row.origin, row.pass, w.now)
		w.refused(what, err, symbolon.ErrForbidden)
	}
	w.pass(symbolon.PassLife)
	_, err := w.reg.OfferSession(t.Context(), bank, bankSite, pass, w.now)
	w.refused("one that is over", err, symbolon.ErrForbidden)
}

// A fresh service has made nothing of this, and an earlier secret's offers are still good.
func TestAnOfferOutlivesItsSecretWhileThatIsListed(t *testing.T) {
	w := site(t)
	w.serve(oldSecret)
	b := w.tab(proof.ES256).offered(w.trusted(ada).check().Pass)
	w.serve(secret)
	_, err := b.tryBind(b.registration())
	w.refused("not listed", err, symbolon.ErrProofInvalid)
	w.serve(secret, oldSecret)
	_, err = b.tryBind(b.registration())
	w.ok(err)
}
