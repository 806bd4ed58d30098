package registry_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// fault lets the n-th call of the store fail from the moment that it is armed.
type fault struct {
	left  int // calls until the fault; 0 for none
	fired bool
}

func (f *fault) wrap(s symbolon.Store) symbolon.Store {
	return &spy{s, func(method string) error {
		if f.left == 0 || method == "ContinueErasure" { // what a fault leaves of an erasure, the sweep finishes
			return nil
		}
		if f.left--; f.left == 0 {
			f.fired = true
			return symbolon.Errorf(symbolon.ErrUnavailable, "the database is gone")
		}
		return nil
	}}
}

// try runs an operation on one scene with its n-th call of the store failing, for every n,
// until there is no n-th call and it is done. What it prepares before it arms the fault
// does not count. Whatever failed must have left the scene as it was.
func try(t *testing.T, operate func(s scene, arm func()) error) {
	t.Helper()
	f := &fault{}
	w := newWorld(t, f.wrap)
	s := newScene(w)
	before := s.everything()
	for n := 1; n < 100; n++ {
		f.fired = false
		err := operate(s, func() {
			w.serve(secret) // with nothing remembered
			f.left = n
		})
		f.left = 0
		if !f.fired {
			w.ok(err)
			if n < 4 {
				t.Errorf("only %d calls of the store", n-1)
			}
			return
		}
		w.refused("with a fault in the store", err, symbolon.ErrUnavailable)
		if after := s.everything(); after != before {
			t.Fatalf("call %d failed, and something was done:\n%s\nbefore:\n%s", n, after, before)
		}
	}
	t.Error("no end of calls")
}

// everyCallFails lets the first call of the store fail, then the second, and so on, until the
// operation is done. What failed must come as an error, alone, and after it all is as before.
func (w *world) everyCallFails(f *fault, device *fake, operate func() (empty bool, err error)) {
	w.Helper()
	before := device.stored()
	for n := 1; n < 40; n++ {
		w.serve(secret) // with nothing remembered
		f.left, f.fired = n, false
		empty, err := operate()
		f.left = 0
		if !f.fired {
			w.ok(err)
			if n < 4 || empty {
				w.Errorf("done after %d calls of the store, with nothing: %v", n-1, empty)
			}
			return
		}
		w.refused("with a fault in the store", err, symbolon.ErrUnavailable)
		if after := device.stored(); !empty || after.Version != before.Version {
			w.Errorf("call %d failed, and something was done", n)
		}
	}
	w.Errorf("no end of calls")
}

// everything is what is kept of ada, as text.
func (s scene) everything() string {
	s.Helper()
	export, err := s.reg.ExportUser(s.Context(), s.root(), bank, ada, "")
	s.ok(err)
	export.Events = slices.DeleteFunc(export.Events, func(e symbolon.Event) bool { // a proof that was shown is its own change
		return strings.Contains(string(e.Data), `"action":"self_service"`)
	})
	for i := range export.Devices {
		export.Devices[i].LastUsedAt = nil
	}
	text, err := json.Marshal(export)
	s.ok(err)
	return string(text)
}

// Where the store fails there is no decision: not known, and not unknown either.
func TestAStoreThatFailsDecidesNothing(t *testing.T) {
	for who, caller := range map[string]func(*world) symbolon.Caller{
		"a backend": func(w *world) symbolon.Caller { return w.backend(bank) },
		"a client":  func(w *world) symbolon.Caller { return w.client(bank) },
	} {
		for _, agent := range []string{"", updated.agent} { // with nothing new of the device, and with something
			t.Run(who+" "+agent[:min(7, len(agent))], func(t *testing.T) {
				try(t, func(s scene, arm func()) error {
					c := caller(s.world)
					req := symbolon.DecisionRequest{UserID: ada, Proof: s.phone.prove(), Context: symbolon.ClientContext{UserAgent: agent}}
					arm()
					d, err := s.reg.Decide(t.Context(), c, bank, req)
					if err != nil && !reflect.DeepEqual(d, symbolon.Decision{}) {
						t.Errorf("an error beside a decision: %+v", d)
					}
					return err
				})
			})
		}
	}
}

// Every change is there whole, with its event, or it is not there at all.
func TestAStoreThatFailsChangesNothing(t *testing.T) {
	name := "Another"
	for what, operate := range map[string]func(s scene, arm func()) error{
		"register": func(s scene, arm func()) error {
			c, req := s.user(bank, ada), s.fresh.registration()
			arm()
			_, _, err := s.reg.Register(t.Context(), c, bank, req)
			return err
		},
		"rotate": func(s scene, arm func()) error {
			c, req := s.client(bank), s.browser.halves(s.newPair(proof.ES256))
			arm()
			_, err := s.reg.RotateKey(t.Context(), c, bank, s.browser.id, req)
			return err
		},
		"enrol": func(s scene, arm func()) error {
			c := s.backend(bank)
			arm()
			_, _, err := s.reg.RegisterKey(t.Context(), c, bank, ada, symbolon.KeyRegistration{PublicKey: s.fresh.public.JWK()})
			return err
		},
		"trust": func(s scene, arm func()) error {
			c := s.backend(bank)
			arm()
			_, err := s.reg.TrustDevice(t.Context(), c, bank, s.browser.id, symbolon.TrustRequest{DecisionID: s.decided, Factor: "otp"})
			return err
		},
		"block": byRoot(func(s scene, c symbolon.Caller) error {
			_, err := s.reg.BlockDevice(t.Context(), c, bank, s.phone.id, symbolon.BlockRequest{Reason: "x"})
			return err
		}),
		"block for all users": byRoot(func(s scene, c symbolon.Caller) error {
			_, err := s.reg.BlockDevice(t.Context(), c, bank, s.phone.id, symbolon.BlockRequest{Reason: "x", AllUsers: true})
			return err
		}),
		"distrust": byRoot(func(s scene, c symbolon.Caller) error {
			_, err := s.reg.DistrustDevice(t.Context(), c, bank, s.phone.id, symbolon.DistrustRequest{})
			return err
		}),
		"rename": byRoot(func(s scene, c symbolon.Caller) error {
			_, err := s.reg.UpdateDevice(t.Context(), c, bank, s.phone.id, symbolon.DevicePatch{DeviceName: &name})
			return err
		}),
		"remove": byRoot(func(s scene, c symbolon.Caller) error { return s.reg.RemoveDevice(t.Context(), c, bank, s.phone.id) }),
		"revoke": byRoot(func(s scene, c symbolon.Caller) error {
			_, err := s.reg.RevokeUser(t.Context(), c, bank, ada, symbolon.RevocationRequest{Cause: symbolon.CauseSuspicious})
			return err
		}),
		"erase": byRoot(func(s scene, c symbolon.Caller) error {
			_, err := s.reg.EraseUser(t.Context(), c, bank, ada)
			return err
		}),
		"import": byRoot(func(s scene, c symbolon.Caller) error {
			_, err := s.reg.ImportTrustedDevices(t.Context(), c, bank, []symbolon.TrustedDevice{record("a", ada), record("b", ada)})
			return err
		}),
	} {
		t.Run(what, func(t *testing.T) { try(t, operate) })
	}
}

func byRoot(operate func(scene, symbolon.Caller) error) func(scene, func()) error {
	return func(s scene, arm func()) error {
		c := s.root()
		arm()
		return operate(s, c)
	}
}

// A credential that can't be looked up is not an unknown one.
func TestAStoreThatFailsMakesNobodyAStranger(t *testing.T) {
	f := &fault{}
	w := newWorld(t, f.wrap)
	f.left = 1
	w.refused("authenticating", w.knock(bank, symbolon.NewCredentialSecret()), symbolon.ErrUnavailable)
}
