package registry_test

import (
	"slices"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// revoke tells what happened to the fake's user.
func (f *fake) revoke(cause symbolon.Cause) symbolon.Revocation {
	f.w.Helper()
	done, err := f.w.reg.RevokeUser(f.w.Context(), f.w.backend(f.app), f.app, f.user, symbolon.RevocationRequest{Cause: cause})
	f.w.ok(err)
	return done
}

// The whole matrix: what each effect does to a device in each state.
func TestTheRevocationMatrix(t *testing.T) {
	type state struct {
		name  string
		bring func(*fake)
	}
	states := []state{
		{"active", func(f *fake) { f.register() }},
		{"trusted", func(f *fake) { f.register(); f.trust() }},
		{"pending", func(f *fake) {
			f.w.policy(bank, `{"registration":{"approval":"admin"}}`)
			f.register()
		}},
		{"blocked", func(f *fake) { f.register(); f.block() }},
		{"unbound", func(f *fake) {
			_, err := f.w.reg.ImportTrustedDevices(f.w.Context(), f.w.root(), bank, []symbolon.TrustedDevice{record("dev_old", ada)})
			f.w.ok(err)
			f.id = "dev_old"
		}},
	}
	// what is left: its status, "" for gone; "!" behind it: the matrix changed the device
	want := map[symbolon.Effect][]string{
		symbolon.EffectKeep:     {"active", "active", "pending", "blocked", "unbound"},
		symbolon.EffectDistrust: {"active", "active!", "pending", "blocked", "unbound!"},
		symbolon.EffectBlock:    {"blocked!", "blocked!", "blocked!", "blocked", "blocked!"},
		symbolon.EffectRemove:   {"!", "!", "!", "blocked", "!"},
	}
	for effect, row := range want {
		for i, s := range states {
			w := newWorld(t)
			f := w.browser(ada)
			s.bring(f)
			w.policy(bank, `{"revocation":{"email_changed":"`+string(effect)+`"}}`)
			done := f.revoke(symbolon.CauseEmailChanged)
			got := ""
			if d, err := w.store.GetDevice(t.Context(), bank, f.id); err == nil {
				got = string(d.Status)
				if d.Trust != nil && d.Trust.RevokedAt == nil && effect != symbolon.EffectKeep {
					t.Errorf("%s of a device that is %s leaves trust", effect, s.name)
				}
			}
			if slices.Contains(done.Devices, f.id) {
				got += "!"
			}
			if got != row[i] || done.Effect != effect || !done.NotBefore.Equal(w.now) {
				t.Errorf("%s of a device that is %s: %q, %+v; want %q", effect, s.name, got, done, row[i])
			}
		}
	}
}

func TestWhatEachCauseDoesWhereThePolicySaysNothing(t *testing.T) {
	for cause, want := range map[symbolon.Cause]symbolon.Recommendation{
		symbolon.CausePasswordChanged:   symbolon.RecommendAllow,
		symbolon.CauseFactorReset:       symbolon.RecommendAllow,
		symbolon.CauseSignOutEverywhere: symbolon.RecommendAllow,
		symbolon.CauseEmailChanged:      symbolon.RecommendTrust,
		symbolon.CauseSuspicious:        symbolon.RecommendDeny,
		symbolon.CauseUserDeactivated:   symbolon.RecommendDeny,
	} {
		w := newWorld(t)
		phone, others := w.trusted(ada), w.trusted(bob)
		ticket := w.ticket(bank, ada)
		w.pass(time.Microsecond)
		phone.revoke(cause)
		if d := phone.decide(); d.Recommendation != want {
			t.Errorf("%s: %s; want %s", cause, d.Recommendation, want)
		}
		w.saw("another user's device, at "+string(cause), others.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
		_, err := w.reg.MyDevices(t.Context(), w.bearer(bank, ticket), bank, registry.Self{})
		w.refused("a ticket from before "+string(cause), err, symbolon.ErrUnauthenticated)
	}
	w := newWorld(t)
	_, err := w.reg.RevokeUser(t.Context(), w.backend(bank), bank, ada, symbolon.RevocationRequest{Cause: "boredom"})
	w.refused("a cause that is none", err, symbolon.ErrInvalidRequest)
}

// A block that has run out is none: the matrix finds the device as it is.
func TestTheMatrixSeesABlockThatHasEndedAsEnded(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	until := w.now.Add(time.Hour)
	w.device(phone.blockAs(func(r *symbolon.BlockRequest) { r.Until = &until }))
	w.pass(time.Hour)
	phone.revoke(symbolon.CauseSuspicious)
	w.saw("suspicious", phone.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
}

func TestADeactivatedUserIsRefusedEverywhereUntilReactivated(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"revocation":{"user_deactivated":"keep"}}`) // even so
	phone, stolen := w.trusted(ada), w.registered(ada)
	stolen.block()
	w.pass(time.Microsecond)
	phone.revoke(symbolon.CauseUserDeactivated)
	w.pass(time.Minute)
	d := phone.decide()
	w.saw("deactivated", d, symbolon.RecommendDeny, symbolon.FactorRequire)
	if d.Risk.Reasons[0].Code != symbolon.ReasonUserDeactivated {
		t.Errorf("reasons %v", d.Risk.Reasons)
	}
	meanwhile := w.ticket(bank, ada)
	_, err := w.browser(ada).tryRegister()
	w.refused("registering", err, symbolon.ErrUnauthenticated)
	_, err = w.reg.MyDevices(t.Context(), w.bearer(bank, meanwhile), bank, registry.Self{})
	w.refused("looking", err, symbolon.ErrUnauthenticated)

	w.pass(time.Minute)
	if _, err := w.reg.ReactivateUser(t.Context(), w.backend(bank), bank, ada); err != nil {
		t.Fatal(err)
	}
	w.saw("reactivated", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	_, err = w.reg.MyDevices(t.Context(), w.bearer(bank, meanwhile), bank, registry.Self{})
	w.refused("with what was shown meanwhile", err, symbolon.ErrUnauthenticated)
	w.saw("what staff blocked", stolen.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
	w.registered(ada)
}

func TestReactivatingUnblocksWhatTheDeactivationBlocked(t *testing.T) {
	w := newWorld(t)
	phone, stolen := w.trusted(ada), w.registered(ada)
	stolen.block()
	phone.revoke(symbolon.CauseUserDeactivated)
	done, err := w.reg.ReactivateUser(t.Context(), w.backend(bank), bank, ada)
	w.ok(err)
	if len(done.Devices) != 1 || done.Devices[0] != phone.id {
		t.Errorf("unblocked: %v", done.Devices)
	}
	w.saw("unblocked, without trust", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	if again, err := w.reg.ReactivateUser(t.Context(), w.backend(bank), bank, ada); err != nil || len(again.Devices) != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	changes, err := w.store.ListUserEvents(t.Context(), bank, ada, 0, 100)
	w.ok(err)
	n := 0
	for _, e := range changes {
		if e.Type == symbolon.EventUserReactivated {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d reactivations in the log", n)
	}
}
