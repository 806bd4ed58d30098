package registry_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const (
	chooseAmongTwo = `{"limits":{"devices":2,"overflow":"user_choose"}}`
	chooseAndWait  = `{"limits":{"devices":2,"overflow":"user_choose"},"registration":{"approval":"admin"}}`
)

// replacing names devices that shall make room.
func replacing(devices ...*fake) func(*symbolon.Registration) {
	return func(r *symbolon.Registration) {
		for _, f := range devices {
			r.Replace = append(r.Replace, f.id)
		}
	}
}

func idsOf(devices []symbolon.Device) []symbolon.DeviceID {
	var ids []symbolon.DeviceID
	for _, d := range devices {
		ids = append(ids, d.ID)
	}
	return ids
}

// The user has as many devices as may be, is shown them, and says which one goes.
func TestTheUserChoosesWhichDeviceMakesRoom(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		w.policy(bank, chooseAmongTwo)
		old := w.registered(ada)
		w.pass(symbolon.Day)
		kept := w.trusted(ada)
		w.seal()
		fresh := w.browser(ada)
		_, err := fresh.tryRegister()
		w.refused("one too many", err, symbolon.ErrDeviceLimitReached)
		var full *symbolon.Error
		if !errors.As(err, &full) || !slices.Equal(idsOf(full.Choices), []symbolon.DeviceID{old.id, kept.id}) {
			t.Fatalf("the choices: %v", idsOf(full.Choices))
		}
		for _, d := range full.Choices {
			if d.PublicKey != nil || d.IsCurrent == nil || *d.IsCurrent {
				t.Errorf("a choice as the user reads it: %+v", d)
			}
		}
		fresh.register(replacing(old))
		w.saw("the new one", fresh.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
		w.saw("the one that was kept", kept.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
		if d := old.decide(); d.ProofResult != symbolon.ProofUnknownKey {
			t.Errorf("the one that made room: %s", d.ProofResult)
		}
		events := w.events(bank, old.id)
		if last := events[len(events)-1]; last.Type != symbolon.EventDeviceRemoved || last.Actor.ID != string(ada) {
			t.Errorf("its last event: %+v", last)
		}
		fresh.register(replacing(old)) // an honest retry, whose answer was lost
		if n := w.count(ada, symbolon.StatusActive); n != 2 {
			t.Errorf("%d devices", n)
		}
	})
}

// What may not be replaced, and that nothing is done then.
func TestWhatMakesNoRoom(t *testing.T) {
	for name, row := range map[string]struct {
		policy string
		named  func(w *world, mine, second *fake) []*fake
		code   symbolon.Code
	}{
		"another user's": {chooseAmongTwo, func(w *world, _, _ *fake) []*fake { return []*fake{w.registered(bob)} }, symbolon.ErrInvalidRequest},
		"nobody's":       {chooseAmongTwo, func(*world, *fake, *fake) []*fake { return []*fake{{id: "dev_none"}} }, symbolon.ErrInvalidRequest},
		"a blocked one": {chooseAmongTwo, func(w *world, mine, _ *fake) []*fake {
			mine.block()
			w.registered(ada)
			return []*fake{mine}
		}, symbolon.ErrDeviceBlocked},
		"one twice":             {chooseAmongTwo, func(_ *world, mine, _ *fake) []*fake { return []*fake{mine, mine} }, symbolon.ErrInvalidRequest},
		"more than have to go":  {chooseAmongTwo, func(_ *world, mine, second *fake) []*fake { return []*fake{mine, second} }, symbolon.ErrInvalidRequest},
		"where nobody chooses":  {`{"limits":{"devices":2,"overflow":"reject"}}`, func(_ *world, mine, _ *fake) []*fake { return []*fake{mine} }, symbolon.ErrInvalidRequest},
		"where the oldest goes": {`{"limits":{"devices":2,"overflow":"evict_lru"}}`, func(_ *world, mine, _ *fake) []*fake { return []*fake{mine} }, symbolon.ErrInvalidRequest},
		"for one that waits":    {chooseAndWait, func(_ *world, mine, _ *fake) []*fake { return []*fake{mine} }, symbolon.ErrInvalidRequest},
		"one that waits": {chooseAmongTwo, func(w *world, mine, _ *fake) []*fake {
			w.policy(bank, `{"registration":{"approval":"admin"}}`)
			waits := w.registered(ada)
			w.policy(bank, chooseAmongTwo)
			return []*fake{waits}
		}, symbolon.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			mine, second := w.registered(ada), w.registered(ada)
			w.policy(bank, row.policy)
			named := row.named(w, mine, second)
			before, err := w.store.ListUserDevices(t.Context(), bank, ada)
			w.ok(err)
			_, err = w.browser(ada).tryRegister(replacing(named...))
			w.refused("registering", err, row.code)
			var own *symbolon.Error
			if errors.As(err, &own) && own.Field != "replace" {
				t.Errorf("the field at fault: %q", own.Field)
			}
			after, err := w.store.ListUserDevices(t.Context(), bank, ada)
			w.ok(err)
			if !slices.Equal(idsOf(after), idsOf(before)) {
				t.Errorf("devices before %v, after %v", idsOf(before), idsOf(after))
			}
		})
	}
}

// A limit that was lowered takes as many as are above it.
func TestAsManyMakeRoomAsHaveTo(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.registered(ada), w.registered(ada), w.registered(ada)
	w.policy(bank, chooseAmongTwo)
	_, err := w.browser(ada).tryRegister(replacing(a))
	w.refused("one, where two have to go", err, symbolon.ErrDeviceLimitReached)
	if n := w.count(ada, symbolon.StatusActive); n != 3 {
		t.Fatalf("refused, and %d devices are left", n)
	}
	w.browser(ada).register(replacing(a, b))
	if n := w.count(ada, symbolon.StatusActive); n != 2 || c.stored().ID == "" {
		t.Errorf("%d devices", n)
	}
}

// Where there is room none goes, whatever was named: a password alone sweeps nothing away,
// and who made room meanwhile tries again.
func TestWhereThereIsRoomNoneIsReplaced(t *testing.T) {
	for name, policy := range map[string]string{
		"below the limit":      `{"limits":{"devices":3,"overflow":"user_choose"}}`,
		"without a limit":      `{"limits":{"devices":0,"overflow":"user_choose"}}`,
		"above that of others": `{"limits":{"perType":{"mobile":1},"overflow":"user_choose"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			phone := func(r *symbolon.Registration) {
				r.Platform, r.DeviceType, r.Context.UserAgent = symbolon.PlatformIOS, symbolon.TypeMobile, "Bank/1.0"
			}
			mine, second := w.browser(ada), w.browser(ada)
			mine.register(phone)
			second.register(phone)
			w.policy(bank, policy)
			w.browser(ada).register(replacing(mine))
			if n := w.count(ada, symbolon.StatusActive); n != 3 {
				t.Errorf("%d devices", n)
			}
		})
	}
}

// A trusted device makes room with a fresh factor only, as for whatever else acts on it.
func TestATrustedDeviceMakesRoomWithAFactor(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, chooseAmongTwo)
	mine := w.trusted(ada)
	w.registered(ada)
	fresh := w.browser(ada)
	_, err := fresh.tryRegister(replacing(mine))
	w.refused("by a password alone", err, symbolon.ErrForbidden)
	w.policy(bank, `{"limits":{"devices":2,"overflow":"user_choose"},"trust":{"enabled":false}}`)
	_, err = fresh.tryRegister(replacing(mine))
	w.refused("while trust rests", err, symbolon.ErrForbidden)
	mine.stored()
	_, created, err := fresh.registerBy(w.user(bank, ada, withFactor), replacing(mine))
	if err != nil || !created || w.count(ada, symbolon.StatusActive) != 2 {
		t.Errorf("with a factor: created %v, %v", created, err)
	}
	if d := mine.decide(); d.ProofResult != symbolon.ProofUnknownKey {
		t.Errorf("the one that made room: %s", d.ProofResult)
	}
}

// Two devices come at the same instant, and both are to take the place of one.
func TestOnePlaceIsTakenOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		w.policy(bank, chooseAmongTwo)
		old := w.registered(ada)
		w.registered(ada)
		var callers [8]symbolon.Caller
		var all [8]symbolon.Registration
		for i := range all {
			callers[i], all[i] = w.user(bank, ada), w.browser(ada).registration(replacing(old))
		}
		done := race(8, func(i int) symbolon.Code {
			_, _, err := w.reg.Register(t.Context(), callers[i], bank, all[i])
			var own *symbolon.Error
			errors.As(err, &own)
			if own == nil {
				return ""
			}
			return own.Code
		})
		if done[""] != 1 || done[symbolon.ErrInvalidRequest] != 7 || w.count(ada, symbolon.StatusActive) != 2 {
			t.Errorf("answers %v, %d devices", done, w.count(ada, symbolon.StatusActive))
		}
	})
}

// Staff who let a device in read as well which ones could make room.
func TestAnApprovalNamesTheChoices(t *testing.T) {
	w := newWorld(t)
	first := w.registered(ada)
	w.policy(bank, `{"registration":{"approval":"admin"},"limits":{"devices":1,"overflow":"user_choose"}}`)
	waits := w.registered(ada)
	_, err := w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, waits.id)
	w.refused("approving", err, symbolon.ErrDeviceLimitReached)
	var full *symbolon.Error
	if errors.As(err, &full) && !slices.Equal(idsOf(full.Choices), []symbolon.DeviceID{first.id}) {
		t.Errorf("the choices: %v", idsOf(full.Choices))
	}
}
