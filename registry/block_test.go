package registry_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

func (f *fake) blockAs(edit func(*symbolon.BlockRequest)) (symbolon.Device, error) {
	f.w.Helper()
	req := symbolon.BlockRequest{Reason: "stolen"}
	edit(&req)
	return f.w.reg.BlockDevice(f.w.Context(), f.w.backend(f.app), f.app, f.id, req)
}

func TestABlockEndsTrustAndUnblockingDoesNotBringItBack(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	d := phone.block()
	if d.Status != symbolon.StatusBlocked || d.Block.Reason != "stolen" || d.Block.By != w.backend(bank).Actor().String() || d.Trust.RevokedReason != "blocked" {
		t.Errorf("blocked: %+v, trust %+v", d.Block, d.Trust)
	}
	if d := phone.unblock(); d.Status != symbolon.StatusActive || d.Block != nil || d.Trust.RevokedAt == nil {
		t.Errorf("unblocked: %+v", d)
	}
	w.saw("unblocked", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}

func TestUnblockingGoesBackToTheStateBefore(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	waits := w.registered(ada)
	waits.block()
	if d := waits.unblock(); d.Status != symbolon.StatusPending {
		t.Errorf("it waited for approval, and is %s", d.Status)
	}
}

func TestWhatABlockRequestMayBe(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	soon := w.now.Add(time.Hour)
	for what, edit := range map[string]func(*symbolon.BlockRequest){
		"no reason":                func(r *symbolon.BlockRequest) { r.Reason = "" },
		"a reason with control":    func(r *symbolon.BlockRequest) { r.Reason = "a\x7f" },
		"an end that is now":       func(r *symbolon.BlockRequest) { r.Until = &w.now },
		"an end and for all users": func(r *symbolon.BlockRequest) { r.Until, r.AllUsers = &soon, true },
	} {
		_, err := phone.blockAs(edit)
		w.refused(what, err, symbolon.ErrInvalidRequest)
	}
}

func TestABlockWithAnEndIsLiftedByTheNextLook(t *testing.T) {
	for what, look := range map[string]func(*fake){
		"a decision":      func(f *fake) { f.w.saw("after it", f.decide(), symbolon.RecommendAllow, symbolon.FactorRequire) },
		"a look by staff": func(f *fake) { f.w.device(f.w.reg.GetDevice(f.w.Context(), f.w.backend(bank), bank, f.id)) },
		"a registration":  func(f *fake) { f.register() },
		"a rotation":      func(f *fake) { f.w.device(f.rotate(f.w.newPair("EdDSA"))) },
		"a distrust": func(f *fake) {
			f.w.device(f.w.reg.DistrustDevice(f.w.Context(), f.w.root(), bank, f.id, symbolon.DistrustRequest{}))
		},
		"another registration": func(f *fake) { f.w.registered(ada) },
		"a revocation":         func(f *fake) { f.revoke(symbolon.CauseEmailChanged) },
		"self-service": func(f *fake) {
			f.w.device(f.w.reg.ReportLost(f.w.Context(), f.w.user(bank, ada, withFactor), bank, f.id, f.self()))
		},
		"the sweep":             func(f *fake) { f.w.ok(f.w.reg.Sweep(f.w.Context(), f.w.now)) },
		"a second, newer block": func(f *fake) { f.block() },
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			phone := w.trusted(ada)
			until := w.now.Add(time.Hour)
			w.device(phone.blockAs(func(r *symbolon.BlockRequest) { r.Until = &until }))
			w.pass(time.Hour - time.Microsecond)
			w.saw("a moment before", phone.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
			w.pass(time.Microsecond)
			look(phone)
			var lifted []symbolon.Event
			for _, e := range w.events(bank, phone.id) {
				if e.Type == symbolon.EventDeviceUnblocked {
					lifted = append(lifted, e)
				}
			}
			if len(lifted) != 1 || lifted[0].Actor.Kind != symbolon.CallerSystem {
				t.Errorf("lifted by %+v", lifted)
			}
			if d := phone.stored(); d.Trust.RevokedAt == nil || d.Block != nil && d.Block.Until != nil {
				t.Errorf("after it: %+v", d)
			}
		})
	}
}

func TestAllUsersBlocksTheKeyForPresentAndFutureOnes(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	shared := phone.as(bob)
	shared.register()
	w.device(phone.blockAs(func(r *symbolon.BlockRequest) { r.AllUsers = true }))
	w.saw("ada", phone.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
	w.saw("bob", shared.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
	future := phone.as("carol")
	_, err := future.tryRegister()
	w.refused("a user to come", err, symbolon.ErrDeviceBlocked)
	_, _, err = future.enrol()
	w.refused("enrolled", err, symbolon.ErrDeviceBlocked)

	unblock := func(all bool) error {
		_, err := w.reg.UnblockDevice(t.Context(), w.backend(bank), bank, shared.id, symbolon.UnblockRequest{AllUsers: all})
		return err
	}
	w.refused("unblocking bob's only", unblock(false), symbolon.ErrConflict)
	w.ok(unblock(true))
	w.saw("ada, unblocked", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	w.saw("bob, unblocked", shared.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	future.register()
}

// A block that was there before, and would have ended, must not let the key back in.
func TestAllUsersHoldsWhereABlockWouldHaveEnded(t *testing.T) {
	for what, before := range map[string]func(*fake){
		"a block with an end": func(f *fake) {
			until := f.w.now.Add(time.Hour)
			f.w.device(f.blockAs(func(r *symbolon.BlockRequest) { r.Until = &until }))
		},
		"a deactivation": func(f *fake) { f.revoke(symbolon.CauseUserDeactivated) },
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			phone := w.registered(ada)
			shared := phone.as(bob)
			shared.register()
			before(shared)
			w.device(phone.blockAs(func(r *symbolon.BlockRequest) { r.AllUsers = true }))
			w.pass(2 * time.Hour)
			_, err := w.reg.ReactivateUser(t.Context(), w.backend(bank), bank, bob)
			w.ok(err)
			w.ok(w.reg.Sweep(t.Context(), w.now))
			w.saw("much later", shared.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
		})
	}
}

// Removing the device does not free its key, until staff lift what is left of it.
func TestABlockedKeyStaysOutAfterItsDeviceIsGone(t *testing.T) {
	w := newWorld(t)
	remove := func(f *fake) { w.ok(w.reg.RemoveDevice(t.Context(), w.backend(bank), bank, f.id)) }
	erase := func(f *fake) {
		_, err := w.reg.EraseUser(t.Context(), w.backend(bank), bank, f.user)
		w.ok(err)
	}
	for what, row := range map[string]struct {
		allUsers bool
		away     func(*fake)
	}{
		"removed": {false, remove}, "erased": {false, erase},
		"removed, blocked for all": {true, remove}, "erased, blocked for all": {true, erase},
	} {
		phone := w.registered(ada)
		old := *phone
		w.device(phone.rotate(w.newPair("ES256")))
		w.device(phone.blockAs(func(r *symbolon.BlockRequest) { r.AllUsers = row.allUsers }))
		row.away(phone)
		for name, f := range map[string]*fake{"its key": phone, "its key before": &old} {
			_, err := f.tryRegister()
			w.refused(what+": "+name, err, symbolon.ErrDeviceBlocked)
		}
		fresh := w.registered(ada)
		_, err := fresh.rotate(phone.pair)
		w.refused(what+": rotating into it", err, symbolon.ErrDeviceBlocked)
		_, err = phone.as(bob).tryRegister()
		if row.allUsers {
			w.refused(what+": another user", err, symbolon.ErrDeviceBlocked)
		} else {
			w.ok(err)
		}
		lifted, err := w.reg.LiftTombstones(t.Context(), w.backend(bank), bank, ada)
		if err != nil || lifted.Lifted == 0 {
			t.Errorf("%s: lifted %d, %v", what, lifted.Lifted, err)
		}
		phone.register()
		if row.allUsers {
			phone.as(bob).register()
		}
		remove(phone)
		remove(fresh)
	}
	if again, err := w.reg.LiftTombstones(t.Context(), w.backend(bank), bank, ada); err != nil || again.Lifted != 0 {
		t.Errorf("lifted again: %d, %v", again.Lifted, err)
	}
}

// Who throws the key away comes as a new device, and is counted as one.
func TestAKeyThrownAwayComesBackAsANewDevice(t *testing.T) {
	w := newWorld(t)
	stolen := w.trusted(ada)
	stolen.block()
	fresh := w.registered(ada)
	w.saw("the new key", fresh.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	if fresh.id == stolen.id {
		t.Error("the same device")
	}
}
