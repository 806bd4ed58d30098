package registry_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"sync"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// What browsers send.
const (
	chrome  = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0"
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1"
)

// pair is a key pair.
type pair struct {
	signer crypto.Signer
	public *proof.PublicKey
}

// fake is a device that stands in for a browser or an app.
type fake struct {
	pair
	w    *world
	app  symbolon.AppID
	user symbolon.UserID
	kid  symbolon.KeyID    // what its proofs name its key by
	id   symbolon.DeviceID // "" until it is registered
}

// browser is a new browser of the user at the bank; fake is any device.
func (w *world) browser(user symbolon.UserID) *fake { return w.fake(bank, user, proof.ES256) }

func (w *world) fake(app symbolon.AppID, user symbolon.UserID, alg proof.Algorithm) *fake {
	f := &fake{w: w, app: app, user: user}
	f.hold(w.newPair(alg))
	return f
}

// registered is a browser that is the user's device already.
func (w *world) registered(user symbolon.UserID) *fake {
	w.Helper()
	f := w.browser(user)
	f.register()
	return f
}

// trusted is a registered browser that its user has chosen to trust.
func (w *world) trusted(user symbolon.UserID) *fake {
	w.Helper()
	f := w.registered(user)
	f.trust()
	return f
}

func (f *fake) hold(p pair) {
	f.pair, f.kid = p, symbolon.KeyID(p.public.Thumbprint())
}

// as is the same browser with another user: one key, another device.
func (f *fake) as(user symbolon.UserID) *fake {
	return &fake{pair: f.pair, w: f.w, app: f.app, user: user, kid: f.kid}
}

// rsaKeys are slow to make, so that there are a few, and the worlds take turns.
var (
	rsaKeys [6]func() *rsa.PrivateKey
	rsaTurn int
	rsaLock sync.Mutex
)

func init() {
	for i := range rsaKeys {
		rsaKeys[i] = sync.OnceValue(func() *rsa.PrivateKey {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				panic(err)
			}
			return key
		})
	}
}

func (w *world) newPair(alg proof.Algorithm) pair {
	w.Helper()
	var signer crypto.Signer
	var err error
	switch alg {
	case proof.ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case proof.EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		rsaLock.Lock()
		rsaTurn = (rsaTurn + 1) % len(rsaKeys)
		signer = rsaKeys[rsaTurn]()
		rsaLock.Unlock()
	}
	w.ok(err)
	public, err := proof.NewPublicKey(signer.Public(), alg)
	w.ok(err)
	return pair{signer, public}
}

// challenge is a fresh one, of the fake's app.
func (f *fake) challenge(p proof.Purpose) string {
	f.w.Helper()
	c, err := f.w.reg.NewChallenge(f.w.Context(), f.w.client(f.app), f.app, symbolon.ChallengeRequest{Purpose: string(p)})
	f.w.ok(err)
	return c.Challenge
}

// sign makes the proof that an SDK would make for the purpose, but for what is edited.
func (f *fake) sign(p proof.Purpose, edits ...func(*proof.Statement)) string {
	f.w.Helper()
	s := proof.Statement{Algorithm: f.public.Algorithm(), Audience: string(f.app), Purpose: p, Subject: string(f.user)}
	if p == proof.PurposeRegister {
		s.JWK = f.public
	} else {
		s.KeyID = string(f.kid)
	}
	for _, edit := range edits {
		edit(&s)
	}
	if s.Challenge == "" {
		s.Challenge = f.challenge(p)
	}
	compact, err := proof.Sign(f.signer, s)
	f.w.ok(err)
	return compact
}

func (f *fake) prove(edits ...func(*proof.Statement)) string {
	f.w.Helper()
	return f.sign(proof.PurposeProve, edits...)
}

// registration is what the fake's SDK sends to register.
func (f *fake) registration(edits ...func(*symbolon.Registration)) symbolon.Registration {
	f.w.Helper()
	req := symbolon.Registration{Platform: symbolon.PlatformWeb, Context: symbolon.ClientContext{IPAddress: "192.0.2.7", UserAgent: chrome}}
	for _, edit := range edits {
		edit(&req)
	}
	if req.Proof == "" {
		req.Proof = f.sign(proof.PurposeRegister)
	}
	return req
}

// registerBy registers with the assertion of the caller.
func (f *fake) registerBy(c symbolon.Caller, edits ...func(*symbolon.Registration)) (symbolon.Device, bool, error) {
	f.w.Helper()
	d, created, err := f.w.reg.Register(f.w.Context(), c, f.app, f.registration(edits...))
	if err == nil {
		f.id, f.kid = d.ID, d.KeyID
	}
	return d, created, err
}

// tryRegister registers with a fresh ticket; register takes no refusal.
func (f *fake) tryRegister(edits ...func(*symbolon.Registration)) (symbolon.Device, error) {
	f.w.Helper()
	d, _, err := f.registerBy(f.w.user(f.app, f.user), edits...)
	return d, err
}

func (f *fake) register(edits ...func(*symbolon.Registration)) symbolon.Device {
	f.w.Helper()
	return f.w.device(f.tryRegister(edits...))
}

// ask lets the app's backend ask about the proof, for the fake's user.
func (f *fake) ask(compact string, edits ...func(*symbolon.DecisionRequest)) (symbolon.Decision, error) {
	f.w.Helper()
	req := symbolon.DecisionRequest{UserID: f.user, Proof: compact}
	for _, edit := range edits {
		edit(&req)
	}
	return f.w.reg.Decide(f.w.Context(), f.w.backend(f.app), f.app, req)
}

// decide is a sign-in: a fresh proof, and what the backend is told.
func (f *fake) decide() symbolon.Decision {
	f.w.Helper()
	return f.w.decision(f.ask(f.prove()))
}

// tryTrust is the tick box: after a sign-in with the second factor.
func (f *fake) tryTrust(edits ...func(*symbolon.TrustRequest)) (symbolon.Device, error) {
	f.w.Helper()
	req := symbolon.TrustRequest{DecisionID: f.decide().ID, Factor: "otp"}
	for _, edit := range edits {
		edit(&req)
	}
	return f.w.reg.TrustDevice(f.w.Context(), f.w.backend(f.app), f.app, f.id, req)
}

func (f *fake) trust() symbolon.Device {
	f.w.Helper()
	return f.w.device(f.tryTrust())
}

// block and unblock are what support staff do.
func (f *fake) block() symbolon.Device {
	f.w.Helper()
	return f.w.device(f.w.reg.BlockDevice(f.w.Context(), f.w.backend(f.app), f.app, f.id, symbolon.BlockRequest{Reason: "stolen"}))
}

func (f *fake) unblock() symbolon.Device {
	f.w.Helper()
	return f.w.device(f.w.reg.UnblockDevice(f.w.Context(), f.w.backend(f.app), f.app, f.id, symbolon.UnblockRequest{}))
}

// halves are the two proofs of a rotation to the next key.
func (f *fake) halves(next pair, edits ...func(*proof.Statement)) symbolon.Rotation {
	f.w.Helper()
	challenge := f.challenge(proof.PurposeRotate)
	old := f.sign(proof.PurposeRotate, append(edits, func(s *proof.Statement) { s.Challenge, s.JWK = challenge, next.public })...)
	heir := &fake{pair: next, w: f.w, app: f.app, user: f.user}
	return symbolon.Rotation{Proof: old, NewProof: heir.sign(proof.PurposeRotate, func(s *proof.Statement) {
		s.Challenge, s.KeyID, s.JWK = challenge, "", next.public
	})}
}

// rotate replaces the fake's key, and keeps the old one nowhere.
func (f *fake) rotate(next pair) (symbolon.Device, error) {
	f.w.Helper()
	d, err := f.w.reg.RotateKey(f.w.Context(), f.w.client(f.app), f.app, f.id, f.halves(next))
	if err == nil {
		f.pair = next
	}
	return d, err
}

// self is what a self-service request of this device shows.
func (f *fake) self() registry.Self {
	f.w.Helper()
	return registry.Self{Proof: f.prove()}
}

// stored is the device as it is kept.
func (f *fake) stored() symbolon.Device {
	f.w.Helper()
	return f.w.get(f.app, f.id)
}

// saw tells whether a decision is what the story says.
func (w *world) saw(what string, d symbolon.Decision, rec symbolon.Recommendation, factor symbolon.SecondFactor) {
	w.Helper()
	if d.Recommendation != rec || d.SecondFactor != factor {
		w.Errorf("%s: %s and the second factor: %s (%v); want %s and %s", what, d.Recommendation, d.SecondFactor, d.Risk.Reasons, rec, factor)
	}
	known := rec == symbolon.RecommendAllow || rec == symbolon.RecommendTrust
	if d.Known != known || d.Trusted != (rec == symbolon.RecommendTrust) {
		w.Errorf("%s: known %v, trusted %v beside %s", what, d.Known, d.Trusted, rec)
	}
}
