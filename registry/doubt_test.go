package registry_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// A block may get longer or harder to lift, never shorter or easier.
func TestAFurtherBlockOnlyAdds(t *testing.T) {
	soon := func(w *world) *time.Time { until := w.now.Add(time.Hour); return &until }
	for name, further := range map[string]func(*world, *fake){
		"by staff, for good": func(_ *world, f *fake) { f.block() },
		"by its user, who lost it": func(w *world, f *fake) {
			w.device(w.reg.ReportLost(w.Context(), w.user(bank, ada, withFactor), bank, f.id, registry.Self{}))
		},
		"by the matrix": func(_ *world, f *fake) { f.revoke(symbolon.CauseSuspicious) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f := w.registered(ada)
			_, err := w.reg.BlockDevice(w.Context(), w.backend(bank), bank, f.id, symbolon.BlockRequest{Reason: "a look", Until: soon(w)})
			w.ok(err)
			further(w, f)
			w.pass(2 * time.Hour)
			if d := f.decide(); d.Recommendation != symbolon.RecommendDeny {
				t.Errorf("after the first block's end: %s", d.Recommendation)
			}
		})
	}
}

func TestABlockByStaffOutlastsTheDeactivationThatCameFirst(t *testing.T) {
	w := newWorld(t)
	f := w.registered(ada)
	f.revoke(symbolon.CauseUserDeactivated)
	f.block()
	w.pass(time.Minute)
	_, err := w.reg.ReactivateUser(w.Context(), w.backend(bank), bank, ada)
	w.ok(err)
	if d := f.decide(); d.Recommendation != symbolon.RecommendDeny {
		t.Errorf("stolen, and let in by the reactivation: %s", d.Recommendation)
	}
}

// What staff noted is for staff.
func TestAUserDoesNotReadWhatStaffNoted(t *testing.T) {
	w := newWorld(t)
	f := w.trusted(ada)
	push := json.RawMessage(`{"token":"push-secret"}`)
	_, err := w.reg.UpdateDevice(w.Context(), w.backend(bank), bank, f.id, symbolon.DevicePatch{PushConfig: &push})
	w.ok(err)
	_, err = w.reg.BlockDevice(w.Context(), w.backend(bank), bank, f.id, symbolon.BlockRequest{Reason: "suspected of fraud"})
	w.ok(err)
	second := w.trusted(ada)
	_, err = w.reg.DistrustDevice(w.Context(), w.backend(bank), bank, second.id, symbolon.DistrustRequest{Reason: "fraud, maybe"})
	w.ok(err)
	c := w.user(bank, ada)
	devices, err := w.reg.MyDevices(w.Context(), c, bank, registry.Self{})
	w.ok(err)
	records, err := w.reg.MyTrustedDevices(w.Context(), c, bank, registry.Self{})
	w.ok(err)
	events, err := w.reg.MyEvents(w.Context(), c, bank, "", 0)
	w.ok(err)
	text, err := json.Marshal([]any{devices, records, events})
	w.ok(err)
	for _, secret := range []string{"fraud", "push-secret", "cred_"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the user reads %q: %s", secret, text)
		}
	}
	if devices.Items[1].Block == nil || devices.Items[1].Block.At.IsZero() || len(records.Items) != 2 || records.Items[0].RevokedAt == nil || len(events.Items) < 3 {
		t.Errorf("the user should read that it is blocked, and since when: %s", text)
	}
}

// A decision says nothing any more once the device was blocked, or its user's assertions
// revoked.
func TestTrustRestsOnNothingThatWasOvertaken(t *testing.T) {
	for name, overtake := range map[string]func(*fake){
		"by a block that was lifted": func(f *fake) { f.block(); f.unblock() },
		"by a revocation":            func(f *fake) { f.revoke(symbolon.CauseEmailChanged) },
		"by the end of its trust": func(f *fake) {
			_, err := f.w.reg.DistrustDevice(f.w.Context(), f.w.backend(bank), bank, f.id, symbolon.DistrustRequest{})
			f.w.ok(err)
		},
		"by a rotation": func(f *fake) {
			_, err := f.rotate(f.w.newPair(proof.ES256))
			f.w.ok(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f := w.trusted(ada)
			made := f.decide()
			w.pass(time.Second)
			overtake(f)
			_, err := w.reg.TrustDevice(w.Context(), w.backend(bank), bank, f.id, symbolon.TrustRequest{DecisionID: made.ID, Factor: "otp"})
			w.refused("trust on an overtaken decision", err, symbolon.ErrInvalidRequest)
		})
	}
}

// No clock is asked which came first: a ticket carries the epoch that it was issued in.
func TestATicketFromBeforeCountsForNothingByAnyClock(t *testing.T) {
	for name, replica := range map[string]time.Duration{
		"issued at the same moment": 0, "by a clock that is fast": 3 * time.Minute, "by a clock that is slow": -3 * time.Minute,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			right := w.now
			w.now = right.Add(replica)
			ticket := w.ticket(bank, ada)
			w.now = right
			w.browser(ada).revoke(symbolon.CausePasswordChanged)
			if replica > 0 {
				w.pass(time.Minute)
			}
			_, _, err := w.browser(ada).registerBy(w.bearer(bank, ticket))
			w.refused("registering", err, symbolon.ErrUnauthenticated)
			w.browser(ada).register() // with one from after it
		})
	}
}

func TestATicketFromBeforeAnErasureMakesNobodyAnew(t *testing.T) {
	w := newWorld(t)
	before := w.ticket(bank, ada)
	w.registered(ada).revoke(symbolon.CausePasswordChanged)
	_, err := w.reg.EraseUser(w.Context(), w.backend(bank), bank, ada)
	w.ok(err)
	_, _, err = w.browser(ada).registerBy(w.bearer(bank, before))
	w.refused("registering with a ticket from before", err, symbolon.ErrUnauthenticated)
	w.browser(ada).register() // who signs up again is somebody new
}

// Sign out others keeps the one that asks, so it has to be shown.
func TestWhoSignsOthersOutShowsItself(t *testing.T) {
	w := newWorld(t)
	f := w.registered(ada)
	_, err := w.reg.SignOutOthers(w.Context(), w.user(bank, ada, withFactor), bank, registry.Self{})
	w.refused("without a proof", err, symbolon.ErrInvalidRequest)
	f.stored()
}

func TestADeactivatedUsersDeviceRotatesNothing(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"revocation":{"user_deactivated":"keep"}}`)
	f := w.registered(ada)
	f.revoke(symbolon.CauseUserDeactivated)
	_, err := f.rotate(w.newPair(proof.ES256))
	w.refused("rotating", err, symbolon.ErrForbidden)
}

// The limits hold for who will wait as well: approving it could not let it in.
func TestWhoWaitsIsHeldAgainstTheLimits(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"limits":{"devices":1}}`)
	w.registered(ada)
	w.policy(bank, `{"limits":{"devices":1},"registration":{"approval":"admin"}}`)
	_, err := w.browser(ada).tryRegister()
	w.refused("registering above the limit", err, symbolon.ErrDeviceLimitReached)
	w.policy(bank, `{"limits":{"devices":1,"overflow":"evict_lru"},"registration":{"approval":"admin"}}`)
	if d := w.browser(ada).register(); d.Status != symbolon.StatusPending {
		t.Errorf("it waits for its approval to evict another: %s", d.Status)
	}
}

// What an erasure leaves to do, the sweep does, and the export tells how it stands.
func TestALongErasureIsFinishedByTheSweep(t *testing.T) {
	broken := false
	w := newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if broken && method == "ContinueErasure" {
				return symbolon.Errorf(symbolon.ErrUnavailable, "the process was killed")
			}
			return nil
		}}
	})
	f := w.registered(ada)
	f.decide()
	broken = true
	done, err := w.reg.EraseUser(w.Context(), w.backend(bank), bank, ada)
	w.ok(err)
	if !done.Pending || done.Devices != 1 {
		t.Errorf("erased: %+v", done)
	}
	broken = false
	w.ok(w.reg.Sweep(w.Context(), w.now))
	export, err := w.reg.ExportUser(w.Context(), w.root(), bank, ada, "")
	w.ok(err)
	if len(export.Events) != 0 || len(export.Devices) != 0 {
		t.Errorf("left: %+v", export)
	}
}

// An id is given to one app only: what was made for it opens no other.
func TestARemovedAppsIDIsNotGivenAgain(t *testing.T) {
	w := newWorld(t)
	f := w.registered(ada)
	shown := f.prove()
	w.ok(w.reg.RemoveApp(w.Context(), w.root(), bank))
	_, err := w.reg.CreateApp(w.Context(), w.root(), symbolon.NewApp{ID: bank, Name: "Another"})
	w.refused("the same id again", err, symbolon.ErrConflict)
	_, err = w.reg.Decide(w.Context(), symbolon.Caller{Kind: symbolon.CallerSystem, At: w.now}, bank, symbolon.DecisionRequest{UserID: ada, Proof: shown})
	w.refused("deciding", err, symbolon.ErrNotFound)
}

// A replica whose settings are a second old writes nothing under an app that is gone.
func TestNothingIsWrittenUnderARemovedApp(t *testing.T) {
	w := newWorld(t)
	f := w.browser(ada)
	ticket, req := w.user(bank, ada), f.registration()
	w.ok(w.store.Tx(w.Context(), func(tx symbolon.Store) error { return tx.TakeApp(w.Context(), bank, w.now) }))
	_, _, err := w.reg.Register(w.Context(), ticket, bank, req)
	w.refused("registering", err, symbolon.ErrNotFound)
}
