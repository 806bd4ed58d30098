package registry_test

import (
	"encoding/json"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// enrol lets the backend register the fake's key.
func (f *fake) enrol(edits ...func(*symbolon.KeyRegistration)) (symbolon.Device, bool, error) {
	f.w.Helper()
	req := symbolon.KeyRegistration{PublicKey: f.public.JWK(), DeviceType: symbolon.TypeMobile, Platform: symbolon.PlatformAndroid, DeviceName: "Field phone"}
	for _, edit := range edits {
		edit(&req)
	}
	d, created, err := f.w.reg.RegisterKey(f.w.Context(), f.w.backend(f.app), f.app, f.user, req)
	if err == nil {
		f.id, f.kid = d.ID, d.KeyID
	}
	return d, created, err
}

// A backend's word is no possession: until the key was shown once, the device is neither
// known nor can it be trusted.
func TestAnEnrolledKeyHasToBeShown(t *testing.T) {
	for _, alg := range proof.Algorithms() {
		t.Run(string(alg), func(t *testing.T) {
			w := newWorld(t)
			phone := w.fake(bank, ada, alg)
			d, created, err := phone.enrol()
			w.ok(err)
			if !created || d.Known() || len(d.PublicKey) == 0 || d.Thumbprint != phone.public.Thumbprint() {
				t.Errorf("enrolled: created %v, %+v", created, d)
			}
			_, err = w.reg.TrustDevice(t.Context(), w.root(), bank, d.ID, symbolon.TrustRequest{})
			w.refused("trusting it at once", err, symbolon.ErrConflict)
			w.saw("its first proof", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
			if !phone.stored().Known() {
				t.Error("it has shown its key, and is not known")
			}
			phone.trust()
		})
	}
}

func TestRegisteringAnEnrolledKeyShowsIt(t *testing.T) {
	w := newWorld(t)
	phone := w.browser(ada)
	_, _, err := phone.enrol()
	w.ok(err)
	id := phone.id
	d, created, err := phone.registerBy(w.user(bank, ada))
	if err != nil || created || d.ID != id || !phone.stored().Known() {
		t.Errorf("registered: created %v, %v, %+v", created, err, d)
	}
	if events := w.events(bank, id); len(events) != 2 || events[1].Type != symbolon.EventDeviceUpdated || events[1].Actor.ID != string(ada) {
		t.Errorf("events: %+v", events)
	}
}

func TestAKeyIDNamesOneKey(t *testing.T) {
	w := newWorld(t)
	phone, other := w.browser(ada), w.browser(ada)
	named := func(r *symbolon.KeyRegistration) { r.KeyID = "ada's/../key" }
	d, _, err := phone.enrol(named)
	w.ok(err)
	if d.KeyID != "ada's/../key" {
		t.Errorf("keyId %q", d.KeyID)
	}
	w.saw("by that name", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	_, _, err = other.enrol(named)
	w.refused("another key under this name", err, symbolon.ErrConflict)
	_, _, err = other.as(bob).enrol(named)
	w.refused("also of another user", err, symbolon.ErrConflict)
	_, _, err = phone.enrol(func(r *symbolon.KeyRegistration) { r.KeyID = "another name" })
	w.refused("this key under another name", err, symbolon.ErrConflict)
	if _, created, err := phone.enrol(named); created || err != nil {
		t.Errorf("the same again: %v, %v", created, err)
	}
	if d, created, err := phone.as(bob).enrol(); !created || err != nil || d.KeyID != "ada's/../key" || d.KeyStorage != symbolon.StorageSoftware {
		t.Errorf("the same key of another user: %v, %v, %+v", created, err, d)
	}
	there := phone.as(ada)
	there.app = shop
	if _, created, err := there.enrol(named); !created || err != nil {
		t.Errorf("the same name in another app: %v, %v", created, err)
	}
}

func TestAnEnrolmentIsCheckedFieldByField(t *testing.T) {
	w := newWorld(t)
	for field, wrong := range map[string]func(*symbolon.KeyRegistration){
		"publicKey, private": func(r *symbolon.KeyRegistration) {
			r.PublicKey = json.RawMessage(`{"kty":"oct","k":"AAAA","alg":"HS256"}`)
		},
		"publicKey, none": func(r *symbolon.KeyRegistration) { r.PublicKey = nil },
		"keyId":           func(r *symbolon.KeyRegistration) { r.KeyID = "a\nb" },
		"metadata":        func(r *symbolon.KeyRegistration) { r.Metadata = json.RawMessage(`"text"`) },
		"pushConfig":      func(r *symbolon.KeyRegistration) { r.PushConfig = json.RawMessage(`{"a":`) },
		"deviceType":      func(r *symbolon.KeyRegistration) { r.DeviceType = "fridge" },
	} {
		_, _, err := w.browser(ada).enrol(wrong)
		w.refused(field, err, symbolon.ErrInvalidRequest)
	}
	_, _, err := w.fake(bank, "", proof.ES256).enrol()
	w.refused("nobody's device", err, symbolon.ErrInvalidRequest)
}

func TestADeactivatedUserIsNotEnrolled(t *testing.T) {
	w := newWorld(t)
	_, err := w.reg.RevokeUser(t.Context(), w.backend(bank), bank, ada, symbolon.RevocationRequest{Cause: symbolon.CauseUserDeactivated})
	w.ok(err)
	_, _, err = w.browser(ada).enrol()
	w.refused("enrolling", err, symbolon.ErrConflict)
}
