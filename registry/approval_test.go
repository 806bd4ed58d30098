package registry_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// vouch is the proof by which a trusted device lets another one in: it signs its id.
func (f *fake) vouch(id symbolon.DeviceID, edits ...func(*proof.Statement)) registry.Self {
	f.w.Helper()
	signs := func(s *proof.Statement) { s.PayloadHash = proof.HashPayload([]byte(id)) }
	return registry.Self{Proof: f.sign(proof.PurposeApprove, append([]func(*proof.Statement){signs}, edits...)...)}
}

func TestANewDeviceWaitsAsThePolicySays(t *testing.T) {
	for approval, want := range map[string][2]symbolon.Status{
		"none":           {symbolon.StatusActive, symbolon.StatusActive},
		"trusted_device": {symbolon.StatusActive, symbolon.StatusPending}, // nobody is there to let the first one in
		"admin":          {symbolon.StatusPending, symbolon.StatusPending},
	} {
		w := newWorld(t)
		w.policy(bank, `{"registration":{"approval":"`+approval+`"}}`)
		for i, status := range want {
			f := w.browser(ada)
			if d := f.register(); d.Status != status {
				t.Errorf("%s: device %d is %s; want %s", approval, i+1, d.Status, status)
			}
			if status == symbolon.StatusPending {
				w.saw("while it waits", f.decide(), symbolon.RecommendChallenge, symbolon.FactorRequire)
				if again := f.register(); again.ID != f.id || again.Status != symbolon.StatusPending {
					t.Errorf("%s: registered again: %+v", approval, again)
				}
			}
		}
	}
}

func TestATrustedDeviceLetsAnotherIn(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"trusted_device"}}`)
	phone := w.trusted(ada)
	waits, other := w.registered(ada), w.registered(ada)
	try := func(s registry.Self) error {
		_, err := w.reg.ApproveMine(t.Context(), w.user(bank, ada), bank, waits.id, s)
		return err
	}
	stranger := w.trusted(bob)
	w.refused("nothing shown", try(registry.Self{}), symbolon.ErrInvalidRequest)
	w.refused("a proof of who asks", try(phone.self()), symbolon.ErrProofInvalid)
	w.refused("a proof for another device", try(phone.vouch(other.id)), symbolon.ErrProofInvalid)
	w.refused("bob's device", try(stranger.vouch(waits.id)), symbolon.ErrProofInvalid)
	w.refused("bob's device as ada's", try(stranger.as(ada).vouch(waits.id)), symbolon.ErrProofInvalid)
	w.refused("the one that waits", try(waits.vouch(waits.id)), symbolon.ErrForbidden)
	if waits.stored().Status != symbolon.StatusPending {
		t.Fatalf("refused, and %s", waits.stored().Status)
	}

	good := phone.vouch(waits.id)
	d := w.device(w.reg.ApproveMine(t.Context(), w.user(bank, ada), bank, waits.id, good))
	if d.Status != symbolon.StatusActive || d.PublicKey != nil {
		t.Errorf("approved: %+v", d)
	}
	w.refused("the same proof again", try(good), symbolon.ErrChallengeReplayed)
	w.saw("let in", waits.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	phone.block()
	_, err := w.reg.ApproveMine(t.Context(), w.user(bank, ada), bank, other.id, phone.vouch(other.id))
	w.refused("by a blocked device", err, symbolon.ErrDeviceBlocked)
}

func TestAUserCantApproveWhereStaffDo(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	waits := w.registered(ada)
	_, err := w.reg.ApproveMine(t.Context(), w.user(bank, ada), bank, waits.id, phone.vouch(waits.id))
	w.refused("approving", err, symbolon.ErrForbidden)
	if d := w.device(w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, waits.id)); d.Status != symbolon.StatusActive {
		t.Errorf("approved by staff: %s", d.Status)
	}
	w.device(w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, waits.id))
	if events := w.events(bank, waits.id); len(events) != 2 {
		t.Errorf("approved again: %v", events)
	}
	_, err = w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, phone.id)
	w.ok(err)
	phone.block()
	_, err = w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, phone.id)
	w.refused("a blocked one", err, symbolon.ErrConflict)
}

func TestFewMayWaitAndNotForever(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"admin"},"limits":{"devices":1,"overflow":"evict_lru"}}`)
	var waiting []*fake
	for range policy.MaxPending {
		waiting = append(waiting, w.registered(ada))
	}
	_, err := w.browser(ada).tryRegister()
	w.refused("one more", err, symbolon.ErrDeviceLimitReached)

	w.pass(policy.PendingFor)
	late := waiting[0]
	_, err = w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, late.id)
	w.refused("approving after a week", err, symbolon.ErrConflict)
	before := late.id
	if d := late.register(); d.ID == before || d.Status != symbolon.StatusPending || !d.CreatedAt.Equal(w.now) {
		t.Errorf("the one that registers again: %+v; was %s", d, before)
	}
	w.ok(w.reg.Sweep(t.Context(), w.now))
	if n := w.count(ada, symbolon.StatusPending); n != 1 {
		t.Errorf("%d wait after the sweep", n)
	}
	events := w.events(bank, waiting[1].id)
	if last := events[len(events)-1]; last.Type != symbolon.EventDeviceRemoved || last.Actor.Kind != symbolon.CallerSystem {
		t.Errorf("the last event of one that waited in vain: %+v", last)
	}
}
