package registry_test

import (
	"errors"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// count is how many of the user's devices are in a state.
func (w *world) count(user symbolon.UserID, status symbolon.Status) int {
	w.Helper()
	devices, err := w.store.ListUserDevices(w.Context(), bank, user)
	w.ok(err)
	n := 0
	for _, d := range devices {
		if d.Status == status {
			n++
		}
	}
	return n
}

func TestALimitHoldsAgainst32RacingRegistrations(t *testing.T) {
	for overflow, want := range map[string]int{"reject": 3, "evict_lru": 32} {
		t.Run(overflow, func(t *testing.T) {
			w := newWorld(t)
			w.policy(bank, `{"limits":{"devices":3,"overflow":"`+overflow+`"}}`)
			var callers [32]symbolon.Caller
			var all [32]symbolon.Registration
			for i := range all {
				callers[i], all[i] = w.user(bank, ada), w.browser(ada).registration()
			}
			got := race(32, func(i int) symbolon.Code {
				_, _, err := w.reg.Register(t.Context(), callers[i], bank, all[i])
				var own *symbolon.Error
				errors.As(err, &own)
				if own == nil {
					return ""
				}
				return own.Code
			})
			if got[""] != want || got[symbolon.ErrDeviceLimitReached] != 32-want || w.count(ada, symbolon.StatusActive) != 3 {
				t.Errorf("answers %v, %d active", got, w.count(ada, symbolon.StatusActive))
			}
		})
	}
}

func TestTheLongestUnusedDeviceMakesRoom(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"limits":{"devices":2,"overflow":"evict_lru"}}`)
	first := w.registered(ada)
	w.pass(time.Hour)
	second := w.registered(ada)
	w.pass(time.Hour)
	first.decide()
	w.seal() // what is folded of the decision says that it was used
	third := w.registered(ada)
	if d := second.decide(); d.ProofResult != symbolon.ProofUnknownKey {
		t.Errorf("the one that was not used: %s", d.ProofResult)
	}
	for _, f := range []*fake{first, third} {
		w.saw("the others", f.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	}
	events := w.events(bank, second.id)
	if last := events[len(events)-1]; last.Type != symbolon.EventDeviceRemoved || last.Actor.ID != string(ada) {
		t.Errorf("its last event: %+v", last)
	}
}

// A blocked device takes no place, so that its owner can register another, and gives none.
func TestBlockedDevicesNeitherTakeNorGiveAPlace(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"limits":{"devices":1,"overflow":"evict_lru"}}`)
	stolen := w.registered(ada)
	stolen.block()
	w.registered(ada)
	w.registered(ada)
	if stolen.stored().Status != symbolon.StatusBlocked || w.count(ada, symbolon.StatusActive) != 1 {
		t.Errorf("%d active beside it", w.count(ada, symbolon.StatusActive))
	}
}

func TestALoweredLimitKeepsWhatIsThere(t *testing.T) {
	w := newWorld(t)
	var all []*fake
	for range 3 {
		all = append(all, w.registered(ada))
	}
	w.policy(bank, `{"limits":{"devices":2}}`)
	for range 2 {
		_, err := w.browser(ada).tryRegister()
		w.refused("another one", err, symbolon.ErrDeviceLimitReached)
		w.saw("the ones that are there", all[len(all)-1].decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
		w.ok(w.reg.RemoveDevice(t.Context(), w.backend(bank), bank, all[0].id))
		all = all[1:]
	}
	w.registered(ada)
	_, err := w.browser(bob).tryRegister()
	w.ok(err) // whose limit is his own
}

func TestAnApprovalHasToFindAPlaceToo(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"admin"},"limits":{"devices":1}}`)
	first, second := w.registered(ada), w.registered(ada)
	approve := func(f *fake) error {
		_, err := w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, f.id)
		return err
	}
	w.ok(approve(first))
	w.refused("the second", approve(second), symbolon.ErrDeviceLimitReached)
	if second.stored().Status != symbolon.StatusPending {
		t.Errorf("refused, and %s", second.stored().Status)
	}
	w.policy(bank, `{"registration":{"approval":"admin"},"limits":{"devices":1,"overflow":"evict_lru"}}`)
	w.ok(approve(second))
	if d := first.decide(); d.ProofResult != symbolon.ProofUnknownKey {
		t.Errorf("the first made no room: %s", d.ProofResult)
	}
}
