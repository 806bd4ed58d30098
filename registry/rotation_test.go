package registry_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

func TestARotatedKeyIsTheSameDevice(t *testing.T) {
	for _, from := range proof.Algorithms() {
		t.Run(string(from), func(t *testing.T) {
			w := newWorld(t)
			phone := w.fake(bank, ada, from)
			phone.register()
			before := phone.trust()
			shared := phone.as(bob)
			shared.register()
			old, next := *phone, w.newPair(proof.EdDSA)
			d := w.device(phone.rotate(next))
			if d.ID != before.ID || d.KeyID != before.KeyID || d.PublicKey != nil || d.Trust == nil || d.Trust.RevokedAt != nil {
				t.Errorf("rotated: %+v", d)
			}
			w.saw("the new key", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
			shared.pair = next
			w.saw("the new key, of its other user", shared.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
			if d := old.decide(); d.ProofResult != symbolon.ProofInvalid {
				t.Errorf("the old key: %s", d.ProofResult)
			}
			_, err := old.tryRegister()
			w.refused("registering the old key", err, symbolon.ErrConflict)
			_, err = old.as("carol").tryRegister()
			w.refused("registering it for another user", err, symbolon.ErrConflict)
			_, _, err = old.enrol()
			w.refused("enrolling it", err, symbolon.ErrConflict)
			_, err = old.rotate(w.newPair(proof.ES256))
			w.refused("rotating it again", err, symbolon.ErrProofInvalid)
			_, err = phone.rotate(old.pair)
			w.refused("rotating back to it", err, symbolon.ErrConflict)
			for _, id := range []symbolon.DeviceID{phone.id, shared.id} {
				events := w.events(bank, id)
				n := 0
				for _, e := range events {
					if e.Type == symbolon.EventDeviceRotated {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%d rotations in %v", n, events)
				}
			}
		})
	}
}

// One answer for whoever can't sign with the present key, whatever the device.
func TestRotatingWithoutTheKeyIsOneAnswer(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	phone, other, blocked := w.registered(ada), w.registered(bob), w.registered(ada)
	blocked.block()
	thief := w.browser(ada)
	rotate := func(id symbolon.DeviceID, r symbolon.Rotation) error {
		heard.take()
		_, err := w.reg.RotateKey(t.Context(), w.client(bank), bank, id, r)
		return err
	}
	next := w.newPair(proof.ES256)
	named := func(kid symbolon.KeyID) symbolon.Rotation {
		return thief.halves(next, func(s *proof.Statement) { s.KeyID = string(kid) })
	}
	var first error
	for what, try := range map[string]func() error{
		"the key of nobody":          func() error { return rotate(phone.id, named(thief.kid)) },
		"another key under its name": func() error { return rotate(phone.id, named(phone.kid)) },
		"a device of another user":   func() error { return rotate(other.id, phone.halves(next)) },
		"a device that is none":      func() error { return rotate("dev_none", phone.halves(next)) },
		"a blocked device":           func() error { return rotate(blocked.id, named(blocked.kid)) },
	} {
		err := try()
		w.refused(what, err, symbolon.ErrProofInvalid)
		if first == nil {
			first = err
		}
		if err != nil && err.Error() != first.Error() {
			t.Errorf("%s: %q; another was told %q", what, err, first)
		}
		for _, m := range heard.take() {
			if m == "Tx" {
				t.Errorf("%s: took the writer's turn", what)
			}
		}
	}
	_, err := blocked.rotate(next)
	w.refused("a blocked device by its own key", err, symbolon.ErrDeviceBlocked)
}

func TestTheHalvesOfARotationBelongTogether(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	next, stray := w.newPair(proof.ES256), w.newPair(proof.ES256)
	for what, row := range map[string]struct {
		rotation func() symbolon.Rotation
		code     symbolon.Code
	}{
		"two challenges": {func() symbolon.Rotation {
			return symbolon.Rotation{Proof: phone.halves(next).Proof, NewProof: phone.halves(next).NewProof}
		}, symbolon.ErrProofInvalid},
		"two new keys": {func() symbolon.Rotation {
			r := phone.halves(next)
			other := phone.halves(stray, func(s *proof.Statement) {})
			return symbolon.Rotation{Proof: r.Proof, NewProof: other.NewProof}
		}, symbolon.ErrProofInvalid},
		"the old half twice": {func() symbolon.Rotation {
			r := phone.halves(next)
			return symbolon.Rotation{Proof: r.Proof, NewProof: r.Proof}
		}, symbolon.ErrProofInvalid},
		"the wrong way round": {func() symbolon.Rotation {
			r := phone.halves(next)
			return symbolon.Rotation{Proof: r.NewProof, NewProof: r.Proof}
		}, symbolon.ErrProofInvalid},
		"another user": {func() symbolon.Rotation {
			return phone.halves(next, func(s *proof.Statement) { s.Subject = string(bob) })
		}, symbolon.ErrProofInvalid},
		"nothing":              {func() symbolon.Rotation { return symbolon.Rotation{} }, symbolon.ErrInvalidRequest},
		"a proof of something": {func() symbolon.Rotation { return symbolon.Rotation{Proof: phone.prove(), NewProof: phone.prove()} }, symbolon.ErrProofInvalid},
	} {
		_, err := w.reg.RotateKey(t.Context(), w.client(bank), bank, phone.id, row.rotation())
		w.refused(what, err, row.code)
	}
	w.saw("after all that", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}

func TestARotationIsDoneOnceAmong32(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	halves := phone.halves(w.newPair(proof.ES256))
	c := w.client(bank)
	got := race(32, func(int) bool {
		_, err := w.reg.RotateKey(t.Context(), c, bank, phone.id, halves)
		return err == nil
	})
	if got[true] != 1 {
		t.Errorf("%d rotations by one pair of proofs", got[true])
	}
}

// Two rotations at once, by two pairs of proofs that the old key signed while it was good:
// who comes second signed with a key that is past.
func TestARotationInFlightSeesAnother(t *testing.T) {
	var w *world
	var phone *fake
	armed := false
	w = newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if armed && method == "Tx" {
				armed = false
				w.device(phone.rotate(w.newPair(proof.ES256)))
			}
			return nil
		}}
	})
	phone = w.registered(ada)
	halves, c := phone.halves(w.newPair(proof.ES256)), w.client(bank)
	armed = true
	_, err := w.reg.RotateKey(t.Context(), c, bank, phone.id, halves)
	w.refused("the second rotation", err, symbolon.ErrProofInvalid)
	w.saw("the first one's key", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}

func TestAKeyIsNotRotatedWhileOneOfItsUsersIsBlocked(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	shared := phone.as(bob)
	shared.register()
	shared.block()
	before := phone.stored()
	_, err := phone.rotate(w.newPair(proof.ES256))
	w.refused("rotating", err, symbolon.ErrDeviceBlocked)
	if after := phone.stored(); after.Version != before.Version || after.Thumbprint != before.Thumbprint {
		t.Errorf("refused, and changed: %+v", after)
	}
}

func TestOnlyAnActiveDeviceRotates(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	waits, other := w.registered(ada), w.registered(bob)
	_, err := waits.rotate(w.newPair(proof.ES256))
	w.refused("while it waits", err, symbolon.ErrConflict)
	w.device(w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, waits.id))
	_, err = waits.rotate(other.pair)
	w.refused("to a key that another user has", err, symbolon.ErrConflict)
}

// A browser keeps its key better than a program does: going down ends trust.
func TestAKeyThatIsKeptWorseEndsTrust(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"none"}}`)
	phone := w.browser(ada)
	phone.register(func(r *symbolon.Registration) {
		r.Platform, r.DeviceType, r.Context.UserAgent = symbolon.PlatformOther, symbolon.TypeDesktop, ""
	})
	phone.trust()
	key, err := w.store.GetKey(t.Context(), bank, phone.kid)
	w.ok(err)
	key.Storage = symbolon.StorageHardware // as it would be, had it been attested
	_, err = w.store.PutKey(t.Context(), key)
	w.ok(err)
	d := w.device(phone.rotate(w.newPair(proof.ES256)))
	if d.KeyStorage != symbolon.StorageSoftware || phone.stored().Trust.RevokedReason != "the new key is kept less safely" {
		t.Errorf("rotated: %s, %+v", d.KeyStorage, d.Trust)
	}
	w.saw("rotated", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}
