package registry_test

import (
	"errors"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// keyAges is a user's phone and tablet in an app whose keys may get a hundred days old.
type keyAges struct {
	service       *symbolontest.Service
	app           symbolontest.App
	phone, tablet *symbolontest.Device
}

const aged = `{"registration":{"keyMaxAge":"P100D"}}`

func newKeyAges(t *testing.T) keyAges {
	t.Helper()
	service := symbolontest.Start(t)
	app := service.NewApp(t)
	app.SetPolicy(t, aged)
	k := keyAges{service, app, symbolontest.NewDevice(t, app, proof.ES256), symbolontest.NewDevice(t, app, proof.EdDSA)}
	k.register(t, k.tablet)
	return k
}

func (k keyAges) register(t *testing.T, d *symbolontest.Device) symbolon.Device {
	t.Helper()
	out, err := d.Register(t.Context(), k.app.Ticket(t, "ada"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// asked is what the phone hears when it asks about itself.
func (k keyAges) asked(t *testing.T) symbolon.Decision {
	t.Helper()
	p, err := k.phone.Prove(t.Context(), symbolontest.Statement{User: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	client := symbolon.Caller{Kind: symbolon.CallerClient, AppID: k.app.ID, At: symbolon.Micro(time.Now())}
	d, err := k.service.Registry.Decide(t.Context(), client, k.app.ID, symbolon.DecisionRequest{Proof: p})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (k keyAges) listed(t *testing.T) map[symbolon.DeviceID]*time.Time {
	t.Helper()
	p, err := k.phone.Prove(t.Context(), symbolontest.Statement{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := k.app.Device.Me(k.app.Ticket(t, "ada"), p).ListDevices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	due := map[symbolon.DeviceID]*time.Time{}
	for _, d := range page.Items {
		due[d.ID] = d.RotateAfter
	}
	return due
}

func wantDue(t *testing.T, who string, got *time.Time, since time.Time) {
	t.Helper()
	if want := since.Add(70 * symbolon.Day); got == nil || !got.Equal(want) {
		t.Errorf("%s: a new key after %v; want %v", who, got, want)
	}
}

func TestTheDeviceThatAsksLearnsWhenToReplaceItsKey(t *testing.T) {
	k := newKeyAges(t)
	d := k.register(t, k.phone)
	wantDue(t, "registered", d.RotateAfter, d.CreatedAt)
	wantDue(t, "registered again", k.register(t, k.phone).RotateAfter, d.CreatedAt)
	wantDue(t, "asking signed out", k.asked(t).RotateAfter, d.CreatedAt)
	due := k.listed(t)
	wantDue(t, "listed", due[k.phone.ID()], d.CreatedAt)
	if other := due[k.tablet.ID()]; other != nil {
		t.Errorf("the other device in the list: %v; only the one that asks can act on it", other)
	}
	rotated, err := k.phone.Rotate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key, err := k.service.Store.GetKey(t.Context(), k.app.ID, d.KeyID)
	if err != nil || key.RotatedAt == nil {
		t.Fatalf("the key after the rotation: %+v, %v", key, err)
	}
	wantDue(t, "rotated", rotated.RotateAfter, *key.RotatedAt)
	wantDue(t, "asking after it", k.asked(t).RotateAfter, *key.RotatedAt)
}

func TestNobodyElseHearsOfAKeysAge(t *testing.T) {
	k := newKeyAges(t)
	k.register(t, k.phone)
	d, err := k.phone.Decide(t.Context(), "ada")
	if err != nil || d.RotateAfter != nil || d.Device.RotateAfter != nil {
		t.Errorf("a backend's decision: %v, %v, %v", d.RotateAfter, d.Device.RotateAfter, err)
	}
	if _, err := k.app.Admin.BlockDevice(t.Context(), k.phone.ID(), symbolon.BlockRequest{Reason: "lost"}); err != nil {
		t.Fatal(err)
	}
	if d := k.asked(t); d.RotateAfter != nil || d.Recommendation != symbolon.RecommendDeny {
		t.Errorf("a blocked device: %v, %s", d.RotateAfter, d.Recommendation)
	}
}

func TestWithoutAnAgeThereIsNothingToReplace(t *testing.T) {
	k := newKeyAges(t)
	k.register(t, k.phone)
	k.app.SetPolicy(t, `{"registration":{"keyMaxAge":null}}`)
	if d := k.register(t, k.phone); d.RotateAfter != nil {
		t.Errorf("registered again: %v", d.RotateAfter)
	}
	if d := k.asked(t); !d.Known || d.RotateAfter != nil {
		t.Errorf("asking: known %v, %v", d.Known, d.RotateAfter)
	}
	if due := k.listed(t)[k.phone.ID()]; due != nil {
		t.Errorf("listed: %v", due)
	}
}

// An old key counts as any other: the age is advice.
func TestAKeyPastItsAgeIsStillKnown(t *testing.T) {
	k := newKeyAges(t)
	d := k.register(t, k.phone)
	key, err := k.service.Store.GetKey(t.Context(), k.app.ID, d.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	key.CreatedAt = key.CreatedAt.Add(-1000 * symbolon.Day)
	if _, err := k.service.Store.PutKey(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	got := k.asked(t)
	if !got.Known {
		t.Error("the device is not known any more")
	}
	wantDue(t, "asking", got.RotateAfter, key.CreatedAt)
}

// The user's own list tells as much, so nothing is given away.
func TestInSelfServiceADeviceThatIsNotTheUsersIsToldSo(t *testing.T) {
	k := newKeyAges(t)
	_, err := k.selfService(t, k.phone, "ada")
	wantUnknown(t, "never registered", err)
	k.register(t, k.phone)
	if _, err := k.selfService(t, k.phone, "ada"); err != nil {
		t.Errorf("registered: %v", err)
	}
	_, err = k.selfService(t, k.phone, "bob")
	wantUnknown(t, "another user", err)
	if err := k.app.Admin.RemoveDevice(t.Context(), k.phone.ID()); err != nil {
		t.Fatal(err)
	}
	_, err = k.selfService(t, k.phone, "ada")
	wantUnknown(t, "removed", err)
}

func (k keyAges) selfService(t *testing.T, d *symbolontest.Device, user symbolon.UserID) (symbolon.DevicePage, error) {
	t.Helper()
	p, err := d.Prove(t.Context(), symbolontest.Statement{})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := k.service.Registry.Authenticate(t.Context(), registry.Bearer{
		AppID: k.app.ID, Token: k.app.Ticket(t, user), At: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return k.service.Registry.MyDevices(t.Context(), caller, k.app.ID, registry.Self{Proof: p})
}

func wantUnknown(t *testing.T, who string, err error) {
	t.Helper()
	var own *symbolon.Error
	if !errors.As(err, &own) || own.Code != symbolon.ErrDeviceUnknown || own.Field != "Symbolon-Proof" {
		t.Errorf("%s: %v; want device_unknown, at Symbolon-Proof", who, err)
	}
}
