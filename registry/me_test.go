package registry_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// acts are the changes that a user may make to one of their devices.
var acts = map[string]func(w *world, c symbolon.Caller, id symbolon.DeviceID, s registry.Self) error{
	"rename": func(w *world, c symbolon.Caller, id symbolon.DeviceID, s registry.Self) error {
		name := "Renamed"
		_, err := w.reg.UpdateMine(w.Context(), c, bank, id, s, symbolon.DevicePatch{DeviceName: &name})
		return err
	},
	"distrust": func(w *world, c symbolon.Caller, id symbolon.DeviceID, s registry.Self) error {
		_, err := w.reg.DistrustMine(w.Context(), c, bank, id, s)
		return err
	},
	"report lost": func(w *world, c symbolon.Caller, id symbolon.DeviceID, s registry.Self) error {
		_, err := w.reg.ReportLost(w.Context(), c, bank, id, s)
		return err
	},
	"remove": func(w *world, c symbolon.Caller, id symbolon.DeviceID, s registry.Self) error {
		return w.reg.RemoveMine(w.Context(), c, bank, id, s)
	},
}

// A thief who signs in once has a session and a new device. They may not touch the
// owner's others with it, until they pass the second factor or a day has gone by.
func TestWhoMayActOnWhat(t *testing.T) {
	for what, row := range map[string]struct {
		show    func(fresh, old *fake) registry.Self
		edits   []func(*symbolon.TicketRequest)
		mine    bool // it acts on the device that asks
		allowed bool
	}{
		"nothing but a session":                    {show: func(_, _ *fake) registry.Self { return registry.Self{} }},
		"a new device":                             {show: func(fresh, _ *fake) registry.Self { return fresh.self() }},
		"a new device, on itself":                  {show: func(fresh, _ *fake) registry.Self { return fresh.self() }, mine: true, allowed: true},
		"a fresh factor":                           {show: func(_, _ *fake) registry.Self { return registry.Self{} }, edits: factor(0), allowed: true},
		"a factor of almost ten minutes ago":       {show: func(_, _ *fake) registry.Self { return registry.Self{} }, edits: factor(10*time.Minute - time.Second), allowed: true},
		"a factor of ten minutes ago":              {show: func(_, _ *fake) registry.Self { return registry.Self{} }, edits: factor(10 * time.Minute)},
		"a device that has been there for a day":   {show: func(_, old *fake) registry.Self { return old.self() }, allowed: true},
		"a new device, and a fresh factor with it": {show: func(fresh, _ *fake) registry.Self { return fresh.self() }, edits: factor(0), allowed: true},
	} {
		for verb, act := range acts {
			w := newWorld(t)
			old, target := w.registered(ada), w.trusted(ada)
			w.pass(symbolon.Day)
			fresh := w.registered(ada)
			if row.mine {
				target = fresh
			}
			err := act(w, w.user(bank, ada, row.edits...), target.id, row.show(fresh, old))
			if row.allowed {
				w.ok(err)
				continue
			}
			w.refused(verb+" by "+what, err, symbolon.ErrForbidden)
		}
	}
}

func factor(age time.Duration) []func(*symbolon.TicketRequest) {
	return []func(*symbolon.TicketRequest){withFactor, func(r *symbolon.TicketRequest) {
		then := noon.Add(symbolon.Day - age)
		r.AuthTime = &then
	}}
}

// A record that was imported is old, but the key that claims it is not.
func TestAClaimedRecordIsNoOlderThanItsKey(t *testing.T) {
	w := newWorld(t)
	_, err := w.reg.ImportTrustedDevices(t.Context(), w.root(), bank, []symbolon.TrustedDevice{record("dev_old", ada)})
	w.ok(err)
	owners, thief := w.registered(ada), w.browser(ada)
	thief.register(func(r *symbolon.Registration) { r.Claim = "dev_old" })
	w.refused("reporting the owner's device lost", acts["report lost"](w, w.user(bank, ada), owners.id, thief.self()), symbolon.ErrForbidden)
	w.pass(symbolon.Day)
	w.ok(acts["report lost"](w, w.user(bank, ada), owners.id, thief.self()))
}

func TestADeviceThatWaitsIsNoDeviceToActBy(t *testing.T) {
	w := newWorld(t)
	other := w.registered(ada)
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	waits := w.registered(ada)
	w.pass(symbolon.Day)
	for verb, act := range acts {
		w.refused(verb+" of another", act(w, w.user(bank, ada), other.id, waits.self()), symbolon.ErrForbidden)
		w.refused(verb+" of itself", act(w, w.user(bank, ada), waits.id, waits.self()), symbolon.ErrForbidden)
	}
}

func TestAUserSeesWhichDeviceAsks(t *testing.T) {
	w := newWorld(t)
	phone, laptop := w.trusted(ada), w.registered(ada)
	w.registered(bob)
	page, err := w.reg.MyDevices(t.Context(), w.user(bank, ada), bank, phone.self())
	w.ok(err)
	if len(page.Items) != 2 {
		t.Fatalf("%d devices", len(page.Items))
	}
	for _, d := range page.Items {
		if d.IsCurrent == nil || *d.IsCurrent != (d.ID == phone.id) {
			t.Errorf("%s is current: %v", d.ID, d.IsCurrent)
		}
	}
	trusted, err := w.reg.MyTrustedDevices(t.Context(), w.user(bank, ada), bank, laptop.self())
	if err != nil || len(trusted.Items) != 1 || trusted.Items[0].DeviceID != phone.id || !trusted.Items[0].IsActive {
		t.Errorf("trusted: %+v, %v", trusted, err)
	}
	self := phone.self()
	_, err = w.reg.MyDevices(t.Context(), w.user(bank, ada), bank, self)
	w.ok(err)
	_, err = w.reg.MyDevices(t.Context(), w.user(bank, ada), bank, self)
	w.refused("the same proof again", err, symbolon.ErrChallengeReplayed)
	phone.block()
	_, err = w.reg.MyDevices(t.Context(), w.user(bank, ada), bank, phone.self())
	w.refused("asking from a blocked device", err, symbolon.ErrDeviceBlocked)
	_, err = w.reg.MyDevices(t.Context(), w.user(bank, ada), bank, registry.Self{Proof: "x"})
	w.refused("no proof at all", err, symbolon.ErrInvalidRequest)
}

func TestAUserTrustsTheDeviceThatAsksWithAFreshFactor(t *testing.T) {
	w := newWorld(t)
	phone, laptop := w.registered(ada), w.registered(ada)
	trust := func(id symbolon.DeviceID, s registry.Self, edits ...func(*symbolon.TicketRequest)) (symbolon.Device, error) {
		return w.reg.TrustMine(t.Context(), w.user(bank, ada, edits...), bank, id, s, symbolon.TrustRequest{Factor: "made up"})
	}
	_, err := trust(phone.id, phone.self())
	w.refused("without a factor", err, symbolon.ErrForbidden)
	_, err = trust(phone.id, registry.Self{}, withFactor)
	w.refused("without a proof", err, symbolon.ErrForbidden)
	_, err = trust(phone.id, laptop.self(), withFactor)
	w.refused("another device than the one that asks", err, symbolon.ErrForbidden)
	d := w.device(trust(phone.id, phone.self(), withFactor))
	if d.Trust.Factor != "otp" || !*d.IsCurrent {
		t.Errorf("trusted: %+v", d.Trust)
	}
	w.saw("trusted", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
}

func TestAUserMayChangeANameOnly(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	object := json.RawMessage(`{"a":1}`)
	for what, p := range map[string]symbolon.DevicePatch{"metadata": {Metadata: &object}, "pushConfig": {PushConfig: &object}} {
		_, err := w.reg.UpdateMine(t.Context(), w.user(bank, ada), bank, phone.id, phone.self(), p)
		w.refused(what, err, symbolon.ErrForbidden)
	}
	empty := ""
	_, err := w.reg.UpdateMine(t.Context(), w.user(bank, ada), bank, phone.id, phone.self(), symbolon.DevicePatch{DeviceName: &empty})
	w.refused("an empty name", err, symbolon.ErrInvalidRequest)
}

func TestALostPhoneIsBlockedAndItsUserCantBringItBack(t *testing.T) {
	w := newWorld(t)
	phone, laptop := w.trusted(ada), w.registered(ada)
	w.pass(symbolon.Day)
	d := w.device(w.reg.ReportLost(t.Context(), w.user(bank, ada), bank, phone.id, laptop.self()))
	if d.Status != symbolon.StatusBlocked || *d.IsCurrent || d.Block.By != "user:ada" {
		t.Errorf("reported: %+v", d)
	}
	w.saw("the lost phone", phone.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
	w.refused("removing it", w.reg.RemoveMine(t.Context(), w.user(bank, ada, withFactor), bank, phone.id, laptop.self()), symbolon.ErrDeviceBlocked)
	_, err := phone.tryRegister()
	w.refused("registering it again", err, symbolon.ErrDeviceBlocked)
	if d := phone.unblock(); d.Status != symbolon.StatusActive {
		t.Errorf("staff can: %s", d.Status)
	}
}

func TestSigningOutTheOthers(t *testing.T) {
	w := newWorld(t)
	phone, laptop, stolen, bobs := w.trusted(ada), w.registered(ada), w.registered(ada), w.registered(bob)
	stolen.block()
	_, err := w.reg.SignOutOthers(t.Context(), w.user(bank, ada), bank, phone.self())
	w.refused("from a new device", err, symbolon.ErrForbidden)
	w.pass(symbolon.Day)
	done, err := w.reg.SignOutOthers(t.Context(), w.user(bank, ada), bank, phone.self())
	w.ok(err)
	if len(done.Devices) != 1 || done.Devices[0] != laptop.id {
		t.Errorf("signed out: %v", done.Devices)
	}
	w.saw("the one that asked", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	w.saw("a blocked one", stolen.decide(), symbolon.RecommendDeny, symbolon.FactorRequire)
	w.saw("another user's", bobs.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	if d := laptop.decide(); d.ProofResult != symbolon.ProofUnknownKey {
		t.Errorf("the other one: %s", d.ProofResult)
	}
}

// What a user or a client is answered never holds a key, wherever one would look for it.
func TestNoUserOrClientIsShownAKey(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"keyMaxAge":"P90D"}}`)
	phone, laptop := w.trusted(ada), w.trusted(ada)
	w.pass(symbolon.Day)
	user := w.user(bank, ada, withFactor)
	name := "Mine"
	for what, call := range map[string]func() (any, error){
		"Register": func() (any, error) { d, _, err := phone.registerBy(user); return d, err },
		"Decide": func() (any, error) {
			return w.reg.Decide(t.Context(), w.client(bank), bank, symbolon.DecisionRequest{Proof: phone.prove()})
		},
		"MyDevices":        func() (any, error) { return w.reg.MyDevices(t.Context(), user, bank, phone.self()) },
		"MyTrustedDevices": func() (any, error) { return w.reg.MyTrustedDevices(t.Context(), user, bank, phone.self()) },
		"MyEvents":         func() (any, error) { return w.reg.MyEvents(t.Context(), user, bank, "", 0) },
		"UpdateMine": func() (any, error) {
			return w.reg.UpdateMine(t.Context(), user, bank, phone.id, phone.self(), symbolon.DevicePatch{DeviceName: &name})
		},
		"TrustMine": func() (any, error) {
			return w.reg.TrustMine(t.Context(), user, bank, phone.id, phone.self(), symbolon.TrustRequest{})
		},
		"DistrustMine": func() (any, error) { return w.reg.DistrustMine(t.Context(), user, bank, phone.id, phone.self()) },
		"ReportLost":   func() (any, error) { return w.reg.ReportLost(t.Context(), user, bank, laptop.id, phone.self()) },
		"RotateKey":    func() (any, error) { return phone.rotate(w.newPair("ES256")) },
	} {
		answer, err := call()
		w.ok(err)
		text, err := json.Marshal(answer)
		w.ok(err)
		var members any
		w.ok(json.Unmarshal(text, &members))
		if path := findKey(members, what); path != "" {
			t.Errorf("%s shows a key in %s", what, path)
		}
	}
	staff := w.device(w.reg.GetDevice(t.Context(), w.backend(bank), bank, phone.id))
	if len(staff.PublicKey) == 0 {
		t.Error("staff are not shown it either: the test would find nothing")
	}
}

// findKey walks JSON for a member that is a key, by its name or by what is in it.
func findKey(v any, path string) string {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["kty"]; ok {
			return path
		}
		for name, member := range v {
			if name == "publicKey" || name == "x" || name == "n" {
				return path + "." + name
			}
			if found := findKey(member, path+"."+name); found != "" {
				return found
			}
		}
	case []any:
		for _, item := range v {
			if found := findKey(item, path+"[]"); found != "" {
				return found
			}
		}
	}
	return ""
}
